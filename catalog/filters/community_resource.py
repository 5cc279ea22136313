"""Filters and sorts of community resources."""

from catalog.filters.base import FilterSet
from catalog.filters.fields import ReferenceFilter, SortFilter
from catalog.models import CommunityResource, Dataset, Organization
from portal.models import User


class CommunityResourceFilter(FilterSet):
    sort = SortFilter(
        {
            "created_at_internal": "created_at_internal",
            "last_modified_internal": "last_modified_internal",
            "created_at": "created_at",
            "last_modified": "last_modified",
            "title": "title",
        }
    )
    dataset = ReferenceFilter(field_name="dataset_id", model=Dataset)
    organization = ReferenceFilter(field_name="organization_id", model=Organization)
    owner = ReferenceFilter(field_name="owner_id", model=User)

    class Meta:
        model = CommunityResource
        fields: list[str] = []
