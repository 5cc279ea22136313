"""The catalogue in RDF: content negotiation, pages, single objects."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from catalog.api.core import ApiView
from catalog.api.writing import refuse_deleted
from catalog.dcat import catalog as dcat
from catalog.dcat.vocabulary import CONTEXT, DEFAULT_EXTENSION, FORMATS, NEGOTIATED
from catalog.filters.dataset import DatasetFilter
from catalog.models import Dataservice, Dataset, Organization, Site
from portal.lib.api.errors import NOT_FOUND
from portal.lib.api.pagination import links as page_links

PAGE_SIZE, MAX_PAGE_SIZE = 100, 500
EXTENSION = OpenApiParameter("extension", str, OpenApiParameter.PATH, enum=sorted(FORMATS))
DOCUMENT = {(200, form.media_type): dict if form.media_type.endswith("json") else str for form in FORMATS.values()} | {
    404: None,
    410: None,
}
REDIRECT = {302: None, 404: None, 410: None}


def accepted_extension(request: Request) -> str:
    """Return the extension of the form of RDF that the reader prefers among those she accepts."""
    wanted = []
    for rank, part in enumerate(request.headers.get("Accept", "").split(",")):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        extension = NEGOTIATED.get(media_type.lower())
        if extension:
            wanted.append((-_quality(parameters), rank, extension))
    return min(wanted)[2] if wanted else DEFAULT_EXTENSION


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _equals, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def redirect(path: str, arguments: dict[str, Any] | None = None) -> HttpResponse:
    """Send the reader to the address of the form that she accepts."""
    query = f"?{urlencode(arguments, doseq=True)}" if arguments else ""
    response = HttpResponse(status=302, headers={"Location": f"{settings.SITE_URL}{path}{query}"})
    patch_vary_headers(response, ["Accept"])
    return response


class RdfView(ApiView):
    serializer_class = None
    filterset_class = None
    pagination_class = None

    def form(self, extension: str) -> Any:
        """Return the form of RDF of that extension. Raises Http404 for an unknown one."""
        if extension not in FORMATS:
            path, base = self.request.path, "/api/1/site"
            near = f"{base}/catalog.<_format> or {base}/catalog or {base}/data.<_format>"
            if not path.startswith(base):
                raise Http404
            raise NotFound(f"{NOT_FOUND} You have requested this URI [{path}] but did you mean {near} ?")
        return FORMATS[extension]

    def document(self, graph: Any, extension: str) -> HttpResponse:
        form = self.form(extension)
        return HttpResponse(dcat.serialize(graph, form), content_type=form.media_type)


class DatasetRdfViewSet(RdfView):
    queryset = Dataset.objects.all()

    @extend_schema(operation_id="rdf_dataset", tags=["datasets"], responses=REDIRECT, filters=False)
    def negotiate(self, request: Request, key: str) -> HttpResponse:
        """Go to the dataset in the form of RDF that the reader accepts."""
        dataset = self.get_object()
        refuse_deleted(dataset)
        return redirect(f"/api/1/datasets/{dataset.pk}/rdf.{accepted_extension(request)}")

    @extend_schema(
        operation_id="rdf_dataset_format", tags=["datasets"], responses=DOCUMENT, parameters=[EXTENSION], filters=False
    )
    def retrieve(self, request: Request, key: str, extension: str) -> HttpResponse:
        """Read one dataset in RDF (DCAT)."""
        self.form(extension)
        dataset = self.get_object()
        refuse_deleted(dataset)
        return self.document(dcat.dataset_document(dataset, Site.objects.current().title), extension)


class DataserviceRdfViewSet(RdfView):
    queryset = Dataservice.objects.all()

    @extend_schema(operation_id="rdf_dataservice", tags=["dataservices"], responses=REDIRECT, filters=False)
    def negotiate(self, request: Request, key: str) -> HttpResponse:
        """Go to the dataservice in the form of RDF that the reader accepts."""
        dataservice = self.get_object()
        refuse_deleted(dataservice, column="deleted_at")
        return redirect(f"/api/1/dataservices/{dataservice.pk}/rdf.{accepted_extension(request)}")

    @extend_schema(
        operation_id="rdf_dataservice_format",
        tags=["dataservices"],
        responses=DOCUMENT,
        parameters=[EXTENSION],
        filters=False,
    )
    def retrieve(self, request: Request, key: str, extension: str) -> HttpResponse:
        """Read one dataservice in RDF (DCAT)."""
        self.form(extension)
        dataservice = self.get_object()
        refuse_deleted(dataservice, column="deleted_at")
        return self.document(dcat.dataservice_document(dataservice), extension)


class CatalogRdfViewSet(RdfView):
    """The whole catalogue, or that of an organization, by pages."""

    queryset = Organization.objects.all()
    filterset_class = DatasetFilter

    @extend_schema(operation_id="get_site_rdf_catalog", tags=["site"], responses={302: None}, filters=True)
    def negotiate(self, request: Request, key: str | None = None) -> HttpResponse:
        """Go to the first page of the catalogue in the form of RDF that the reader accepts."""
        path = f"/api/1/organizations/{self._organization().pk}" if key else "/api/1/site"
        self.filter_queryset(Dataset.objects.none())  # a bad argument is refused here already
        arguments = {"page": 1, "page_size": PAGE_SIZE, **{name: request.GET.getlist(name) for name in request.GET}}
        return redirect(f"{path}/catalog.{accepted_extension(request)}", arguments)

    @extend_schema(
        operation_id="get_site_rdf_catalog_format", tags=["site"], responses=DOCUMENT, parameters=[EXTENSION]
    )
    def retrieve(self, request: Request, extension: str, key: str | None = None) -> HttpResponse:
        """Read a page of the catalogue in RDF (DCAT), with the filters of the list of datasets."""
        self.form(extension)
        organization = self._organization() if key else None
        datasets = Dataset.objects.listed()
        if organization:
            datasets = datasets.filter(organization=organization)
        page, total = self.counted(self.filter_queryset(datasets), default_size=PAGE_SIZE)
        page = page._replace(size=min(page.size, MAX_PAGE_SIZE))
        ids = list(self.filter_queryset(datasets).values_list("pk", flat=True)[page.offset : page.offset + page.size])
        title = organization.name if organization else Site.objects.current().title
        graph = dcat.catalog_page(
            ids, total=total, links=self._links(page, total), title=title, organization=organization
        )
        return self.document(graph, extension)

    def _links(self, page: Any, total: int) -> dcat.Links:
        """Return the addresses of the pages around this one, all with its arguments."""
        around = page_links(self.request, page, total)
        base = f"{settings.SITE_URL}{self.request.path}"
        rest = {name: self.request.GET.getlist(name) for name in self.request.GET if name not in ("page", "page_size")}

        def address(number: int) -> str:
            return f"{base}?{urlencode({'page': number, 'page_size': page.size, **rest}, doseq=True)}"

        last = max(1, -(-total // page.size))
        return dcat.Links(address(page.number), address(1), address(last), around["next_page"], around["previous_page"])

    def _organization(self) -> Organization:
        organization = self.get_object()
        refuse_deleted(organization)
        return organization

    @extend_schema(operation_id="get_site_data_portal", tags=["site"], responses={302: None}, filters=False)
    def data(self, request: Request, extension: str) -> HttpResponse:
        """Go to the catalogue in RDF."""
        self.form(extension)
        return redirect(f"/api/1/site/catalog.{extension}", {"page": 1, "page_size": PAGE_SIZE})

    @extend_schema(
        operation_id="get_site_json_ld_context",
        tags=["site"],
        responses={(200, "application/ld+json"): dict},
        filters=False,
    )
    def context(self, request: Request) -> HttpResponse:
        """Read the JSON-LD context of the catalogue."""
        return JsonResponse({"@context": CONTEXT}, content_type="application/ld+json")


class OrganizationCatalogRdfViewSet(CatalogRdfViewSet):
    """The catalogue of one organization."""

    @extend_schema(operation_id="rdf_organization", tags=["organizations"], responses=REDIRECT)
    def negotiate(self, request: Request, key: str) -> HttpResponse:
        """Go to the first page of an organization's catalogue in the form of RDF that the reader accepts."""
        return super().negotiate(request, key)

    @extend_schema(
        operation_id="rdf_organization_format", tags=["organizations"], responses=DOCUMENT, parameters=[EXTENSION]
    )
    def retrieve(self, request: Request, key: str, extension: str) -> HttpResponse:
        """Read a page of an organization's catalogue in RDF (DCAT)."""
        return super().retrieve(request, extension, key)
