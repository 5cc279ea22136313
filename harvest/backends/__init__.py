"""The kinds of remote catalogues: the modules of this package, and what other packages declare.

A backend is a class of its own (see `harvest.backends.base`). Here, a file is enough: the package is scanned. A package
of anybody's declares its class as an entry point: `[project.entry-points."portal.harvesters"] far = "far:Far"`.
"""

import importlib
import logging
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from harvest.backends.base import Backend

log = logging.getLogger(__name__)

GROUP = "portal.harvesters"


@cache
def backends() -> dict[str, type[Backend]]:
    """Return the backends by name, in that order. One that cannot be loaded is left out, and the log says why."""
    found = {one.name: one for one in (*_built_in(), *_plugged_in())}
    return dict(sorted(found.items()))


def backend_of(name: str) -> type[Backend] | None:
    """Return the backend of that name, or None if it is not (or no longer) here."""
    return backends().get(name)


def _built_in() -> Iterator[type[Backend]]:
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for value in vars(loaded).values():
            if _is_backend(value) and value.__module__ == loaded.__name__:
                yield value


def _plugged_in() -> Iterator[type[Backend]]:
    for point in entry_points(group=GROUP):
        value = _load(point)
        if value is not None and not _is_backend(value):
            log.error("the harvester %s is no backend: %s", point.name, point.value)
        elif value is not None:
            yield value


def _load(point: EntryPoint) -> type[Backend] | None:
    try:
        return point.load()
    except Exception:  # a stranger's package: the portal lives without it
        log.exception("the harvester %s cannot be loaded: %s", point.name, point.value)
        return None


def _is_backend(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Backend) and bool(value.name)
