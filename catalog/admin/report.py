"""Reports: read and dismissed here; what is reported is deleted on its own page, which ends the reports on it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.admin.base import NOBODY, PortalAdmin
from catalog.models import Report
from catalog.services import reports

STATES = {"open": _("waiting"), "dismissed": _("dismissed"), "removed": _("removed")}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "handled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str | Promise]]:
        return [("no", _("waiting")), ("yes", _("handled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "no":
            return queryset.open()
        return queryset.handled() if self.value() == "yes" else queryset


@admin.register(Report)
class ReportAdmin(PortalAdmin):
    list_display = ["subject_label", "subject_class", "reason", "state", "reported_at", "reference"]
    list_filter = [StateFilter, "reason", "subject_class"]
    list_select_related = ["by", "dismissed_by"]
    date_hierarchy = "reported_at"
    search_fields = ["subject_label", "reference", "message"]
    search_help_text = _("Title of the object, reference or words of the message.")
    fields = [
        "page", "subject_class", "reason", "message", "reported_at", "by", "reference", "state", "dismissed_at",
        "dismissed_by",
    ]  # fmt: skip
    readonly_fields = fields
    actions = ["dismiss"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False

    @admin.display(description=_("state"))
    def state(self, report: Report) -> str | Promise:
        return STATES[report.state]

    @admin.display(description=_("object"))
    def page(self, report: Report) -> str:
        """The title of the object, with a link to its page if it has one."""
        address = getattr(report.subject, "get_absolute_url", None)
        label = report.subject_label or report.subject_id or NOBODY
        return format_html('<a href="{}">{}</a>', address(), label) if address else label

    @admin.action(description=_("Dismiss the selected reports"), permissions=["change"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet) -> None:
        rows = list(queryset.open())
        for report in rows:
            reports.dismiss(report, by=request.user)
        text = ngettext("%(count)d report dismissed.", "%(count)d reports dismissed.", len(rows))
        self.message_user(request, text % {"count": len(rows)}, messages.SUCCESS)
