"""What a server asks for when it answers that it is busy."""

from datetime import datetime
from email.utils import parsedate_to_datetime


def seconds_of(text: str, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` asks for, 0 or more; None for what is none.

    Either a number of seconds or a date (RFC 9110 §10.2.3); `now` is aware of its zone.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError, IndexError, OverflowError):  # no date, or one without a zone
        return None
