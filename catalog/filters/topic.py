"""Filters and sorts of topics and of their elements."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.filters.base import FilterSet
from catalog.filters.dataset import choices, producer_is
from catalog.filters.fields import BooleanFilter, ChoiceFilter, ReferenceFilter, SearchFilter, SortFilter, TagFilter
from catalog.filters.periods import since
from catalog.models import Dataservice, Dataset, GeoZone, Organization, Reuse, Topic, TopicElement
from catalog.models.topic import ELEMENT_CLASSES
from catalog.search.schema import PRODUCER_TYPES, UPDATE_RANGES
from portal.models import User


class TopicFilter(FilterSet):
    search_kind = "topic"
    login_required = ("private",)

    q = SearchFilter("name", "description")
    sort = SortFilter({"name": "name", "created": "created_at", "last_modified": "last_modified"})
    private = BooleanFilter(method="is_private")
    tag = TagFilter()
    geozone = django_filters.CharFilter(method="in_zone")
    granularity = django_filters.CharFilter(field_name="spatial_granularity")
    organization = ReferenceFilter(field_name="organization_id", model=Organization)
    owner = ReferenceFilter(field_name="owner_id", model=User)
    featured = BooleanFilter()
    dataset = ReferenceFilter(method="with_element", model=Dataset)
    reuse = ReferenceFilter(method="with_element", model=Reuse)
    dataservice = ReferenceFilter(method="with_element", model=Dataservice)

    class Meta:
        model = Topic
        fields: list[str] = []

    def is_private(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(private=True) if value else queryset.filter(Q(private=False) | Q(private=None))

    def in_zone(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(spatial_zones=GeoZone.canonical_id(value))

    def with_element(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Topics that list that object."""
        elements = TopicElement.objects.filter(topic=OuterRef("pk"), subject_class=name.capitalize(), subject_id=value)
        return queryset.filter(Exists(elements))


class TopicSearchFilter(TopicFilter):
    """The search route's arguments."""

    producer_type = ChoiceFilter(choices=choices(PRODUCER_TYPES), method="by_producer")
    last_update_range = ChoiceFilter(choices=choices(UPDATE_RANGES), method="updated_since")

    def by_producer(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(producer_is(value))

    def updated_since(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(last_modified__gte=since(UPDATE_RANGES[value]))


class ElementFilter(FilterSet):
    q = SearchFilter("title", "description")
    tag = TagFilter()
    kind = ChoiceFilter(choices=[(name, name) for name in (*ELEMENT_CLASSES, "None")], method="of_class")

    class Meta:
        model = TopicElement
        fields: list[str] = []

    def of_class(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(subject_class="" if value == "None" else value)


# The argument is named by a word that Python keeps for itself.
ElementFilter.base_filters["class"] = ElementFilter.base_filters.pop("kind")
