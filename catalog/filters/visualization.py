"""Filters and sorts of charts."""

from catalog.filters.base import FilterSet
from catalog.filters.fields import BooleanFilter, ReferenceFilter, SortFilter
from catalog.models import Organization, Visualization
from portal.models import User


class VisualizationFilter(FilterSet):
    login_required = ("private",)

    sort = SortFilter({"created": "created_at", "last_modified": "last_modified", "title": "title"})
    owner = ReferenceFilter(field_name="owner_id", model=User)
    organization = ReferenceFilter(field_name="organization_id", model=Organization)
    private = BooleanFilter()

    class Meta:
        model = Visualization
        fields: list[str] = []
