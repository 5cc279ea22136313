"""What a run leaves behind: its status, the health of its source, when it runs again, and who is told."""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from catalog.services import metrics, notifications, outbox
from harvest.models import Action, Health, Job, JobItem, JobStatus, Source
from harvest.pipeline.context import Context
from portal.lib import crontabs
from portal.lib.mails import one_line

LOG_LINES = 200
MOST_ERRORS = 50
PATIENCE = 5  # failed runs in a row, after which a source is asked once a week
WEEK = timedelta(days=7)
GIVE_UP = timedelta(days=90)  # of failures, after which a source is paused
TOP_ERRORS = 5  # that a mail names


def note(job: Job, message: Any, *, level: str = "info") -> None:
    """Add a line to the log of a job (not saved); the oldest ones make room."""
    line = {"at": timezone.now().isoformat(), "level": level, "message": str(message)[:1000]}
    job.log = [*job.log, line][-LOG_LINES:]


def complain(job: Job, message: Any, *, details: str = "") -> None:
    """Add an error of the run as a whole to a job (not saved)."""
    error = {
        "message": str(message)[:1000],
        "details": details[:20_000] or None,
        "created_at": timezone.now().isoformat(),
    }
    job.errors = [*job.errors, error][:MOST_ERRORS]
    note(job, message, level="error")


def close(job: Job, source: Source, context: Context | None, *, failed: bool) -> None:
    """End a job, whose row is locked: its status, and all that follows for its source."""
    job.ended = timezone.now()
    has_errors = bool(job.counters.get(str(Action.FAILED)) or job.errors)
    job.status = JobStatus.FAILED if failed else JobStatus.DONE_ERRORS if has_errors else JobStatus.DONE
    job.worker, job.lease_until, job.cursor = "", None, None
    note(job, summary(job.counters))
    job.save()
    _update_source(source.pk, job, context)
    refresh_metrics(source, job.counters)


def summary(counters: dict[str, int]) -> str:
    """Return the numbers of a run in one line: `created=… updated=… unchanged=… archived=… failed=…`.

    What was restored is among the updated ones.
    """
    numbers = {**counters, "updated": counters.get("updated", 0) + counters.get("restored", 0)}
    names = ("created", "updated", "unchanged", "archived", "failed")
    return " ".join(f"{name}={numbers.get(name, 0)}" for name in names)


def refresh_metrics(source: Source, counters: dict[str, int]) -> None:
    """Count anew what the organization of a source has, if a run changed that."""
    if source.organization_id and any(counters.get(name) for name in ("created", "updated", "archived", "restored")):
        metrics.refresh_organization_metrics([source.organization_id])


def _update_source(pk: str, job: Job, context: Context | None) -> None:
    """Keep the health of the source and what its backend remembers; tell its owners when it changed."""
    source = Source.objects.select_for_update(of=("self",)).get(pk=pk)
    before, now = source.health, timezone.now()
    if job.status == JobStatus.FAILED:
        source.health = before if job.cancelled else Health.FAILING
        source.failures += 0 if job.cancelled else 1
        source.failing_since = source.failing_since or now
    else:
        source.health = Health.ERRORS if job.status == JobStatus.DONE_ERRORS else Health.GOOD
        source.failures, source.failing_since = 0, None
    if job.complete and job.status != JobStatus.FAILED:
        source.last_complete_at = now
    if context is not None:
        source.memory = _memory(context, job, source.memory)
    if source.health == Health.FAILING and source.failing_since and now - source.failing_since > GIVE_UP:
        source.active = False
    source.next_run_at = next_run(source, now)
    names = ["health", "failures", "failing_since", "last_complete_at", "memory", "active", "next_run_at"]
    source.save(update_fields=names)
    if _is_news(before, source.health) or job.held:
        _tell(source, job)


def _memory(context: Context, job: Job, before: dict[str, Any]) -> dict[str, Any]:
    """Return what to keep from run to run; what conditional requests need is worth something after a whole run only."""
    validators = context.backend.client.seen if job.complete else before.get("validators", {})
    return {"backend": context.backend.memory, "validators": validators, "key": context.key}


def _is_news(before: str, after: str) -> bool:
    return (before == Health.FAILING) != (after == Health.FAILING)


def _tell(source: Source, job: Job) -> None:
    """Write to the owners of a source whose health changed, or that waits for a word, with the commonest errors."""
    people = notifications.owners_of(source)
    if not people:
        return
    context = {
        "title": source.name,
        "failing": source.health == Health.FAILING,
        "held": job.held,
        "numbers": summary(job.counters),
        "errors": [one_line(message, 300) for message in top_errors(job)],
        "path": reverse("admin:harvest_source_overview", args=[source.pk]),
    }
    outbox.emit("mail", to=[one.pk for one in people], template="harvest/source_health", context=context)


def top_errors(job: Job) -> list[str]:
    """Return the commonest errors of a job, those of the run as a whole first."""
    found = [str(error["message"]) for error in job.errors]
    numbers: dict[str, int] = {}
    for errors in JobItem.objects.filter(job=job, action=Action.FAILED).values_list("errors", flat=True)[:5000]:
        for error in errors:
            numbers[error["message"]] = numbers.get(error["message"], 0) + 1
    commonest = sorted(numbers, key=lambda message: (-numbers[message], message))
    return list(dict.fromkeys([*found, *(f"{message} (× {numbers[message]})" for message in commonest)]))[:TOP_ERRORS]


def next_run(source: Source, now: datetime) -> datetime | None:
    """Return when a source runs next, or None if nobody scheduled it.

    The runs of the default schedule begin over HARVEST_SPREAD minutes; a source that fails again and again is asked
    once a week.
    """
    if not source.schedule:
        return None
    try:
        crontab = crontabs.parse(source.schedule).schedule
    except ValidationError:
        return None
    due = now + crontab.remaining_estimate(now)
    if source.schedule == settings.HARVEST_DEFAULT_SCHEDULE and settings.HARVEST_SPREAD > 0:
        due += timedelta(minutes=int(blake2b(source.pk.encode()).hexdigest()[:8], 16) % settings.HARVEST_SPREAD)
    return max(due, now + WEEK) if source.failures >= PATIENCE else due
