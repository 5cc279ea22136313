"""What the OAuth2 server accepts, where it is stricter than the library."""

from typing import Any

from django.apps import apps
from oauth2_provider.oauth2_validators import OAuth2Validator

from portal.models import User
from portal.models.oauth import OAuthClient, is_active


def has_second_factor(user: User) -> bool:
    """Tell whether signing in takes this user more than a password."""
    if not apps.is_installed("allauth.mfa"):
        return False
    return apps.get_model("mfa", "Authenticator").objects.filter(user=user.pk).exists()


class Validator(OAuth2Validator):
    """Accounts that were closed open nothing; only the code flow shows a page; public clients prove themselves."""

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: OAuthClient, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if grant_type == "password":  # kept for udata's programs: the library would only warn of it at each use
            return client.allows_grant_type(OAuthClient.GRANT_PASSWORD)
        if grant_type == "client_credentials" and not client.owner_is_active():
            return False
        return super().validate_grant_type(client_id, grant_type, client, request, *args, **kwargs)

    def validate_response_type(
        self, client_id: str, response_type: str, client: OAuthClient, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return response_type == "code" and client.allows_grant_type(OAuthClient.GRANT_AUTHORIZATION_CODE)

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """A client without a secret must show that it is the one that asked for the code (RFC 7636)."""
        return request.client.client_type == OAuthClient.CLIENT_PUBLIC

    def validate_code(
        self, client_id: str, code: str, client: OAuthClient, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return super().validate_code(client_id, code, client, request, *args, **kwargs) and is_active(request.user)

    def validate_refresh_token(
        self, refresh_token: str, client: OAuthClient, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if not super().validate_refresh_token(refresh_token, client, request, *args, **kwargs):
            return False
        return is_active(request.user) if request.user else client.owner_is_active()

    def validate_user(
        self, username: str, password: str, client: OAuthClient, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Check a password. It opens no account with a second factor, and none where it must be changed first."""
        if not super().validate_user(username, password, client, request, *args, **kwargs):
            return False
        user = request.user
        if user.must_change_password:
            return False
        return is_active(user) and user.confirmed_at is not None and not has_second_factor(user)
