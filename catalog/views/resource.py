"""A file: its permanent address `/datasets/r/<uuid>`, whatever stands behind it today, and its page."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.models import Dataset, Resource
from catalog.previews import tables
from catalog.services.files import find_file, redirect_to
from catalog.views.objects import ObjectPage, is_out_of_lists
from portal.lib.errors import ServiceError

PICTURES = ("png", "jpg", "jpeg", "gif", "webp", "avif")
ASKS = ("table", "page", "sort", "column", "contains")  # arguments by which a reader asks for the table


@require_safe
def resource_redirect(request: HttpRequest, rid: str) -> HttpResponse:
    """Redirect (302) to the file. Raises Http404 for an unknown one, or one of a dataset the reader may not see."""
    found = find_file(rid, request.user)
    response = redirect_to(found) if found else None
    if response is None:
        raise Http404
    return response


class ResourceDetail(ObjectPage):
    """The page of a file, below its dataset's. It may be seen by whoever may see the dataset.

    A table shows at once where the file is at hand; elsewhere the reader asks for it, since another server is.
    """

    template_name = "catalog/resource.html"
    model = Dataset
    context_name = "dataset"
    api_name = "datasets"
    list_label = _("Datasets")

    def get(self, request: HttpRequest, key: str, rid: UUID) -> HttpResponse:
        """Answer the page. Raises Http404 for a file of another dataset."""
        self.rid = rid
        return super().get(request, key)

    def rows(self) -> Any:
        return Dataset.objects.select_related("organization", "owner", "license").prefetch_related(
            "organization__badges"
        )

    def address_of(self, found: Dataset) -> str:
        """Return the path of the page. Raises Http404 for a file of another dataset."""
        if not found.resources.filter(pk=self.rid).exists():
            raise Http404
        return reverse("resource-detail", args=[found.slug, self.rid])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        dataset = context["dataset"]
        resource = dataset.resources.filter(pk=self.rid).first()
        if resource is None:
            raise Http404
        asked = any(name in self.request.GET for name in ASKS)
        table, problem = self._table(resource, asked)
        found = super().get_context_data(
            resource=resource,
            table=table,
            problem=problem,
            asked=asked,
            may_be_table=tables.is_table(resource),
            is_picture=resource.format.lower() in PICTURES,
            permanent_url=f"{settings.SITE_URL}{resource.get_absolute_url()}",
            rows_url=reverse("tabular-data", args=[resource.pk]) if tables.is_table(resource) else "",
            **context,
        )
        found["canonical_url"] = f"{settings.SITE_URL}{reverse('resource-detail', args=[dataset.slug, resource.pk])}"
        found["api_url"] = f"/api/1/datasets/{dataset.slug}/resources/{resource.pk}/"
        found["noindex"] = is_out_of_lists(dataset) or table is None or asked
        return found

    def _table(self, resource: Resource, asked: bool) -> tuple[tables.Shown | None, str]:
        if not tables.is_table(resource):
            return None, ""
        try:
            return tables.shown(resource, self.request.GET, fetch=asked), ""
        except ServiceError as error:
            return None, str(error.message)
