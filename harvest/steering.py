"""Steering sources by hand: pausing, resuming, cancelling a run, undoing one, answering when much would be archived."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.services.batches import batches
from harvest import jobs
from harvest.models import ACTIVE, ENDED, HarvestRecord, Job, JobItem, JobStatus, Source
from harvest.pipeline import finishing, leases, reports, undoing
from harvest.pipeline.context import Context, backend_for
from portal.lib.errors import ServiceError
from portal.lib.jobs import NoWorker, send

log = logging.getLogger(__name__)

BATCH = 250
AT_ONCE = 300  # objects that a page changes while its reader waits; a worker does what is more
UNDO, PURGE = "harvest.tasks.undo_job", "harvest.tasks.purge_source"


@transaction.atomic
def pause(source: Source) -> None:
    """Let no further run of a source begin; one that goes on ends as usual."""
    _set_active(source, active=False)


@transaction.atomic
def resume(source: Source) -> None:
    """Let a source run again, at its times. What made it fail is forgotten: it is asked at its own pace again."""
    _set_active(source, active=True)


def _set_active(source: Source, *, active: bool) -> None:
    row = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    row.active = active
    if active:
        row.failures, row.failing_since = 0, None
    row.next_run_at = reports.next_run(row, timezone.now()) if active else None
    row.save(update_fields=["active", "failures", "failing_since", "next_run_at"])
    source.active, source.next_run_at = row.active, row.next_run_at


@transaction.atomic
def cancel(job: Job) -> None:
    """End a job: at once if nobody works on it, else at the end of the batch. What it wrote stays.

    Raises ServiceError for one that has ended.
    """
    row = Job.objects.select_for_update(of=("self",)).select_related("source").get(pk=job.pk)
    if row.status in ENDED:
        raise ServiceError(_("The job has ended already."))
    row.cancelled = True
    if row.status in ACTIVE and not leases.is_abandoned(row):
        row.save(update_fields=["cancelled"])
        return
    reports.complain(row, _("Cancelled."))
    if row.status == JobStatus.PENDING:  # it never ran: it says nothing of the source
        row.status, row.ended = JobStatus.FAILED, timezone.now()
        row.save(update_fields=["cancelled", "errors", "log", "status", "ended"])
    else:
        row.complete = False
        reports.close(row, row.source, None, failed=True)


def answer_stop(job: Job, *, go: bool) -> int:
    """Answer the question of a job that found too much gone; return how many objects were archived.

    To go on archives what has been missing long enough. To keep postpones it: it is asked again once as many days have
    passed as anything missing is given. Raises ServiceError if the job does not ask (any more).
    """
    with transaction.atomic():
        row = _asking(job)
        if not go:
            due = finishing.to_archive(row.source_id, timezone.now()).values_list("pk", flat=True)
            rows = HarvestRecord.objects.filter(pk__in=list(due))
            rows.update(missing_since=timezone.now(), missing_runs=0)
            _answered(row, _("An administrator keeps what disappeared."))
            return 0
    context = Context(row.source, backend_for(row.source), job_id=row.pk)
    ids = list(finishing.to_archive(row.source_id, context.now).values_list("pk", flat=True))
    number = 0
    for some in batches(ids, BATCH):
        with transaction.atomic():
            row = _asking(job)
            done = finishing.archive(some, context)
            row.count(done)
            row.save(update_fields=["counters"])
            number += sum(done.values())
    with transaction.atomic():
        _answered(
            _asking(job), _("An administrator lets what disappeared go: %(number)d archived.") % {"number": number}
        )
    reports.refresh_metrics(row.source, row.counters)
    return number


def _asking(job: Job) -> Job:
    row = Job.objects.select_for_update(of=("self",)).select_related("source").get(pk=job.pk)
    if not row.held or row.status not in ENDED:
        raise ServiceError(_("This job asks nothing any more."))
    if Job.objects.running().filter(source=row.source_id).exists():
        raise ServiceError(_("The source is running: wait for its end, or cancel it."))
    return row


def _answered(row: Job, text: str) -> None:
    row.held = 0
    reports.note(row, text)
    row.save(update_fields=["held", "log"])


def ask_undo(job: Job) -> undoing.Undone | None:
    """Undo a job: at once and return what was done, or by a worker (None) where that takes long.

    Raises ServiceError if the job may not be undone, or no worker can be reached.
    """
    number = JobItem.objects.filter(job=job, action__in=undoing.UNDOABLE).count()
    if number <= AT_ONCE:
        return undoing.undo(job.pk)
    if job.undone_at is not None:
        raise ServiceError(_("The job was undone already."))
    _hand_over(UNDO, job.pk)
    return None


def _hand_over(task: str, *args: Any) -> None:
    """Have a worker do something. Raises ServiceError if none can be reached."""
    try:
        send(task, *args)
    except NoWorker as error:
        log.exception("%s cannot be sent to a worker", task)
        raise ServiceError(_("No worker can be reached: try again later.")) from error


def purge(source: Source, fate: str) -> bool:
    """Delete a source for good, and do what is chosen (`jobs.Fate`) with what it harvested.

    Return whether that is done; a worker does what takes long. Raises ServiceError.
    """
    if fate not in jobs.Fate.values:
        raise ServiceError(_("Say what becomes of what the source harvested."), field="fate")
    with transaction.atomic():
        row = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
        if row.jobs.running().exists():
            raise ServiceError(_("The source is running: wait for its end, or cancel it."))
        row.active, row.next_run_at, row.deleted = False, None, row.deleted or timezone.now()
        row.save(update_fields=["active", "next_run_at", "deleted"])
    if HarvestRecord.objects.filter(source=source).count() > AT_ONCE:
        _hand_over(PURGE, source.pk, fate)
        return False
    return bool(jobs.purge_one(source.pk, fate))
