"""Which scopes a client may ask for."""

from typing import Any

from oauth2_provider.scopes import SettingsScopes

from portal.models.oauth import OAuthClient


class ClientScopes(SettingsScopes):
    """Those that an administrator gave to the client; the first is what it gets when it asks for none."""

    def get_available_scopes(
        self, application: OAuthClient | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(application.scopes) if application else list(self.get_all_scopes())

    def get_default_scopes(
        self, application: OAuthClient | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(application.scopes[:1]) if application else super().get_default_scopes()
