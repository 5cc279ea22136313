"""Tags: words to the portal's slugs."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from harvest.mapping.text import text
from portal.lib.slugs import normalize

SHORTEST, LONGEST = 3, 96  # characters
MOST = 100  # of one object


def tags(values: Iterable[Any] | Any) -> list[str]:
    """Return tags: slugs of 3 to 96 characters (longer ones are cut), sorted, without duplicates, at most 100.

    A text is one word; a list may hold texts or CKAN's objects (`{"name": …}`).
    """
    words = values if isinstance(values, list | tuple | set | frozenset) else [values]
    found = {_slug(text(word.get("name") if isinstance(word, dict) else word, 500)) for word in words}
    return sorted(tag for tag in found if len(tag) >= SHORTEST)[:MOST]


def split(value: Any, separators: str = ",;") -> list[str]:
    """Return the words of one text that separates them, or those of a list."""
    if isinstance(value, list | tuple):
        return [word for one in value for word in split(one, separators)]
    found = text(value)
    for separator in separators[1:]:
        found = found.replace(separator, separators[0])
    return [word.strip() for word in found.split(separators[0]) if word.strip()]


@lru_cache(maxsize=50_000)
def _slug(word: str) -> str:
    return normalize(word, max_length=0)[:LONGEST].strip("-")
