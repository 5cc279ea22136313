"""Side effects: mails and the like that failed, are held back, or were done; failed ones may be tried again."""

import json

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.admin.base import PortalAdmin
from catalog.models import OutboxEvent
from catalog.services import outbox


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("failed", _("Failed")), ("held", _("Held back for a report")), ("due", _("Due")), ("done", _("Done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "failed":
            return queryset.failed()
        if self.value() == "held":
            return queryset.filter(held=True, error="")
        if self.value() == "due":
            return queryset.due()
        return queryset.filter(done_at__isnull=False) if self.value() == "done" else queryset


@admin.register(OutboxEvent)
class OutboxEventAdmin(PortalAdmin):
    """Read, and try again; nobody writes a side effect by hand."""

    list_display = ["name", "created_at", "attempts", "short_error", "run_after", "held", "done_at"]
    list_filter = [StateFilter, "name", "created_at"]
    search_fields = ["name", "error"]
    search_help_text = _("Name or error.")
    ordering = ["-id"]
    fields = ["name", "created_at", "attempts", "error", "run_after", "held", "done_at", "facts"]
    readonly_fields = fields
    actions = ["try_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("last error"))
    def short_error(self, event: OutboxEvent) -> str:
        return event.error[:100]

    @admin.display(description=_("facts"))
    def facts(self, event: OutboxEvent) -> str:
        return format_html("<pre>{}</pre>", json.dumps(event.payload, ensure_ascii=False, indent=2))

    @admin.action(description=_("Try again"), permissions=["change"])
    def try_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = outbox.retry(queryset)
        text = ngettext("%(count)d side effect is tried again.", "%(count)d side effects are tried again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)
