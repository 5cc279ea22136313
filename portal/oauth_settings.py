"""Settings of the OAuth2 server (django-oauth-toolkit), read by `portal.settings`."""

from portal.lib.scopes import DEFAULT, OAUTH_SCOPES

APPLICATION_MODEL = "portal.OAuthClient"
SILENCED_CHECKS = ["oauth2_provider.W002"]  # the password grant: see below
DAY = 24 * 3600  # seconds

PROVIDER = {
    "SCOPES": OAUTH_SCOPES,
    "DEFAULT_SCOPES": [DEFAULT],
    "SCOPES_BACKEND_CLASS": "portal.oauth.scopes.ClientScopes",
    "OAUTH2_VALIDATOR_CLASS": "portal.oauth.validator.Validator",
    "OAUTH2_BACKEND_CLASS": "portal.oauth.bodies.BodyReader",
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 30 * DAY,  # udata's
    "REFRESH_TOKEN_EXPIRE_SECONDS": 90 * DAY,  # after the access token that came with it
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,  # a token used twice was stolen: all that came from it is closed
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],  # and http to the user's own computer: OAuthClient.clean
    "PKCE_REQUIRED": True,  # of public clients: Validator.is_pkce_required
    # RFC 9700. The password grant stays for the clients that an administrator gave it to (udata's programs).
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "refresh_token", "client_credentials", "password"],
    "OAUTH2_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": ["client_secret_basic", "client_secret_post", "none"],
    "APPLICATION_ADMIN_CLASS": "portal.admin.oauth.OAuthClientAdmin",
    "ACCESS_TOKEN_ADMIN_CLASS": "portal.admin.oauth.AccessTokenAdmin",
}
