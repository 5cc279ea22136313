"""API tokens: what a program sends in `X-API-KEY`. The database keeps only a keyed hash of each."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from binascii import crc32
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.lib.ids import PublicIdModel
from portal.lib.scopes import ADMIN
from portal.models.user import User

PREFIX = "udata_"  # udata's own, which secret scanners and clients know
RANDOM = 58  # url-safe characters, 348 random bits; with the checksum they are udata's 64
CHECKSUM = 6  # characters
SHOWN = 14  # characters kept in clear, so that an owner can tell her tokens apart
AGENTS, AGENT_LENGTH = 10, 255  # programs that a token remembers, and characters of each name
USE_PRECISION = timedelta(minutes=1)  # `last_used_at` is written at most this often


class TokenError(Exception):
    """The token doesn't open anything. Each kind says why, in udata's words."""

    message: str | Promise = ""

    def __init__(self) -> None:
        super().__init__(self.message)


class InvalidToken(TokenError):
    message = _("Invalid API token")


class RevokedToken(TokenError):
    message = _("Revoked API token")


class ExpiredToken(TokenError):
    message = _("Expired API token")


class InactiveUser(TokenError):
    message = _("Inactive user")


def checksum(text: str) -> str:
    """Return the CRC-32 of `text` as 6 url-safe characters: a scanner of leaks tells a token from a likeness by it."""
    return urlsafe_b64encode(crc32(text.encode()).to_bytes(4, "big")).decode()[:CHECKSUM]


def new_plaintext() -> str:
    """Return a new token: the prefix, the random part, and their checksum."""
    body = PREFIX + secrets.token_urlsafe(RANDOM)[:RANDOM]
    return body + checksum(body)


def looks_like_token(text: str) -> bool:
    """Tell whether `text` is a token made here, by its form alone."""
    return text.startswith(PREFIX) and checksum(text[:-CHECKSUM]) == text[-CHECKSUM:]


def token_hash(plaintext: str) -> str:
    """Return the HMAC-SHA256 of the token, keyed with SECRET_KEY, as 64 hexadecimal characters.

    A token has 348 random bits, so that a fast hash is enough; the key makes a stolen table useless.
    """
    return hmac.new(settings.SECRET_KEY.encode(), plaintext.encode(), sha256).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, now: datetime | None = None) -> Self:
        """Tokens that open something at `now`: neither revoked nor expired, of an active user."""
        alive = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now or timezone.now())
        return self.filter(alive, revoked_at__isnull=True, user__is_active=True, user__deleted__isnull=True)


def default_expiry(now: datetime) -> datetime | None:
    """Return when a token ends that is made without an expiry: the portal's setting; None is udata's rule."""
    return now + timedelta(days=settings.API_TOKEN_DAYS) if settings.API_TOKEN_DAYS else None


class ApiTokenManager(models.Manager.from_queryset(ApiTokenQuerySet)):
    """Gives tokens out and recognises them."""

    use_in_migrations = False

    def issue(
        self, user: User, *, name: str = "", scopes: Iterable[str] = (ADMIN,), expires_at: datetime | None = None
    ) -> tuple["ApiToken", str]:
        """Make a token for `user`; return its row and its plaintext, which nobody can read again."""
        plaintext = new_plaintext()
        row = self.create(
            user=user,
            name=name,
            scopes=list(scopes),
            token_hash=token_hash(plaintext),
            token_prefix=plaintext[:SHOWN],
            expires_at=expires_at,
        )
        return row, plaintext

    def authenticate(self, plaintext: str, user_agent: str = "") -> "ApiToken":
        """Return the token of this plaintext, with its user, and note its use and the program that uses it.

        Raises InvalidToken, RevokedToken, ExpiredToken or InactiveUser, in this order.
        """
        row = self.select_related("user").filter(token_hash=token_hash(plaintext)).first()
        if row is None:
            raise InvalidToken
        now = timezone.now()
        row.check_usable(now)
        if row.last_used_at is None or row.last_used_at <= now - USE_PRECISION:
            row.last_used_at = now
            agent = user_agent.replace("\x00", "")[:AGENT_LENGTH]
            if agent and agent not in row.user_agents:
                row.user_agents = [*row.user_agents, agent][-AGENTS:]
            self.filter(pk=row.pk).update(last_used_at=now, user_agents=row.user_agents)
        return row


class ApiToken(PublicIdModel):
    """A token of one user. Revoked ones are kept, so that their use is told from a mistake."""

    class Kind(models.TextChoices):
        API_KEY = "api_key", _("API key")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=255, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    token_prefix = models.CharField(_("beginning"), max_length=SHOWN, editable=False)
    scopes = models.JSONField(_("scopes"), default=list, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.API_KEY, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    user_agents = models.JSONField(_("programs"), default=list, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)

    objects = ApiTokenManager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"{self.token_prefix}…"

    def check_usable(self, now: datetime) -> None:
        """Raise RevokedToken, ExpiredToken or InactiveUser if the token opens nothing at `now`."""
        if self.revoked_at is not None:
            raise RevokedToken
        if self.expires_at is not None and self.expires_at <= now:
            raise ExpiredToken
        if not self.user.is_active or self.user.deleted is not None:
            raise InactiveUser

    def revoke(self) -> None:
        """Close the token for good; a second call keeps the first date."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
