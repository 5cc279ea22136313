"""Filters and sorts of posts."""

from django.db.models import QuerySet

from catalog.filters.base import FilterSet
from catalog.filters.dataset import choices
from catalog.filters.fields import ChoiceFilter, SearchFilter, SortFilter, TagFilter
from catalog.filters.periods import since
from catalog.models import Post
from catalog.models.vocabulary import PostKind
from catalog.search.schema import UPDATE_RANGES


class PostFilter(FilterSet):
    search_kind = "post"

    q = SearchFilter("name", "headline", "content")
    sort = SortFilter(
        {
            "created_at": "created_at",
            "modified": "last_modified",
            "created": "created_at",
            "last_modified": "last_modified",
            "name": "name",
            "headline": "headline",
            "published": "published",
        }
    )
    kind = ChoiceFilter(choices=PostKind.choices)

    class Meta:
        model = Post
        fields: list[str] = []


class PostSearchFilter(PostFilter):
    """The search route's arguments."""

    tag = TagFilter()
    last_update_range = ChoiceFilter(choices=choices(UPDATE_RANGES), method="updated_since")

    def updated_since(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(last_modified__gte=since(UPDATE_RANGES[value]))
