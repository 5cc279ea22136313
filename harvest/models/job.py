"""Jobs: one run over a source each, with what became of every item that it found there."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Dataservice, Dataset
from harvest.models.source import Source
from portal.lib.ids import PublicIdModel


class JobStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    INITIALIZING = "initializing", _("Initializing")
    INITIALIZED = "initialized", _("Initialized")
    PROCESSING = "processing", _("Processing")
    DONE = "done", _("Done")
    DONE_ERRORS = "done-errors", _("Done with errors")
    FAILED = "failed", _("Failed")


ACTIVE = (JobStatus.INITIALIZING, JobStatus.INITIALIZED, JobStatus.PROCESSING)
ENDED = (JobStatus.DONE, JobStatus.DONE_ERRORS, JobStatus.FAILED)


class ItemStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    STARTED = "started", _("Started")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")
    ARCHIVED = "archived", _("Archived")


class Action(models.TextChoices):
    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    UNCHANGED = "unchanged", _("Unchanged")
    SKIPPED = "skipped", _("Skipped")
    FAILED = "failed", _("Failed")
    ARCHIVED = "archived", _("Archived")
    RESTORED = "restored", _("Restored")


STATUS_OF = {  # what udata's API says of each action
    Action.SKIPPED: ItemStatus.SKIPPED,
    Action.FAILED: ItemStatus.FAILED,
    Action.ARCHIVED: ItemStatus.ARCHIVED,
}


class JobQuerySet(models.QuerySet["Job"]):
    def waiting(self) -> "JobQuerySet":
        """Jobs that no worker has taken up."""
        return self.filter(status=JobStatus.PENDING)

    def running(self) -> "JobQuerySet":
        """Jobs that a worker has taken up and not ended, whether or not it still lives."""
        return self.filter(status__in=ACTIVE)

    def newest_of(self, sources: Iterable[Source]) -> dict[str, "Job"]:
        """Return the newest job of each of these sources that has one, by the id of the source; one query."""
        ids = [source.pk for source in sources]
        later = Job.objects.filter(source=models.OuterRef("source")).order_by("-created", "pk").values("pk")[:1]
        rows = self.filter(source__in=ids, pk=models.Subquery(later))
        return {job.source_id: job for job in rows}


class Job(PublicIdModel):
    """One run. `errors` are those of the run as a whole: `[{"message", "details", "created_at"}]`.

    A worker holds a job by `worker` and `lease_until`, which it renews with each batch; `cursor` is where the listing
    goes on after the last batch that was committed. `counters` are numbers of items by action (`Action`).
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="jobs", verbose_name=_("source"), db_index=False)
    status = models.CharField(_("status"), max_length=16, choices=JobStatus, default=JobStatus.PENDING)
    created = models.DateTimeField(_("created at"), default=timezone.now)
    started = models.DateTimeField(_("started at"), null=True, blank=True)
    ended = models.DateTimeField(_("ended at"), null=True, blank=True)
    errors = models.JSONField(_("errors"), default=list, blank=True)
    counters = models.JSONField(_("counters"), default=dict, blank=True)
    total = models.PositiveIntegerField(_("announced"), null=True, blank=True)
    cursor = models.JSONField(null=True, blank=True, editable=False)
    complete = models.BooleanField(_("complete listing"), null=True, editable=False)
    held = models.PositiveIntegerField(_("waiting to be archived"), default=0, editable=False)
    log = models.JSONField(_("log"), default=list, blank=True)  # [{"at", "level", "message"}], the newest ones
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    worker = models.CharField(max_length=120, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, editable=False)
    resumed = models.PositiveIntegerField(_("taken up again"), default=0, editable=False)
    stalled = models.PositiveIntegerField(default=0, editable=False)  # taken up again without any progress since
    cancelled = models.BooleanField(_("cancelled"), default=False, editable=False)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("harvest job")
        verbose_name_plural = _("harvest jobs")
        ordering = ["-created", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=JobStatus.values), name="job_status"),
            models.UniqueConstraint(fields=["source"], condition=Q(status=JobStatus.PENDING), name="job_waits_once"),
            models.UniqueConstraint(fields=["source"], condition=Q(status__in=ACTIVE), name="job_runs_once"),
        ]
        indexes = [models.Index("source", F("created").desc(), "id", name="job_of_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.created:%Y-%m-%d %H:%M}"

    def count(self, numbers: dict[str, int]) -> None:
        """Add numbers of items, by action, to the counters (not saved)."""
        self.counters = {
            name: self.counters.get(name, 0) + numbers.get(name, 0) for name in {**self.counters, **numbers}
        }


class JobItem(models.Model):
    """One thing found at the source, and the object that it became."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="items", verbose_name=_("job"), db_index=False)
    remote_id = models.TextField(_("remote id"), blank=True)
    remote_url = models.TextField(_("remote address"), blank=True)
    status = models.CharField(_("status"), max_length=16, choices=ItemStatus, default=ItemStatus.PENDING)
    action = models.CharField(_("action"), max_length=16, choices=Action, blank=True)
    changes = models.JSONField(_("changed fields"), default=list, blank=True)
    before = models.JSONField(null=True, editable=False)  # what undoing the job needs: see harvest.pipeline.images
    dataset = models.ForeignKey(Dataset, models.SET_NULL, null=True, blank=True, related_name="+")
    dataservice = models.ForeignKey(Dataservice, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(_("created at"), default=timezone.now)
    started = models.DateTimeField(_("started at"), null=True, blank=True)
    ended = models.DateTimeField(_("ended at"), null=True, blank=True)
    errors = models.JSONField(_("errors"), default=list, blank=True)
    logs = models.JSONField(_("log"), default=list, blank=True)  # [{"level", "message"}]
    args = models.JSONField(default=list, blank=True)
    kwargs = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("harvested item")
        verbose_name_plural = _("harvested items")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(status__in=ItemStatus.values), name="item_status")]
        indexes = [models.Index(fields=["job", "status", "id"], name="item_of_job")]

    def __str__(self) -> str:
        return self.remote_id
