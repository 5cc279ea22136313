"""Filters of the list of sources."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import Organization
from harvest.admin.forms import choices_of_backend
from harvest.models import Health

MOST_OWNERS = 200


class BackendFilter(admin.SimpleListFilter):
    title = _("harvester")
    parameter_name = "backend"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return choices_of_backend(request.GET.get(self.parameter_name, "")[:64])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(backend=self.value()) if self.value() else queryset


class HealthFilter(admin.SimpleListFilter):
    """Health has an empty value, which Django's own filter would take for “all”."""

    title = _("health")
    parameter_name = "health"
    NEVER = "unknown"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(value or self.NEVER, label) for value, label in Health.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.value():
            return queryset
        return queryset.filter(health="" if self.value() == self.NEVER else self.value())


class OrganizationFilter(admin.SimpleListFilter):
    """The organizations that have sources among those the caller sees."""

    title = _("organization")
    parameter_name = "organization"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        sources = model_admin.get_queryset(request).exclude(organization=None).order_by()
        rows = Organization.objects.filter(pk__in=sources.values("organization_id")).order_by("name")
        return list(rows.values_list("pk", "name")[:MOST_OWNERS])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(organization_id=self.value()) if self.value() else queryset
