"""The engine in use: `settings.SEARCH_BACKEND` names its class. One for each process."""

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from catalog.search.backends.base import Backend


def engine() -> Backend:
    """Return the engine that the settings name."""
    return _engine(settings.SEARCH_BACKEND, str(settings.SEARCH_DIR))


@lru_cache(maxsize=8)
def _engine(path: str, _directory: str) -> Backend:
    return import_string(path)()
