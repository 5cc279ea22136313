"""The page of a job: how far it is while it runs, what it did to each item once it did, and how to undo it."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Dataservice, Dataset
from harvest import steering
from harvest.admin import progress
from harvest.admin.differences import label_of
from harvest.admin.page import SourcePage
from harvest.models import Action, Job, JobItem
from harvest.models.source import without_user
from harvest.pipeline.undoing import UNDOABLE, Undone
from harvest.summaries import error_classes
from portal.models import User

PER_PAGE = 50  # items
MOST_LOGS = 5  # warnings shown of one item


class JobPage(SourcePage):
    """One job, live."""

    def job_view(self, request: HttpRequest, object_id: str, job_id: str) -> HttpResponse:
        """Show a job and its items, those of one action if `show` says which."""
        job = self.find_job(request, object_id, job_id)
        chosen, words = request.GET.get("show", ""), request.GET.get("q", "").strip()[:200]
        page = Paginator(items_of(job, chosen, words), PER_PAGE).get_page(request.GET.get("page"))
        can = self.rights(request, job.source)
        return self.render(
            request, "job", job.source,
            title=_("Run of %(date)s") % {"date": date_format(localtime(job.created), "SHORT_DATETIME_FORMAT")},
            job=job,
            state=progress.state(job),
            counts=progress.counts(job.counters, every=True),
            finished=progress.finished(job),
            errors=[self._error(one, can) for one in job.errors],
            classes=error_classes(job) if job.counters.get(str(Action.FAILED)) else [],
            chosen=chosen,
            words=words,
            page=page,
            items=self._rows(request, list(page), can),
            undoable=is_undoable(job),
        )  # fmt: skip

    def job_state_view(self, request: HttpRequest, object_id: str, job_id: str) -> HttpResponse:
        """Tell the page of a running job how far it is."""
        return JsonResponse(progress.state(self.find_job(request, object_id, job_id)))

    def job_cancel_view(self, request: HttpRequest, object_id: str, job_id: str) -> HttpResponse:
        """End a job. Raises Http404, PermissionDenied."""
        job = self.find_job(request, object_id, job_id)
        self.demand(request, job.source, "run")
        text = gettext_lazy("The run is cancelled: it ends with the batch that is being written.")
        self.attempt(request, job.source, lambda: steering.cancel(job), text)
        return self.lead_to("job", job.source, job.pk)

    def job_undo_view(self, request: HttpRequest, object_id: str, job_id: str) -> HttpResponse:
        """Say what undoing a job would do (GET), have it done (POST). Raises Http404, PermissionDenied."""
        job = self.find_job(request, object_id, job_id)
        self.demand(request, job.source, "undo")
        if request.method != "POST":
            return self.render(
                request, "undo", job.source, title=_("Undo a run"), job=job, plan=undo_plan(job),
                undoable=is_undoable(job),
            )  # fmt: skip
        self.attempt(request, job.source, lambda: steering.ask_undo(job), said_undone)
        return self.lead_to("job", job.source, job.pk)

    def _rows(self, request: HttpRequest, rows: list[JobItem], can: dict[str, bool]) -> list[dict[str, Any]]:
        """Return what is shown of these items, with the objects that the caller may see; two queries."""
        datasets, dataservices = objects_of(rows, request.user)
        return [
            {
                "item": row,
                "url": without_user(row.remote_url),
                "tone": TONES.get(row.action, "quiet"),
                "changes": [label_of(str(name)) for name in row.changes],
                "dataset": datasets.get(row.dataset_id),
                "dataservice": dataservices.get(row.dataservice_id),
                "errors": [self._error(one, can) for one in row.errors],
                "warnings": [str(one.get("message", "")) for one in row.logs[:MOST_LOGS]],
                "more_warnings": max(0, len(row.logs) - MOST_LOGS),
            }
            for row in rows
        ]

    @staticmethod
    def _error(error: dict[str, Any], can: dict[str, bool]) -> dict[str, str]:
        """Return an error; its details (paths, addresses) are for administrators."""
        return {
            "message": str(error.get("message") or ""),
            "details": str(error.get("details") or "") if can["details"] else "",
        }


def objects_of(rows: Iterable[Any], user: User) -> tuple[dict[str, Dataset], dict[str, Dataservice]]:
    """Return the datasets and the dataservices of items or records that `user` may see, by id; two queries."""
    rows = list(rows)
    datasets = Dataset.objects.visible_to(user).only("pk", "title", "slug")
    dataservices = Dataservice.objects.visible_to(user).only("pk", "title", "slug")
    return (
        datasets.in_bulk({row.dataset_id for row in rows} - {None}),
        dataservices.in_bulk({row.dataservice_id for row in rows} - {None}),
    )


def said_undone(done: Undone | None) -> str:
    """Return what undoing did, in words."""
    if done is None:
        return _("A worker undoes the run: its log says how it went.")
    text = _("Undone: %(removed)d removed, %(restored)d put back, %(kept)d left alone.")
    return text % {"removed": done.removed, "restored": done.restored, "kept": len(done.kept)}


TONES = {
    Action.CREATED: "good", Action.UPDATED: "good", Action.RESTORED: "good", Action.FAILED: "bad",
    Action.ARCHIVED: "warning",
}  # fmt: skip


def items_of(job: Job, action: str, words: str) -> QuerySet[JobItem]:
    """Return the items of a job: all, or those of one action; whose remote id holds `words`."""
    rows = JobItem.objects.filter(job=job).defer("before", "args", "kwargs").order_by("pk")
    if action in Action.values:
        rows = rows.filter(action=action)
    return rows.filter(Q(remote_id__icontains=words) | Q(dataset__title__icontains=words)) if words else rows


def is_undoable(job: Job) -> bool:
    """Tell whether undoing a job would change anything."""
    did = any(job.counters.get(str(action)) for action in UNDOABLE)
    return progress.finished(job) and job.undone_at is None and did


def undo_plan(job: Job) -> dict[str, int]:
    """Return how many objects undoing removes, puts back as they were, and takes out of the archive."""
    rows = JobItem.objects.filter(job=job, action__in=UNDOABLE).exclude(before=None)
    numbers = dict(rows.order_by().values_list("action").annotate(number=Count("pk")))
    return {
        "removed": numbers.get(Action.CREATED, 0),
        "put_back": numbers.get(Action.UPDATED, 0) + numbers.get(Action.RESTORED, 0),
        "unarchived": numbers.get(Action.ARCHIVED, 0),
    }
