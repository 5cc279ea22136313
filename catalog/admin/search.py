"""Synonyms of the search."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import PortalAdmin
from catalog.models import SearchSynonym
from catalog.search import synonyms


@admin.register(SearchSynonym)
class SearchSynonymAdmin(PortalAdmin):
    """Groups of words; searches follow within half a minute, without any indexing."""

    list_display = ["__str__"]
    search_fields = ["terms"]
    search_help_text = _("Word.")
    fields = ["terms"]

    def save_model(self, request: HttpRequest, *args: Any) -> None:
        super().save_model(request, *args)
        synonyms.forget()

    def delete_model(self, request: HttpRequest, obj: SearchSynonym) -> None:
        super().delete_model(request, obj)
        synonyms.forget()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        super().delete_queryset(request, queryset)
        synonyms.forget()
