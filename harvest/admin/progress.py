"""How far a run is, in numbers and in words: what the page of a job shows, and what it asks for while the job runs."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from harvest.models import ACTIVE, ENDED, Action, Job, JobStatus

ORDER = (
    Action.CREATED, Action.UPDATED, Action.RESTORED, Action.UNCHANGED, Action.SKIPPED, Action.ARCHIVED, Action.FAILED,
)  # fmt: skip
SO_MANY = {  # records
    Action.CREATED: pgettext_lazy("so many records", "created"),
    Action.UPDATED: pgettext_lazy("so many records", "updated"),
    Action.RESTORED: pgettext_lazy("so many records", "restored"),
    Action.UNCHANGED: pgettext_lazy("so many records", "unchanged"),
    Action.SKIPPED: pgettext_lazy("so many records", "left out"),
    Action.ARCHIVED: pgettext_lazy("so many records", "archived"),
    Action.FAILED: pgettext_lazy("so many records", "failed"),
}
PROCESSED = frozenset(ORDER) - {Action.ARCHIVED}  # what is archived was not listed
LOG_TAIL = 30  # lines
TONES = {
    JobStatus.DONE: "good", JobStatus.DONE_ERRORS: "warning", JobStatus.FAILED: "bad", JobStatus.PENDING: "quiet",
}  # fmt: skip


def counts(counters: dict[str, int], *, every: bool = False) -> list[tuple[Action, str, int]]:
    """Return the counters in the order of reading: action, its word, number. Zeros are left out unless `every`."""
    found = [(action, str(SO_MANY[action]), int(counters.get(str(action), 0))) for action in ORDER]
    return [one for one in found if every or one[2]]


def grouped(number: float) -> str:
    """Return a number as people read it: `12,345`."""
    return number_format(number, force_grouping=True)


def processed(job: Job) -> int:
    """Return how many items of the listing have been taken so far."""
    return sum(int(job.counters.get(str(action), 0)) for action in PROCESSED)


def share(job: Job) -> float | None:
    """Return the part (0 to 1) of a running job that is done, None where the remote announces no total."""
    return min(1.0, processed(job) / job.total) if job.total else None


def duration(job: Job) -> timedelta | None:
    """Return how long a job has worked so far, None for one that has not begun."""
    return (job.ended or timezone.now()) - job.started if job.started else None


def spoken(length: timedelta | None) -> str:
    """Return a length of time in words, short: `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if length is None:
        return "—"
    seconds = max(0.0, length.total_seconds())
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 60:
        return f"{round(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def rate(job: Job) -> float | None:
    """Return the items taken a second, None before the first one."""
    length, number = duration(job), processed(job)
    return number / max(0.001, length.total_seconds()) if length and number else None


def time_left(job: Job) -> timedelta | None:
    """Return how long a running job still takes at its rate, None where nobody can tell."""
    speed = rate(job)
    if not speed or not job.total or job.status not in ACTIVE:
        return None
    return timedelta(seconds=max(0, job.total - processed(job)) / speed)


def status_text(job: Job) -> str:
    """Return the state of a job in a word or two."""
    if job.undone_at:
        return _("Undone")
    if job.cancelled:
        return _("Cancelled") if job.status in ENDED else _("Being cancelled")
    return str(JobStatus(job.status).label)


def tone(job: Job) -> str:
    """Return how a state is coloured: good, warning, bad, quiet or busy."""
    if job.cancelled or job.undone_at:
        return "quiet"
    return TONES.get(JobStatus(job.status), "busy")


def state(job: Job) -> dict[str, Any]:
    """Return what the page of a running job asks for every few seconds: texts in the reader's language."""
    done, number, speed = share(job), processed(job), rate(job)
    items = ngettext("%(count)s item", "%(count)s items", number) % {"count": grouped(number)}
    return {
        "status": status_text(job),
        "tone": tone(job),
        "ended": job.status in ENDED,
        "waiting": job.status == JobStatus.PENDING,
        "percent": None if done is None else int(done * 100),
        "processed": _("%(number)s of %(total)s") % {"number": grouped(number), "total": grouped(job.total)}
        if job.total
        else items,
        "rate": _("%(number)s a second") % {"number": grouped(round(speed, 1))} if speed else "—",
        "duration": spoken(duration(job)),
        "left": spoken(time_left(job)),
        "counts": {str(action): grouped(count) for action, _label, count in counts(job.counters, every=True)},
        "log": [log_line(line) for line in job.log[-LOG_TAIL:]],
    }


def log_line(line: dict[str, Any]) -> dict[str, str]:
    """Return one line of a job's log: time of day (UTC), level, message."""
    return {
        "at": str(line.get("at", ""))[11:19],
        "level": str(line.get("level", "info")),
        "message": str(line.get("message", "")),
    }


def finished(job: Job) -> bool:
    """Tell whether a job has ended."""
    return job.status in ENDED


def as_row(job: Job) -> dict[str, Any]:
    """Return what a table of jobs shows of one."""
    return {
        "job": job,
        "status": status_text(job),
        "tone": tone(job),
        "counts": counts(job.counters),
        "duration": spoken(duration(job)),
    }


def newest(sources: list[models.Model]) -> dict[str, Job]:
    """Return the newest job of each source by its id, without the long columns; one query."""
    return Job.objects.defer("log", "errors", "cursor").newest_of(sources)
