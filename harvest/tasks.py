"""Tasks and periodic jobs of the harvester: each calls one service."""

from celery import shared_task
from django.db.models import Q

from harvest import jobs, previews, queue
from harvest.models import Source
from harvest.pipeline import undoing
from portal.lib.jobs import job


@job("purge-harvest-jobs")
def purge_harvest_jobs() -> int:
    """Delete old jobs with their items."""
    return jobs.prune()


@job("purge-harvesters")
def purge_harvesters() -> int:
    """Remove for good the sources that were deleted, and archive what they harvested."""
    return jobs.purge()


@job("harvest")
def harvest(ident: str) -> str | None:
    """Queue a run of the source of that id or slug; return the id of its job."""
    source = Source.objects.runnable().filter(Q(pk=ident) | Q(slug=ident)).first()
    return jobs.queue_run(source).pk if source else None


@job("dispatch-harvests")
def dispatch_harvests() -> int:
    """Queue the sources that are due, and take up what waits or was left by a dead worker. Each minute."""
    return queue.dispatch()


@shared_task
def work_on_harvests() -> int:
    """Run what waits, until nothing does."""
    return queue.work()


@shared_task
def preview_source(pk: str) -> None:
    """Make the preview of a source that somebody waits for."""
    previews.make(pk)


@shared_task
def undo_job(pk: str) -> None:
    """Undo a run that did much."""
    undoing.undo(pk)


@shared_task
def purge_source(pk: str, fate: str) -> None:
    """Remove a deleted source for good, with what was chosen for its many objects."""
    jobs.purge_one(pk, fate)
