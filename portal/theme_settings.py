"""What the settings need to know of themes before any app is loaded."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

LOADERS = [  # the folder of the active theme first
    (
        "portal.themes.loader.CachedLoader",
        ["portal.themes.loader.Loader", "django.template.loaders.app_directories.Loader"],
    )
]


def apps_of(names: Iterable[str]) -> list[str]:
    """Return the apps that these themes are made of: themselves, and what the `APPS` of their `theme.py` lists.

    A name that is no module is left out: the system check says what is wrong better than a traceback.
    """
    found: list[str] = []
    for name in filter(None, names):
        if find_spec(name) is None:
            continue
        found.append(name)
        if find_spec(f"{name}.theme") is not None:
            found += getattr(import_module(f"{name}.theme"), "APPS", [])
    return list(dict.fromkeys(found))


def finders_of(names: Iterable[str]) -> list[str]:
    """Return the finders of static files that the `FINDERS` of these themes list."""
    modules = [f"{name}.theme" for name in names if find_spec(f"{name}.theme") is not None]
    return [finder for module in modules for finder in getattr(import_module(module), "FINDERS", [])]
