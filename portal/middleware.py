"""What happens around every request: its name, its language, and what a page may load."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from portal.lib import request_ids

type_of_view = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Names each request, and tells the name in its answer."""

    def __init__(self, get_response: type_of_view) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = request_ids.name_of(request)
        token = request_ids.current.set(request.request_id)
        try:
            response = self.get_response(request)
        finally:
            request_ids.current.reset(token)
        response.headers[request_ids.HEADER] = request.request_id
        return response


class LocaleMiddleware:
    """Speaks the reader's language: `?lang=` on any call, else the cookie, else `Accept-Language`, else the default.

    Never redirects: one address, one object, in every language.
    """

    def __init__(self, get_response: type_of_view) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        # A program has no language cookie: its answers stay cacheable for everybody.
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        patch_vary_headers(response, ["Accept-Language", "Cookie"] if is_page else ["Accept-Language"])
        return response


def language_of(request: HttpRequest) -> str:
    """Return the language to answer in, one of LANGUAGES."""
    asked = request.GET.get("lang")
    if asked:
        try:
            return translation.get_supported_language_variant(asked)
        except LookupError:
            pass
    return translation.get_language_from_request(request)


class PathMiddleware:
    """There is nothing at a path with a NUL in it, which PostgreSQL would refuse to look up."""

    def __init__(self, get_response: type_of_view) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Raise Http404 for such a path."""
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)


class ContentSecurityPolicyMiddleware:
    """Pages run and load what is ours alone. Pictures may come from elsewhere: catalogues hold remote logos.

    A view that needs another policy sets its own header.
    """

    POLICY = (
        "default-src 'self'; img-src 'self' data: https:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"  # the pages use none of them

    def __init__(self, get_response: type_of_view) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_debugging = settings.DEBUG and response.status_code >= 400  # Django's own pages, with styles of their own
        if response.headers.get("Content-Type", "").startswith("text/html") and not is_debugging:
            response.headers.setdefault("Content-Security-Policy", self.POLICY)
            response.headers.setdefault("Permissions-Policy", self.PERMISSIONS)
        return response


class PageCompressionMiddleware(GZipMiddleware):
    """Sends pages by gzip to who takes it, each padded at random (BREACH), as Django does.

    Pages alone: dumps choose their own encoding, and the API's strong ETags serve `If-Match` (RFC 9110 §13.1.1).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
