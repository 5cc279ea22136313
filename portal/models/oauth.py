"""OAuth2: the programs that may ask a user to act in her name, and the tokens that they hold."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractAccessToken, AbstractApplication, ApplicationManager, get_access_token_model

from portal.lib.scopes import DEFAULT, OAUTH_SCOPES
from portal.models.token import ExpiredToken, InactiveUser, InvalidToken
from portal.models.user import User

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
GRANTS = {
    AbstractApplication.GRANT_AUTHORIZATION_CODE: _("Authorization code"),
    AbstractApplication.GRANT_CLIENT_CREDENTIALS: _("Client credentials"),
    AbstractApplication.GRANT_PASSWORD: _("Password of the user"),
}


def default_scopes() -> list[str]:
    return [DEFAULT]


def validate_scopes(value: Any) -> None:
    """Raise ValidationError unless `value` is a list of known scopes."""
    if not isinstance(value, list) or not value or any(scope not in OAUTH_SCOPES for scope in value):
        raise ValidationError(_("Give a list of scopes, among: %(names)s.") % {"names": ", ".join(OAUTH_SCOPES)})


class OAuthClient(AbstractApplication):
    """A program registered by an administrator (no program registers by itself)."""

    scopes = models.JSONField(
        _("scopes"),
        default=default_scopes,
        validators=[validate_scopes],
        help_text=_("What it may ask for: default, read, write, admin. The first is given when it asks for none."),
    )

    objects = ApplicationManager()

    class Meta(AbstractApplication.Meta):
        verbose_name = _("OAuth2 client")
        verbose_name_plural = _("OAuth2 clients")
        ordering = ["name", "id"]

    def clean(self) -> None:
        """Check beyond what the library checks. Raises ValidationError."""
        super().clean()
        if self.authorization_grant_type not in GRANTS:
            raise ValidationError({"authorization_grant_type": _("The portal does not give access in this way.")})
        for uri in self.redirect_uris.split():
            parts = urlsplit(uri)
            if parts.scheme == "http" and parts.hostname not in LOOPBACK:
                raise ValidationError({"redirect_uris": _("%(uri)s must be https.") % {"uri": uri}})
        if self.authorization_grant_type == self.GRANT_CLIENT_CREDENTIALS:
            if self.user_id is None:
                raise ValidationError({"user": _("Whom the program acts for must be said.")})
            if self.client_type == self.CLIENT_PUBLIC:
                raise ValidationError({"client_type": _("A public client has no secret to show who it is.")})

    def get_absolute_url(self) -> str:
        """Return the home of the portal: clients have no page of their own."""
        return "/"

    def get_allowed_schemes(self) -> list[str]:
        return ["https", "http"]  # `clean` says to whom

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Tell whether `uri` is one of the client's addresses, to the letter (RFC 9700, 2.1)."""
        return uri in self.redirect_uris.split()

    def owner_is_active(self) -> bool:
        """Tell whether somebody stands behind the tokens that the client gets for itself."""
        return self.user is not None and is_active(self.user)


def is_active(user: User) -> bool:
    return user.is_active and user.deleted is None


def authenticate_access_token(plaintext: str) -> tuple[User, AbstractAccessToken]:
    """Return the user that an OAuth2 access token acts for, and its row. One query: only a hash of it is kept.

    Raises InvalidToken (a revoked one is no longer there), ExpiredToken or InactiveUser.
    """
    rows: Any = get_access_token_model().objects.select_related("user", "application__user")
    row = rows.filter(token_checksum=sha256(plaintext.encode()).hexdigest(), application__isnull=False).first()
    if row is None:
        raise InvalidToken
    if row.is_expired():
        raise ExpiredToken
    user = row.user or row.application.user  # a client that acts for itself acts for its owner
    if user is None or not is_active(user):
        raise InactiveUser
    return user, row
