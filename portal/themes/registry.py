"""The themes that are installed: each app that has a `theme.py` with a dictionary `THEME` is one.

The dictionary is plain data, so that a theme imports nothing of the portal's. `THEME_API` is the number of the contract
(skeletons, blocks, components, tokens: docs/extending.md) that a theme was written for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

THEME_API = 1
NEUTRAL = "neutral"


@dataclass(frozen=True)
class Theme:
    """One look.

    `app` is its app, `parent` the slug of the theme whose templates, style sheets and tokens it builds on (everything
    builds on the neutral one). `css` and `js` are paths of static files; the parent's style sheets come before unless
    `replaces_css`. `preload` are fonts, `html_attrs` attributes of the root element. `tokens` are colours for mails,
    which read no style sheet (`fg`, `bg`, `muted`, `line`, `accent`). `context` is called with the request, and gives
    what its templates need.
    """

    slug: str
    label: str | Promise
    app: str
    parent: str = NEUTRAL
    api: int = THEME_API
    css: tuple[str, ...] = ()
    js: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    replaces_css: bool = False
    html_attrs: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    context: Callable[[HttpRequest], dict[str, Any]] | None = None

    @property
    def templates(self) -> Path:
        """The folder of its templates: not `templates/`, which Django would read while the theme is not chosen."""
        return Path(str(import_module(self.app).__file__)).parent / "theme" / "templates"


NEUTRAL_TOKENS = {"fg": "#1b2230", "bg": "#ffffff", "muted": "#465064", "line": "#c3c9d3", "accent": "#1f50a8"}
THE_NEUTRAL = Theme(
    slug=NEUTRAL, label=_("Neutral"), app="portal", parent="", css=("portal/portal.css",), tokens=NEUTRAL_TOKENS
)


@cache
def themes() -> dict[str, Theme]:
    """Return the installed themes by slug, the neutral one first. Raises ImproperlyConfigured."""
    found = {NEUTRAL: THE_NEUTRAL}
    for app in dict.fromkeys([*settings.THEME_APPS, *(config.name for config in apps.get_app_configs())]):
        theme = _read(app) if module_has_submodule(import_module(app), "theme") else None
        if theme is not None and theme.slug in found:
            raise ImproperlyConfigured(
                f"The themes of {found[theme.slug].app} and of {app} have the same slug {theme.slug!r}."
            )
        if theme is not None:
            found[theme.slug] = theme
    return found


def _read(app: str) -> Theme | None:
    declared = getattr(import_module(f"{app}.theme"), "THEME", None)
    if declared is None:
        return None
    known = {one.name for one in fields(Theme)} - {"app"}
    wrong = sorted(set(declared) - known)
    if wrong or not {"slug", "label"} <= set(declared):
        problem = f"unknown: {', '.join(wrong)}" if wrong else "slug and label are needed"
        raise ImproperlyConfigured(f"{app}.theme.THEME: {problem}. A theme may say: {', '.join(sorted(known))}.")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in declared.items()}
    return Theme(app=app, **values)


def chosen() -> Theme:
    """Return the theme of the portal: the one of the app that PORTAL_THEME names, else the neutral one."""
    return next((one for one in themes().values() if one.app == settings.PORTAL_THEME), THE_NEUTRAL)


def chain(theme: Theme) -> list[Theme]:
    """Return a theme and what it builds on, itself first, the neutral theme last. Ends where it meets itself."""
    found = [theme]
    while (parent := themes().get(found[-1].parent)) is not None and parent not in found:
        found.append(parent)
    return found


def stylesheets(theme: Theme) -> list[str]:
    """Return the static paths of the style sheets of a page, in the order in which they are read."""
    found: list[str] = []
    for one in chain(theme):
        found[:0] = one.css
        if one.replaces_css:
            break
    return found


def scripts(theme: Theme) -> list[str]:
    """Return the static paths of the scripts that themes add to a page."""
    return [path for one in reversed(chain(theme)) for path in one.js]


def mail_tokens(theme: Theme) -> dict[str, str]:
    """Return the colours of a mail."""
    return {name: value for one in reversed(chain(theme)) for name, value in one.tokens.items()}
