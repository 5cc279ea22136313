"""The queue of runs: the jobs that wait are rows of the database; whoever has time takes the next one.

Nothing depends on the broker: a job asked for is sent to a worker at once where one can be reached, and each minute
whatever is due, waits, or was left by a dead worker, is taken up.
"""

import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from harvest.models import Job, JobStatus, Source
from harvest.pipeline import leases, reports, runner
from portal.lib.jobs import NoWorker, send

log = logging.getLogger(__name__)

TASK = "harvest.tasks.work_on_harvests"


def wake() -> None:
    """Tell a worker, once the transaction is committed, that a job waits; one that can't be reached looks by itself."""
    transaction.on_commit(_send)


def _send() -> None:
    try:
        send(TASK)
    except NoWorker as error:
        log.warning("no worker is told of the job that waits: %s", error)


def dispatch() -> int:
    """Queue the sources that are due, and tell a worker if there is anything to do; return how many jobs there are."""
    for pk in Source.objects.runnable().filter(next_run_at__lte=timezone.now()).values_list("pk", flat=True):
        _queue(pk)
    number = sum(1 for _job in _takable())
    if number:
        _send()
    return number


@transaction.atomic
def _queue(pk: str) -> None:
    """Queue a source that is due, and note when it is next; several dispatchers at once queue it once."""
    now = timezone.now()
    source = Source.objects.select_for_update(of=("self",)).runnable().filter(pk=pk, next_run_at__lte=now).first()
    if source is None:
        return
    source.next_run_at = reports.next_run(source, now)
    source.save(update_fields=["next_run_at"])
    busy = [JobStatus.PENDING, *leases.ACTIVE]
    if not source.jobs.filter(status__in=busy).exists():
        Job.objects.create(source=source)


def work() -> int:
    """Run jobs that wait, one after the other, until none is left that may run now; return how many were run."""
    number = 0
    tried: set[str] = set()
    while (job := next((one for one in _takable() if one.pk not in tried), None)) is not None:
        tried.add(job.pk)
        number += runner.run(job.pk) is not None
    return number


def _takable() -> Iterator[Job]:
    """Give the jobs that may be taken up now: those asked for by somebody first, one a host, HARVEST_WORKERS at once.

    Those whose worker died come first of all: they hold their source.
    """
    running = list(Job.objects.running().select_related("source").order_by("created", "pk"))
    left = [job for job in running if leases.is_abandoned(job)]
    busy = [job for job in running if job not in left]
    if len(busy) >= settings.HARVEST_WORKERS:
        return
    yield from left
    hosts = {_host(job) for job in running}
    sources = {job.source_id for job in running}
    waiting = list(Job.objects.waiting().select_related("source").order_by("created", "pk"))
    for job in sorted(waiting, key=lambda one: one.by_id is None):
        if job.source_id not in sources and _host(job) not in hosts:
            yield job


def _host(job: Job) -> str:
    return urlsplit(job.source.url).hostname or job.source_id
