"""Which theme the page being made is in."""

from collections.abc import Iterator
from contextlib import contextmanager

from asgiref.local import Local

from portal.themes.registry import Theme, chosen

_local = Local()


def active() -> Theme:
    """Return the theme of this request, or outside of one the portal's."""
    return getattr(_local, "theme", None) or chosen()


@contextmanager
def using(theme: Theme | None) -> Iterator[None]:
    """Make pages in `theme` (None: the portal's) inside the block."""
    before = getattr(_local, "theme", None)
    _local.theme = theme
    try:
        yield
    finally:
        _local.theme = before
