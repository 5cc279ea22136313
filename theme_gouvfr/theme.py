"""The French State's design system (DSFR 1.14), by the style sheet, script and fonts of django-dsfr."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# What the footer of a site of the State links to (systeme-de-design.gouv.fr, component "pied de page").
STATE_SITES = ("info.gouv.fr", "service-public.gouv.fr", "legifrance.gouv.fr", "data.gouv.fr")


def context(request: HttpRequest) -> dict[str, Any]:
    """Return what the templates of the theme need beside the portal's own."""
    return {"state_sites": STATE_SITES}


FINDERS = ["theme_gouvfr.finders.DsfrFinder"]  # of static files
THEME = {
    "slug": "gouvfr",
    "label": _("French State (DSFR)"),
    "css": ["dsfr/dist/dsfr.main.min.css", "theme_gouvfr/gouvfr.css"],
    "js": ["theme_gouvfr/scheme.js", "dsfr/dist/dsfr.module.min.js"],
    "preload": ["dsfr/dist/fonts/Marianne-Regular.woff2", "dsfr/dist/fonts/Marianne-Bold.woff2"],
    "html_attrs": {"data-fr-scheme": "system"},
    "tokens": {"fg": "#3a3a3a", "bg": "#ffffff", "muted": "#666666", "line": "#dddddd", "accent": "#000091"},
    "context": context,
}
