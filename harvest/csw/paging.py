"""How far the reading of a CSW is: what the pipeline keeps so that another worker can go on."""

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _

from harvest.csw.answers import Results
from harvest.csw.requests import Way, way_of
from harvest.errors import ListingFailed

SIZE = 25  # records of a page: more makes many servers time out
MOST_BROKEN = 5  # records in a row that cannot be had, after which the server is taken as broken
NEARLY_ALL = 0.98  # of the records that are announced: servers count some that they do not give


@dataclass(slots=True)
class Place:
    """Where and how the next page is asked: `start` is the position of its first record (1 is the first of all).

    `size` is what is asked for, `most` what this server stands. `matched` is what it announced last, `broken` how many
    records in a row could not be had.
    """

    url: str
    way: Way
    start: int = 1
    size: int = SIZE
    most: int = SIZE
    matched: int | None = None
    broken: int = 0

    @classmethod
    def of(cls, cursor: Any) -> "Place":
        """Return the place that a cursor tells. Raises ListingFailed."""
        way = way_of(cursor.get("way")) if isinstance(cursor, dict) else None
        if way is None or not isinstance(cursor.get("url"), str):
            raise ListingFailed(_("The place where the last run stopped cannot be read."))
        numbers = {name: cursor[name] for name in ("start", "size", "most", "matched", "broken")
                   if isinstance(cursor.get(name), int)}  # fmt: skip
        return cls(cursor["url"], way, **numbers)

    def as_json(self) -> dict[str, Any]:
        """Return it as a cursor."""
        return {**asdict(self), "way": self.way.as_json()}

    def note(self, results: Results) -> None:
        """Take over how many records match: what is less than what was given is no such number."""
        if results.matched and results.matched >= self.start - 1 + len(results.records):
            self.matched = results.matched

    def halve(self, *, for_good: bool) -> None:
        """Ask for fewer records: for this page, or of this server from now on."""
        self.size = max(1, self.size // 2)
        if for_good:
            self.most = self.size

    def advance(self, count: int, *, broken: bool = False) -> None:
        """Go past `count` records: what was returned counts, for `nextRecord` is often wrong."""
        self.start += count
        self.broken = self.broken + 1 if broken else 0
        if not broken:
            self.size = min(self.most, self.size * 2)

    def is_end(self, results: Results) -> bool:
        """Tell whether the listing ends with these records (before `advance`)."""
        if not results.records:
            return True
        if self.matched is not None:
            return self.start - 1 + len(results.records) >= self.matched
        return results.next == 0

    @property
    def is_nearly_all(self) -> bool:
        """Tell whether the records before this place are (nearly) as many as were announced."""
        return self.matched is None or self.start - 1 >= self.matched * NEARLY_ALL


class Seen:
    """The records that were given already: servers repeat some at the edges of pages, or the same page for ever."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()

    def fresh(self, records: list[Any]) -> list[Any]:
        """Return the records (JSON values) that are new, and remember them."""
        found = []
        for record in records:
            said = record if isinstance(record, str) else json.dumps(record, sort_keys=True)
            digest = blake2b(said.encode("utf-8", "replace"), digest_size=16).digest()
            if digest not in self._digests:
                self._digests.add(digest)
                found.append(record)
        return found
