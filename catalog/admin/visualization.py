"""Charts. They are drawn in the portal or by programs, which check their axes and series: none is added here."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.display import facts, picture
from catalog.admin.filters import DELETED, DRAFT, PUBLISHED, STATES
from catalog.admin.images import ImageForm
from catalog.admin.states import SoftDeleteAdmin
from catalog.models import Visualization

CONDITIONS = {
    DELETED: {"deleted_at__isnull": False},
    DRAFT: {"deleted_at__isnull": True, "private": True},
    PUBLISHED: {"deleted_at__isnull": True, "private": False},
}


class ChartStateFilter(admin.SimpleListFilter):
    """Charts are never archived."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(state, STATES[state]) for state in CONDITIONS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**CONDITIONS.get(self.value() or "", {}))


@admin.register(Visualization)
class VisualizationAdmin(SoftDeleteAdmin):
    """Of the series only the number is shown: their resources may be another's drafts."""

    form = ImageForm
    curators_only = ("owner",)
    list_display = ["title", "owner_name", "state", "views", "created_at"]
    list_filter = [ChartStateFilter, "created_at"]
    search_fields = ["title", "slug", "organization__name"]
    search_help_text = _("Title, address, id or organization.")
    autocomplete_fields = ["organization", "owner"]
    readonly_fields = [
        "id", "slug", "state", "deleted_at", "preview", "drawing", "views", "created_at", "last_modified",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["title", "description", "private"]}),
        (_("Author"), {"fields": ["organization", "owner"]}),
        (_("Image"), {"fields": ["preview", "image"]}),
        (_("Chart"), {"fields": ["drawing"]}),
        (_("Extras"), {"classes": ["collapse"], "fields": ["extras"]}),
        (_("State"), {"fields": ["state", "deleted_at"]}),
        (_("What the portal works out"), {"fields": ["id", "slug", "views", "created_at", "last_modified"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Visualization, form: forms.ModelForm, change: bool) -> None:
        obj.touch()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("state"))
    def state(self, chart: Visualization) -> str:
        return STATES[DELETED if chart.deleted_at else DRAFT if chart.private else PUBLISHED]

    @admin.display(description=_("views"), ordering="metric_views")
    def views(self, chart: Visualization) -> int:
        return chart.metric_views

    @admin.display(description=_("preview"))
    def preview(self, chart: Visualization) -> str:
        return picture(chart.image_address)

    @admin.display(description=_("what it draws"))
    def drawing(self, chart: Visualization) -> str:
        return facts(
            {
                str(_("horizontal axis")): chart.x_axis["column_x"],
                str(_("vertical axis")): chart.y_axis.get("label") or "",
                str(_("series")): len(chart.series),
            }
        )
