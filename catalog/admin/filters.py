"""Filters of the lists that Django does not bring."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Review
from catalog.services import twins
from catalog.services.curation import archived_column, deleted_column

DRAFT, PUBLISHED, ARCHIVED, DELETED = "draft", "published", "archived", "deleted"
IN_REVIEW = "review"
STATES = {DRAFT: _("Draft"), PUBLISHED: _("Published"), ARCHIVED: _("Archived"), DELETED: _("Deleted")}


def state_of(obj: Any) -> str:
    """Return the one state that matters most to a reader of the list (the three columns are independent)."""
    model = type(obj)
    if getattr(obj, deleted_column(model)):
        return DELETED
    if obj.private:
        return DRAFT
    return ARCHIVED if getattr(obj, archived_column(model)) else PUBLISHED


class StateFilter(admin.SimpleListFilter):
    """Follows `state_of`."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [*STATES.items(), (IN_REVIEW, _("In review or scheduled"))]

    @staticmethod
    def conditions(model: type[Model], state: str) -> Q:
        """Return what rows of `model` in that state have in common; all rows for an unknown one."""
        deleted, archived = f"{deleted_column(model)}__isnull", f"{archived_column(model)}__isnull"
        conditions = {
            DELETED: {deleted: False},
            DRAFT: {deleted: True, "private": True},
            ARCHIVED: {deleted: True, "private": False, archived: False},
            PUBLISHED: {deleted: True, "private": False, archived: True},
        }
        return Q(**conditions.get(state, {}))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == IN_REVIEW:
            waiting = Review.objects.open().filter(subject_class=queryset.model.__name__).order_by()
            return queryset.filter(pk__in=waiting.values("subject_id"))
        return queryset.filter(self.conditions(queryset.model, self.value() or ""))


def _with_twins(datasets: QuerySet) -> QuerySet:
    return datasets.listed().filter(pk__in=twins.dataset_ids())


WORK: dict[str, tuple[str | Promise, Callable[[QuerySet], QuerySet]]] = {
    "late": (_("Late datasets"), lambda datasets: datasets.late(timezone.now())),
    "broken": (_("Datasets with broken links"), lambda datasets: datasets.with_broken_files()),
    "visited": (
        _("Much visited datasets of low quality"), lambda datasets: datasets.low_but_visited(timezone.now()),
    ),
    "same-file": (_("Datasets with the same file as another"), _with_twins),
}  # fmt: skip


class WorkFilter(admin.SimpleListFilter):
    """Published datasets that need a hand: the same rows as the tiles of the desk count."""

    title = _("to be done")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(name, title) for name, (title, _choose) in WORK.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        _title, choose = WORK.get(self.value() or "", ("", None))
        return choose(queryset) if choose else queryset


class DeletedFilter(admin.SimpleListFilter):
    """For objects that know no other state than being deleted."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(PUBLISHED, _("Active")), (DELETED, STATES[DELETED])]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        conditions = {PUBLISHED: {"deleted__isnull": True}, DELETED: {"deleted__isnull": False}}
        return queryset.filter(**conditions.get(self.value() or "", {}))


def badge_filter(badge: type[Model]) -> type[admin.SimpleListFilter]:
    """Return the filter on the kinds of `badge`, which are a closed list: nothing is asked of the database."""

    class BadgeFilter(admin.SimpleListFilter):
        title = _("badge")
        parameter_name = "badge"

        def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
            return list(badge._meta.get_field("kind").choices)

        def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
            return queryset.filter(badges__kind=self.value()) if self.value() else queryset

    return BadgeFilter


class HarvestedFilter(admin.SimpleListFilter):
    title = _("origin")
    parameter_name = "harvested"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("yes", _("Harvested")), ("no", _("Entered here"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(harvest__isnull=self.value() == "no") if self.value() else queryset
