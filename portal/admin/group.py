"""Groups: the roles, by the names that people know, and those that an operator makes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import PortalAdmin
from catalog.admin.display import changelist_link
from portal.accounts.roles import ROLES, description_of, label_of
from portal.models import User

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(PortalAdmin, DjangoGroupAdmin):
    """What a role may do is changed here; its name is the portal's, and it is emptied rather than deleted."""

    list_display = ["label", "purpose", "people"]
    search_help_text = _("Name.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(people_count=Count("user"))

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> list[str]:
        return ["label", "purpose", "permissions"] if self._is_role(obj) else ["name", "permissions"]

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> list[str]:
        return ["label", "purpose"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not self._is_role(obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}  # one at a time: deleting asks what hangs on it

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        return super().render_change_form(
            request, {**context, **({"subtitle": label_of(obj)} if obj else {})}, *args, **kwargs
        )

    def _is_role(self, obj: Group | None) -> bool:
        return obj is not None and obj.name in ROLES

    @admin.display(description=_("name"), ordering="name")
    def label(self, group: Group) -> str:
        return label_of(group)

    @admin.display(description=_("what it is for"))
    def purpose(self, group: Group) -> str:
        return description_of(group)

    @admin.display(description=_("people"), ordering="people_count")
    def people(self, group: Group) -> str:
        return changelist_link(User, {"role": str(group.pk)}, group.people_count)


class RoleFilter(admin.SimpleListFilter):
    """Accounts of a group."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(group.pk), label_of(group)) for group in Group.objects.order_by("name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value() or ""
        return queryset.filter(groups=int(value)) if value.isascii() and value.isdecimal() else queryset


def with_labels(field: forms.Field | None) -> forms.Field | None:
    """Make a field that chooses groups name them as people do."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        field.label_from_instance = label_of
    return field
