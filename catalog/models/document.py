"""What the database keeps beside the catalogue to answer fast: API documents, and the log of changes."""

from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection, models
from django.utils import timezone

from catalog.models.dataset import Dataset


class DatasetDocument(models.Model):
    """The API's answer for one dataset, ready to send (ADR 0003).

    Good only while `version` equals the dataset's: a stale one is never served, it is built anew.
    """

    dataset = models.OneToOneField(Dataset, models.CASCADE, primary_key=True, related_name="document")
    version = models.PositiveBigIntegerField()
    v1 = models.TextField()
    v2 = models.TextField()

    def __str__(self) -> str:
        return self.dataset_id


class Position(NamedTuple):
    """How far the log of changes goes; equal positions mean that nothing was committed in between."""

    first: int
    last: int
    count: int
    at: float


POSITION = "SELECT MIN(id), MAX(id), COUNT(*), MAX(at) FROM catalog_change"


def moment(at: datetime | str | None) -> float:
    """Return the timestamp of a time as the database gives it (SQLite: text in UTC); 0 for none."""
    if at is None:
        return 0.0
    return (datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at).timestamp()


class ChangeQuerySet(models.QuerySet["Change"]):
    def position(self, *kinds: str) -> Position:
        """Return the position of the log (of these kinds of objects, or of all).

        Numbers are drawn before the commit, so the last one alone could hide a change committed late: the count
        tells it. SQLite gives the numbers of a rolled back transaction again: the time tells it.
        """
        where = f" WHERE kind IN ({', '.join(['%s'] * len(kinds))})" if kinds else ""
        with connection.cursor() as cursor:  # asked for each list: the ORM's aggregate would cost a millisecond more
            cursor.execute(f"{POSITION}{where}", kinds)
            first, last, count, at = cursor.fetchone()
        return Position(first or 0, last or 0, count, moment(at))


class Change(models.Model):
    """One writing statement on one table of the catalogue, noted by the database's own triggers."""

    kind = models.CharField(max_length=32, db_index=True)
    at = models.DateTimeField(default=timezone.now, db_default=models.functions.Now())

    objects = ChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
