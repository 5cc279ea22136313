"""Filters and sorts of reuses."""

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
from catalog.filters.in_topic import ReuseTopicFilter
from catalog.filters.periods import since
from catalog.models import Dataservice, Dataset, Organization, Reuse
from catalog.models.vocabulary import OrganizationBadgeKind, ReuseType
from catalog.search.schema import PRODUCER_TYPES, UPDATE_RANGES
from portal.models import User


class ReuseFilter(FilterSet):
    search_kind = "reuse"
    login_required = ("private",)

    q = SearchFilter("title", "description", "organization__name")
    sort = SortFilter(
        {
            "datasets": "metric_datasets",
            "followers": "metric_followers",
            "views": "metric_views",
            "created": "created_at",
            "last_modified": "last_modified",
            "title": "title",
        }
    )
    owner = ReferenceFilter(field_name="owner_id", model=User)
    organization = ReferenceFilter(field_name="organization_id", model=Organization)
    organization_badge = ChoiceFilter(choices=OrganizationBadgeKind.choices, field_name="organization__badges__kind")
    type = ChoiceFilter(choices=ReuseType.choices)
    dataset = ReferenceFilter(field_name="datasets", model=Dataset)
    dataservice = ReferenceFilter(field_name="dataservices", model=Dataservice)
    tag = TagFilter()
    topic = ReuseTopicFilter()
    private = BooleanFilter()
    featured = BooleanFilter(method="is_featured")

    class Meta:
        model = Reuse
        fields: list[str] = []

    def is_featured(self, queryset: QuerySet, name: str, value: bool | None) -> QuerySet:
        # The column may be null (never asked), which is not featured.
        return queryset.filter(featured=True) if value else queryset.filter(Q(featured=False) | Q(featured=None))


class ReuseSearchFilter(ReuseFilter):
    """The search route's arguments."""

    archived = StateFilter()
    producer_type = ChoiceFilter(choices=choices(PRODUCER_TYPES), method="by_producer")
    last_update_range = ChoiceFilter(choices=choices(UPDATE_RANGES), method="updated_since")

    def by_producer(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(producer_is(value))

    def updated_since(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(last_modified__gte=since(UPDATE_RANGES[value]))
