"""Reuses."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.display import facts, picture
from catalog.admin.filters import StateFilter
from catalog.admin.history import HistoryAdmin
from catalog.admin.images import ImageForm
from catalog.admin.index_search import IndexedSearch
from catalog.admin.states import StatefulAdmin
from catalog.models import Reuse
from catalog.models.reuse import url_hash

METRICS = {
    "metric_views": _("views"),
    "metric_datasets": _("datasets"),
    "metric_followers": _("followers"),
    "metric_discussions": _("discussions"),
}


class ReuseForm(ImageForm):
    def clean_url(self) -> str:
        """Refuse an address that another reuse has, however it is spelt."""
        url = self.cleaned_data["url"]
        if Reuse.objects.filter(urlhash=url_hash(url)).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This URL is already registered"))
        return url


@admin.register(Reuse)
class ReuseAdmin(HistoryAdmin, IndexedSearch, StatefulAdmin):
    form = ReuseForm
    list_display = ["title", "owner_name", "state", "type", "topic", "datasets_count", "views", "created_at"]
    list_filter = [StateFilter, "featured", "type", "topic", "created_at"]
    search_kind = "reuse"
    search_fields = ["title", "slug", "url", "organization__name"]
    search_help_text = _("Title, address, id or organization.")
    autocomplete_fields = ["organization", "owner", "tags", "datasets", "dataservices"]
    readonly_fields = [
        "id", "slug", "state", "featured", "archived", "deleted", "preview", "created_at",
        "last_modified", "metrics",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["title", "type", "topic", "url", "description", "tags", "private"]}),
        (_("Author"), {"fields": ["organization", "owner"]}),
        (_("Image"), {"fields": ["preview", "image", "image_url"]}),
        (_("What it is made of"), {"fields": ["datasets", "dataservices"]}),
        (_("Extras"), {"classes": ["collapse"], "fields": ["extras"]}),
        (_("State"), {"fields": ["state", "featured", "archived", "deleted"]}),
        (_("What the portal works out"), {"fields": ["id", "slug", "metrics", "created_at", "last_modified"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Reuse, form: forms.ModelForm, change: bool) -> None:
        obj.touch()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("datasets"), ordering="metric_datasets")
    def datasets_count(self, reuse: Reuse) -> int:
        return reuse.metric_datasets

    @admin.display(description=_("views"), ordering="metric_views")
    def views(self, reuse: Reuse) -> int:
        return reuse.metric_views

    @admin.display(description=_("preview"))
    def preview(self, reuse: Reuse) -> str:
        return picture(reuse.image_address)

    @admin.display(description=_("figures"))
    def metrics(self, reuse: Reuse) -> str:
        return facts({str(label): getattr(reuse, name) for name, label in METRICS.items()})
