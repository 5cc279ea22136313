"""Asking for a bulk change, stopping it, taking it back, forgetting it."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import BulkItem, BulkJob
from catalog.models.bulk import ENDED, BulkOutcome, BulkState
from catalog.services.bulk.actions import edit_of
from portal.lib.errors import ServiceError
from portal.lib.jobs import NoWorker, send
from portal.models import User

log = logging.getLogger(__name__)

TASK = "catalog.tasks.run_bulk_jobs"
PIECE = 2_000  # ids read and written at once
KEPT = timedelta(days=90)  # after which a job that has ended is forgotten, and with it the way back


@transaction.atomic
def ask(
    chosen: models.QuerySet, action: str, parameters: dict[str, Any] | None = None, *, by: User, comment: str = ""
) -> BulkJob:
    """Note which objects an action is to change, as they are chosen now. Raises ServiceError.

    The ids are read in pieces: memory is constant whatever their number.
    """
    kind = chosen.model.__name__
    edit = edit_of(kind, action, parameters or {})
    if not edit.may(by):
        raise ServiceError(_("Only curators may do that."))
    job = _new(kind=kind, action=action, parameters=parameters or {}, by=by, comment=comment)
    return _fill(job, (BulkItem(object_id=pk) for pk in _ids(chosen)))


@transaction.atomic
def undo(job: BulkJob, *, by: User) -> BulkJob:
    """Make the job that gives back, to each object that `job` changed, what it had before. Raises ServiceError."""
    job = BulkJob.objects.select_for_update().get(pk=job.pk)
    if not is_undoable(job):
        raise ServiceError(_("This change can't be taken back."))
    if not edit_of(job.kind, job.action, job.parameters).may(by):
        raise ServiceError(_("Only curators may do that."))
    comment = _("Takes back the bulk change %(job)s") % {"job": job}
    made = _new(kind=job.kind, action=job.action, parameters=job.parameters, by=by, comment=comment, undoes=job)
    return _fill(made, (BulkItem(object_id=one.object_id, before=one.before) for one in _changed(job)))


def is_undoable(job: BulkJob) -> bool:
    """Tell whether a job changed anything that may be taken back: once, and not what takes something back itself."""
    return job.has_ended and job.done > 0 and job.undoes_id is None and not hasattr(job, "undone_by")


@transaction.atomic
def stop(job: BulkJob) -> None:
    """End a job before its next batch; what it changed stays changed."""
    job = BulkJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.has_ended:
        return
    job.stop_asked = True
    if job.is_takable:  # nobody works on it who would see the wish
        job.state, job.ended = BulkState.STOPPED, timezone.now()
    job.save(update_fields=["stop_asked", "state", "ended"])


def wake() -> None:
    """Tell a worker, once the transaction is committed, that a job waits; one that can't be reached looks by itself."""
    transaction.on_commit(_send)


def _send() -> None:
    try:
        send(TASK)
    except NoWorker as error:
        log.warning("no worker is told of the bulk change that waits: %s", error)


def purge(now: Any = None) -> int:
    """Forget the jobs that ended long ago, with their lists; return how many."""
    old = BulkJob.objects.filter(state__in=ENDED, ended__lt=(now or timezone.now()) - KEPT)
    return forget(old, BulkItem, "job")


def forget(old: models.QuerySet, parts: type[models.Model], link: str) -> int:
    """Delete rows with the long lists that hang on each by `link`, a transaction each; return how many rows."""
    ids = list(old.values_list("pk", flat=True))
    for pk in ids:
        with transaction.atomic():
            parts._default_manager.filter(**{link: pk})._raw_delete("default")
            old.model._default_manager.filter(pk=pk).delete()
    return len(ids)


def _new(**facts: Any) -> BulkJob:
    return BulkJob.objects.create(language=get_language() or "", **facts)


def _fill(job: BulkJob, items: Iterator[BulkItem]) -> BulkJob:
    """Put the items in the list of a job, numbered from 1. Raises ServiceError if there are none."""
    piece: list[BulkItem] = []
    for position, item in enumerate(items, 1):
        item.job, item.position, job.total = job, position, position
        piece.append(item)
        if len(piece) == PIECE:
            BulkItem.objects.bulk_create(piece)
            piece = []
    BulkItem.objects.bulk_create(piece)
    if not job.total:
        raise ServiceError(_("Nothing is chosen."))
    job.save(update_fields=["total"])
    return job


def _ids(chosen: models.QuerySet) -> Iterator[str]:
    """Give the ids of the chosen rows, each once, in their order."""
    ids, last = chosen.order_by("pk").values_list("pk", flat=True).distinct(), ""
    while piece := list(ids.filter(pk__gt=last)[:PIECE]):
        yield from piece
        last = piece[-1]


def _changed(job: BulkJob) -> Iterator[BulkItem]:
    rows, last = BulkItem.objects.filter(job=job, outcome=BulkOutcome.DONE).order_by("position"), 0
    while piece := list(rows.filter(position__gt=last)[:PIECE]):
        yield from piece
        last = piece[-1].position
