"""Filters and sorts of accounts."""

from catalog.filters.base import FilterSet
from catalog.filters.fields import SearchFilter, SortFilter
from portal.models import User


class UserFilter(FilterSet):
    q = SearchFilter("first_name", "last_name", "email")
    sort = SortFilter(
        {
            "last_name": "last_name",
            "first_name": "first_name",
            "datasets": "metric_datasets",
            "reuses": "metric_reuses",
            "followers": "metric_followers",
            "views": "metric_followers",  # nobody counts the views of an account
            "created": "created_at",
        }
    )

    class Meta:
        model = User
        fields: list[str] = []
