"""The pages of sources: which catalogues are harvested, how the runs of one went. Secrets stay out, for everybody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Dataset
from catalog.views import guard
from catalog.views.cards import add_formats, dataset_cards
from catalog.views.guard import GuardedPage
from catalog.views.listing import TOO_MUCH
from catalog.views.objects import ObjectPage
from catalog.views.sitemaps import Section
from harvest import outcomes
from harvest.backends import backend_of, backends
from harvest.models import Health, Job, JobStatus, Source, Validation
from harvest.models.source import without_secrets
from portal.lib.paging import page_of
from portal.lib.stacks import Part

DATASETS = 6  # shown on the page of their source
TONES = {
    JobStatus.DONE: "ok",
    JobStatus.DONE_ERRORS: "warn",
    JobStatus.FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class Run:
    """A job as the pages show it: `parts` is the bar of its items by status, `total` how many there are."""

    job: Job
    address: str
    tone: str
    parts: list[Part]
    total: int


@dataclass(frozen=True, slots=True)
class Row:
    """A source in the list; `last` is its newest run."""

    source: Source
    backend: str
    url: str
    marks: list[tuple[str, str]]
    last: Run | None


def runs_of(jobs: Iterable[Job], *, together: bool = False) -> list[Run]:
    """Return runs; one query at most. `together` draws their bars on one scale."""
    jobs = list(jobs)
    numbers = outcomes.by_status(jobs)
    totals = {pk: sum(found.values()) for pk, found in numbers.items()}
    top = max(totals.values(), default=0) if together else 0
    return [
        Run(
            job=job,
            address=f"/harvest/{job.source.slug}/jobs/{job.pk}/",
            tone=TONES.get(JobStatus(job.status), "info"),
            parts=outcomes.parts_of(numbers[job.pk], top),
            total=totals[job.pk],
        )
        for job in jobs
    ]


def label_of(source: Source) -> str:
    """Return the name of the harvester for people."""
    kind = backend_of(source.backend)
    return str(kind.label) if kind else source.backend


def marks_of(source: Source) -> list[tuple[str, str]]:
    """Return what everybody may know of a source's state: text and kind of badge."""
    found = []
    if source.validation != Validation.ACCEPTED:
        pending = source.validation == Validation.PENDING
        found.append((_("To be validated") if pending else _("Refused"), "warn" if pending else "bad"))
    if not source.active:
        found.append((_("Paused"), ""))
    if source.health in (Health.ERRORS, Health.FAILING):
        found.append((str(Health(source.health).label), "bad" if source.health == Health.FAILING else "warn"))
    return found


def source_rows() -> QuerySet[Source]:
    return (
        Source.objects.select_related("organization", "owner")
        .prefetch_related("organization__badges")
        .defer("config", "public_config", "memory")
    )


class SourceList(GuardedPage):
    """Every source that is not deleted, by name; `q` is a part of it, `backend` the name of a harvester."""

    template_name = "harvest/source_list.html"
    kept = False  # a run changes it, and the log of changes knows nothing of runs

    def names(self) -> Collection[str]:
        return ("q", "backend")

    def answer(self, arguments: QueryDict, number: int) -> HttpResponse:
        q, backend = arguments.get("q", ""), arguments.get("backend", "")
        kinds = [(name, str(kind.label), name == backend) for name, kind in backends().items()]
        context: dict[str, Any] = {"q": q, "backend": backend, "kinds": kinds, "noindex": bool(arguments)}
        if guard.too_much(arguments):
            return self.render_to_response(self.get_context_data(problems=[TOO_MUCH], **context), status=400)
        wanted = Source.objects.listed().order_by("name", "pk")
        if q:
            wanted = wanted.filter(name__icontains=q.replace("\x00", ""))
        if backend:
            wanted = wanted.filter(backend=backend.replace("\x00", ""))
        page = page_of(self.request, wanted, source_rows())
        page.query = guard.links_of(self.request, arguments)
        context |= {"page": page, "rows": rows_of(list(page)), "legend": outcomes.parts_of({})}
        response = self.render_to_response(self.get_context_data(api_url="/api/1/harvest/sources/", **context))
        return guard.unindexed(response) if arguments else response


def sitemap_section() -> Section:
    """Return the sources for the sitemap; one changes with its runs."""
    changed = Coalesce("last_complete_at", "created_at")
    return Section(Source.objects.listed().annotate(newest=changed), "newest")


def rows_of(sources: list[Source]) -> list[Row]:
    """Return sources with their newest runs; two queries at most."""
    newest = Job.objects.newest_of(sources)
    for source in sources:
        if source.pk in newest:
            newest[source.pk].source = source
    runs = dict(zip(newest, runs_of(newest.values()), strict=True))
    return [
        Row(source, label_of(source), without_secrets(source.url), marks_of(source), runs.get(source.pk))
        for source in sources
    ]


class SourceObject(ObjectPage):
    """What is below the address of a source, for whoever may read it in the API."""

    model = Source
    context_name = "source"
    api_name = "harvest/source"
    list_label = gettext_lazy("Harvested catalogues")

    def rows(self) -> QuerySet[Source]:
        return source_rows()


class SourcePage(SourceObject):
    """One source: what it is, its runs, the newest first, and what it brought."""

    template_name = "harvest/source.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        source: Source = context["source"]
        page = page_of(self.request, source.jobs.order_by("-created", "pk"), job_rows())
        brought = Dataset.objects.listed().filter(harvest_records__source=source).distinct()
        datasets = list(
            dataset_cards().filter(pk__in=brought.order_by().values("pk")).order_by("-last_update", "pk")[:DATASETS]
        )
        add_formats(datasets)
        return super().get_context_data(
            backend=label_of(source),
            url=without_secrets(source.url),
            marks=marks_of(source),
            page=page,
            runs=runs_of(page, together=True),
            legend=outcomes.parts_of({}),
            datasets=datasets,
            brought=brought.count(),
            **context,
        )


def job_rows() -> QuerySet[Job]:
    return Job.objects.select_related("source").defer("cursor", "log", "source__config", "source__memory")
