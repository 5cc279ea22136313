"""The numbers, by hour, day and month, and which periods must be counted anew.

`hits` are requests. `uses` are hits without double clicks (same visitor, object and kind within 30 seconds). `uniques`
are visitors of that day: summed over days they are visitor-days, not people.
"""

from typing import Self

from django.db import models

from stats.kinds import Agent, Channel, Kind, Span, Target
from stats.models.target import StatsObject


class Bucket(models.Model):
    """One period. Whoever adds to it marks it `dirty` in the same transaction; whoever counts it holds its row."""

    span = models.PositiveSmallIntegerField(choices=Span)
    start = models.DateTimeField()
    dirty = models.BooleanField(default=True)
    rolled_at = models.DateTimeField(null=True)
    robots = models.CharField(max_length=40, blank=True)  # version of the list of robots

    class Meta:
        constraints = [models.UniqueConstraint(fields=["span", "start"], name="stats_bucket_once")]
        indexes = [models.Index(fields=["span", "start"], name="stats_bucket_dirty", condition=models.Q(dirty=True))]

    def __str__(self) -> str:
        return f"{self.get_span_display()} {self.start}"


class CountQuerySet(models.QuerySet):
    def of(self, target: StatsObject) -> Self:
        """The numbers of that object, and of what belongs to it (the resources of a dataset)."""
        return self.filter(models.Q(target=target) | models.Q(target__parent=target))

    def agents(self, agents: tuple[Agent, ...]) -> Self:
        return self.filter(agent__in=agents)


class Count(models.Model):
    """What the numbers of an hour, a day and a month share."""

    # Rows made from hits by the million, of objects that are never deleted: checking each key doubled the work.
    target = models.ForeignKey(StatsObject, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    kind = models.PositiveSmallIntegerField(choices=Kind)
    channel = models.PositiveSmallIntegerField(choices=Channel)
    agent = models.PositiveSmallIntegerField(choices=Agent)
    hits = models.PositiveIntegerField()

    objects = CountQuerySet.as_manager()

    class Meta:
        abstract = True


class HourCount(Count):
    hour = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hour", "target", "kind", "channel", "agent"], name="stats_hour_once")
        ]
        indexes = [models.Index(fields=["target", "hour"], name="stats_hour_of_target")]

    def __str__(self) -> str:
        return f"{self.hour} {self.target_id}"


class DayCount(Count):
    day = models.DateField()
    uses = models.PositiveIntegerField()
    uniques = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "target", "kind", "channel", "agent"], name="stats_day_once")
        ]
        indexes = [models.Index(fields=["target", "day"], name="stats_day_of_target")]

    def __str__(self) -> str:
        return f"{self.day} {self.target_id}"


class MonthCount(Count):
    month = models.DateField()  # its first day
    uses = models.PositiveIntegerField()
    uniques = models.PositiveIntegerField()  # visitor-days

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "target", "kind", "channel", "agent"], name="stats_month_once")
        ]
        indexes = [models.Index(fields=["target", "month"], name="stats_month_of_target")]

    def __str__(self) -> str:
        return f"{self.month} {self.target_id}"


class OrganizationCount(models.Model):
    """What the objects of an organization had, by kind of object. An object counts for who owned it at that time."""

    organization = models.ForeignKey(StatsObject, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    target_kind = models.PositiveSmallIntegerField(choices=Target)
    kind = models.PositiveSmallIntegerField(choices=Kind)
    agent = models.PositiveSmallIntegerField(choices=Agent)
    hits = models.PositiveIntegerField()
    uses = models.PositiveIntegerField()

    class Meta:
        abstract = True


class OrganizationDay(OrganizationCount):
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "day", "target_kind", "kind", "agent"], name="stats_organization_day_once"
            )
        ]
        indexes = [models.Index(fields=["day"], name="stats_organization_day_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.organization_id}"


class OrganizationMonth(OrganizationCount):
    month = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "month", "target_kind", "kind", "agent"], name="stats_organization_month_once"
            )
        ]
        indexes = [models.Index(fields=["month"], name="stats_organization_month_month")]

    def __str__(self) -> str:
        return f"{self.month} {self.organization_id}"


class SiteDay(models.Model):
    """How many visitors the whole portal had in one day: one who looks at ten objects is one."""

    day = models.DateField()
    agent = models.PositiveSmallIntegerField(choices=Agent)
    visitors = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "agent"], name="stats_site_day_once")]

    def __str__(self) -> str:
        return f"{self.day}"


class SearchDay(models.Model):
    """How often people searched for a text, and how many of them. Shown from a number of visitor-days on only."""

    day = models.DateField()
    term = models.CharField(max_length=100)
    hits = models.PositiveIntegerField()
    visitors = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "term"], name="stats_search_day_once")]

    def __str__(self) -> str:
        return self.term
