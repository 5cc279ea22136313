"""A file: its permanent address `/datasets/r/<uuid>`, whatever stands behind it today, its page and its preview."""

from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.models import Dataset, Resource
from catalog.previews import contents, tables
from catalog.previews.copies import copy_at_hand, local_copy
from catalog.services.files import find_file, redirect_to
from catalog.views.objects import ObjectPage, is_out_of_lists
from portal.lib.errors import ServiceError

KEPT = 3600  # seconds that a browser keeps what it was shown
ASKS = ("table", "page", "sort", "column", "contains")  # arguments by which a reader asks for the table


class Preview(NamedTuple):
    """What the page shows of a file: `shown` depends on `kind`; it is None where the file is not at hand."""

    kind: str
    shown: Any = None
    problem: str = ""


READERS = {
    contents.TEXT: contents.text_of,
    contents.TREE: contents.tree_of,
    contents.ARCHIVE: contents.archive_of,
    contents.MAP: contents.places_of,
    contents.PICTURE: contents.media_type_of,
    contents.DOCUMENT: contents.media_type_of,
}


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
        preview = self._preview(resource, asked)
        table = preview.shown if preview.kind == contents.TABLE else None
        found = super().get_context_data(
            resource=resource,
            preview=preview,
            table=table,
            asked=asked,
            content_url=reverse("resource-content", args=[dataset.slug, resource.pk]),
            places_url=reverse("resource-places", args=[dataset.slug, resource.pk]),
            permanent_url=f"{settings.SITE_URL}{resource.get_absolute_url()}",
            rows_url=reverse("tabular-data", args=[resource.pk]) if preview.kind == contents.TABLE else "",
            **context,
        )
        found["canonical_url"] = f"{settings.SITE_URL}{reverse('resource-detail', args=[dataset.slug, resource.pk])}"
        found["api_url"] = f"/api/1/datasets/{dataset.slug}/resources/{resource.pk}/"
        found["noindex"] = is_out_of_lists(dataset) or table is None or asked
        return found

    def _preview(self, resource: Resource, asked: bool) -> Preview:
        kind = contents.kind_of(resource)
        try:
            if kind == contents.TABLE:
                found = Preview(kind, tables.shown(resource, self.request.GET, fetch=asked))
            else:
                copy = (local_copy(resource) if asked else copy_at_hand(resource)) if kind else None
                found = Preview(kind, READERS[kind](copy.path) if copy else None)
        except ServiceError as error:
            found = Preview(kind, problem=str(error.message))
        return instead_of_table(resource, found) or found


def instead_of_table(resource: Resource, found: Preview) -> Preview | None:
    """Return another preview where a format that may be a table holds none: JSON of another form, prose."""
    other = {"json": contents.TREE, "txt": contents.TEXT}.get(resource.format.lower())
    is_table = found.shown is not None and len(found.shown.columns) > 1 if found.kind == contents.TABLE else True
    copy = copy_at_hand(resource) if other and not is_table else None
    if copy is None:
        return None
    try:
        return Preview(other, READERS[other](copy.path))
    except ServiceError:
        return None


class ResourcePart(ResourceDetail):
    """What the page of a file shows beside its text, from the copy that is at hand: nothing is fetched."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        resource = context["dataset"].resources.filter(pk=self.rid).first()
        if resource is None:
            raise Http404
        return {"resource": resource, "schema_type": ""}

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponseBase:
        resource = context["resource"]
        copy = copy_at_hand(resource)
        if copy is None:
            raise Http404
        try:
            return self.part(resource, copy.path)
        except ServiceError as error:
            raise Http404 from error

    def part(self, resource: Resource, path: Any) -> HttpResponseBase:
        """Return the part. Raises ServiceError for a file that has none."""
        raise NotImplementedError


class ResourcePlaces(ResourcePart):
    """The places of a GeoJSON file, for the map; cut as the page says."""

    def part(self, resource: Resource, path: Any) -> HttpResponseBase:
        if contents.kind_of(resource) != contents.MAP:
            raise Http404
        found = {"type": "FeatureCollection", "features": contents.places_of(path).features}
        return JsonResponse(found, content_type="application/geo+json")


class ResourceContent(ResourcePart):
    """A picture or a PDF from this site, so that readers ask no other one; named by what it is, and never run."""

    def part(self, resource: Resource, path: Any) -> HttpResponseBase:
        if contents.kind_of(resource) not in (contents.PICTURE, contents.DOCUMENT):
            raise Http404
        media_type = contents.media_type_of(path)
        answer = FileResponse(path.open("rb"), content_type=media_type)
        answer["Content-Disposition"] = "inline"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["X-Frame-Options"] = "SAMEORIGIN"
        answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        answer["Cache-Control"] = f"private, max-age={KEPT}"
        return answer
