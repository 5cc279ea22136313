"""The caller's API tokens: listing, making, revoking."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from oauth2_provider.models import AbstractAccessToken
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.forms.base import ModelForm, Text, json_object
from catalog.api.me import MyView
from portal.lib.api.errors import Gone, ModelErrors
from portal.lib.scopes import ADMIN, WRITE, is_scope, powers_of
from portal.models import ApiToken
from portal.models.token import default_expiry

MAX_SCOPES = 20  # of one token


class TokenForm(ModelForm):
    model_name = "ApiToken"

    name = Text(max_length=255)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    scopes = serializers.ListField(
        child=serializers.CharField(), required=False, allow_null=True, max_length=MAX_SCOPES
    )

    def validate_expires_at(self, value: Any) -> Any:
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError(_("The expiry must be in the future"))
        return value

    def validate_scopes(self, value: list[str] | None) -> list[str]:
        for scope in value or []:
            if not is_scope(scope):
                raise serializers.ValidationError(_("Unknown scope: %(scope)s") % {"scope": scope[:64]})
        return list(dict.fromkeys(value or []))


class TokenSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    token_prefix = serializers.CharField()
    scopes = serializers.ListField(
        child=serializers.CharField(), help_text="Among admin, write, read, harvest and write:org:<id>."
    )
    kind = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    user_agents = serializers.ListField(child=serializers.CharField())
    revoked_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class NewTokenSerializer(TokenSerializer):
    token = serializers.CharField(help_text="The token itself, shown this once.")


def token_shape(item: ApiToken) -> dict[str, Any]:
    """The shape of a token, with the programs that used it lately."""
    return {
        "id": item.pk,
        "name": item.name or None,
        "token_prefix": item.token_prefix,
        "scopes": item.scopes,
        "kind": item.kind,
        "created_at": item.created_at,
        "last_used_at": item.last_used_at,
        "user_agents": item.user_agents,
        "revoked_at": item.revoked_at,
        "expires_at": item.expires_at,
    }


class MyTokensViewSet(MyView):
    """API tokens, which are shown once."""

    serializer_class = TokenSerializer

    @extend_schema(operation_id="list_api_tokens", tags=["me"])
    def list(self, request: Request) -> Response:
        """List the caller's API tokens."""
        return Response([token_shape(row) for row in ApiToken.objects.filter(user=request.user.pk, revoked_at=None)])

    @extend_schema(operation_id="create_api_token", tags=["me"], request=TokenForm, responses={201: NewTokenSerializer})
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Make an API token; it is shown this once. Without scopes it has those of the caller.

        A token makes no other that could do more than itself, or that would outlive it.
        """
        if isinstance(request.auth, AbstractAccessToken):  # its holder would keep what the user takes back
            raise PermissionDenied(_("An OAuth2 client can't make API tokens."))
        values = TokenForm.read(json_object(request))
        scopes = values.get("scopes") or [ADMIN if request.user.powers.admin else WRITE]
        if not request.user.powers.covers(powers_of(scopes)):
            raise ModelErrors({"scopes": _("A token can't give more than it has itself")})
        row, plaintext = ApiToken.objects.issue(
            request.user, name=values.get("name", ""), scopes=scopes, expires_at=self._expiry(values)
        )
        secret = {"Cache-Control": "no-store"}  # nor kept for `Idempotency-Key`
        return Response({**token_shape(row), "token": plaintext}, status=status.HTTP_201_CREATED, headers=secret)

    def _expiry(self, values: dict[str, Any]) -> Any:
        """Return the end of the new token: the one asked for, else the portal's default. Raises ModelErrors."""
        expires = values["expires_at"] if "expires_at" in values else default_expiry(timezone.now())
        own = self.request.auth.expires_at if isinstance(self.request.auth, ApiToken) else None
        if own is None:
            return expires
        if "expires_at" not in values:
            return min(expires, own) if expires else own
        if expires is None or expires > own:
            raise ModelErrors({"expires_at": _("A token can't make one that outlives it")})
        return expires

    @extend_schema(operation_id="revoke_api_token", tags=["me"], request=None, responses={204: None, 410: None})
    @transaction.atomic
    def destroy(self, request: Request, id: str) -> Response:
        """Revoke an API token at once."""
        rows = ApiToken.objects.select_for_update(of=("self",)).filter(user=request.user.pk, pk=id)
        found = rows.first()
        if found is None:
            raise Http404
        if found.revoked_at:
            raise Gone("Token has been revoked")
        found.revoke()
        return Response(status=status.HTTP_204_NO_CONTENT)
