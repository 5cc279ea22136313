"""Harvest sources."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.admin.filters import DeletedFilter
from catalog.admin.states import SoftDeleteAdmin
from harvest.models import Source, Validation


class SourceForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        """A refusal says why, to whoever proposed the source."""
        cleaned = super().clean() or self.cleaned_data
        refused = cleaned.get("validation") == Validation.REFUSED
        if refused and not cleaned.get("validation_comment"):
            raise ValidationError({"validation_comment": _("Say why the source is refused.")})
        return cleaned


@admin.register(Source)
class SourceAdmin(SoftDeleteAdmin):
    """Editors describe the sources of their organizations; curators validate them."""

    form = SourceForm
    curators_only = ("owner", "validation", "validation_comment")
    list_display = ["name", "backend", "owner_name", "validation", "active", "created_at", "deleted"]
    list_filter = [DeletedFilter, "validation", "backend", "active"]
    search_fields = ["name", "url", "organization__name"]
    search_help_text = _("Name, address, id or organization.")
    autocomplete_fields = ["organization", "owner"]
    readonly_fields = ["id", "slug", "created_at", "deleted", "validated_on", "validated_by"]
    fieldsets = [
        (None, {"fields": ["name", "description", "backend", "url", "config"]}),
        (_("Producer"), {"fields": ["organization", "owner"]}),
        (_("Behaviour"), {"fields": ["active", "autoarchive"]}),
        (_("Validation"), {"fields": ["validation", "validation_comment", "validated_on", "validated_by"]}),
        (_("State"), {"fields": ["deleted", "id", "slug", "created_at"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Source, form: forms.ModelForm, change: bool) -> None:
        if "validation" in form.changed_data:
            obj.validated_on, obj.validated_by = timezone.now(), request.user
        super().save_model(request, obj, form, change)
