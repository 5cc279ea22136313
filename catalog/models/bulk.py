"""Bulk changes: one action on many objects, done in batches by a worker."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib.workers import is_dead

LEASE = timedelta(minutes=5)  # without a sign of life, after which another worker goes on


class BulkState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Going on")
    DONE = "done", _("Finished")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


ENDED = frozenset([BulkState.DONE, BulkState.STOPPED, BulkState.FAILED])


class BulkOutcome(models.TextChoices):
    DONE = "done", _("Changed")
    UNCHANGED = "unchanged", _("Already so")
    REFUSED = "refused", _("Refused")


class BulkKind(models.TextChoices):
    DATASET = "Dataset", _("datasets")
    REUSE = "Reuse", _("reuses")
    DATASERVICE = "Dataservice", _("dataservices")


class BulkJobQuerySet(models.QuerySet["BulkJob"]):
    def asked_by(self, user_id: str) -> Self:
        return self.filter(by_id=user_id)

    def open(self) -> Self:
        """Those that have not ended, the oldest first."""
        return self.exclude(state__in=ENDED).order_by("pk")


class BulkJob(models.Model):
    """One action, asked for by one person, on a list of objects that was fixed then (`items`).

    `position` is that of the last item that was dealt with: it moves in the transaction that changes the objects, so
    that a worker which is killed leaves nothing half done, and the next one goes on behind it. The job is itself the
    record of who asked for what; each object that it changes has its row in the audit log.
    """

    kind = models.CharField(_("kind of object"), max_length=16, choices=BulkKind)
    action = models.CharField(_("action"), max_length=24)
    parameters = models.JSONField(_("values"), default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="bulk_jobs", verbose_name=_("asked by")
    )
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    language = models.CharField(max_length=8, blank=True)  # of the reasons for refusing
    undoes = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes")
    )
    state = models.CharField(_("state"), max_length=8, choices=BulkState, default=BulkState.WAITING)
    stop_asked = models.BooleanField(default=False)
    error = models.CharField(_("error"), max_length=500, blank=True)

    total = models.PositiveIntegerField(_("objects"), default=0)
    position = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("already so"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)

    created = models.DateTimeField(_("asked at"), default=timezone.now, db_index=True)
    started = models.DateTimeField(_("began at"), null=True, blank=True)
    ended = models.DateTimeField(_("ended at"), null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    stalled = models.PositiveSmallIntegerField(default=0)  # times taken up again without any progress since

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=BulkState.values), name="bulk_job_state"),
            models.CheckConstraint(condition=models.Q(kind__in=BulkKind.values), name="bulk_job_kind"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    @property
    def is_takable(self) -> bool:
        """Whether a worker may begin or go on: it waits, or whoever worked on it is gone."""
        if self.state == BulkState.WAITING:
            return True
        expired = self.lease_until is None or self.lease_until < timezone.now()
        return not self.has_ended and (expired or is_dead(self.worker))

    def hold(self) -> None:
        """Renew the lease; the caller saves."""
        self.lease_until = timezone.now() + LEASE


class BulkItem(models.Model):
    """One object of a job. `before` is what it had of that which the job wrote, for the way back."""

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    object_id = models.CharField(max_length=24)
    outcome = models.CharField(max_length=10, choices=BulkOutcome, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    before = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="bulk_item_once")]
        indexes = [models.Index(fields=["job", "outcome", "position"], name="bulk_item_by_outcome")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.position}"
