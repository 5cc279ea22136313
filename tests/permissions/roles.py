"""Who calls: people with a session, and programs with a token of each scope.

Policies know seven roles (`world.ROLES`). Each other caller behaves as one of them, or is refused for its scope.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model
from rest_framework.test import APIClient, ForceAuthClientHandler

from portal.models import ApiToken, OAuthClient, User

LATER = timedelta(days=1)
# A handler loads the middleware once, and that takes far longer than an answer.
HANDLER = ForceAuthClientHandler(enforce_csrf_checks=False)


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of caller: the role whose rights it has, and the scope that narrows them."""

    like: str
    scope: str = "write"


ROLES = {
    "anonymous": Role("anonymous"),
    "user": Role("user"),
    "partial": Role("partial"),
    "assigned": Role("assigned"),
    "editor": Role("editor"),
    "admin": Role("admin"),
    "sysadmin": Role("sysadmin"),
    "unconfirmed": Role("user"),  # her address; she got in before it was asked for
    "inactive": Role("anonymous"),  # her session is worth nothing
    "other_admin": Role("user"),  # administrator of another organization
    "token_write": Role("editor"),
    "token_read": Role("editor", "read"),
    "token_org": Role("editor", "org"),
    "token_elsewhere": Role("partial", "org"),  # an editor's, limited to another organization of hers: she reads all
    "token_harvest": Role("editor", "harvest"),
    "token_admin": Role("sysadmin"),
    "token_powerless": Role("user"),  # a system administrator's, without her powers
    "oauth": Role("editor"),
    "oauth_read": Role("editor", "read"),
    "token_inactive": Role("anonymous", "dead"),
}
SESSIONS = list(ROLES)[:10]
SAME_IN_READING = {"token_write", "token_org", "token_harvest", "oauth_read"}  # as token_read and oauth
OUTSIDERS = {name for name, role in ROLES.items() if role.like in ("anonymous", "user")}


def roles_of(method: str, *, is_api: bool) -> list[str]:
    """Return the callers of an endpoint.

    No token opens a page, and the strongest one stands for all. Scopes are about writing: reading, two stand for them.
    """
    if not is_api:
        return [*SESSIONS, "token_admin"]
    return [name for name in ROLES if method != "GET" or name not in SAME_IN_READING]


@dataclass
class Caller:
    """Sends requests as one role; every request begins with the same cookies."""

    user: User | None = None
    headers: dict[str, str] = field(default_factory=dict)
    session: str = ""

    def __post_init__(self) -> None:
        if self.user is not None and not self.headers:
            client = Client()
            client.handler = HANDLER
            client.force_login(self.user)
            request = SimpleNamespace(session=client.session)
            record_authentication(request, self.user, "password", reauthenticated=True)  # what asks for it opens
            request.session.save()
            self.session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def client(self) -> APIClient:
        found = APIClient(headers=self.headers)
        found.handler = HANDLER
        if self.session:
            found.cookies[settings.SESSION_COOKIE_NAME] = self.session
        return found


def with_token(user: User, *scopes: str) -> Caller:
    """Return a caller with an API token; it counts as just used, so that its use is not written again."""
    row, plaintext = ApiToken.objects.issue(user, name="t", scopes=scopes)
    ApiToken.objects.filter(pk=row.pk).update(last_used_at=timezone.now() + LATER)
    return Caller(user, {"X-API-KEY": plaintext})


def with_access(user: User, program: OAuthClient, scope: str) -> Caller:
    """Return a caller with an access token of OAuth2."""
    plaintext = f"access-{scope}"
    rows: Any = get_access_token_model().objects
    rows.create(user=user, application=program, token=plaintext, scope=scope, expires=timezone.now() + LATER)
    return Caller(user, {"Authorization": f"Bearer {plaintext}"})
