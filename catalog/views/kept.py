"""What is counted over the whole catalogue for a page, kept in this process until what it counts changes."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import caches

from catalog.models import Change

TTL = 3600  # seconds
Value = TypeVar("Value")


def kept(name: str, count: Callable[[], Value], *kinds: str) -> Value:
    """Return what `count` gave for this state of the objects of these kinds; one query to know the state."""
    position = Change.objects.position(*kinds)
    found = caches["pages"].get(name)
    if found is not None and found[0] == position:
        return found[1]
    value = count()
    caches["pages"].set(name, (position, value), TTL)
    return value
