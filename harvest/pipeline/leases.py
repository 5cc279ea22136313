"""Who works on a job: one worker at a time, and another one when it dies.

A worker holds a job by its name in the row and by a time until which nobody else takes it. Each batch locks the row and
asks for that name first, in the transaction that writes: a worker that was taken for dead writes nothing more. That
alone makes it safe; that a dead process of the same machine is known at once only makes it quick.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from harvest.models import ACTIVE, Job, JobStatus
from portal.lib.workers import is_dead

MOST_STALLS = 20  # times that a job is taken up again without any progress: its page may be what kills the worker


class LeaseLost(Exception):
    """Another worker has the job now."""


class Cancelled(Exception):
    """Somebody asked for the job to end."""


def lease_end() -> datetime:
    """Return until when a lease that is taken or renewed now lasts."""
    return timezone.now() + timedelta(seconds=settings.HARVEST_LEASE)


@transaction.atomic
def claim(job_id: str, worker: str) -> Job | None:
    """Take a job that waits, or that its worker left; None if it is not to be had."""
    job = Job.objects.select_for_update(of=("self",)).filter(pk=job_id).first()
    if job is None or not (job.status == JobStatus.PENDING or (job.status in ACTIVE and is_abandoned(job))):
        return None
    if job.status == JobStatus.PENDING and Job.objects.running().filter(source=job.source_id).exists():
        return None
    if job.status in ACTIVE:
        job.resumed, job.stalled = job.resumed + 1, job.stalled + 1
    job.status, job.worker = JobStatus.PROCESSING, worker
    job.started = job.started or timezone.now()
    job.heartbeat_at, job.lease_until = timezone.now(), lease_end()
    job.save(update_fields=["status", "worker", "started", "heartbeat_at", "lease_until", "resumed", "stalled"])
    return job


def hold(job_id: str, worker: str) -> Job:
    """Lock the row of a job, inside a transaction. Raises LeaseLost, Cancelled."""
    job = Job.objects.select_for_update(of=("self",)).filter(pk=job_id, worker=worker, status__in=ACTIVE).first()
    if job is None:
        raise LeaseLost
    if job.cancelled:
        raise Cancelled
    return job


def beat(job_id: str, worker: str) -> None:
    """Give a sign of life between two batches. Raises LeaseLost, Cancelled."""
    rows = Job.objects.filter(pk=job_id, worker=worker, status__in=ACTIVE)
    if not rows.update(heartbeat_at=timezone.now(), lease_until=lease_end()):
        raise LeaseLost
    if rows.filter(cancelled=True).exists():
        raise Cancelled


def is_abandoned(job: Job) -> bool:
    """Tell whether nobody works on a running job any more: its lease is over, or its process is gone."""
    if job.lease_until is None or job.lease_until < timezone.now():
        return True
    return is_dead(job.worker)


def progressed(job: Job) -> None:
    """Note on a job (not saved) that work was done: it may be taken up again as often."""
    job.stalled, job.heartbeat_at, job.lease_until = 0, timezone.now(), lease_end()


def has_stalled(job: Job) -> bool:
    """Tell whether taking the job up again is of no use."""
    return job.stalled > MOST_STALLS
