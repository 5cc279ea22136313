"""The page of one run: how it went, and what became of each item."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from catalog.models import Dataservice, Dataset
from catalog.search.service import DEEPEST
from harvest import outcomes
from harvest.api.job_shapes import message_of
from harvest.models import Action, ItemStatus, Job, JobItem
from harvest.models.source import without_secret_addresses, without_secrets
from harvest.summaries import ErrorClass, error_classes
from harvest.views.source import SourceObject, job_rows, label_of, runs_of
from portal.lib.ids import is_object_id
from portal.lib.paging import FoundPaginator, RowPage, page_number

PER_PAGE = 50
MOST_ERRORS = 5  # of one item, shown


class JobPage(SourceObject):
    """One run of a source, for whoever may read the source; `?status=` shows the items of one status."""

    template_name = "harvest/job.html"

    def get(self, request: HttpRequest, key: str, ident: str) -> HttpResponse:
        self.ident = ident
        return super().get(request, key)

    def address_of(self, found: Any) -> str:
        """Return the path of the page. Raises Http404 for a run of another source."""
        if not (is_object_id(self.ident) and found.jobs.filter(pk=self.ident).exists()):
            raise Http404
        return f"{found.get_absolute_url()}jobs/{self.ident}/"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        source = context["source"]
        job = job_rows().filter(pk=self.ident, source=source).first() if is_object_id(self.ident) else None
        if job is None:
            raise Http404
        numbers = outcomes.counted([job.pk])[job.pk]
        status = self.request.GET.get("status", "")
        status = status if status in ItemStatus.values else ""
        page = self._items(job, status, numbers.get(status, 0) if status else sum(numbers.values()))
        failed = job.counters.get(str(Action.FAILED)) or numbers.get(str(ItemStatus.FAILED))
        context = super().get_context_data(**context)
        return context | {
            "backend": label_of(source),
            "job": job,
            "run": runs_of([job])[0],
            "tabs": [(one.value, one.label, numbers[one], one == status) for one in ItemStatus if numbers.get(one)],
            "status": status,
            "page": page,
            "items": shown_items(list(page), self.request),
            "errors": [message_of(one) or "" for one in job.errors],
            "classes": [cleaned(one) for one in error_classes(job)] if failed else [],
            "canonical_url": f"{settings.SITE_URL}{source.get_absolute_url()}jobs/{job.pk}/",
            "api_url": f"/api/1/harvest/job/{job.pk}/",
            "structured": None,
            "noindex": True,
        }

    def _items(self, job: Job, status: str, total: int) -> RowPage:
        """Return a page of the items. Raises Http404 for one beyond the last."""
        paginator = FoundPaginator(total, DEEPEST, PER_PAGE)
        number = page_number(self.request)
        if number > paginator.num_pages:
            raise Http404
        rows = JobItem.objects.filter(job=job).defer("before", "args", "kwargs", "logs").order_by("pk")
        if status:
            rows = rows.filter(status=status)
        query = QueryDict(mutable=True)
        if status:
            query["status"] = status
        start = (number - 1) * PER_PAGE
        return RowPage(list(rows[start : start + PER_PAGE]), number, paginator, query)


def cleaned(found: ErrorClass) -> ErrorClass:
    """Return a class of errors as strangers may read it."""
    return ErrorClass(found.text, found.count, without_secret_addresses(found.example), found.remote_id)


def shown_items(rows: list[JobItem], request: HttpRequest) -> list[dict[str, Any]]:
    """Return what is shown of items, with the objects that the reader may see; two queries."""
    datasets = Dataset.objects.visible_to(request.user).only("pk", "title", "slug")
    dataservices = Dataservice.objects.visible_to(request.user).only("pk", "title", "slug")
    known = datasets.in_bulk({row.dataset_id for row in rows} - {None})
    services = dataservices.in_bulk({row.dataservice_id for row in rows} - {None})
    return [
        {
            "item": row,
            "tone": outcomes.TONES[ItemStatus(row.status)],
            "url": without_secrets(row.remote_url),
            "object": known.get(row.dataset_id) or services.get(row.dataservice_id),
            "errors": [message_of(one) or "" for one in row.errors[:MOST_ERRORS]],
        }
        for row in rows
    ]
