"""Ids and chance that follow from a name, and reading our own data files."""

import json
import random
from functools import cache
from hashlib import sha1
from pathlib import Path
from typing import Any
from uuid import UUID

DATA = Path(__file__).parent / "data"


def _digest(kind: str, key: str) -> str:
    return sha1(f"valmont {kind} {key}".encode(), usedforsecurity=False).hexdigest()


def object_id(kind: str, key: str) -> str:
    """Return the public id of that object: the same on every portal."""
    return _digest(kind, key)[:24]


def file_id(key: str) -> UUID:
    """Return the id of that resource."""
    return UUID(hex=_digest("file", key)[:32], version=4)


def chance(key: str) -> random.Random:
    """Return a source of chance that always draws the same for `key`."""
    return random.Random(f"valmont {key}")  # noqa: S311 - invented figures, not secrets


@cache
def read(name: str) -> Any:
    """Return the content of one of our data files; callers must not change it."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
