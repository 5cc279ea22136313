"""The objects that have an audience, by small numbers: hits are then narrow, and a day of millions is summed fast."""

from typing import Any, Self

from django.db import models

from stats.kinds import Target

SITE = "site"  # the `ref` of the portal itself


class StatsObjectQuerySet(models.QuerySet["StatsObject"]):
    def of(self, target: Target, ref: Any) -> Self:
        """The object of that kind and id; a resource's id may come as a UUID."""
        return self.filter(target=target, ref=str(ref))

    def site_id(self) -> int:
        """Return the number of the portal itself, which is made at the first call."""
        return self.get_or_create(target=Target.SITE, ref=SITE)[0].pk


class StatsObject(models.Model):
    """An object of the catalogue as statistics know it. It outlives the object: history is not rewritten.

    `base_*` are the counters that the object had when it was first seen (those an import brought along): what is
    counted here is added to them.
    """

    id = models.AutoField(primary_key=True)
    target = models.PositiveSmallIntegerField(choices=Target)
    ref = models.CharField(max_length=36)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="children")  # dataset of a resource
    organization_ref = models.CharField(max_length=24, blank=True)  # its organization when it was last seen
    base_views = models.PositiveBigIntegerField(default=0)
    base_downloads = models.PositiveBigIntegerField(default=0)

    objects = StatsObjectQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "ref"], name="stats_object_once")]
        indexes = [models.Index(fields=["organization_ref", "target"], name="stats_object_of_organization")]

    def __str__(self) -> str:
        return f"{self.get_target_display()} {self.ref}"
