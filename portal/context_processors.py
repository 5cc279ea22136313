"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from catalog.services import notifications
from portal.profile import navigation, profile
from portal.themes.active import active
from portal.themes.registry import chain, scripts, stylesheets

THEMES = ("light", "dark")
MOST_UNREAD = 100  # notifications counted


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `portal`, which asks the database only in a template that uses it, `design`, which is the theme, and
    `theme`, its form ("light", "dark", "" follows the system).
    """
    theme = request.COOKIES.get("theme", "")
    design = active()
    return {
        **{
            name: value
            for one in reversed(chain(design))
            if one.context
            for name, value in one.context(request).items()
        },
        "design": design,
        "design_css": stylesheets(design),
        "design_js": scripts(design),
        "design_preview": getattr(request, "theme_preview", None),
        "portal": SimpleLazyObject(profile),
        "unread_notifications": lambda: unread(request),
        "navigation": SimpleLazyObject(lambda: navigation(request.path)),
        "canonical_url": f"{settings.SITE_URL}{request.path}",
        "site_url": settings.SITE_URL,
        "theme": theme if theme in THEMES else "",
    }


def unread(request: HttpRequest) -> int:
    """Return how many notifications wait for the reader; asked once a request, and never for a stranger."""
    if not request.user.is_authenticated:
        return 0
    if not hasattr(request, "_unread_notifications"):
        request._unread_notifications = notifications.unread(request.user, MOST_UNREAD)
    return request._unread_notifications
