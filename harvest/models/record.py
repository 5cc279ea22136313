"""Records: what is known of each thing that a source lists, from run to run."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Dataservice, Dataset
from harvest.models.source import Source


class RecordState(models.TextChoices):
    GOOD = "good", _("Good")
    SKIPPED = "skipped", _("Skipped")
    INVALID = "invalid", _("Invalid")
    MOVED = "moved", _("Harvested by another source")


class HarvestRecord(models.Model):
    """One thing that a source lists, and what it became.

    `content_hash` and `mapper` tell whether it has to be mapped again; `written` holds digests of the fields as they
    were last written, which tell what somebody edited here since. A good record whose object is gone is a tombstone:
    it is not made anew.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="records", db_index=False)
    remote_id = models.CharField(_("remote id"), max_length=500)
    listing_id = models.CharField(max_length=500, blank=True)
    listed_version = models.CharField(max_length=255, blank=True)
    dataset = models.ForeignKey(Dataset, models.SET_NULL, null=True, blank=True, related_name="harvest_records")
    dataservice = models.ForeignKey(Dataservice, models.SET_NULL, null=True, blank=True, related_name="harvest_records")
    content_hash = models.CharField(max_length=32)
    mapper = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=8, choices=RecordState, default=RecordState.GOOD)
    message = models.TextField(_("why"), blank=True)
    written = models.JSONField(default=dict, blank=True)
    first_seen = models.DateTimeField(_("first seen"), default=timezone.now)
    last_seen = models.DateTimeField(_("last seen"), default=timezone.now)
    seen_job = models.CharField(max_length=24, blank=True)  # ids of jobs; those are pruned, the record stays
    changed_job = models.CharField(max_length=24, blank=True)
    missing_since = models.DateTimeField(_("missing since"), null=True, blank=True)
    missing_runs = models.PositiveIntegerField(_("complete runs without it"), default=0)

    class Meta:
        verbose_name = _("harvested record")
        verbose_name_plural = _("harvested records")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "remote_id"], name="record_of_source"),
            models.CheckConstraint(condition=Q(state__in=RecordState.values), name="record_state"),
        ]
        indexes = [
            models.Index(fields=["source", "listing_id"], name="record_listed", condition=~Q(listing_id="")),
        ]

    def __str__(self) -> str:
        return self.remote_id
