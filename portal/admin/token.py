"""API tokens: who has which, and since when each was not used. Their owners make them; staff only revoke them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.admin.base import PortalAdmin
from portal.models import ApiToken

DATES = ["created_at", "last_used_at", "expires_at", "revoked_at"]


@admin.register(ApiToken)
class ApiTokenAdmin(PortalAdmin):
    list_display = [
        "token_prefix",
        "name",
        "user",
        "scope_names",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    ]
    list_filter = ["created_at", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["token_prefix", "name", "user__first_name", "user__last_name", "user__email"]
    search_help_text = _("Beginning of the token, its name, or its owner.")
    fields = [
        "user",
        "name",
        "token_prefix",
        "scopes",
        "user_agents",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    ]
    readonly_fields = fields
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Django's permission to change tokens is the right to end them."""
        return super().has_change_permission(request)

    @admin.display(description=_("scopes"))
    def scope_names(self, token: ApiToken) -> str:
        return ", ".join(token.scopes)

    @admin.action(description=_("Revoke the selected tokens"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet) -> None:
        rows = list(queryset.filter(revoked_at__isnull=True))
        for row in rows:
            row.revoke()
        LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, change_message="revoked")
        text = ngettext("%(count)d token revoked.", "%(count)d tokens revoked.", len(rows))
        self.message_user(request, text % {"count": len(rows)}, messages.SUCCESS)
