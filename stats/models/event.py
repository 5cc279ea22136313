"""What came in, kept for a few days only: hits, how far each spool file was read, and the salts of visitors."""

from django.db import models

from stats.kinds import Agent, Channel, Kind
from stats.models.target import StatsObject


class Event(models.Model):
    """One hit. On PostgreSQL the table is partitioned by the day of `at`, and a partition is dropped as a whole.

    `at` is in milliseconds since 1970 (UTC). `visitor` tells one visitor from another for one day; it is null for
    those who asked not to be told apart. No address and no user agent is here, nor ever was on disk.
    """

    at = models.BigIntegerField()
    target = models.ForeignKey(StatsObject, models.DO_NOTHING, db_constraint=False, db_index=False)
    organization = models.ForeignKey(
        StatsObject, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )  # at the time of the hit
    kind = models.PositiveSmallIntegerField(choices=Kind)
    channel = models.PositiveSmallIntegerField(choices=Channel)
    agent = models.PositiveSmallIntegerField(choices=Agent)
    visitor = models.BinaryField(max_length=8, null=True)
    term = models.CharField(max_length=100, blank=True)  # of a search

    class Meta:
        indexes = [models.Index(fields=["at"], name="stats_event_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class Cursor(models.Model):
    """How far a spool file was loaded, in bytes. Moves in the transaction of the rows: each line counts once."""

    file = models.CharField(primary_key=True, max_length=255)
    position = models.PositiveBigIntegerField(default=0)
    moved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.file


class Salt(models.Model):
    """The secret of one day. Once it is destroyed, nobody can tell which address a visitor had. Not to be backed up."""

    day = models.DateField(primary_key=True)
    value = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.day}"


class Tally(models.Model):
    """Numbers for operators: lines that were lost, late or unreadable, since the installation."""

    name = models.CharField(primary_key=True, max_length=40)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
