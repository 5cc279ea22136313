"""`/fr/…` and `/en/…`: the addresses of older portals, and the way to keep a language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

COOKIE_AGE = 365 * 24 * 3600  # seconds


@require_safe
def language_prefix(request: HttpRequest, language: str, rest: str | None = None) -> HttpResponse:
    """Redirect to the same address without the prefix, and remember the language.

    The browser asks again each time (`no-cache`), since a redirect it remembered would set no cookie.
    """
    path = "/" + (rest or "").lstrip("/\\")  # never `//host`, which would lead away
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
    response["Cache-Control"] = "no-cache"
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=COOKIE_AGE, samesite="Lax", secure=settings.SECURE
    )
    return response
