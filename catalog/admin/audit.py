"""The audit log: read, searched, filtered, taken away as CSV. Nobody writes or deletes in it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from catalog.admin.base import NOBODY, PortalAdmin
from catalog.admin.csv_export import csv_response
from catalog.models import AuditEntry
from portal.lib.ids import is_object_id
from portal.models import User

COLUMNS = (
    "id", "at", "actor_id", "origin", "credential", "action", "kind", "object_id", "title", "organization_id",
    "changes", "comment", "request_id",
)  # fmt: skip


class KindFilter(admin.SimpleListFilter):
    """The kinds that a portal of this version writes: asking the table for its distinct values would read it all."""

    title = _("kind of object")
    parameter_name = "kind"
    KINDS = (
        "Dataset", "Reuse", "Dataservice", "Organization", "CommunityResource", "Discussion", "Topic", "Post", "User",
        "ApiToken", "Source", "Job", "ContactPoint", "Visualization", "Transfer", "Report", "Follow", "License", "Tag",
        "Site",
    )  # fmt: skip

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in self.KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(PortalAdmin):
    """Names of accounts are read as they are now: a deleted account has none."""

    change_list_template = "admin/catalog/audit_list.html"
    list_display = ["at", "actor", "origin", "action", "kind", "what", "changed", "comment"]
    list_filter = ["action", "origin", KindFilter, "at"]
    search_fields = ["title"]
    search_help_text = _("Title, or the whole id of an object, account, organization or request.")
    ordering = ["-id"]
    actions = None
    readonly_fields = list(COLUMNS)
    fields = readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Find by a whole id along the indexes; text is looked for in titles."""
        term = search_term.strip()
        if is_object_id(term):
            one = queryset.filter(object_id=term) | queryset.filter(actor_id=term)
            return one | queryset.filter(organization_id=term), False
        if len(term) in (16, 32, 36) and set(term) <= set("0123456789abcdef-"):
            return queryset.filter(object_id=term) | queryset.filter(request_id=term), False
        if term.isascii() and term.isdigit():
            return queryset.filter(pk=int(term[:18])), False
        return super().get_search_results(request, queryset, search_term)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read the names of the accounts of a page in one query."""
        changelist = super().get_changelist_instance(request)
        ids = {entry.actor_id for entry in changelist.result_list if entry.actor_id}
        names = {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}
        for entry in changelist.result_list:
            entry.actor_name = names.get(entry.actor_id, entry.actor_id)
        return changelist

    @admin.display(description=_("who"))
    def actor(self, entry: AuditEntry) -> str:
        return getattr(entry, "actor_name", entry.actor_id) or entry.credential or NOBODY

    @admin.display(description=_("object"))
    def what(self, entry: AuditEntry) -> str:
        return entry.title or entry.object_id or NOBODY

    @admin.display(description=_("changed fields"))
    def changed(self, entry: AuditEntry) -> str:
        return ", ".join(map(str, entry.changes[:8])) + ("…" if len(entry.changes) > 8 else "")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.csv_view)
        return [path("export.csv", view, name="catalog_auditentry_csv"), *super().get_urls()]

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """Send the filtered list as CSV, however long it is. Raises PermissionDenied."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request).values_list(*COLUMNS)
        return csv_response("audit", COLUMNS, rows.iterator(chunk_size=2000))
