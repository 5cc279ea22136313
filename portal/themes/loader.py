"""Templates of the active theme, before those of the apps.

They live in `<app>/theme/templates/`: there Django finds none of them by itself, so that a theme that is installed and
not chosen changes nothing.
"""

from collections.abc import Iterable

from django.template import Origin
from django.template.loaders import cached, filesystem

from portal.themes.active import active
from portal.themes.registry import chain


class Loader(filesystem.Loader):
    """Looks into the folder of the active theme, then into those that it builds on."""

    def get_dirs(self) -> list[str]:
        return [str(theme.templates) for theme in chain(active())]


class CachedLoader(cached.Loader):
    """Keeps compiled templates, each theme's apart: the same name is another template in another theme."""

    def cache_key(self, template_name: str, skip: Iterable[Origin] | None = None) -> str:
        return f"{active().slug}:{super().cache_key(template_name, skip)}"
