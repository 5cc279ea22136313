"""The theme of a request: the portal's, or the one that somebody of the staff is trying out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.themes.active import using
from portal.themes.registry import Theme, themes

PREVIEW = "preview-theme"  # in the address, and the key of the session
WITHOUT = ("/api/", "/admin/", "/health/")  # what is in no theme


class ThemeMiddleware:
    """`?preview-theme=slug` shows the site in that theme to the staff, until `?preview-theme=` ends it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.theme_preview = preview(request)
        with using(request.theme_preview):
            return self.get_response(request)


def preview(request: HttpRequest) -> Theme | None:
    """Return the theme that the reader is trying out, or None. Without a session it asks nothing."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(WITHOUT):
        return None
    asked = request.GET.get(PREVIEW)
    if asked is not None and request.user.is_staff:
        request.session[PREVIEW] = asked if asked in themes() else ""
    kept = themes().get(request.session.get(PREVIEW, ""))
    return kept if kept is not None and request.user.is_staff else None
