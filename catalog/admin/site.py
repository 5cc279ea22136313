"""The portal's own row, and the redirects that renamed objects leave."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import PortalAdmin
from catalog.admin.display import facts
from catalog.models import Site, SlugHistory


@admin.register(Site)
class SiteAdmin(PortalAdmin):
    """One row, which the portal makes itself: it is corrected, never added nor removed."""

    list_display = ["title", "id", "feed_size"]
    fields = ["id", "title", "keywords", "feed_size", "figures"]
    readonly_fields = ["id", "figures"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False

    @admin.display(description=_("figures"))
    def figures(self, site: Site) -> str:
        return facts({name: value for name, value in site.metrics.items() if not isinstance(value, dict)})


@admin.register(SlugHistory)
class SlugHistoryAdmin(PortalAdmin):
    """Written by the objects themselves; a curator may remove a redirect that misleads."""

    list_display = ["slug", "kind", "object_id", "created_at"]
    list_filter = ["kind"]
    search_fields = ["slug", "object_id"]
    search_help_text = _("Old address or id of the object.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SlugHistory | None = None) -> bool:
        return False
