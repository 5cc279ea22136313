"""Editorial pages, with a preview of what is written and not yet saved, in the portal's theme."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.admin.base import PortalAdmin
from catalog.models import Page
from catalog.models.page import MAX_TEXT
from catalog.services import pages
from portal.lib.places import open_places

TEXTS = ("title_en", "title_fr", "body_en", "body_fr")
PLACES_HELP = _(
    "Markdown. What stands in [[double brackets]] is still to be filled: only editors see the line that holds it."
)


@admin.register(Page)
class PageAdmin(PortalAdmin):
    change_form_template = "admin/catalog/page_change_form.html"
    list_display = ["title", "path", "published", "in_footer", "position", "places", "last_modified"]
    list_filter = ["published", "in_footer"]
    search_fields = ["path", "title_en", "title_fr"]
    search_help_text = _("Title or address.")
    readonly_fields = ["created_at", "last_modified"]
    fieldsets = [
        (None, {"fields": ["path", "published", "in_footer", "position"]}),
        (_("English"), {"fields": ["title_en", "body_en"], "description": PLACES_HELP}),
        (_("French"), {"fields": ["title_fr", "body_fr"], "description": PLACES_HELP}),
        (_("Origin"), {"fields": ["created_at", "last_modified"]}),
    ]

    @admin.display(description=_("title"), ordering="title_en")
    def title(self, page: Page) -> str:
        return page.text(get_language() or "")[0] or page.path

    @admin.display(description=_("places to fill"))
    def places(self, page: Page) -> int:
        return max(len(open_places(page.body_en)), len(open_places(page.body_fr)))

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        obj.touch()
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.preview_view))
        return [path("preview/", view, name="catalog_page_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Show the texts of the form as a page; nothing is saved. Raises PermissionDenied."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        page = Page(**{name: request.POST.get(name, "")[:MAX_TEXT].replace("\x00", "") for name in TEXTS})
        shown = pages.shown(page, get_language() or "", to_editor=True)
        return render(request, "catalog/page.html", {"page": page, "shown": shown, "is_preview": True, "noindex": True})
