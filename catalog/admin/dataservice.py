"""Dataservices."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import NOBODY, BadgeInline, stamp_badges
from catalog.admin.display import facts
from catalog.admin.filters import HarvestedFilter, StateFilter, badge_filter
from catalog.admin.history import HistoryAdmin
from catalog.admin.index_search import IndexedSearch
from catalog.admin.states import StatefulAdmin
from catalog.models import Dataservice, DataserviceBadge

METRICS = {
    "metric_views": _("views"),
    "metric_reuses": _("reuses"),
    "metric_followers": _("followers"),
    "metric_discussions": _("discussions"),
}


class DataserviceBadgeInline(BadgeInline):
    model = DataserviceBadge


@admin.register(Dataservice)
class DataserviceAdmin(HistoryAdmin, IndexedSearch, StatefulAdmin):
    list_display = ["title", "owner_name", "state", "access_type", "availability", "views", "created_at"]
    list_filter = [
        StateFilter, "featured", "access_type", HarvestedFilter, badge_filter(DataserviceBadge), "format", "created_at",
    ]  # fmt: skip
    search_kind = "dataservice"
    search_fields = ["title", "acronym", "slug", "base_api_url", "organization__name"]
    search_help_text = _("Title, acronym, address, id or organization.")
    autocomplete_fields = ["organization", "owner", "license", "tags", "datasets", "contact_points"]
    inlines = [DataserviceBadgeInline]
    readonly_fields = [
        "id", "slug", "state", "featured", "archived_at", "deleted_at", "created_at",
        "metadata_modified_at", "harvest_origin", "metrics",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["title", "acronym", "description", "tags", "private"]}),
        (_("Producer"), {"fields": ["organization", "owner", "contact_points"]}),
        (
            _("Technical description"),
            {
                "fields": [
                    "format", "base_api_url", "machine_documentation_url", "technical_documentation_url",
                    "business_documentation_url", "rate_limiting", "rate_limiting_url", "availability",
                    "availability_url",
                ]
            },
        ),
        (_("Data served"), {"fields": ["datasets"]}),
        (
            _("Access"),
            {
                "fields": [
                    "access_type", "license", "access_audiences", "access_type_reason_category", "access_type_reason",
                    "authorization_request_url",
                ]
            },
        ),
        (_("Extras"), {"classes": ["collapse"], "fields": ["extras", "harvest_origin"]}),
        (_("State"), {"fields": ["state", "featured", "archived_at", "deleted_at"]}),
        (_("What the portal works out"), {"fields": ["id", "slug", "metrics", "created_at", "metadata_modified_at"]}),
    ]  # fmt: skip

    def selectable(self, request: HttpRequest, field: Field) -> QuerySet:
        """Reuses may link any dataservice that the person may read."""
        if self.is_curator(request):
            return self.get_queryset(request)
        return self.model.objects.visible_to(request.user)

    def save_model(self, request: HttpRequest, obj: Dataservice, form: forms.ModelForm, change: bool) -> None:
        obj.metadata_modified_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseInlineFormSet, change: bool) -> None:
        stamp_badges(formset, request.user)
        super().save_formset(request, form, formset, change)

    @admin.display(description=_("views"), ordering="metric_views")
    def views(self, dataservice: Dataservice) -> int:
        return dataservice.metric_views

    @admin.display(description=_("harvest origin"))
    def harvest_origin(self, dataservice: Dataservice) -> str:
        return facts(dataservice.harvest) if dataservice.harvest else NOBODY

    @admin.display(description=_("figures"))
    def metrics(self, dataservice: Dataservice) -> str:
        return facts({str(label): getattr(dataservice, name) for name, label in METRICS.items()})
