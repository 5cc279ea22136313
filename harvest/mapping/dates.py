"""Dates: moments and days out of many forms, partial ones widened; those of the future are none."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from harvest.mapping.text import text

PARTIAL = re.compile(r"([12]\d{3})(?:[-/]?(0[1-9]|1[0-2]))?$")
DAY_AND_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]")
SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,–T-]+(\d{1,2})[:h](\d{2})(?::(\d{2}))?)?")
TIME_ZONE = re.compile(r"\s*(UTC|GMT|Z)$")
PERIOD = re.compile(r"\s*(?:/|--|\bto\b|\bau?\b)\s*")
SPOKEN = re.compile(r"(?:date changed|lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun)[a-zé]*[.,]?\s+", re.I)
TOMORROW = timedelta(days=1)


def moment(value: Any, *, now: datetime | None = None) -> datetime | None:
    """Return the moment (UTC) that a value tells, or None: ISO 8601, `2019`, `2019-12`, `10/12/2019 - 14:35` (day
    first), e-mail dates, seconds or milliseconds since 1970. Where `now` is given, later moments (by over a day) are
    none.
    """
    found = _moment(value)
    if found is None or not 1000 <= found.year <= 9998:
        return None
    if now is not None and found > now + TOMORROW:
        return None
    return found


def day(value: Any, *, end: bool = False) -> date | None:
    """Return the day that a value tells; a year or a month is widened to its first day, or its last with `end`."""
    found = text(value)
    partial = PARTIAL.match(found)
    if partial and (len(found) == 4 or partial[2]):
        return _widened(int(partial[1]), int(partial[2]) if partial[2] else None, end=end)
    written = DAY_AND_TIME.match(found)  # the day where it was written, not where Greenwich had it
    if written and _iso(found):
        return date.fromisoformat(written[1])
    exact = _moment(value)
    return exact.date() if exact else None


def period(start: Any, end: Any) -> tuple[date | None, date | None]:
    """Return the days that a period begins and ends at; one that ends before it begins is turned round.

    Without a beginning there is no period; without an end it is open.
    """
    first, last = day(start), day(end, end=True)
    if first and last and last < first:
        first, last = day(end), day(start, end=True)
    return (first, last) if first else (None, None)


def period_of(value: Any) -> tuple[date | None, date | None]:
    """Return the period that one text tells: `2010/2012`, `2010-01-01/2010-12-31`, `2010`."""
    found = text(value)
    parts = PERIOD.split(found, maxsplit=1) if len(found) < 100 else []
    if len(parts) == 2 and day(parts[0]):
        return period(parts[0], parts[1])
    return period(found, found)


def _widened(year: int, month: int | None, *, end: bool) -> date:
    if not end:
        return date(year, month or 1, 1)
    if month is None or month == 12:
        return date(year, 12, 31)
    return date(year, month + 1, 1) - timedelta(days=1)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return _aware(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    found = text(value)
    if not found or len(found) > 100:
        return None
    return _iso(found) or _number(found) or _human(SPOKEN.sub("", found).strip())


def _iso(found: str) -> datetime | None:
    partial = PARTIAL.match(found)
    if partial and (len(found) == 4 or partial[2]):
        return datetime(int(partial[1]), int(partial[2] or 1), 1, tzinfo=UTC)
    try:
        return _aware(datetime.fromisoformat(TIME_ZONE.sub("+00:00", found)))
    except (ValueError, OverflowError):
        return None


def _number(found: str) -> datetime | None:
    """Return the moment of a count of seconds, or of milliseconds, since 1970."""
    if not re.fullmatch(r"\d{9,13}(\.\d+)?", found):
        return None
    number = float(found)
    try:
        return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _human(found: str) -> datetime | None:
    match = SLASHED.search(found)
    try:
        if match:
            numbers = [int(part) if part else 0 for part in match.groups()]
            return datetime(numbers[2], numbers[1], numbers[0], *numbers[3:], tzinfo=UTC)
        return _aware(parsedate_to_datetime(found))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _aware(found: datetime) -> datetime | None:
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
