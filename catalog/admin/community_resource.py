"""Community resources."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.resource import FileAdmin
from catalog.models import CommunityResource


@admin.register(CommunityResource)
class CommunityResourceAdmin(FileAdmin):
    curators_only = ("owner",)
    list_display = ["title", "dataset", "owner_name", "type", "format", "filetype", "last_modified"]
    list_select_related = ["dataset", "owner", "organization"]
    search_fields = ["title", "url", "dataset__title", "organization__name"]
    search_help_text = _("Title, id or address of the file, title of the dataset, organization.")
    autocomplete_fields = ["dataset", "owner", "organization"]
    readonly_fields = [*FileAdmin.readonly_fields]
    fieldsets = [
        (None, {"fields": ["dataset", "organization", "owner", "title", "description"]}),
        *FileAdmin.description_fieldsets,
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: CommunityResource | None = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None or self.is_curator(request) else [*fields, "dataset"]
