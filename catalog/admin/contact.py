"""Contact points."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import OwnedAdmin
from catalog.models import ContactPoint


@admin.register(ContactPoint)
class ContactPointAdmin(OwnedAdmin):
    curators_only = ("owner",)
    list_display = ["name", "role", "owner_name", "email", "contact_form"]
    list_filter = ["role"]
    search_fields = ["name", "email", "organization__name"]
    search_help_text = _("Name, e-mail address, id or organization.")
    autocomplete_fields = ["organization", "owner"]
    readonly_fields = ["id"]
    fieldsets = [
        (None, {"fields": ["name", "role", "email", "contact_form"]}),
        (_("Belongs to"), {"fields": ["organization", "owner", "id"]}),
    ]
