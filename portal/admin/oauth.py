"""OAuth2: the clients, and the tokens they hold. For system administrators: a client may act for everybody."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import get_access_token_model, revoke_access_token

from catalog.admin.base import PortalAdmin
from portal.lib.scopes import OAUTH_SCOPES
from portal.models import OAuthClient
from portal.models.oauth import GRANTS

AccessToken = get_access_token_model()


class SysadminOnly(PortalAdmin):
    """Neither the staff nor editors of organizations see these rows."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser


class OAuthClientForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=[(name, name) for name in OAUTH_SCOPES], widget=forms.CheckboxSelectMultiple
    )
    authorization_grant_type = forms.ChoiceField(label=_("Way of giving access"), choices=list(GRANTS.items()))

    class Meta:
        model = OAuthClient
        fields = [
            "name",
            "user",
            "client_type",
            "authorization_grant_type",
            "redirect_uris",
            "scopes",
            "skip_authorization",
        ]


class OAuthClientAdmin(SysadminOnly):
    """The secret is shown once, when the client is made or gets another one; only a hash of it is kept."""

    form = OAuthClientForm
    list_display = ["name", "client_id", "client_type", "authorization_grant_type", "skip_authorization", "created"]
    list_filter = ["client_type", "authorization_grant_type"]
    search_fields = ["name", "client_id"]
    autocomplete_fields = ["user"]
    readonly_fields = ["client_id", "created", "updated"]
    actions = ["renew_secret"]

    def save_model(self, request: HttpRequest, obj: OAuthClient, form: forms.ModelForm, change: bool) -> None:
        secret = obj.client_secret
        super().save_model(request, obj, form, change)
        if not change and obj.client_type == obj.CLIENT_CONFIDENTIAL:
            self._show(request, obj, secret)

    @admin.action(description=_("Give the selected clients another secret"), permissions=["change"])
    def renew_secret(self, request: HttpRequest, queryset: QuerySet) -> None:
        for client in queryset.filter(client_type=OAuthClient.CLIENT_CONFIDENTIAL):
            secret = client.client_secret = generate_client_secret()
            client.save()
            LogEntry.objects.log_actions(request.user.pk, [client], CHANGE, change_message="client_secret")
            self._show(request, client, secret)

    def _show(self, request: HttpRequest, client: OAuthClient, secret: str) -> None:
        text = _("The secret of %(name)s, which will not be shown again: %(secret)s")
        self.message_user(request, text % {"name": client.name, "secret": secret}, messages.WARNING)


class AccessTokenAdmin(SysadminOnly):
    """Which program acts for whom; an administrator ends it, and changes nothing else."""

    list_display = ["id", "application", "user", "scope", "created", "expires"]
    list_filter = ["application"]
    list_select_related = ["application", "user"]
    search_fields = ["application__name", "user__first_name", "user__last_name", "user__email"]
    fields = ["application", "user", "scope", "created", "expires"]
    readonly_fields = fields
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    @admin.action(description=_("Revoke the selected tokens"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet) -> None:
        rows = list(queryset)
        LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, change_message="revoked")
        for row in rows:
            revoke_access_token(row)
        text = ngettext("%(count)d token revoked.", "%(count)d tokens revoked.", len(rows))
        self.message_user(request, text % {"count": len(rows)}, messages.SUCCESS)
