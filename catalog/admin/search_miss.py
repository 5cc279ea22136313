"""Searches without result: what people ask for and do not find, to be read."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import PortalAdmin
from catalog.admin.search_explain import KINDS
from catalog.models import SearchMiss
from catalog.services import search_misses

PERIODS = (7, 30, 90)  # days
SHOWN = 200  # queries
DEFAULT = 30


@admin.register(SearchMiss)
class SearchMissAdmin(PortalAdmin):
    """A list of totals, not of rows: nobody writes it, and what one person asked is not shown."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows of their own are not to be seen: a query asked once may be a name."""
        return obj is None and super().has_view_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        days, kind = _period(request.GET.get("days", "")), request.GET.get("kind", "")
        names = dict(KINDS)
        kind = kind if kind in names else ""
        rows = search_misses.top(days=days, kind=kind or None, limit=SHOWN)
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "rows": [{**row, "kind_name": names.get(row["kind"], _("all kinds"))} for row in rows],
            "days": days,
            "periods": PERIODS,
            "kind": kind,
            "kinds": KINDS,
            "least_times": search_misses.LEAST_TIMES,
            "least_days": search_misses.LEAST_DAYS,
        }
        return TemplateResponse(request, "admin/catalog/search_misses.html", context)


def _period(given: str) -> int:
    return int(given) if given in {str(days) for days in PERIODS} else DEFAULT
