"""The partitions of the hits on PostgreSQL, one a day (UTC); elsewhere there is one table, and rows are deleted."""

from collections.abc import Iterable

from django.db import connection

from stats.models import Event

DAY_MS = 86_400_000
LOCK = 7_338_201  # of the advisory lock that loaders and the purge take
EXISTING = """
    SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'stats_event'::regclass ORDER BY child.relname
"""


def partitioned() -> bool:
    return connection.vendor == "postgresql"


def lock() -> None:
    """Wait until no other loader or purge works, until the end of this transaction. SQLite has one writer anyway."""
    if partitioned():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def name_of(number: int) -> str:
    """Return the name of the partition of the day of that number since 1970."""
    return f"stats_event_{number}"


def existing() -> dict[int, str]:
    """Return the partitions, by the number of their day since 1970."""
    with connection.cursor() as cursor:
        cursor.execute(EXISTING)
        return {int(name.rpartition("_")[2]): name for (name,) in cursor.fetchall()}


def make(moments: Iterable[int]) -> None:
    """Make the partitions of these moments (milliseconds) where they are missing."""
    if not partitioned():
        return
    known = existing()
    for number in sorted({at // DAY_MS for at in moments} - known.keys()):
        bounds = f"FROM ({number * DAY_MS}) TO ({(number + 1) * DAY_MS})"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {name_of(number)} PARTITION OF stats_event FOR VALUES {bounds}")


def drop_before(at: int) -> int:
    """Forget the hits before a moment (milliseconds); return how many partitions, or rows, went."""
    if not partitioned():
        return Event.objects.filter(at__lt=at).delete()[0]
    old = {number: name for number, name in existing().items() if (number + 1) * DAY_MS <= at}
    with connection.cursor() as cursor:
        for name in old.values():
            cursor.execute(f"DROP TABLE {name}")
    return len(old)
