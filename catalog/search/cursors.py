"""Pages at any depth: a cursor says after which hit the next page begins."""

import base64
import binascii
from dataclasses import dataclass, replace

import orjson
from django.utils.translation import gettext as _

from catalog.search.query import Range, Request, Result
from catalog.search.schema import NUMBERS
from portal.lib.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Cursor:
    """The value at which the last page ended, and how many hits with this value were shown (or were shown in all)."""

    skip: int
    value: int | None = None

    def __str__(self) -> str:
        raw = orjson.dumps([self.skip, self.value])
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the cursor of `text`. Raises ServiceError if it is none of ours."""
        try:
            skip, value = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (binascii.Error, ValueError, TypeError) as error:
            raise ServiceError(_("This is not a cursor of ours."), field="cursor") from error
        whole = isinstance(skip, int) and 0 <= skip < 2**31 and isinstance(value, int | None)
        if not whole or (value is not None and abs(value) >= 2**62):
            raise ServiceError(_("This is not a cursor of ours."), field="cursor")
        return cls(skip, value)


def after(request: Request, cursor: Cursor) -> Request:
    """Return the request of the page after `cursor`."""
    sort = request.sort
    if cursor.value is None or sort is None or sort.field not in NUMBERS:
        return replace(request, offset=cursor.skip)
    low, high = (None, cursor.value) if sort.descending else (cursor.value, None)
    beyond = Range("cursor", sort.field, low, high)
    return replace(request, offset=cursor.skip, conditions=(*request.conditions, beyond))


def following(request: Request, result: Result, cursor: Cursor | None) -> str:
    """Return the cursor of the page after this one, or "" if this is the last."""
    if not result.hits or len(result.hits) < request.limit:
        return ""
    sort = request.sort
    if sort is None or sort.field not in NUMBERS:
        return str(Cursor(request.offset + len(result.hits)))
    last = int(result.hits[-1][2])
    equal = sum(1 for hit in result.hits if int(hit[2]) == last)
    reaches_back = equal == len(result.hits)  # ties may have begun on a page before this one
    if reaches_back and request.offset and (cursor is None or cursor.value != last):
        return str(Cursor(request.offset + equal))
    return str(Cursor(equal + (cursor.skip if reaches_back and cursor else 0), last))
