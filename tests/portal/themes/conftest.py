"""Three themes at once: the neutral one, that of the State, and one of fourteen lines."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.template import engines

from portal.themes import registry

HERE = Path(__file__).parent
MORE = ["theme_lagune", "theme_gouvfr"]


def forget() -> None:
    registry.themes.cache_clear()
    for loader in engines["django"].engine.template_loaders:
        loader.reset()


@pytest.fixture
def themes(settings) -> Iterator[dict[str, registry.Theme]]:
    """Return the themes, with those of MORE installed."""
    sys.path.insert(0, str(HERE))
    finders = ["theme_gouvfr.finders.DsfrFinder"]
    settings.STATICFILES_FINDERS = [*django_settings.STATICFILES_FINDERS, *finders]
    settings.STATICFILES_DIRS = [HERE / "theme_lagune" / "static", settings.BASE_DIR / "theme_gouvfr" / "static"]
    settings.THEME_APPS = MORE
    forget()
    yield registry.themes()
    sys.path.remove(str(HERE))
    registry.themes.cache_clear()


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    forget()
