"""What is wrong with a theme, said at the start and by `manage.py checktheme`."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from portal.themes import contrast
from portal.themes.active import using
from portal.themes.registry import NEUTRAL, THEME_API, Theme, chain, stylesheets, themes


@register(Tags.templates)
def check_themes(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """The chosen theme is there, and every installed theme is whole."""
    try:
        found = themes()
    except (ImproperlyConfigured, ImportError) as error:
        return [Error(str(error), id="portal.E002")]
    messages: list[CheckMessage] = []
    if settings.PORTAL_THEME and settings.PORTAL_THEME not in {theme.app for theme in found.values()}:
        known = ", ".join(theme.app for theme in found.values() if theme.slug != NEUTRAL) or "none"
        messages.append(
            Error(
                f"PORTAL_THEME names {settings.PORTAL_THEME!r}, which is no theme.",
                hint=f"A theme is an app with a theme.py that has a THEME. Installed: {known}. Unset: the neutral one.",
                id="portal.E001",
            )
        )
    return messages + [message for theme in found.values() for message in problems(theme)]


def problems(theme: Theme) -> Iterator[CheckMessage]:
    """Give what is wrong with one theme."""
    if theme.api != THEME_API:
        yield Error(
            f"The theme {theme.slug!r} is written for contract {theme.api}; this portal has {THEME_API}.",
            id="portal.E003",
        )
    if theme.slug != NEUTRAL and chain(theme)[-1].slug != NEUTRAL:
        yield Error(
            f"The theme {theme.slug!r} does not lead to the neutral one: its parents go in a circle or are missing.",
            id="portal.E004",
        )
    for path in (*theme.css, *theme.js, *theme.preload):
        if not finders.find(path):
            yield Error(f"The theme {theme.slug!r} names the file {path!r}, which no app has.", id="portal.E005")
    yield from _templates(theme)
    yield from _colours(theme)


def _templates(theme: Theme) -> Iterator[CheckMessage]:
    """Each template of a theme takes the place of another one (else its name is mistaken), and can be read."""
    for name in names_of(theme):
        with using(theme):
            try:
                get_template(name)
            except (TemplateSyntaxError, TemplateDoesNotExist) as error:
                yield Error(f"The template {name!r} of the theme {theme.slug!r}: {error}.", id="portal.E006")
        if name.startswith(f"{theme.slug}/"):
            continue
        with using(themes().get(theme.parent)):
            try:
                get_template(name)
            except TemplateDoesNotExist:
                yield Warning(
                    f"The template {name!r} of the theme {theme.slug!r} takes the place of none.",
                    hint=f"Mend its name, or put it into {theme.slug}/ if other templates of the theme include it.",
                    id="portal.W004",
                )
            except TemplateSyntaxError:
                continue  # said of the theme it belongs to


def names_of(theme: Theme) -> list[str]:
    """Return the names of a theme's templates."""
    folder = theme.templates
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _colours(theme: Theme) -> Iterator[CheckMessage]:
    light, dark = tokens(theme)
    for form, text, ground, value in contrast.poor(light, dark):
        yield Warning(
            f"The theme {theme.slug!r}: --p-{text} on --p-{ground} ({form}) has a contrast of {value:.1f}, "
            f"below {contrast.LEAST}.",
            id="portal.W005",
        )


def tokens(theme: Theme) -> tuple[contrast.Tokens, contrast.Tokens]:
    """Return the tokens of a theme with those of its parents: of the light form, and what the dark one changes."""
    light: contrast.Tokens = {}
    dark: contrast.Tokens = {}
    for path in stylesheets(theme):
        file = finders.find(path)
        if file:
            one, other = contrast.tokens_of(Path(file).read_text(encoding="utf-8"))
            light, dark = light | one, dark | other
    return light, dark
