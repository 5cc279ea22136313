"""Datasets, with their files, badges and derived columns."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import NOBODY, BadgeInline, stamp_badges
from catalog.admin.display import changelist_link, facts, percentage
from catalog.admin.duplicates import DuplicatesAdmin
from catalog.admin.filters import HarvestedFilter, StateFilter, WorkFilter, badge_filter
from catalog.admin.history import HistoryAdmin
from catalog.admin.index_search import IndexedSearch
from catalog.admin.links import DatasetLinksAdmin
from catalog.admin.merging import MergingAdmin
from catalog.admin.resource import ResourceInline, stamp_files
from catalog.admin.sheets import SheetAdmin
from catalog.admin.states import StatefulAdmin
from catalog.models import CommunityResource, Dataset, DatasetBadge, Resource
from catalog.services import derivation

CRITERIA = {
    "license": _("licence"),
    "temporal_coverage": _("period covered"),
    "spatial": _("territory"),
    "update_frequency": _("frequency of update"),
    "update_fulfilled_in_time": _("updated in time"),
    "dataset_description_quality": _("long description"),
    "has_resources": _("has files"),
    "has_open_format": _("open format"),
    "all_resources_available": _("files available"),
    "resources_documentation": _("files documented"),
}
MAX_INLINE_RESOURCES = 100  # beyond, the form would be too long to send: their own list takes over

METRICS = {
    "metric_views": _("views"),
    "metric_resources_downloads": _("downloads"),
    "metric_reuses": _("reuses"),
    "metric_dataservices": _("dataservices"),
    "metric_followers": _("followers"),
    "metric_discussions": _("discussions"),
}


class DatasetBadgeInline(BadgeInline):
    model = DatasetBadge


@admin.register(Dataset)
class DatasetAdmin(
    HistoryAdmin, DuplicatesAdmin, MergingAdmin, DatasetLinksAdmin, SheetAdmin, IndexedSearch, StatefulAdmin
):
    actions = [*StatefulAdmin.actions, *MergingAdmin.actions, *DatasetLinksAdmin.actions]
    list_display = ["title", "owner_name", "state", "score", "files", "views", "last_update"]
    list_filter = [
        StateFilter, WorkFilter, "featured", "access_type", HarvestedFilter, badge_filter(DatasetBadge), "created_at",
        "license", "frequency",
    ]  # fmt: skip
    search_kind = "dataset"
    search_fields = ["title", "acronym", "slug", "organization__name", "organization__acronym"]
    search_help_text = _("Title, acronym, address, id or organization.")
    autocomplete_fields = ["organization", "owner", "license", "tags", "spatial_zones", "contact_points"]
    inlines = [DatasetBadgeInline, ResourceInline]
    readonly_fields = [
        "id", "slug", "state", "featured", "archived", "deleted", "created_at_internal",
        "last_modified_internal", "created_at", "last_modified", "last_update", "quality_report", "harvest_origin",
        "resources_link", "community_resources_link", "metrics",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["title", "acronym", "description", "description_short", "tags", "private"]}),
        (_("Producer"), {"fields": ["organization", "owner", "contact_points"]}),
        (_("Files"), {"fields": ["resources_link", "community_resources_link"]}),
        (
            _("Update and period covered"),
            {"fields": ["frequency", "frequency_date", ("temporal_start", "temporal_end")]},
        ),
        (_("Territory"), {"fields": ["spatial_zones", "spatial_granularity", "spatial_geom"]}),
        (
            _("Access"),
            {
                "fields": [
                    "access_type", "license", "access_audiences", "access_type_reason_category", "access_type_reason",
                    "authorization_request_url",
                ]
            },
        ),
        (_("Schema"), {"classes": ["collapse"], "fields": ["schema_name", "schema_url", "schema_version"]}),
        (_("Extras"), {"classes": ["collapse"], "fields": ["extras", "harvest_origin"]}),
        (_("State"), {"fields": ["state", "featured", "archived", "deleted"]}),
        (
            _("What the portal works out"),
            {
                "fields": [
                    "id", "slug", "quality_report", "metrics", "created_at_internal", "last_modified_internal",
                    "created_at", "last_modified", "last_update",
                ]
            },
        ),
    ]  # fmt: skip

    def selectable(self, request: HttpRequest, field: Field) -> QuerySet:
        """Files go into one's own datasets; reuses and the like may link any dataset that the person may read."""
        if field.model is Resource or self.is_curator(request):
            return self.get_queryset(request)
        return self.model.objects.visible_to(request.user)

    def get_inlines(self, request: HttpRequest, obj: Dataset | None) -> list[type]:
        too_long = obj is not None and obj.resources.count() > MAX_INLINE_RESOURCES
        return [DatasetBadgeInline] if too_long else self.inlines

    def save_model(self, request: HttpRequest, obj: Dataset, form: forms.ModelForm, change: bool) -> None:
        obj.last_modified_internal = timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseInlineFormSet, change: bool) -> None:
        if formset.model is DatasetBadge:
            stamp_badges(formset, request.user)
        elif formset.model is Resource:
            stamp_files(formset)
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        derivation.refresh_one(form.instance)

    @admin.display(description=_("quality"))
    def score(self, dataset: Dataset) -> str:
        return percentage(dataset.quality["score"])

    @admin.display(description=_("files"), ordering="resources_count")
    def files(self, dataset: Dataset) -> int:
        return dataset.resources_count

    @admin.display(description=_("views"), ordering="metric_views")
    def views(self, dataset: Dataset) -> int:
        return dataset.metric_views

    @admin.display(description=_("quality"))
    def quality_report(self, dataset: Dataset) -> str:
        """The score, then each criterion with yes or no."""
        found = dataset.quality
        criteria = {str(label): found[name] for name, label in CRITERIA.items() if name in found}
        return format_html("{}{}", percentage(found["score"]), facts(criteria))

    @admin.display(description=_("harvest origin"))
    def harvest_origin(self, dataset: Dataset) -> str:
        return facts(dataset.harvest) if dataset.harvest else NOBODY

    @admin.display(description=_("resources"))
    def resources_link(self, dataset: Dataset) -> str:
        return changelist_link(Resource, {"dataset__id__exact": dataset.pk}, dataset.resources_count)

    @admin.display(description=_("community resources"))
    def community_resources_link(self, dataset: Dataset) -> str:
        count = dataset.community_resources.count() if dataset.pk else 0
        return changelist_link(CommunityResource, {"dataset__id__exact": dataset.pk}, count)

    @admin.display(description=_("figures"))
    def metrics(self, dataset: Dataset) -> str:
        return facts({str(label): getattr(dataset, name) for name, label in METRICS.items()})
