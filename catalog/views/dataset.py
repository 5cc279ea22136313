"""The pages of datasets."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.filters.dataset import DatasetSearchFilter
from catalog.models import Dataset, GeoZone, Resource, Site
from catalog.models.resource import kind_rank
from catalog.models.vocabulary import AccessType, DatasetBadgeKind
from catalog.views import citations, maps, structured
from catalog.views.cards import add_formats, dataservice_cards, dataset_cards, reuse_cards
from catalog.views.facets import (
    LAST_UPDATE,
    ORGANIZATION,
    PRODUCER_TYPE,
    TAG,
    Facet,
    in_capitals,
    level_names,
    license_titles,
    topic_names,
    zone_names,
)
from catalog.views.labels import CRITERIA, FORMAT_FAMILIES
from catalog.views.listing import ListPage
from catalog.views.objects import ObjectPage
from catalog.views.threads import Threads, threads_about
from portal.lib.paging import RowPage, page_of

RESOURCES = 20  # on one page of a dataset, which may have thousands
FEW = 200  # resources that are sorted whole; of more, their ids are
RELATED = 6  # cards of each kind
SEARCHABLE = 12  # resources from which a search among them helps


class DatasetList(ListPage):
    template_name = "catalog/dataset_list.html"
    model = Dataset
    filterset_class = DatasetSearchFilter
    api_url = "/api/1/datasets/"
    csv_url = reverse_lazy("csv-datasets")
    facets = (
        Facet(name="format_family", choices=lambda: FORMAT_FAMILIES),
        ORGANIZATION,
        TAG,
        Facet(name="license", labels=license_titles),
        Facet(name="geozone", labels=zone_names, canonical=GeoZone.canonical_id),
        Facet(name="granularity", labels=level_names),
        LAST_UPDATE,
        Facet(name="format", labels=in_capitals, canonical=str.lower),
        PRODUCER_TYPE,
        Facet(name="badge", choices=lambda: DatasetBadgeKind.choices),
        Facet(name="topic", counted="topics", labels=topic_names),
        Facet(name="schema"),
        Facet(name="access_type", choices=lambda: AccessType.choices),
    )
    sorts = (
        ("-created", _("Newest first")),
        ("-last_update", _("Last updated")),
        ("-views", _("Most viewed")),
        ("-reuses", _("Most reused")),
        ("-followers", _("Most followed")),
        ("title", _("Title, A to Z")),
    )

    def shown_facets(self) -> tuple[Facet, ...]:
        """Return the facets that the portal's staff chose."""
        names = Site.objects.facts()["dataset_facets"]
        if names is None:
            return self.facets
        known = {facet.name: facet for facet in self.facets}
        return tuple(known[name] for name in names if name in known)

    def rows(self) -> QuerySet[Dataset]:
        return dataset_cards()

    def decorate(self, rows: list[Dataset]) -> None:
        add_formats(rows)


class Criterion(NamedTuple):
    """One criterion of quality, and what to do where it isn't met."""

    label: str | Promise
    advice: str | Promise
    met: bool


def criteria_of(dataset: Dataset) -> list[Criterion]:
    """Return the nine criteria as they stand now."""
    quality = dataset.quality_at(timezone.now())
    return [Criterion(label, advice, bool(quality.get(name))) for name, (label, advice) in CRITERIA.items()]


class DatasetDetail(ObjectPage):
    template_name = "catalog/dataset.html"
    model = Dataset
    context_name = "dataset"
    api_name = "datasets"
    list_label = _("Datasets")
    may_be_shared = True
    in_rdf = True

    def rows(self) -> QuerySet[Dataset]:
        rows = Dataset.objects.select_related("organization", "owner", "license").with_company()
        zones = Prefetch("spatial_zones", GeoZone.objects.select_related("level"))
        return rows.prefetch_related("badges", "tags", zones, "contact_points", "organization__badges")

    def described(self, context: dict[str, Any]) -> structured.Fields:
        return structured.dataset(context["dataset"], context["resources"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        dataset, user = context["dataset"], self.request.user
        q = self.request.GET.get("q", "")
        where = maps.coverage(
            "coverage-map", _("Territory covered"), dataset.spatial_zones.all(), dataset.spatial_geom,
            dataset.get_absolute_url(),
        )  # fmt: skip
        return super().get_context_data(
            citation=citations.sentence(dataset),
            resources=resources_page(self.request, dataset, q),
            searchable=dataset.resources_count > SEARCHABLE,
            q=q,
            map=where,
            **company_of(dataset, user),
            quality=dataset.quality,
            criteria=criteria_of(dataset),
            **context,
        )


def company_of(dataset: Dataset, user: Any) -> dict[str, Any]:
    """Return what others added to a dataset read `with_company`; nothing is asked for what there is none of."""
    community = dataset.community_resources.select_related("organization", "owner")
    reuses = reuse_cards().filter(datasets=dataset).listed_to(user)
    services = dataservice_cards().filter(datasets=dataset).listed_to(user)
    return {
        "community_resources": list(community[: RESOURCES + 1]) if dataset.has_community_resources else [],
        "reuses": list(reuses[:RELATED]) if dataset.has_reuses else [],
        "dataservices": list(services[:RELATED]) if dataset.has_dataservices else [],
        "discussions": threads_about(dataset) if dataset.has_discussions else Threads([], ""),
    }


def resources_page(request: HttpRequest, dataset: Dataset, q: str) -> RowPage:
    """Return the page of resources asked for, each with its `page_url`. Raises Http404 for one that does not exist."""
    wanted = wanted_resources(dataset, q)
    rows = Resource.objects.all() if dataset.resources_count > FEW else None
    page = page_of(request, wanted, rows, size=RESOURCES)
    start, _sep, end = reverse("resource-detail", args=[dataset.slug, UUID(int=0)]).partition(str(UUID(int=0)))
    for resource in page:
        resource.page_url = f"{start}{resource.pk}{end}"
    return page


def wanted_resources(dataset: Dataset, q: str) -> QuerySet[Resource]:
    """Return the dataset's resources, main files first, each kind in the publisher's order; `q` is in their title."""
    wanted = dataset.resources.order_by(kind_rank(), "position", "id")
    return wanted.filter(title__icontains=q) if q else wanted
