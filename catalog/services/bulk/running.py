"""Doing a bulk change: batch by batch, each in one transaction with the count of what is done.

A worker holds a job by its name in the row. Each batch locks the row and asks for that name first: a worker that was
taken for dead writes nothing more, and one that is killed leaves no half of a batch. See `harvest.pipeline.leases`.
"""

import logging
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalog.models import BulkItem, BulkJob
from catalog.models.audit import AuditOrigin
from catalog.models.bulk import BulkOutcome, BulkState
from catalog.services import curation
from catalog.services.audit import log as audit
from catalog.services.bulk.actions import edit_of, label_of
from catalog.services.bulk.edits import Edit
from catalog.services.proposing import gate
from portal.lib.errors import ServiceError
from portal.lib.workers import worker_name
from portal.lib.writes.scope import scope
from portal.models import User

log = logging.getLogger(__name__)

BATCH = 200  # objects changed in one transaction
MOST_STALLS = 5  # times that a job is taken up again without any progress: its next batch may be what kills the worker
MAX_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one object; `before` where it was changed."""

    what: str
    reason: str = ""
    before: dict[str, Any] | None = None


def work() -> int:
    """Do the jobs that wait or were left, one after the other; return how many were taken up."""
    number = 0
    tried: set[int] = set()
    while (
        job := next((one for one in BulkJob.objects.open() if one.is_takable and one.pk not in tried), None)
    ) is not None:
        tried.add(job.pk)
        number += run(job.pk)
    return number


def run(pk: int) -> bool:
    """Take a job and do it to its end, or until it is taken away; return whether it was to be had."""
    worker = worker_name()
    job = claim(pk, worker)
    if job is None:
        return False
    with translation.override(job.language or None):
        while step(pk, worker):
            pass
    return True


@transaction.atomic
def claim(pk: int, worker: str) -> BulkJob | None:
    """Take a job that waits, or that its worker left; None if it is not to be had."""
    job = BulkJob.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if job is None or not job.is_takable:
        return None
    if job.state == BulkState.RUNNING:
        job.stalled += 1
    if job.stalled > MOST_STALLS:
        _end(job, BulkState.FAILED, _("It was taken up again and again without any progress."))
        return None
    job.state, job.worker, job.started = BulkState.RUNNING, worker, job.started or timezone.now()
    job.hold()
    job.save(update_fields=["state", "worker", "started", "stalled", "lease_until"])
    return job


def step(pk: int, worker: str) -> bool:
    """Do the next batch of a job; return whether there may be more. One transaction: all of it, or nothing."""
    with scope(AuditOrigin.ADMIN) as whence, transaction.atomic():
        rows = BulkJob.objects.select_for_update(of=("self",)).select_related("by")
        job = rows.filter(pk=pk, worker=worker, state=BulkState.RUNNING).first()
        if job is None:  # it has another worker now
            return False
        if whence.request is None:
            whence.actor_id, whence.request_id = job.by_id or "", f"bulk-{job.pk}"
        audit.comment(reason_of(job))
        return _next(job)


def reason_of(job: BulkJob) -> str:
    """Return what the audit log and the history say of a change that this job makes."""
    return job.comment or f"{_('Bulk change')} {job}: {label_of(job.action)}"


def _next(job: BulkJob) -> bool:
    if job.stop_asked:
        _end(job, BulkState.STOPPED)
        return False
    items = list(BulkItem.objects.filter(job=job, position__gt=job.position).order_by("position")[:BATCH])
    if not items:
        _end(job, BulkState.DONE)
        return False
    try:
        edit = edit_of(job.kind, job.action, job.parameters)
    except ServiceError as error:  # the licence or organization is gone meanwhile
        _end(job, BulkState.FAILED, str(error))
        return False
    outcomes = _carefully(edit, items, job)
    for item in items:
        outcome = outcomes[item.object_id]
        item.outcome, item.reason, item.before = outcome.what, outcome.reason[:MAX_REASON], outcome.before
    BulkItem.objects.bulk_update(items, ["outcome", "reason", "before"])
    _count(job, items)
    return True


def _count(job: BulkJob, items: list[BulkItem]) -> None:
    for item in items:
        setattr(job, item.outcome, getattr(job, item.outcome) + 1)
    job.position, job.stalled = items[-1].position, 0
    job.hold()
    if job.position >= job.total:
        _end(job, BulkState.DONE)
    job.save()


def _end(job: BulkJob, state: str, error: str = "") -> None:
    job.state, job.ended, job.error, job.worker, job.lease_until = state, timezone.now(), error[:500], "", None
    job.save()


def _carefully(edit: Edit, items: list[BulkItem], job: BulkJob) -> dict[str, Outcome]:
    """Do a batch at once; if anything is in its way, one object after the other, to find which."""
    try:
        with transaction.atomic():
            return apply(edit, items, by=job.by, back=job.undoes_id is not None)
    except (ServiceError, DatabaseError) as error:
        log.info("batch of the bulk change %s, one by one: %s", job.pk, error)
    return {item.object_id: _one(edit, item, job) for item in items}


def _one(edit: Edit, item: BulkItem, job: BulkJob) -> Outcome:
    try:
        with transaction.atomic():
            return apply(edit, [item], by=job.by, back=job.undoes_id is not None)[item.object_id]
    except ServiceError as error:
        return Outcome(BulkOutcome.REFUSED, str(error))
    except DatabaseError as error:
        log.warning("bulk change %s, object %s: %s", job.pk, item.object_id, error)
        return Outcome(BulkOutcome.REFUSED, _("the database refuses it."))


def apply(edit: Edit, items: list[BulkItem], *, by: User | None, back: bool) -> dict[str, Outcome]:
    """Change the objects of these items, or give them back what they had; return what became of each, by id.

    Their rows are locked, and the rights of who asked are those of now.
    """
    ids = [item.object_id for item in items]
    if by is None or not by.is_active or not edit.may(by):
        return dict.fromkeys(ids, Outcome(BulkOutcome.REFUSED, _("who asked for it may not do that.")))
    found = dict.fromkeys(ids, Outcome(BulkOutcome.REFUSED, _("it is gone.")))
    rows = _locked(edit, ids)
    rule = edit.rule_back if back else edit.rule

    def refusal(row: models.Model) -> str:
        return rule(row) or (gate.refusal(row, by) if edit.is_content else "")

    reasons = curation.refusals(rows, by=by, action=edit.permission_of(by), rule=refusal)
    found.update({row.pk: Outcome(BulkOutcome.REFUSED, reason) for row, reason in reasons.items()})
    allowed = [row for row in rows if row not in reasons]
    found.update(_put_back(edit, allowed, items, by) if back else _write(edit, allowed, by))
    return found


def _locked(edit: Edit, ids: list[str]) -> list[models.Model]:
    return list(edit.rows(ids).select_for_update(of=("self",)).order_by("pk"))


def _write(edit: Edit, rows: list[Any], by: User) -> dict[str, Outcome]:
    befores = edit.found(rows)
    if befores:
        edit.write(befores, by)
    found = {row.pk: Outcome(BulkOutcome.UNCHANGED) for row in rows}
    return found | {pk: Outcome(BulkOutcome.DONE, before=before) for pk, before in befores.items()}


def _put_back(edit: Edit, rows: list[Any], items: list[BulkItem], by: User) -> dict[str, Outcome]:
    """Give back what the rows had, but for those that somebody has changed since."""
    kept = {item.object_id: item.before for item in items}
    others = edit.changed_since(rows, kept)
    befores = {row.pk: kept[row.pk] or {} for row in rows if row.pk not in others}
    if befores:
        edit.put_back(befores, by)
    found = {pk: Outcome(BulkOutcome.REFUSED, _("somebody has changed it since.")) for pk in others}
    return found | {pk: Outcome(BulkOutcome.DONE, before=before) for pk, before in befores.items()}
