"""Filters and sorts of datasets."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.filters.base import FilterSet
from catalog.filters.fields import (
    BooleanFilter,
    ChoiceFilter,
    PeriodFilter,
    ReferenceFilter,
    RelatedFilter,
    RepeatedFilter,
    SearchFilter,
    SortFilter,
    StateFilter,
    TagFilter,
)
from catalog.filters.in_topic import InTopicFilter
from catalog.filters.periods import since
from catalog.models import Dataservice, Dataset, GeoZone, Organization, Resource, Reuse
from catalog.models.vocabulary import AccessType, DatasetBadgeKind, OrganizationBadgeKind
from catalog.search.schema import FORMAT_FAMILIES, PRODUCER_TYPES, UPDATE_RANGES
from portal.models import User

STATE_HELP = (
    "If set to true, it will filter on {0} datasets only. If set to false, it will exclude {0} datasets. "
    "User must be authenticated and results are limited to user visibility"
)


class DatasetFilter(FilterSet):
    """The list of datasets (API v1 and v2, organization's list, catalogue, feeds, dumps, pages)."""

    search_kind = "dataset"
    login_required = ("archived", "deleted", "private")

    q = SearchFilter("title", "acronym", "description", "organization__name")
    sort = SortFilter(
        {
            "title": "title",
            "created": "created_at",
            "last_update": "last_update",
            "reuses": "metric_reuses",
            "followers": "metric_followers",
            "views": "metric_views",
        }
    )
    tag = TagFilter()
    license = django_filters.CharFilter(field_name="license_id")
    featured = BooleanFilter(
        help_text="If set to true, it will filter on featured datasets only. "
        "If set to false, it will exclude featured datasets."
    )
    geozone = django_filters.CharFilter(method="in_zone")
    granularity = django_filters.CharFilter(field_name="spatial_granularity")
    temporal_coverage = PeriodFilter(
        help_text="A date range expressed as start-end where both dates are in iso format (ie. YYYY-MM-DD-YYYY-MM-DD)"
    )
    access_type = ChoiceFilter(choices=AccessType.choices)
    organization = ReferenceFilter(field_name="organization_id", model=Organization)
    badge = ChoiceFilter(choices=DatasetBadgeKind.choices, method="with_badge")
    organization_badge = ChoiceFilter(choices=OrganizationBadgeKind.choices, method="of_badged_organization")
    owner = ReferenceFilter(field_name="owner_id", model=User)
    format = django_filters.CharFilter(method="with_format")
    schema = django_filters.CharFilter(method="with_schema")
    schema_version = django_filters.CharFilter(method="with_schema_version")
    dataservice = ReferenceFilter(field_name="dataservices", model=Dataservice)
    reuse = ReferenceFilter(field_name="reuses", model=Reuse)
    topic = InTopicFilter()
    archived = StateFilter(help_text=STATE_HELP.format("archived"))
    deleted = StateFilter(help_text=STATE_HELP.format("deleted"))
    private = BooleanFilter(help_text=STATE_HELP.format("private"))

    class Meta:
        model = Dataset
        fields: list[str] = []

    def in_zone(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(spatial_zones=GeoZone.canonical_id(value))

    def with_badge(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(badges__kind=value)

    def of_badged_organization(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(organization__badges__kind=value)

    def with_format(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(has_resource(format=value.lower()))

    def with_schema(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(schema_name=value) | Q(has_resource(schema_name=value)))

    def with_schema_version(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(schema_version=value) | Q(has_resource(schema_version=value)))


def has_resource(**conditions: object) -> Exists:
    """The condition that a dataset has a resource with these column values."""
    return Exists(Resource.objects.filter(dataset=OuterRef("pk"), **conditions))


def choices(values: object) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class DatasetSearchFilter(DatasetFilter):
    """The arguments of the search routes; the dumps take them too, so that a file equals the screen."""

    organization_name = django_filters.CharFilter(field_name="organization__name", lookup_expr="iexact")
    granularity = RepeatedFilter(field_name="spatial_granularity")
    format = RelatedFilter(field_name="resources__format")
    schema = RelatedFilter(field_name="resources__schema_name")
    format_family = ChoiceFilter(choices=choices([*FORMAT_FAMILIES, "other"]), method="in_family")
    producer_type = ChoiceFilter(choices=choices(PRODUCER_TYPES), method="by_producer")
    last_update_range = ChoiceFilter(choices=choices(UPDATE_RANGES), method="updated_since")

    def in_family(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value != "other":
            return queryset.filter(has_resource(format__in=FORMAT_FAMILIES[value]))
        known = [name for family in FORMAT_FAMILIES.values() for name in family]
        return queryset.filter(Exists(Resource.objects.filter(dataset=OuterRef("pk")).exclude(format__in=known)))

    def by_producer(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(producer_is(value))

    def updated_since(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(last_update__gte=since(UPDATE_RANGES[value]))


def producer_is(value: str) -> Q:
    """The condition on an owned object that its producer is of that type."""
    if value == "user":
        return Q(owner__isnull=False)
    if value == "not-specified":
        badged = Organization.objects.filter(badges__kind__in=PRODUCER_TYPES)
        return Q(organization__isnull=False) & ~Q(organization__in=badged.values("pk"))
    return Q(organization__badges__kind=value)
