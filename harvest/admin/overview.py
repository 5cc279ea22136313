"""The page of a source: its first steps, its last runs, what fails, the question it asks; and the verbs behind them."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from harvest import jobs, previews, services, steering
from harvest.admin import progress
from harvest.admin.bulk import refuse_deleted
from harvest.admin.columns import ago
from harvest.admin.forms import ScheduleForm, ValidationForm, rhythm_of
from harvest.admin.page import SourcePage
from harvest.models import HarvestRecord, Job, JobStatus, RecordState, Source, SourcePreview, Validation
from harvest.summaries import error_classes
from portal.lib import crontabs
from portal.lib.errors import ServiceError

LAST_JOBS = 10
NEXT_RUNS = 3
SO_MANY = {  # records
    RecordState.GOOD: pgettext_lazy("so many records", "good"),
    RecordState.SKIPPED: pgettext_lazy("so many records", "left out"),
    RecordState.INVALID: pgettext_lazy("so many records", "invalid"),
    RecordState.MOVED: pgettext_lazy("so many records", "harvested by another source"),
}
DAY = timedelta(days=1)
RIGHT_OF_VERB = {
    "preview": "preview", "run": "run", "pause": "edit", "resume": "edit", "validate": "validate",
    "schedule": "schedule", "keep": "validate", "go": "validate", "restore": "edit",
}  # fmt: skip


class OverviewPage(SourcePage):
    """The source's own page."""

    def overview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a source: where it stands, what to do next, what it did."""
        return self._overview(request, self.find(request, object_id))

    def _overview(self, request: HttpRequest, source: Source, **forms: Any) -> HttpResponse:
        rows = list(Job.objects.defer("cursor").filter(source=source).select_related("by")[:LAST_JOBS])
        ended = next((job for job in rows if progress.finished(job)), None)
        preview = SourcePreview.objects.filter(source=source).defer("result").first()
        records = records_of(source)
        return self.render(
            request, "overview", source,
            title=source.name,
            subtitle=None,
            jobs=[progress.as_row(job) for job in rows],
            current=next((job for job in rows if not progress.finished(job)), None),
            last=ended,
            errors=error_classes(ended) if ended is not None else [],
            asking=ended if ended is not None and ended.held else None,
            preview=preview,
            previewed=ago(preview.ended_at) if preview is not None else "",
            records=records,
            steps=steps(source, preview, rows),
            rhythm=rhythm_of(source.schedule),
            next_runs=next_runs(source),
            validation_form=forms.get("validation_form") or ValidationForm(),
            schedule_form=forms.get("schedule_form") or ScheduleForm.of(source),
        )  # fmt: skip

    def verb_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Do one thing to a source. Raises Http404, PermissionDenied."""
        source = self.find(request, object_id)
        if verb not in RIGHT_OF_VERB:
            raise Http404
        self.demand(request, source, RIGHT_OF_VERB[verb])
        if verb in ("validate", "schedule"):
            return getattr(self, f"_{verb}")(request, source)
        getattr(self, f"_{verb}")(request, source)
        if verb == "preview":
            return self.lead_to("preview", source)
        newest = source.jobs.first() if verb == "run" else None
        waits = newest is not None and not progress.finished(newest)
        return self.lead_to("job", source, newest.pk) if waits else self.lead_to("overview", source)

    def _locked(self, source: Source) -> Source:
        row = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
        refuse_deleted(row)
        return row

    def _preview(self, request: HttpRequest, source: Source) -> None:
        self.attempt(
            request, source, lambda: previews.ask(source, by=request.user), gettext_lazy("A preview is being made.")
        )

    def _run(self, request: HttpRequest, source: Source) -> None:
        def act() -> Job:
            with transaction.atomic():
                row = self._locked(source)
                if not row.is_runnable:
                    raise ServiceError(_("The source is paused, or not accepted yet: it cannot run."))
                return jobs.ask_run(row, actor=self.operator(request))

        self.attempt(request, source, act, gettext_lazy("A run is asked for."))

    def _pause(self, request: HttpRequest, source: Source) -> None:
        self.attempt(request, source, lambda: steering.pause(source), gettext_lazy("The source is paused."))

    def _resume(self, request: HttpRequest, source: Source) -> None:
        self.attempt(request, source, lambda: steering.resume(source), gettext_lazy("The source runs again."))

    def _restore(self, request: HttpRequest, source: Source) -> None:
        def act() -> None:
            services.update(source, {"deleted": None}, by=request.user, actor=self.operator(request))

        self.attempt(request, source, act, gettext_lazy("The source is restored."))

    def _go(self, request: HttpRequest, source: Source) -> None:
        job = self._asking(source)

        def said(number: int) -> str:
            text = ngettext("%(number)d object is archived.", "%(number)d objects are archived.", number)
            return text % {"number": number}

        self.attempt(request, source, lambda: steering.answer_stop(job, go=True), said)

    def _keep(self, request: HttpRequest, source: Source) -> None:
        job = self._asking(source)
        text = gettext_lazy("Nothing is archived: what disappeared is kept.")
        self.attempt(request, source, lambda: steering.answer_stop(job, go=False), lambda _number: text)

    def _asking(self, source: Source) -> Job:
        """Return the newest job that ended. Raises Http404 if none has."""
        job = source.jobs.filter(status__in=[JobStatus.DONE, JobStatus.DONE_ERRORS, JobStatus.FAILED]).first()
        if job is None:
            raise Http404
        return job

    def _validate(self, request: HttpRequest, source: Source) -> HttpResponse:
        form = ValidationForm(request.POST)
        if not form.is_valid():
            return self._overview(request, source, validation_form=form)
        state, comment = form.cleaned_data["state"], form.cleaned_data["comment"].strip()
        accepted = state == Validation.ACCEPTED

        @transaction.atomic
        def act() -> None:
            services.validate(self._locked(source), state=state, comment=comment, by=request.user)

        self.attempt(
            request, source, act, gettext_lazy("The source is accepted.") if accepted else _("The source is refused.")
        )
        return self.lead_to("overview", source)

    def _schedule(self, request: HttpRequest, source: Source) -> HttpResponse:
        form = ScheduleForm(request.POST)
        if not form.is_valid():
            return self._overview(request, source, schedule_form=form)
        crontab = form.cleaned_data["schedule"]

        @transaction.atomic
        def act() -> None:
            row = self._locked(source)
            jobs.schedule(row, crontab) if crontab else jobs.unschedule(row)

        text = _("When the source runs: %(rhythm)s.") % {"rhythm": rhythm_of(crontab)}
        self.attempt(request, source, act, text)
        return self.lead_to("overview", source)


def steps(source: Source, preview: SourcePreview | None, rows: list[Job]) -> dict[str, Any]:
    """Return which of the four first steps are done (`previewed`, `accepted`, `ran`, `scheduled`), and the next one."""
    done = {
        "previewed": preview is not None and not preview.is_awaited,
        "accepted": source.validation == Validation.ACCEPTED,
        "ran": any(job.status in (JobStatus.DONE, JobStatus.DONE_ERRORS) for job in rows),
        "scheduled": bool(source.schedule) and source.validation == Validation.ACCEPTED,
    }
    skipped = {"previewed"} if done["ran"] else set()
    waiting = [name for name, is_done in done.items() if not is_done and name not in skipped]
    return {**done, "next": waiting[0] if waiting else "", "all": not waiting}


def records_of(source: Source) -> dict[str, Any]:
    """Return the numbers of the source's records: `total`, those `missing`, states with their words; one query."""
    rows = HarvestRecord.objects.filter(source=source).order_by().values("state")
    gone = Count("pk", filter=Q(missing_since__isnull=False))
    found = list(rows.annotate(number=Count("pk"), gone=gone))
    numbers = {row["state"]: row["number"] for row in found}
    return {
        "total": sum(numbers.values()),
        "missing": sum(row["gone"] for row in found),
        "states": [(value, text, numbers[value]) for value, text in SO_MANY.items() if numbers.get(value)],
    }


def next_runs(source: Source) -> list[datetime]:
    """Return the next moments at which the source runs by itself; none where it does not."""
    if not source.schedule or not source.is_runnable or source.next_run_at is None:
        return []
    try:
        crontab = crontabs.parse(source.schedule).schedule
    except ValidationError:
        return []
    moments, at = [], timezone.now()
    for _number in range(NEXT_RUNS):
        start, delta, _now = crontab.remaining_delta(at)
        at = start + delta
        moments.append(at)
    later = source.next_run_at - moments[0]  # begins are spread; a source that fails is asked less often
    if abs(later) < timedelta(minutes=1):
        return moments
    return [moment + later for moment in moments] if timedelta() < later < DAY else [source.next_run_at]
