"""Territories and their levels."""

from django.contrib import admin
from django.db.models import Field, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import KeyedReferenceAdmin
from catalog.models import GeoLevel, GeoZone


@admin.register(GeoLevel)
class GeoLevelAdmin(KeyedReferenceAdmin):
    list_display = ["name", "id", "admin_level"]
    search_fields = ["name", "id"]
    autocomplete_fields = ["parents"]
    fields = ["id", "name", "admin_level", "parents"]


@admin.register(GeoZone)
class GeoZoneAdmin(KeyedReferenceAdmin):
    list_display = ["name", "id", "level", "code"]
    list_filter = ["level"]
    list_select_related = ["level"]
    search_fields = ["name", "code", "id__exact"]
    search_help_text = _("Name, code or id.")
    autocomplete_fields = ["level"]
    fields = ["id", "level", "code", "name", "slug", "uri", "geometry"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("geometry")  # a page of lists would carry megabytes

    def selectable(self, request: HttpRequest, field: Field) -> QuerySet:
        return GeoZone.objects.defer("geometry").order_by("level__admin_level", "name", "pk")
