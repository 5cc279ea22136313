"""DKAN: its first generation speaks CKAN's API with an accent, its second gives a data.json."""

from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar

from harvest.backends.base import Backend, Json, Page, Ref
from harvest.backends.ckan import CkanBackend
from harvest.backends.data_json import NOT_THERE, DataJsonBackend
from harvest.drafts import DataserviceDraft, DatasetDraft
from harvest.errors import RemoteError

SECOND = "data.json"  # the way of a cursor into the file of the second generation


class FirstDkan(CkanBackend):
    """A DKAN catalogue of the first generation: it has no search, and calls what everybody reads private."""

    name = ""  # nobody chooses it: `DkanBackend` does
    takes_private = True

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give the names of packages, each to be fetched."""
        yield from self._list((cursor or {}).get("start", 0))


class DkanBackend(Backend):
    """A DKAN catalogue of either generation: the server tells by having CKAN's `package_list`, or not."""

    name = "dkan"
    label = "DKAN"
    version = 1
    volatile: ClassVar[frozenset[str]] = CkanBackend.volatile

    @cached_property
    def first(self) -> FirstDkan:
        """What reads the first generation."""
        return FirstDkan(self.url, self.config, self.client, self.memory)

    @cached_property
    def second(self) -> DataJsonBackend:
        """What reads the second generation."""
        return DataJsonBackend(self.url, self.config, self.client, self.memory)

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give the names of packages, each to be fetched, or the datasets of the file."""
        if cursor is None or cursor.get("way") != SECOND:
            try:
                yield from self.first.pages(cursor)
                return
            except RemoteError as error:
                if cursor is not None or error.status not in NOT_THERE:
                    raise
        for page in self.second.pages(cursor):
            if page.next_cursor is not None:
                page.next_cursor = {**page.next_cursor, "way": SECOND}
            yield page

    def fetch(self, ref: Ref) -> Json:
        """Return one package of the first generation."""
        return self.first.fetch(ref)

    def identify(self, raw: Json) -> str:
        """Return the id of a package, or the identifier of a dataset."""
        return self._reader(raw).identify(raw)

    def map(self, raw: Json) -> DatasetDraft | DataserviceDraft:
        """Return what a package or a dataset says."""
        return self._reader(raw).map(raw)

    def _reader(self, raw: Json) -> Backend:
        """Return what understands a record: packages have an `id`, datasets of a data.json an `identifier`."""
        is_package = isinstance(raw, dict) and "id" in raw and "identifier" not in raw
        return self.first if is_package else self.second
