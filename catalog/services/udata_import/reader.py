"""Opening udata's fixture files, today's and older ones, from a disk or from the web."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.lib.errors import ServiceError
from portal.lib.http import FetchError, fetch

MAX_SIZE = 512 * 1024 * 1024  # bytes
Entry = dict[str, Any]  # a dataset with what hangs on it


class UnreadableSource(ServiceError):
    """The source cannot be read as a fixture file; the message says why."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """The parts of a fixture file. Nothing in them has been checked yet."""

    entries: list[Any] = field(default_factory=list)
    posts: list[Any] = field(default_factory=list)
    site: Any = None


def read(source: str) -> Fixture:
    """Return the fixture at `source`, a path or an http(s) address. Raises UnreadableSource."""
    content = _download(source) if source.lower().startswith(("http://", "https://")) else _open(source)
    return arrange(parse(content))


def _download(address: str) -> bytes:
    try:
        return fetch(address, limit=MAX_SIZE)
    except FetchError as error:
        raise UnreadableSource(error.message) from error


def _open(name: str) -> bytes:
    try:
        path = Path(name)
        if path.stat().st_size > MAX_SIZE:
            raise UnreadableSource(f"{name} has more than {MAX_SIZE} bytes.")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UnreadableSource(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def parse(content: bytes) -> Any:
    """Return the JSON value; numbers that are not finite become null. Raises UnreadableSource."""
    try:
        return json.loads(content, parse_constant=lambda _name: None, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise UnreadableSource(f"Not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableSource(f"Not JSON: not UTF-8 at byte {error.start}.") from error
    except RecursionError as error:
        raise UnreadableSource("Not usable: nested too deeply.") from error
    except ValueError as error:  # an integer of thousands of digits
        raise UnreadableSource(f"Not usable: {error}.") from error


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def arrange(document: Any) -> Fixture:
    """Return the parts of a document: an object with `datasets`, or (older files) the list of datasets alone.

    Raises UnreadableSource.
    """
    if isinstance(document, list):
        document = {"datasets": document}
    if not isinstance(document, dict):
        raise UnreadableSource("Not a fixture file: neither an object nor a list.")
    entries, posts = document.get("datasets") or [], document.get("posts") or []
    if not isinstance(entries, list) or not isinstance(posts, list):
        raise UnreadableSource("Not a fixture file: `datasets` and `posts` are lists.")
    return Fixture([_entry(entry) for entry in entries], posts, document.get("site"))


def _entry(entry: Any) -> Any:
    """Return an entry with its dataset under `dataset`: some files list bare datasets."""
    if isinstance(entry, dict) and "dataset" not in entry and "title" in entry:
        return {"dataset": entry}
    return entry
