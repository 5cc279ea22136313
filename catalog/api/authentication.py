"""Tokens as credentials: `X-API-KEY: udata_…`, or `Authorization: Bearer …` for these and for OAuth2's."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.models import AbstractAccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from portal.lib.api.errors import CHALLENGE
from portal.lib.scopes import powers_of
from portal.models import ApiToken, User
from portal.models.oauth import authenticate_access_token
from portal.models.token import PREFIX, TokenError

HEADER = "X-API-KEY"


class ApiKeyAuthentication(BaseAuthentication):
    """The user of the token in `X-API-KEY`; `request.auth` is the token's row.

    A request without that header is left to the next way in; one whose token opens nothing is answered 401, even
    where anybody may read. No cookie is involved, so that no CSRF token is asked for.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        plaintext = request.headers.get(HEADER)
        if not plaintext:
            return None
        try:
            return authenticate(plaintext, request)
        except TokenError as error:
            raise AuthenticationFailed(error.message) from error

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class BearerAuthentication(BaseAuthentication):
    """The user of the token in `Authorization: Bearer`: an API token, or an access token of OAuth2 (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken | AbstractAccessToken] | None:
        scheme, _space, plaintext = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not plaintext.strip():
            return None
        plaintext = plaintext.strip()
        try:
            if plaintext.startswith(PREFIX):
                return authenticate(plaintext, request)
            user, row = authenticate_access_token(plaintext)
        except TokenError as error:
            raise AuthenticationFailed(error.message) from error
        user.powers = powers_of(row.scope.split())
        return user, row

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def authenticate(plaintext: str, request: Request) -> tuple[User, ApiToken]:
    """Return the user of an API token, with the powers that its scopes leave her, and its row. Raises TokenError."""
    token = ApiToken.objects.authenticate(plaintext, request.headers.get("User-Agent", ""))
    token.user.powers = powers_of(token.scopes)
    return token.user, token


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": str(_("An API token, or one of OAuth2."))}


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI documents describe it."""

    target_class = ApiKeyAuthentication
    name = "apikey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": HEADER,
            "description": str(_("A token made on the page of your account.")),
        }
