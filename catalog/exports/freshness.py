"""Whether a client's copy of a dump is still good: an ETag, and a time for clients that know no better."""

from datetime import UTC, datetime, timedelta
from hashlib import sha1
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from catalog.exports.base import Export
from catalog.models import Change, Dataset

SECOND = timedelta(seconds=1)


class Freshness(NamedTuple):
    """`changed` is when what the dump shows last changed; `announced` is the Last-Modified to give for it."""

    etag: str
    changed: datetime
    announced: datetime


def freshness(export: Export, address: str, encoding: str, *, volatile: bool) -> Freshness:
    """Return the state of `export` as fetched from `address` (path and query), read before its rows are.

    `volatile`: it holds what is younger than some age, or what the search index finds: every moment may change it.
    The ETag is weak: the rows of an unsorted dump may come in another order.
    """
    horizon = safe_horizon()
    position = Change.objects.position(*export.kinds)
    changed = datetime.fromtimestamp(position.at, UTC)
    clock = timezone.now() if volatile else last_deadline() if export.timely else None
    facts = (position, clock, address, encoding, settings.SITE_URL, settings.CSV_ESCAPE_FORMULAS)
    digest = sha1(repr(facts).encode(), usedforsecurity=False).hexdigest()
    changed = max(changed, clock) if clock else changed
    return Freshness(f'W/"{digest}"', changed, min(changed, horizon))


def last_deadline() -> datetime | None:
    """Return the last moment at which a score changed by the clock alone: an update that became overdue."""
    passed = Dataset.objects.filter(update_due_at__lt=timezone.now()).aggregate(last=Max("update_due_at"))
    return passed["last"]


def safe_horizon() -> datetime:
    """Return the latest time, in whole seconds, that no change still to be seen can bear.

    An HTTP date has no fraction, and a change bears the time of its writing, which its commit may follow by minutes:
    a client told of either moment would be answered 304 on data it never saw.
    """
    horizon = timezone.now()
    if connection.vendor == "postgresql":  # where several write at once: before the oldest of them began
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT LEAST(clock_timestamp(), MIN(xact_start)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
            )
            horizon = cursor.fetchone()[0]
    return horizon.replace(microsecond=0) - SECOND
