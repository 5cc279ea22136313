"""Files: those of a dataset in its form or, when they are many, in their own list."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Min, Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import NOBODY, OwnedAdmin, PartInline
from catalog.admin.columns import CappedPaginator
from catalog.admin.display import facts
from catalog.admin.held import HeldAdmin
from catalog.admin.links import LinkAdmin, LinkFilter
from catalog.models import Resource
from catalog.models.resource import FileModel
from catalog.models.vocabulary import FileType
from catalog.services import curation, derivation
from catalog.services.proposing import gate
from portal.lib.errors import ServiceError

SCHEMES = frozenset(["http", "https", "ftp", "ftps"])
HOSTED_FACTS = ["url", "format", "mime", "filesize", "checksum_type", "checksum_value"]  # the portal measured them


class FileForm(forms.ModelForm):
    """A file described by hand. Its address must be one that a browser may follow safely."""

    class Meta:
        widgets = {"url": forms.URLInput(attrs={"class": "vURLField"})}

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        if "url" not in self.changed_data:
            return url  # of a hosted file, perhaps: where this site is reached by several names, it has no host
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme.lower() not in SCHEMES or not parts.hostname:
            raise ValidationError(_("The address must begin with http://, https://, ftp:// or ftps://."))
        return url


class OwnFileForm(FileForm):
    """Who needs a curator adds files to what is published in the dataset's own form: there the change is looked at."""

    user: Any = None

    def clean_dataset(self) -> Any:
        dataset = self.cleaned_data["dataset"]
        former = None if self.instance._state.adding else Resource.objects.get(pk=self.instance.pk).dataset
        if former != dataset and any(gate.applies(one, self.user) for one in (former, dataset) if one):
            raise ValidationError(_("A curator has to agree: add and remove files in the form of the dataset."))
        return dataset


class ResourceInline(PartInline):
    model = Resource
    form = FileForm
    fields = ["position", "title", "url", "type", "format"]
    ordering = ["position", "id"]
    show_change_link = True
    view_on_site = False
    verbose_name_plural = _("files, in the order of the page")

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "position" and field:
            field.widget.attrs["class"] = "portal-narrow"
        return field


class FileAdmin(OwnedAdmin):
    """What resources and community resources have in common."""

    form = FileForm
    list_filter = ["type", "filetype"]
    readonly_fields = [
        "id", "filetype", "file", "created_at_internal", "last_modified_internal", "created_at", "last_modified",
        "metric_views", "harvest_origin",
    ]  # fmt: skip
    description_fieldsets = [
        (_("File"), {"fields": ["url", "filetype", "file", "type", "format", "mime", "filesize"]}),
        (_("Checksum"), {"fields": [("checksum_type", "checksum_value")]}),
        (_("Schema"), {"classes": ["collapse"], "fields": ["schema_name", "schema_url", "schema_version"]}),
        (_("Extras"), {"classes": ["collapse"], "fields": ["extras", "harvest_origin"]}),
        (
            _("What the portal works out"),
            {
                "fields": [
                    "id", "metric_views", "created_at_internal", "last_modified_internal", "created_at",
                    "last_modified",
                ]
            },
        ),
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *HOSTED_FACTS] if obj and obj.filetype == FileType.FILE else fields

    def save_model(self, request: HttpRequest, obj: FileModel, form: forms.ModelForm, change: bool) -> None:
        obj.last_modified_internal = timezone.now()
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: FileModel) -> None:
        self.delete_queryset(request, self.model.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Raises PermissionDenied if the service refuses a row that the form should never have offered."""
        try:
            curation.delete_files(queryset, by=request.user)
        except ServiceError as error:
            raise PermissionDenied(str(error)) from error

    @admin.display(description=_("harvest origin"))
    def harvest_origin(self, row: FileModel) -> str:
        return facts(row.harvest) if row.harvest else NOBODY


@admin.register(Resource)
class ResourceAdmin(HeldAdmin, LinkAdmin, FileAdmin):
    form = OwnFileForm
    owner_path = "dataset"
    paginator = CappedPaginator
    sortable_by = ["dataset", "last_modified"]  # what an index puts in order
    list_display = [
        "title",
        "dataset",
        "link_state",
        "type",
        "format",
        "filetype",
        "position",
        "downloads",
        "last_modified",
    ]
    list_select_related = ["dataset", "link"]
    list_filter = [LinkFilter, *FileAdmin.list_filter]
    readonly_fields = [*FileAdmin.readonly_fields, "link_history"]
    search_fields = ["title", "url", "dataset__title"]
    search_help_text = _("Title, id or address of the file, title of the dataset.")
    autocomplete_fields = ["dataset"]
    ordering = ["-dataset_id", "position", "id"]  # as the index has them; ids begin with the time of creation
    fieldsets = [
        (None, {"fields": ["dataset", "title", "description", "position"]}),
        FileAdmin.description_fieldsets[0],
        (_("Link"), {"fields": ["link_history"]}),
        *FileAdmin.description_fieldsets[1:],
    ]

    def save_model(self, request: HttpRequest, obj: Resource, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        derivation.refresh({obj.dataset_id, form.initial.get("dataset", obj.dataset_id)})

    def get_form(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, **kwargs)
        form.user = request.user
        return form

    @admin.display(description=_("downloads"), ordering="metric_views")
    def downloads(self, resource: Resource) -> int:
        return resource.metric_views or 0


def stamp_files(formset: BaseInlineFormSet) -> None:
    """Date the changed files of a dataset's form; a new one without a place of its own goes before the others."""
    first = formset.instance.resources.aggregate(first=Min("position"))["first"] or 0
    for form in formset.forms:
        if set(form.changed_data) - {"position"}:  # a file that moves is the same file
            form.instance.last_modified_internal = timezone.now()
    for form in formset.extra_forms:
        if form.has_changed() and "position" not in form.changed_data:
            first -= 1
            form.instance.position = first
