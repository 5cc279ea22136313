"""Licences."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import KeyedReferenceAdmin
from catalog.models import License


@admin.register(License)
class LicenseAdmin(KeyedReferenceAdmin):
    list_display = ["title", "id", "active", "maintainer", "url"]
    list_filter = ["active"]
    search_fields = ["title", "id"]
    search_help_text = _("Title or id.")
    fields = ["id", "title", "url", "maintainer", "active", "flags", "alternate_titles", "alternate_urls"]
