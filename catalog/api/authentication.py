"""API tokens as credentials: `X-API-KEY: udata_…`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from portal.lib.api.errors import CHALLENGE
from portal.models import ApiToken, User
from portal.models.token import TokenError

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
            token = ApiToken.objects.authenticate(plaintext)
        except TokenError as error:
            raise AuthenticationFailed(error.message) from error
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


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
