"""Other sites' scripts: whoever asks may read what is public; only sites that we trust may act as the reader.

An origin is never echoed with credentials unless the operator listed it (CORS_ALLOWED_ORIGINS): else any page could
use the session of its reader.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
HEADERS = (
    "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-KEY, "
    "X-CSRFToken, X-Fields, X-Get-Datasets-Full-Objects"
)
EXPOSED = (
    "Content-Disposition, ETag, Idempotency-Replayed, Link, Location, Publication-Status, RateLimit-Limit, "
    "RateLimit-Remaining, RateLimit-Reset, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
)
MAX_AGE = 86_400  # seconds that a browser may remember the answer to a preflight


def preflight(request: HttpRequest) -> HttpResponse:
    """Answer OPTIONS in the place of the view: 204 even where there is none, as udata does."""
    headers = {
        "Allow": ", ".join(methods_of(request.path)),
        "Access-Control-Allow-Methods": ", ".join(METHODS),
        "Access-Control-Allow-Headers": HEADERS,
        "Access-Control-Max-Age": str(MAX_AGE),
    }
    response = HttpResponse(status=204, headers=headers)
    del response.headers["Content-Type"]
    return response


def methods_of(path: str) -> list[str]:
    """Return the methods that the route of `path` takes; all, where its view does not tell."""
    try:
        actions = getattr(resolve(path).func, "actions", None)
    except Resolver404:
        actions = None
    if not actions:
        return list(METHODS)
    known = {"HEAD" if "get" in actions else "", "OPTIONS", *(method.upper() for method in actions)}
    return [method for method in METHODS if method in known]


def add_origin(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say who may read this answer."""
    origin = request.headers.get("Origin", "")
    trusted = {*settings.CORS_ALLOWED_ORIGINS, settings.SITE_URL}
    if origin in trusted:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
    else:
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    patch_vary_headers(response, ["Origin"])
