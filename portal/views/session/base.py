"""What every session route does first: method, body, CSRF, rate; and the errors of each."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import RateLimited, ReauthenticationRequired
from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from redis.exceptions import RedisError
from rest_framework.exceptions import APIException

from portal.accounts.dialect import JSON, failure, speaks_json, success
from portal.lib.api.parsers import parse_json, read_body
from portal.lib.api.throttling import PAUSE, count
from portal.lib.clients import network_of

MAX_TEXT = 4096  # characters of one value
BAD_BODY = "The browser (or proxy) sent a request that this server could not understand."  # udata's words
NOT_SIGNED_IN = "You are not authenticated. Please supply the correct credentials."  # Flask-Security's words
STALE = "You must re-authenticate to access this endpoint"  # Flask-Security's words
TOO_MANY = "Too many requests: try again later."

type_of_view = Callable[..., HttpResponse]


class Refused(Exception):
    """The answer to give at once."""

    def __init__(self, errors: dict[str, list[str]], status: int = 400, **response: Any) -> None:
        super().__init__(errors)
        self.answer = failure(errors, status, **response)


class Body:
    """The values that were sent; each reader raises Refused for a value of another type."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """Return a text, empty if it was not sent."""
        value = self.values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Refused({name: ["Not a valid string."]})
        if len(value) > MAX_TEXT or "\x00" in value:
            raise Refused({name: ["Not a valid value."]})
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean, false if it was not sent; forms send `on`."""
        value = self.values.get(name)
        if isinstance(value, str) and value.lower() in ("", "on", "y", "yes", "true", "1", "off", "no", "false", "0"):
            return value.lower() in ("on", "y", "yes", "true", "1")
        if value is not None and not isinstance(value, bool):
            raise Refused({name: ["Not a valid boolean."]})
        return bool(value)


def session_route(page: str = "", *, counted: bool = False, signed_in: bool = False, fresh: bool = False) -> Callable:
    """Make a view of one session route from a function of the request and its Body.

    GET leads a browser to `page`, the name of a route, and tells a program the state of its session. `counted` POSTs
    have the rate `login`. `signed_in` and `fresh` ask for a session, and for a password given a moment ago.
    """

    def decorate(view: type_of_view) -> type_of_view:
        def write(request: HttpRequest, parts: dict[str, str]) -> HttpResponse:
            if counted:
                check_rate(request)
            body = body_of(request)
            check_csrf(request, body)
            if signed_in or fresh:
                check_session(request, fresh=fresh)
            return view(request, body, **parts)

        @csrf_exempt  # checked here, in the dialect: see `check_csrf`
        @never_cache
        @wraps(view)
        def answer(request: HttpRequest, **parts: str) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                return read(request, page, parts, signed_in=signed_in)
            if request.method != "POST":
                return failure({"": ["Method not allowed."]}, status=405)
            return refusing(write, request, parts)

        return answer

    return decorate


def refusing(write: Callable[..., HttpResponse], request: HttpRequest, parts: dict[str, str]) -> HttpResponse:
    """Return what `write` answers; what it raises becomes an answer in the dialect."""
    try:
        return write(request, parts)
    except Refused as refused:
        return refused.answer
    except ReauthenticationRequired:
        return failure({"": [STALE]}, status=401, reauth_required=True)
    except RateLimited:
        return failure({"": [TOO_MANY]}, status=429)


def read(request: HttpRequest, page: str, parts: dict[str, str], *, signed_in: bool) -> HttpResponse:
    """Answer a GET: the page for a browser, the state of the session for a program."""
    if not speaks_json(request) and page:
        query = {"next": request.GET["next"]} if "next" in request.GET else {}
        try:
            address = reverse(page, kwargs=parts or None)
        except NoReverseMatch as error:  # a token with characters that none has
            raise Http404 from error
        return HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address)
    if signed_in and not request.user.is_authenticated:
        return failure({"": [NOT_SIGNED_IN]}, status=401)
    return success(request, user={} if request.user.is_authenticated else None)


def body_of(request: HttpRequest) -> Body:
    """Return the body, JSON or a form. Raises Refused for anything else."""
    if request.content_type != JSON:
        return Body(request.POST.dict())
    try:
        content = read_body(request)
        values = parse_json(content) if content.strip() else {}
    except APIException as error:
        raise Refused({"": [str(error.detail)]}, status=error.status_code) from error
    if not isinstance(values, dict):
        raise Refused({"": [BAD_BODY]})
    return Body(values)


def check_rate(request: HttpRequest) -> None:
    """Count a try of this network. Raises Refused beyond the rate, or while nothing can be counted."""
    try:
        verdict = count("login", network_of(request))
    except RedisError as error:
        refused = Refused({"": ["Try again in a moment."]}, status=503)
        refused.answer.headers["Retry-After"] = str(PAUSE)
        raise refused from error
    if verdict is not None and not verdict.allowed:
        refused = Refused({"": [TOO_MANY]}, status=429)
        refused.answer.headers["Retry-After"] = str(max(1, round(verdict.wait)))
        raise refused


def check_csrf(request: HttpRequest, body: Body) -> None:
    """Raise Refused for a request that a foreign page may have made: one with cookies of ours and no token of ours.

    The token comes in `X-CSRFToken` or as `csrf_token` in the body. A program without cookies has no session that
    could be abused, so that it needs none (recording 154); but what a browser sends from another site names it.
    """
    cookies = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    origin = request.headers.get("Origin")
    if not any(name in request.COOKIES for name in cookies) and origin in (None, *settings.CSRF_TRUSTED_ORIGINS):
        return
    token = body.text("csrf_token")
    if token and "HTTP_X_CSRFTOKEN" not in request.META:
        request.META["HTTP_X_CSRFTOKEN"] = token
    checker = _Checker(lambda _request: HttpResponse())
    checker.process_request(request)
    if checker.process_view(request, _unprotected, (), {}) is not None:
        raise Refused({"": ["The CSRF token is missing."]})  # Flask-WTF's words


class _Checker(CsrfViewMiddleware):
    """Django's own check, whose refusal is rendered by the caller."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(reason, status=403)


def _unprotected(request: HttpRequest) -> HttpResponse:
    """Stand for a view without exemption."""
    return HttpResponse()


def check_session(request: HttpRequest, *, fresh: bool) -> None:
    """Raise Refused (401) without a session, or with one whose password was given too long ago."""
    if not request.user.is_authenticated:
        raise Refused({"": [NOT_SIGNED_IN]}, status=401)
    if fresh and is_reauthentication_required(request, app="allauth.account"):
        raise Refused({"": [STALE]}, status=401, reauth_required=True)


def validated(form: Form, names: dict[str, str]) -> Form:
    """Return `form` if it is valid; else raise Refused with its errors under the names of the dialect."""
    if not form.is_valid():
        errors = {name.replace("__all__", ""): list(map(str, texts)) for name, texts in form.errors.items()}
        raise Refused({names.get(name, name): texts for name, texts in errors.items()})
    return form


def same(body: Body, name: str, confirmation: str) -> str:
    """Return the new password; if it was sent twice, both must be equal."""
    value = body.text(name)
    if confirmation in body.values and body.text(confirmation) != value:
        raise Refused({confirmation: ["Passwords do not match"]})  # Flask-Security's words
    return value


def state(request: HttpRequest, **response: Any) -> JsonResponse:
    """Answer 200 for a caller who is signed in now."""
    return success(request, **{"tf_required": False, "user": {}, **response})
