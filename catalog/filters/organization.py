"""Filters and sorts of organizations."""

import django_filters

from catalog.filters.base import FilterSet
from catalog.filters.fields import ChoiceFilter, SearchFilter, SortFilter
from catalog.models import Organization
from catalog.models.vocabulary import OrganizationBadgeKind


class OrganizationFilter(FilterSet):
    search_kind = "organization"

    q = SearchFilter("name", "acronym", "description")
    sort = SortFilter(
        {
            "name": "name",
            "reuses": "metric_reuses",
            "datasets": "metric_datasets",
            "followers": "metric_followers",
            "views": "metric_views",
            "created": "created_at",
            "last_modified": "last_modified",
        }
    )
    badge = ChoiceFilter(choices=OrganizationBadgeKind.choices, field_name="badges__kind")
    name = django_filters.CharFilter(field_name="name", lookup_expr="iexact")
    business_number_id = django_filters.CharFilter()

    class Meta:
        model = Organization
        fields: list[str] = []


class OrganizationSearchFilter(OrganizationFilter):
    """The search route's arguments: the producer's type is a badge."""

    producer_type = ChoiceFilter(choices=OrganizationBadgeKind.choices, field_name="badges__kind")
