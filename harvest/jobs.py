"""Asking for a run of a source, scheduling it, and forgetting old runs and the sources that were deleted."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from catalog.models import Dataservice, Dataset, Notification, Resource, SlugHistory
from catalog.permissions import Actor
from catalog.services import metrics
from catalog.services.batches import batches
from catalog.services.notifications import cause_of
from harvest import queue
from harvest.models import Job, Source, Validation
from harvest.pipeline import reports
from portal.lib import crontabs
from portal.lib.errors import ServiceError

BATCH = 100
NOT_BY_HAND = (  # udata's words
    "Cannot run source manually. Please contact the platform if you need to reschedule the harvester."
)
GONE = "harvester-deleted"  # why an object is archived, in udata's words
ARCHIVED = {Dataset: "archived", Dataservice: "archived_at"}  # the columns
DELETED = {Dataset: "deleted", Dataservice: "deleted_at"}


@transaction.atomic
def ask_run(source: Source, *, actor: Actor) -> Job:
    """Queue a run of a source; its row is locked. Raises ServiceError if the caller may not have one now.

    The job that is made waits (`pending`): it is the queue that the harvester's worker takes its work from. One waits
    at most: asked again, the same is returned.
    """
    if not actor.is_sysadmin:
        if not settings.HARVEST_ENABLE_MANUAL_RUN:
            raise ServiceError(NOT_BY_HAND)
        if source.validation != Validation.ACCEPTED:
            raise ServiceError(_("This source is not validated yet."))
    return queue_run(source, by=actor.user_id)


def queue_run(source: Source, *, by: str | None = None) -> Job:
    """Return the job of a source that waits, made if there is none, and tell a worker."""
    job = source.jobs.waiting().first() or Job.objects.create(source=source, by_id=by)
    queue.wake()
    return job


def take_or_follow(source: Source) -> Job:
    """Return the job that a command works on or waits for: the one that runs, the one that waits, or a new one.

    Raises ServiceError if the source may not run.
    """
    if not source.is_runnable:
        raise ServiceError(_("The source is not active, or not accepted."))
    return source.jobs.running().first() or source.jobs.waiting().first() or Job.objects.create(source=source)


@transaction.atomic
def schedule(source: Source, crontab: str) -> None:
    """Keep when a source is to be harvested; its row is locked. Raises ServiceError for what is no crontab."""
    try:
        source.schedule = crontabs.text_of(crontabs.parse(crontab))
    except ValidationError as error:
        raise ServiceError(error.messages[0]) from error
    plan(source)


def plan(source: Source) -> None:
    """Save the schedule of a source (its row is locked), and when it runs next."""
    source.next_run_at = reports.next_run(source, timezone.now())
    source.save(update_fields=["schedule", "next_run_at"])


@transaction.atomic
def unschedule(source: Source) -> None:
    """Forget when a source is to be harvested."""
    source.schedule = ""
    plan(source)


def prune() -> int:
    """Delete the jobs made HARVEST_JOBS_RETENTION_DAYS days ago or more, with their items; return how many."""
    limit = timezone.now() - timedelta(days=settings.HARVEST_JOBS_RETENTION_DAYS)
    ids = list(Job.objects.filter(created__lte=limit).order_by().values_list("pk", flat=True))
    for batch in batches(ids, BATCH):
        Job.objects.filter(pk__in=batch).delete()
    return len(ids)


class Fate(models.TextChoices):
    """What becomes of the objects of a source that is removed."""

    ARCHIVE = "archive", pgettext_lazy("fate of datasets", "Archive them")
    KEEP = "keep", pgettext_lazy("fate of datasets", "Keep them, as their owner's own")
    DELETE = "delete", pgettext_lazy("fate of datasets", "Delete them")


def purge() -> int:
    """Remove for good the sources that were deleted, with their jobs; return how many.

    What they harvested is archived, for nobody keeps it up to date any more.
    """
    deleted = Source.objects.exclude(deleted=None).order_by()
    return sum(purge_one(pk, Fate.ARCHIVE) for pk in list(deleted.values_list("pk", flat=True)))


def purge_one(pk: str, fate: str) -> int:
    """Remove a deleted source for good, once its objects met their fate, in batches; return whether it is gone (1)."""
    source = Source.objects.filter(pk=pk).exclude(deleted=None).first()
    if source is None:
        return 0
    if source.jobs.running().exists():
        raise ServiceError(_("The source is running: wait for its end, or cancel it."))
    for model in ARCHIVED:
        _meet(model, pk, fate)
    if source.organization_id:
        metrics.refresh_organization_metrics([source.organization_id])
    return _remove(pk)


def _meet(model: type[models.Model], source: str, fate: str) -> None:
    """Archive, keep or delete the objects of a source."""
    ids = list(model._base_manager.filter(harvest__source_id=source).order_by().values_list("pk", flat=True))
    for batch in batches(ids, BATCH):
        with transaction.atomic():
            rows = list(model._base_manager.select_for_update(of=("self",)).filter(pk__in=batch).order_by("pk"))
            change = {Fate.KEEP: _keep, Fate.DELETE: _delete, Fate.ARCHIVE: _archive}[Fate(fate)]
            found = [row for row in rows if change(row)]
            model._base_manager.bulk_update(found, [ARCHIVED[model], DELETED[model], "harvest"])
    if fate == Fate.KEEP and model is Dataset:
        for batch in batches(ids, BATCH):
            Resource.objects.filter(dataset__in=batch).exclude(harvest=None).update(harvest=None)


def _archive(row: models.Model) -> bool:
    """Archive an object (not saved), and tell whether it was not yet."""
    model = type(row)
    if getattr(row, ARCHIVED[model]) is not None:
        return False
    now = timezone.now()
    setattr(row, ARCHIVED[model], now)
    row.harvest = {**row.harvest, "archived_at": now.isoformat(), _reason_key(model): GONE}
    return True


def _keep(row: models.Model) -> bool:
    row.harvest = None
    return True


def _delete(row: models.Model) -> bool:
    model = type(row)
    if getattr(row, DELETED[model]) is None:
        setattr(row, DELETED[model], timezone.now())
    return True


def _reason_key(model: type[models.Model]) -> str:
    """Return where the origin of an object says why it is archived: the two models of udata differ."""
    return "archived" if model is Dataset else "archived_reason"


@transaction.atomic
def _remove(pk: str) -> int:
    source = Source.objects.select_for_update(of=("self",)).exclude(deleted=None).filter(pk=pk).first()
    if source is None:  # restored meanwhile
        return 0
    Notification.objects.filter(cause=cause_of(source)).delete()
    SlugHistory.objects.filter(kind=Source._meta.model_name, object_id=pk).delete()
    source.delete()
    return 1
