"""Filters and sorts of discussions."""

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from catalog.filters.base import FilterSet
from catalog.filters.dataset import choices
from catalog.filters.fields import (
    BooleanFilter,
    ChoiceFilter,
    ReferenceFilter,
    RepeatedFilter,
    SearchFilter,
    SortFilter,
)
from catalog.filters.periods import since
from catalog.models import Discussion, Member, Message, Organization
from catalog.models.discussion import SUBJECTS
from catalog.search.schema import UPDATE_RANGES
from portal.models import User


class TalkFilter(SearchFilter):
    """Where the index does not answer, every word must stand in the title or in a message."""

    def by_words(self, qs: QuerySet, value: str) -> QuerySet:
        for word in value.split()[:20]:
            said = Exists(Message.objects.filter(discussion=OuterRef("pk"), content__icontains=word))
            qs = qs.filter(said | Q(title__icontains=word))
        return qs


class DiscussionFilter(FilterSet):
    search_kind = "discussion"

    q = TalkFilter()
    sort = SortFilter(
        {"title": "title", "created": "created", "closed": "closed", "discussion.posted_on": "last_posted_on"},
        method="sorted_by",
    )
    closed = BooleanFilter(method="is_closed", help_text="Filters discussions on their closed status if specified")
    org = ReferenceFilter(
        model=Organization, method="of_organization", help_text="Filter discussions for a given organization"
    )
    user = ReferenceFilter(field_name="user_id", model=User, help_text="Filter discussions created by a user")

    class Meta:
        model = Discussion
        fields: list[str] = []

    def sorted_by(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if "posted_on" in value:
            queryset = queryset.annotate(last_posted_on=Max("messages__posted_on"))
        column = F(self.filters["sort"].columns[value.removeprefix("-")])
        # Open discussions come before the closed ones, whatever the database does with nulls.
        order = column.desc(nulls_last=True) if value.startswith("-") else column.asc(nulls_first=True)
        return queryset.order_by(order, "id")

    def is_closed(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(closed__isnull=not value)

    def of_organization(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        owned = Q(dataset__organization=value) | Q(reuse__organization=value) | Q(dataservice__organization=value)
        return queryset.filter(owned)

    def about(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        subjects = Q()
        for column in SUBJECTS.values():
            subjects |= Q(**{f"{column}__in": value})
        return queryset.filter(subjects) if value else queryset


# `for` is a word of Python's own: it can't be a class attribute by the usual syntax.
DiscussionFilter.base_filters["for"] = RepeatedFilter(
    field_name="for", method="about", help_text="Filter discussions for a given subject"
)


class DiscussionSearchFilter(DiscussionFilter):
    """The search route's arguments."""

    last_update_range = ChoiceFilter(choices=choices(UPDATE_RANGES), method="updated_since")

    def updated_since(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(messages__posted_on__gte=since(UPDATE_RANGES[value])).distinct()


class DiscussionPageFilter(DiscussionSearchFilter):
    """The arguments of the page of discussions."""

    login_required = ("mine",)

    object_type = ChoiceFilter(
        choices=[(name, name) for name in SUBJECTS], method="of_kind", help_text="About that kind of object"
    )
    mine = BooleanFilter(method="of_my_organizations", help_text="About what the reader or her organizations publish")

    def of_kind(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(**{f"{SUBJECTS[value]}__isnull": False}) if value else queryset

    def of_my_organizations(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        own = Q()
        for column in SUBJECTS.values():
            own |= Q(**{f"{column}__owner": self.request.user.pk})
            if column != SUBJECTS["Post"]:  # a post has no organization
                organizations = Member.objects.filter(user=self.request.user.pk).values("organization")
                own |= Q(**{f"{column}__organization__in": organizations})
        return queryset.filter(own) if value else queryset.exclude(own)


DiscussionPageFilter.base_filters["for"] = DiscussionFilter.base_filters["for"]
