"""Marks in stored JSON for what can't be stored: the portal's address, names of others, rights, the time.

A mark is a Unicode noncharacter (U+FDD0, U+FDD1), which no text may hold for interchange; texts of the catalogue
that hold one all the same lose it before they are stored.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson

from portal.lib.api.renderers import encode_unknown

SITE, HOLE = "\ufdd0", "\ufdd1"
SITE_BYTES = SITE.encode()
HOLES = re.compile(rb'"\xef\xb7\x91([^"]*)"')
ANY_MARK = re.compile(rb"\xef\xb7[\x90-\xaf]")
NONCHARACTERS = dict.fromkeys(range(0xFDD0, 0xFDF0))


class Local(str):
    """A path of this portal, sent as an absolute address."""

    __slots__ = ()


class Hole:
    """A place to fill when the document is sent; `content` says with what."""

    __slots__ = ("content",)

    def __init__(self, content: str) -> None:
        self.content = content


class Document:
    """A stored document, with its marks, inside another."""

    __slots__ = ("body",)

    def __init__(self, body: bytes) -> None:
        self.body = body


def organization_hole(pk: str | None) -> Hole | None:
    return Hole(f"o{pk}") if pk else None


def user_hole(pk: str | None) -> Hole | None:
    return Hole(f"u{pk}") if pk else None


def permissions_hole(kind: str, pk: str, owner_id: str | None, organization_id: str | None) -> Hole:
    """The reader's rights on an object; `kind` is a letter of `catalog.documents.fill.RIGHTS`."""
    return Hole(f"{kind}{owner_id or ''}:{organization_id or ''}:{pk}")


def dump(document: dict[str, Any], *, sort_keys: bool) -> str:
    """Return the JSON text of `document` with its marks."""
    marks = 0

    def encode(value: Any) -> Any:
        nonlocal marks
        if isinstance(value, Document):
            marks += len(ANY_MARK.findall(value.body))
            return orjson.Fragment(value.body)
        if isinstance(value, Hole | Local):
            marks += 1
            return HOLE + value.content if isinstance(value, Hole) else SITE + value
        return encode_unknown(value)

    option = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_NON_STR_KEYS
    if sort_keys:
        option |= orjson.OPT_SORT_KEYS
    raw = orjson.dumps(document, default=encode, option=option)
    if len(ANY_MARK.findall(raw)) != marks:
        return dump(without_noncharacters(document), sort_keys=sort_keys)
    return raw.decode()


def without_noncharacters(value: Any) -> Any:
    """Return `value` with the noncharacters of its texts removed."""
    if isinstance(value, Local | Hole | Document):
        return value
    if isinstance(value, str):
        return value.translate(NONCHARACTERS)
    if isinstance(value, dict):
        return {without_noncharacters(key): without_noncharacters(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_noncharacters(item) for item in value]
    return value


def holes(body: bytes) -> set[bytes]:
    """Return the contents of the holes in `body`."""
    return set(HOLES.findall(body))


def fill(body: bytes, content: Callable[[bytes], bytes | None]) -> bytes:
    """Return `body` with each hole filled by `content(hole)` (JSON); None leaves the hole."""

    def replacement(match: re.Match[bytes]) -> bytes:
        found = content(match[1])
        return match[0] if found is None else found

    return HOLES.sub(replacement, body)


def localize(body: bytes, *, site_url: str) -> bytes:
    """Return `body` with this portal's addresses made absolute."""
    return body.replace(SITE_BYTES, site_url.encode())
