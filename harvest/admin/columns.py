"""What the list of sources says of each: marks of state, the last run in one line, when the next one is."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _

from catalog.admin.base import NOBODY
from harvest.admin import progress
from harvest.backends import backend_of
from harvest.models import ACTIVE, Health, Job, JobStatus, Source, Validation

JUST_NOW = timedelta(minutes=1)
TONE_OF_VALIDATION = {Validation.PENDING: "warning", Validation.ACCEPTED: "good", Validation.REFUSED: "bad"}
TONE_OF_HEALTH = {Health.UNKNOWN: "quiet", Health.GOOD: "good", Health.ERRORS: "warning", Health.FAILING: "bad"}


def mark(text: str, tone: str) -> SafeString:
    """Return a small mark of state. The words say it; the colour only helps."""
    return format_html('<span class="harvest-mark harvest-{}">{}</span>', tone, text)


def marks_of(source: Source) -> list[tuple[str, str]]:
    """Return the marks of a source, text and tone: those that matter, the gravest first."""
    if source.deleted is not None:
        return [(_("Deleted"), "bad")]
    found = []
    if source.validation != Validation.ACCEPTED:
        text = _("To be validated") if source.validation == Validation.PENDING else _("Refused")
        found.append((text, TONE_OF_VALIDATION[source.validation]))
    if not source.active:
        found.append((_("Paused"), "quiet"))
    if source.health:
        well = source.health == Health.GOOD
        text = _("In good health") if well else str(Health(source.health).label)
        found.append((text, TONE_OF_HEALTH[source.health]))
    return found or [(_("Accepted"), "good")]


def label_of(source: Source) -> str:
    """Return the name of the harvester for people."""
    kind = backend_of(source.backend)
    return str(kind.label) if kind else source.backend


def name_and_kind(source: Source) -> SafeString:
    """Return the name, which leads to the source's page, over its harvester and its address without secrets."""
    link = reverse("admin:harvest_source_overview", args=[source.pk])
    return format_html(
        '<a href="{}"><strong>{}</strong></a><span class="harvest-under">{} · {}</span>',
        link, source.name, label_of(source), source.public_url,
    )  # fmt: skip


def state(source: Source) -> SafeString:
    return format_html_join(" ", "{}", ((mark(*one),) for one in marks_of(source)))


def last_run(job: Job | None) -> SafeString | str:
    """Return the newest job in a line: state, how long ago, what it did; a bar while it runs."""
    if job is None:
        return NOBODY
    link = reverse("admin:harvest_source_job", args=[job.source_id, job.pk])
    if job.status in ACTIVE:
        done = progress.state(job)
        bar = _bar(done["percent"])
        return format_html('<a href="{}">{}</a> {}<span class="harvest-under">{}</span>', link,
                           mark(done["status"], "busy"), bar, done["processed"])  # fmt: skip
    when = _("waiting") if job.status == JobStatus.PENDING else ago(job.ended or job.created)
    numbers = ", ".join(f"{progress.grouped(count)} {label}" for _action, label, count in progress.counts(job.counters))
    return format_html(
        '<a href="{}">{}</a> {}<span class="harvest-under">{}</span>',
        link, mark(progress.status_text(job), progress.tone(job)), when, numbers,
    )  # fmt: skip


def _bar(percent: int | None) -> SafeString:
    if percent is None:
        return format_html('<progress max="100" aria-label="{}"></progress>', _("Progress"))
    return format_html(
        '<progress max="100" value="{}" aria-label="{}">{} %</progress>', percent, _("Progress"), percent
    )


def ago(moment: datetime | None) -> str:
    """Return how long ago that was, in words of one unit."""
    if not moment:
        return ""
    if timezone.now() - moment < JUST_NOW:
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, depth=1)}


def runs(source: Source, newest: Job | None) -> SafeString:
    """Return the last run over the moment of the next one."""
    moment = next_run(source)
    if not moment:
        return format_html("{}", last_run(newest))
    return format_html(
        '{}<span class="harvest-under">{}</span>', last_run(newest), _("Next run: %(time)s") % {"time": moment}
    )


def next_run(source: Source) -> str:
    """Return when a source runs next, in words; an empty text where it does not."""
    if not source.is_runnable or source.next_run_at is None:
        return ""
    if source.next_run_at <= timezone.now():
        return _("now")
    return _("in %(time)s") % {"time": timeuntil(source.next_run_at, depth=1)}
