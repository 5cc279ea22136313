"""Names for what has none, and what is kept of the fields that the portal has no place for."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import orjson

from harvest.mapping.text import text, title

MOST_EXTRAS = 200
LONGEST_KEY = 255  # characters
LONGEST_EXTRA = 20_000  # characters, of a value written as JSON


def file_name(address: str) -> str:
    """Return the last part of an address, which names its file for want of better; else the address."""
    path = re.split(r"[?#]", address, maxsplit=1)[0].rstrip("/")
    name = unquote(path.rpartition("/")[2]) if path.count("/") > 2 else ""
    return title(name) or title(address)


def extras(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return what can be kept of fields that have no place: no empty value, none too long, at most 200."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        name, kept = text(key, LONGEST_KEY), extra(value)
        if name and kept not in (None, "", [], {}) and len(found) < MOST_EXTRAS:
            found.setdefault(name, kept)
    return found


def extra(value: Any) -> Any:
    """Return the value of an extra: a text is cut, an object that is too long or too deep becomes None."""
    if isinstance(value, str):
        return text(value, LONGEST_EXTRA)
    if isinstance(value, dict | list):
        try:
            return value if len(orjson.dumps(value)) <= LONGEST_EXTRA else None
        except TypeError:
            return None
    return value
