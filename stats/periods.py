"""Hours, days and months: days are those of TIME_ZONE, which have 23 hours in spring and 25 in autumn."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

HOUR = timedelta(hours=1)
HOUR_MS = 3_600_000


def milliseconds(moment: datetime) -> int:
    """Return a moment as hits have it: milliseconds since 1970 (UTC)."""
    return int(moment.timestamp() * 1000)


def moment_of(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def hour_of(at: int) -> datetime:
    """Return the beginning of the hour of a hit."""
    return datetime.fromtimestamp(at // HOUR_MS * 3600, UTC)


def day_of(moment: datetime) -> date:
    return moment.astimezone(timezone.get_default_timezone()).date()


def start_of(day: date) -> datetime:
    """Return the moment (UTC) at which a day begins."""
    return datetime.combine(day, time.min, timezone.get_default_timezone()).astimezone(UTC)


def bounds(day: date) -> tuple[int, int]:
    """Return the milliseconds between which the hits of a day lie, the second one excluded."""
    return milliseconds(start_of(day)), milliseconds(start_of(day + timedelta(days=1)))


def month_of(day: date) -> date:
    return day.replace(day=1)


def add_months(month: date, number: int) -> date:
    """Return the first day of the month so many months after (or, below 0, before)."""
    index = month.year * 12 + month.month - 1 + number
    return date(index // 12, index % 12 + 1, 1)


def last_months(number: int, until: date | None = None) -> list[date]:
    """Return the first days of the last months, the oldest first, the present one included."""
    last = month_of(until or day_of(timezone.now()))
    return [add_months(last, -back) for back in range(number - 1, -1, -1)]


def days_of_hour(hour: datetime) -> list[date]:
    """Return the days that an hour touches: two where midnight is at half past (India)."""
    return sorted({day_of(hour), day_of(hour + HOUR - timedelta(microseconds=1))})


def oldest_day(now: datetime | None = None) -> date:
    """Return the oldest day whose hits are still there; what is older can't be counted again."""
    return day_of(now or timezone.now()) - timedelta(days=settings.STATS_RAW_DAYS)


def unique_sorted(moments: Iterable[datetime]) -> list[datetime]:
    return sorted(set(moments))
