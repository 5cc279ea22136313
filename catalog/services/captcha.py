"""The captcha of the French State (CaptchEtat): its pictures and sounds, asked for with the portal's own account."""

import json
import re
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from portal.lib.errors import ServiceError
from portal.lib.http import MIB, Answer, FetchError, Limits, call

LIMITS = Limits(size=2 * MIB, seconds=8, redirects=0)
TOKEN_PATH, CAPTCHA_PATH, CHECK_PATH = "/api/oauth/token", "/simple-captcha-endpoint", "/valider-captcha"
KINDS = {"fr": "captchaFR", "en": "captchaEN"}  # by language
PICTURE = re.compile(r"data:image/[a-z]+;base64,[A-Za-z0-9+/=]+|[A-Za-z0-9+/=]+")
IDENTIFIER = re.compile(r"[A-Za-z0-9-]{1,64}")
SCOPE = "piste.captchetat"
KEY = "captchetat-token"
MARGIN = 60  # seconds before its end when a token is no longer used
SENT_ON = frozenset(["application/json", "image/png", "image/jpeg", "image/gif"])  # and sounds


class CaptchaUnavailable(ServiceError):
    """The service does not answer, or with something that is no captcha."""


class Piece(NamedTuple):
    """A picture, a sound, or what is said about them."""

    media_type: str
    content: bytes


class Challenge(NamedTuple):
    """A captcha to solve; `picture` is an address that holds it, `kind` names it to the service."""

    identifier: str
    picture: str
    kind: str


def is_configured() -> bool:
    account = (settings.CAPTCHETAT_CLIENT_ID, settings.CAPTCHETAT_CLIENT_SECRET)
    return all((settings.CAPTCHETAT_BASE_URL, settings.CAPTCHETAT_OAUTH_BASE_URL, *account))


def fetch(arguments: dict[str, str]) -> Piece:
    """Ask the service for a piece of a captcha. Raises CaptchaUnavailable."""
    try:
        answer = _ask(arguments, _token())
        if answer.status == 401:  # the token was taken back before its time
            cache.delete(KEY)
            answer = _ask(arguments, _token())
    except FetchError as error:
        raise CaptchaUnavailable(_("The captcha service does not answer.")) from error
    kind = answer.media_type
    if answer.status != 200 or not (kind in SENT_ON or kind.startswith("audio/")):
        raise CaptchaUnavailable(_("The captcha service does not answer."))
    return Piece(kind, answer.body)


def challenge(language: str) -> Challenge | None:
    """Return a new captcha to show, or None while the service does not answer."""
    kind = KINDS.get(language[:2], KINDS["en"])
    try:
        found = json.loads(fetch({"get": "image", "c": kind}).content)
        identifier, picture = str(found["uuid"]), str(found["imageb64"])
    except (CaptchaUnavailable, ValueError, KeyError, TypeError):
        return None
    if not IDENTIFIER.fullmatch(identifier) or not PICTURE.fullmatch(picture):
        return None
    prefix = "" if picture.startswith("data:") else "data:image/png;base64,"
    return Challenge(identifier, f"{prefix}{picture}", kind)


def is_solved(identifier: str, answer: str) -> bool:
    """Tell whether the answer is right. While the service does not answer it counts as right: rates hold programs off,
    and nobody is kept from writing.
    """
    if not IDENTIFIER.fullmatch(identifier) or not answer:
        return False
    body = json.dumps({"uuid": identifier, "code": answer}).encode()
    try:
        found = _check(body)
        if found.status == 401:  # the token was taken back before its time
            cache.delete(KEY)
            found = _check(body)
    except (FetchError, CaptchaUnavailable):
        return True
    return found.status >= 500 or found.body.strip() == b"true"


def _check(body: bytes) -> Answer:
    headers = {"Authorization": f"Bearer {_token()}", "Content-Type": "application/json"}
    return call(f"{settings.CAPTCHETAT_BASE_URL}{CHECK_PATH}", LIMITS, headers=headers, body=body)


def _ask(arguments: dict[str, str], token: str) -> Answer:
    address = f"{settings.CAPTCHETAT_BASE_URL}{CAPTCHA_PATH}?{urlencode(arguments)}"
    return call(address, LIMITS, headers={"Authorization": f"Bearer {token}"})


def _token() -> str:
    """Return a token of the portal's account, kept until shortly before its end. Raises CaptchaUnavailable."""
    known = cache.get(KEY)
    if known:
        return known
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.CAPTCHETAT_CLIENT_ID,
        "client_secret": settings.CAPTCHETAT_CLIENT_SECRET,
        "scope": SCOPE,
    }
    answer = call(f"{settings.CAPTCHETAT_OAUTH_BASE_URL}{TOKEN_PATH}", LIMITS, form=form)
    try:
        found = json.loads(answer.body)
        token, seconds = str(found["access_token"]), int(found.get("expires_in", 0))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CaptchaUnavailable(_("The captcha service does not answer.")) from None
    if seconds > MARGIN:
        cache.set(KEY, token, seconds - MARGIN)
    return token
