"""From JSON values to column values: one small function a kind of value. Nothing here touches the database."""

import math
import re
import reprlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.dateparse import parse_date, parse_datetime

from portal.lib.errors import ServiceError

Reader = Callable[[Any], Any]

# Characters that no database column takes, or that no reader can see: C0 (but tab and line ends), DEL, surrogates.
UNUSABLE_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# udata puts its own address before a remote image: http://dev.local:7000/avatars/https://static.example.org/x.png
WRAPPED_IMAGE = re.compile(r"https?://[^/]+/(?:avatars|images|logos)/(https?://.+)", re.IGNORECASE)
SCHEMES = ("http", "https", "ftp", "ftps")
MAX_DEPTH = 64  # of nested objects and lists
MAX_INTEGER = 2**31 - 1  # PostgreSQL's integer
MAX_BIG_INTEGER = 2**63 - 1
EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)  # safe in every time zone

_valid_url = URLValidator(schemes=SCHEMES)


class Refused(ServiceError):
    """The record cannot be taken; the message gives the reason."""


class Unusable(Exception):
    """This one value cannot be used; the record may live without it."""


def clean_text(value: str) -> str:
    """Return `value` without the characters that no column takes."""
    return UNUSABLE_CHARACTERS.sub("", value)


def clean_json(value: Any, *, depth: int = MAX_DEPTH) -> Any:
    """Return a JSON value that both databases store: clean texts, finite numbers. Raises Refused if nested deeper."""
    if not depth:
        raise Refused("nested too deeply")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): clean_json(item, depth=depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_json(item, depth=depth - 1) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def shown(value: Any) -> str:
    """Return `value` short enough for a message."""
    return clean_text(reprlib.repr(value))


def text(limit: int | None = None) -> Reader:
    """Read a text of at most `limit` characters. A longer one refuses the record: nothing is cut silently."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise Unusable(f"{shown(value)} is not a text")
        if limit is not None and len(value) > limit:
            raise Refused(f"a text of {len(value)} characters, where {limit} are allowed")
        return value

    return read


def url(limit: int = 2000) -> Reader:
    """Read a web address that Django's forms accept too."""
    read_text = text(limit)

    def read(value: Any) -> str:
        address = read_text(value).strip()
        try:
            if address:
                _valid_url(address)
        except ValidationError as error:
            raise Unusable(f"{shown(address)} is not a valid address") from error
        return address

    return read


def loose_url(limit: int) -> Reader:
    """Read the address of a file: real catalogues have spaces and underscores in theirs, so only the frame is asked."""
    read_text = text(limit)

    def read(value: Any) -> str:
        address = re.sub(r"[\t\r\n]", "", read_text(value)).strip()
        try:
            parts = urlsplit(address)
        except ValueError as error:
            raise Unusable(f"{shown(address)} is not a valid address") from error
        if parts.scheme.lower() not in SCHEMES or not parts.netloc:
            raise Unusable(f"{shown(address)} is not a valid address")
        return address

    return read


def image_url(limit: int = 2000) -> Reader:
    """Read the address of an image, freed from the address that udata puts before a remote one."""
    read_url = url(limit)

    def read(value: Any) -> str:
        inner = WRAPPED_IMAGE.fullmatch(value) if isinstance(value, str) else None
        return read_url(inner.group(1) if inner else value)

    return read


def email(value: Any) -> str:
    """Read an e-mail address."""
    address = text(254)(value).strip()
    try:
        if address:
            validate_email(address)
    except ValidationError as error:
        raise Unusable(f"{shown(address)} is not an e-mail address") from error
    return address


def moment(value: Any) -> datetime:
    """Read an ISO date and time (UTC where it names no zone); a date alone is its midnight."""
    parsed: datetime | date | None = None
    if isinstance(value, str):
        try:
            parsed = parse_datetime(value.strip()) or parse_date(value.strip())
        except ValueError as error:
            raise Unusable(f"{shown(value)} is not a date") from error
    if parsed is None:
        raise Unusable(f"{shown(value)} is not a date")
    if not isinstance(parsed, datetime):
        parsed = datetime(parsed.year, parsed.month, parsed.day)  # noqa: DTZ001 - the zone is added below
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    if not EARLIEST <= aware <= LATEST:
        raise Unusable(f"{shown(value)} is out of range")
    return aware


def day(value: Any, *, last: bool = False) -> date:
    """Read a day. A year or a month alone is its first day, or its last one with `last`."""
    found = re.match(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?(?![\d-])", value) if isinstance(value, str) else None
    if not found:
        raise Unusable(f"{shown(value)} is not a date")
    year, month, number = (int(part) if part else None for part in found.groups())
    try:
        if number:
            return date(year, month, number)
        if not last:
            return date(year, month or 1, 1)
        following = date(year + (month or 12) // 12, (month or 12) % 12 + 1, 1)
    except ValueError as error:
        raise Unusable(f"{shown(value)} is not a date") from error
    return date.fromordinal(following.toordinal() - 1)


def flag(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise Unusable(f"{shown(value)} is neither true nor false")
    return value


def count(limit: int = MAX_INTEGER) -> Reader:
    """Read a whole number from 0 to `limit`."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise Unusable(f"{shown(value)} is not a whole number")
        if not 0 <= value <= limit:
            raise Unusable(f"{shown(value)} is out of range")
        return int(value)

    return read


def percentage(value: Any) -> float:
    """Read a number from 0 to 100."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise Unusable(f"{shown(value)} is not a percentage")
    return float(value)


def choice(parse: Callable[[str], str]) -> Reader:
    """Read a word of a vocabulary. `parse` (an enumeration, say) raises ValueError for any other."""

    def read(value: Any) -> str:
        try:
            return str(parse(value))
        except (ValueError, TypeError) as error:
            raise Unusable(f"{shown(value)} is not a known value") from error

    return read


def mapping(value: Any) -> dict[str, Any]:
    """Read a JSON object."""
    if not isinstance(value, dict):
        raise Unusable(f"{shown(value)} is not an object")
    return value


def filled_mapping(value: Any) -> dict[str, Any] | None:
    """Read a JSON object; one whose values are all null counts as none."""
    found = mapping(value)
    return found if any(item is not None for item in found.values()) else None


def sequence(value: Any) -> list[Any]:
    """Read a JSON list."""
    if not isinstance(value, list):
        raise Unusable(f"{shown(value)} is not a list")
    return value
