"""The OAuth2 server: consent of the user, tokens for programs, and what programs read of both."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from oauth2_provider.exceptions import OAuthToolkitError
from oauth2_provider.views import OAuthServerMetadataView
from oauth2_provider.views.base import BaseAuthorizationView, RevokeTokenView, TokenView
from redis.exceptions import RedisError

from portal.lib.api.throttling import PAUSE, count
from portal.lib.clients import network_of
from portal.lib.scopes import OAUTH_SCOPES
from portal.middleware import ContentSecurityPolicyMiddleware
from portal.models import OAuthClient
from portal.oauth.bodies import is_readable

MAX_CHALLENGE, MAX_NONCE = 128, 255  # characters: RFC 7636, and the library's column
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "86400",
}
ERRORS: dict[str, str | Promise] = {  # RFC 6749, 4.1.2.1: the page shows no text that its address brings
    "access_denied": _("You refused access to the program."),
    "invalid_client": _("The program that sent you here is not known to the portal."),
    "invalid_client_id": _("The program that sent you here is not known to the portal."),
    "invalid_request": _("The program that sent you here asked in a way that the portal does not understand."),
    "mismatching_redirect_uri": _("The program wants to send you to an address that is not one of its own."),
    "missing_redirect_uri": _("The program does not say where to send you back to."),
    "invalid_scope": _("The program asks for more than it may."),
    "unauthorized_client": _("The program may not ask in this way."),
    "unsupported_response_type": _("The program may not ask in this way."),
}
UNKNOWN = _("The program that sent you here could not be given access.")


@method_decorator(never_cache, name="dispatch")
class Authorize(BaseAuthorizationView):
    """Asks the user whether a program may act in her name; the parameters stand in the address, as in udata.

    The form sends `accept` or `decline`. A client that the administrators trust (`skip_authorization`) is not asked
    about.
    """

    def get(self, request: HttpRequest) -> HttpResponseBase:
        asked = self.asked()
        if isinstance(asked, HttpResponseBase):
            return asked
        client, scopes, credentials = asked
        if client.skip_authorization:
            return self.answer(client, scopes, credentials, allow=True)
        context = {
            "client": client,
            "scopes": [OAUTH_SCOPES[scope] for scope in scopes],
            "host": urlsplit(credentials["redirect_uri"]).netloc,
            "noindex": True,
        }
        response = render(request, "portal/oauth/consent.html", context)
        response.headers["Content-Security-Policy"] = policy_for(credentials["redirect_uri"])
        return response

    def post(self, request: HttpRequest) -> HttpResponseBase:
        asked = self.asked()
        if isinstance(asked, HttpResponseBase):
            return asked
        allow = "accept" in request.POST and "decline" not in request.POST
        return self.answer(*asked, allow=allow)

    def asked(self) -> tuple[OAuthClient, list[str], dict[str, Any]] | HttpResponseBase:
        """Return the client, the scopes and the parameters of the request; or the answer that refuses it."""
        sent = {**self.request.GET.dict(), **self.request.POST.dict()}
        too_long = len(sent.get("code_challenge", "")) > MAX_CHALLENGE or len(sent.get("nonce", "")) > MAX_NONCE
        if too_long or not is_readable(self.request):
            return error_page(self.request, "invalid_request")
        try:
            scopes, credentials = self.validate_authorization_request(self.request)
        except OAuthToolkitError as error:
            return self.error_response(error, OAuthClient.objects.filter(client_id=sent.get("client_id", "")).first())
        except ValueError:  # oauthlib, of an address that it can't decode
            return error_page(self.request, "invalid_request")
        return OAuthClient.objects.get(client_id=credentials["client_id"]), scopes, credentials

    def answer(
        self, client: OAuthClient, scopes: list[str], credentials: dict[str, Any], *, allow: bool
    ) -> HttpResponseBase:
        """Send the user back to the program, with a code or with `access_denied`."""
        try:
            uri, *_rest = self.create_authorization_response(self.request, " ".join(scopes), credentials, allow)
        except OAuthToolkitError as error:
            return self.error_response(error, client)
        return self.redirect(uri, client)

    def render_to_response(self, context: dict[str, Any], status: int = 400) -> HttpResponse:
        """Answer an error that can't be told to the program, because nobody knows which one it is."""
        return error_page(self.request, context["error"].error)


class Open:
    """An endpoint that pages of any site call: it takes no cookie, so that there is nothing to steal."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            response: HttpResponseBase = HttpResponse(status=204, headers=PREFLIGHT)
        elif request.method == "POST" and not is_readable(request):
            response = oauth_error("invalid_request", 400)
        else:
            try:
                response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            except ValueError as error:
                if isinstance(error, SuspiciousOperation | UnicodeError):
                    raise
                response = oauth_error("invalid_request", 400)  # oauthlib, of an address that it can't decode
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


@method_decorator(csrf_exempt, name="dispatch")
class Token(Open, TokenView):
    """Gives tokens out. Guesses of passwords are counted with those of the login page."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sent = dict(self.get_oauthlib_core().extract_body(request))
        if sent.get("grant_type") == "password" and (refusal := too_many(request, sent.get("username", ""))):
            return refusal
        return self.authorization_flow_token_response(request)


@method_decorator(csrf_exempt, name="dispatch")
class Revoke(Open, RevokeTokenView):
    """Ends a token of the calling client, and those that came with it (RFC 7009)."""


class Metadata(OAuthServerMetadataView):
    """What a client must know to begin (RFC 8414)."""


def too_many(request: HttpRequest, name: str) -> HttpResponse | None:
    """Return the answer to whoever tries too many passwords, by address or for one account; None for the others."""
    try:
        verdicts = [count("login", f"net:{network_of(request)}"), count("login", f"name:{name.strip().lower()[:254]}")]
    except RedisError:
        return oauth_error("temporarily_unavailable", 503, wait=PAUSE)
    refused = [verdict.wait for verdict in verdicts if verdict and not verdict.allowed]
    return oauth_error("slow_down", 429, wait=max(1, round(max(refused)))) if refused else None


def oauth_error(code: str, status: int, *, wait: int = 0) -> JsonResponse:
    headers = {"Cache-Control": "no-store", **({"Retry-After": str(wait)} if wait else {})}
    return JsonResponse({"error": code}, status=status, headers=headers)


@require_safe
def client_info(request: HttpRequest) -> JsonResponse:
    """Tell a front what its consent page must show: the client's name and what it may ask for."""
    client_id = request.GET.get("client_id", "").replace("\x00", "")
    client = OAuthClient.objects.filter(client_id=client_id).first()
    if client is None:
        return oauth_error("invalid_client", 404)
    return JsonResponse({"client": {"id": client.client_id, "name": client.name}, "scopes": client.scopes})


@require_safe
def error(request: HttpRequest) -> HttpResponse:
    """Explain an error to a user whom no program can be told to take back."""
    return error_page(request, request.GET.get("error", ""), status=200)


def error_page(request: HttpRequest, code: str, status: int = 400) -> HttpResponse:
    context = {"explanation": ERRORS.get(code, UNKNOWN), "noindex": True}
    return render(request, "portal/oauth/error.html", context, status=status)


def policy_for(uri: str) -> str:
    """Return the policy of the consent page: its form ends, by a redirection, at the program's own address."""
    parts = urlsplit(uri)
    origin = f"{parts.scheme}://{parts.netloc}"
    return ContentSecurityPolicyMiddleware.POLICY.replace("form-action 'self'", f"form-action 'self' {origin}")
