"""Matomo: what was sent there, and what was read there (shown beside our own numbers, never added to them)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stats.models.target import StatsObject


class BatchState(models.TextChoices):
    SENDING = "sending", _("sending")  # told before the request leaves: what is found so at the next start is unknown
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused")
    SKIPPED = "skipped", _("outcome unknown, not sent again")


class MatomoBatch(models.Model):
    """Hits `first`–`last` (ids of events), sent to Matomo in one request."""

    first = models.BigIntegerField()
    last = models.BigIntegerField(db_index=True)
    size = models.PositiveIntegerField()
    tracked = models.PositiveIntegerField(default=0)  # as Matomo said
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=BatchState, default=BatchState.SENDING, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"


class ExternalValue(models.Model):
    """One number of another system for one day, of an object or of the portal as a whole."""

    source = models.CharField(max_length=16)
    day = models.DateField()
    target = models.ForeignKey(StatsObject, models.CASCADE, related_name="+")
    metric = models.CharField(max_length=24)
    value = models.PositiveBigIntegerField()
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "day", "target", "metric"], name="stats_external_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.day} {self.metric}"
