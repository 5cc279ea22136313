"""Filters and sorts of dataservices."""

from django.db.models import Q, QuerySet

from catalog.filters.base import FilterSet
from catalog.filters.dataset import choices, producer_is
from catalog.filters.fields import (
    BooleanFilter,
    ChoiceFilter,
    ReferenceFilter,
    SearchFilter,
    SortFilter,
    StateFilter,
    TagFilter,
)
from catalog.filters.in_topic import InTopicFilter
from catalog.filters.periods import since
from catalog.models import Dataservice, Dataset, Organization, Reuse
from catalog.models.contact import ContactPoint
from catalog.models.vocabulary import AccessType, OrganizationBadgeKind
from catalog.search.schema import PRODUCER_TYPES, UPDATE_RANGES
from portal.models import User


class DataserviceFilter(FilterSet):
    search_kind = "dataservice"

    q = SearchFilter("title", "acronym", "description", "organization__name")
    sort = SortFilter(
        {
            "followers": "metric_followers",
            "views": "metric_views",
            "title": "title",
            "base_api_url": "base_api_url",
            "created": "created_at",
            "last_modified": "metadata_modified_at",
        }
    )
    topic = InTopicFilter()
    reuse = ReferenceFilter(field_name="reuses", model=Reuse)
    owner = ReferenceFilter(field_name="owner_id", model=User)
    organization = ReferenceFilter(field_name="organization_id", model=Organization)
    organization_badge = ChoiceFilter(choices=OrganizationBadgeKind.choices, field_name="organization__badges__kind")
    access_type = ChoiceFilter(choices=AccessType.choices)
    tag = TagFilter()
    featured = BooleanFilter(method="is_featured")
    contact_point = ReferenceFilter(field_name="contact_points", model=ContactPoint)
    dataset = ReferenceFilter(field_name="datasets", model=Dataset)

    class Meta:
        model = Dataservice
        fields: list[str] = []

    def is_featured(self, queryset: QuerySet, name: str, value: bool | None) -> QuerySet:
        return queryset.filter(featured=True) if value else queryset.filter(Q(featured=False) | Q(featured=None))


class DataserviceSearchFilter(DataserviceFilter):
    """The search route's arguments."""

    archived = StateFilter(field_name="archived_at")
    is_restricted = BooleanFilter(method="restricted")
    producer_type = ChoiceFilter(choices=choices(PRODUCER_TYPES), method="by_producer")
    last_update_range = ChoiceFilter(choices=choices(UPDATE_RANGES), method="updated_since")

    def restricted(self, queryset: QuerySet, name: str, value: bool | None) -> QuerySet:
        condition = Q(access_type=AccessType.RESTRICTED)
        return queryset.filter(condition if value else ~condition)

    def by_producer(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(producer_is(value))

    def updated_since(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(metadata_modified_at__gte=since(UPDATE_RANGES[value]))
