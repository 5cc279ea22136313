"""Following the outbox: which changes appeared since a position, exactly, and where that leaves us.

On PostgreSQL a position is a snapshot. Numbers are drawn before the commit, so that a row may appear after others
with higher numbers; but what a snapshot did not see and the next one does see is exactly what was committed in
between, late rows included, and a long transaction makes nobody wait. On SQLite one transaction writes at a time:
rows appear in the order of their numbers.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from catalog.models import SearchChange, SearchLog
from catalog.models.search import has_transaction_ids

KEPT = timedelta(days=2)  # an index that was away for longer must be rebuilt
BATCH = 20_000  # rows read at once (SQLite; PostgreSQL reads what a snapshot shows)

Changes = dict[str, list[str]]


class PositionLost(Exception):
    """The outbox does not reach back to this position, or it is of another catalogue: the index must be rebuilt."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far an index follows: of which catalogue, and a snapshot (PostgreSQL) or the number of a row (SQLite)."""

    token: str
    at: str

    def __str__(self) -> str:
        return orjson.dumps([self.token, self.at]).decode()

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Return the position of `text`. Raises PositionLost if it is none."""
        try:
            token, at = orjson.loads(text)
        except (orjson.JSONDecodeError, ValueError, TypeError) as error:
            raise PositionLost("the index does not say how far it is") from error
        return cls(token, at)


def here() -> Position:
    """Return the position of this moment: all that is committed is before it."""
    return Position(str(SearchLog.objects.current().token), _now())


def _now() -> str:
    with connection.cursor() as cursor:
        if has_transaction_ids():
            cursor.execute("SELECT pg_current_snapshot()::text")
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'catalog_searchchange'")
        row = cursor.fetchone()
    return str(row[0] if row else 0)


def _furthest(at: str) -> int:
    """Return the first transaction after a snapshot, or the number of a row."""
    return int(at.split(":")[1] if ":" in at else at)


def check(position: Position) -> None:
    """Raise PositionLost if the outbox cannot be followed from there."""
    log = SearchLog.objects.current()
    if position.token != str(log.token):
        raise PositionLost("the index is of another catalogue")
    if _furthest(position.at) > _furthest(_now()):
        raise PositionLost("the index is ahead of the database, which was restored")
    seen = int(position.at.partition(":")[0])  # everything up to here was seen
    if log.pruned > seen or (log.pruned == seen and has_transaction_ids()):
        raise PositionLost("the index was away for too long")


def since(position: Position) -> tuple[Changes, Position]:
    """Return what changed since `position`, ids by kind, and the position after it. Raises PositionLost."""
    check(position)
    rows, at = _snapshot_rows(position.at) if has_transaction_ids() else _numbered_rows(int(position.at))
    changes: dict[str, dict[str, None]] = defaultdict(dict)
    for kind, pk in rows:
        changes[kind][pk] = None
    return {kind: list(ids) for kind, ids in changes.items()}, Position(position.token, at)


def _snapshot_rows(at: str) -> tuple[list[tuple[str, str]], str]:
    """One statement, and so one snapshot, reads the rows and the position after them."""
    sql = (
        "SELECT pg_current_snapshot()::text, found.kind, found.object_id FROM (VALUES (1)) AS one "
        "LEFT JOIN LATERAL (SELECT kind, object_id FROM catalog_searchchange "
        "WHERE xid >= pg_snapshot_xmin(%(at)s::pg_snapshot) "
        "AND NOT pg_visible_in_snapshot(xid, %(at)s::pg_snapshot)) AS found ON TRUE"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"at": at})
        rows = cursor.fetchall()
    return [(kind, pk) for _at, kind, pk in rows if kind is not None], rows[0][0]


def _numbered_rows(after: int) -> tuple[list[tuple[str, str]], str]:
    rows = list(SearchChange.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "kind", "object_id")[:BATCH])
    return [(kind, pk) for _number, kind, pk in rows], str(rows[-1][0] if rows else after)


def prune(now: datetime | None = None) -> int:
    """Delete old changes, and note how far; return how many."""
    before = (now or timezone.now()) - KEPT
    if has_transaction_ids():
        return _prune_snapshots(before)
    old = SearchChange.objects.filter(at__lt=before)
    newest = old.aggregate(Max("pk"))["pk__max"]
    if newest is None:
        return 0
    SearchLog.objects.current()
    SearchLog.objects.filter(pruned__lt=newest).update(pruned=newest)
    return SearchChange.objects.filter(pk__lte=newest, at__lt=before).delete()[0]


def _prune_snapshots(before: datetime) -> int:
    """Rows that every snapshot from now on has seen: one taken after this never looks as if it missed some of them,
    however long a transaction (of any database of the server) has been open.
    """
    SearchLog.objects.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM catalog_searchchange WHERE at < %s "
            "AND xid < pg_snapshot_xmin(pg_current_snapshot()) RETURNING xid), "
            "newest AS (SELECT count(*) AS number, max(xid::text::bigint) AS xid FROM gone), "
            "noted AS (UPDATE catalog_searchlog SET pruned = GREATEST(pruned, newest.xid) FROM newest "
            "WHERE newest.xid IS NOT NULL) "
            "SELECT number FROM newest",
            [before],
        )
        return cursor.fetchone()[0]
