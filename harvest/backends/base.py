"""The contract of a backend: one class in one file reads one kind of remote catalogue.

Three methods. `pages` alone talks to the remote, through the client that it is given. `identify` and `map` are pure:
no database, no network, no clock. The framework does the rest: what changed, validation, writing, archiving, undoing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from harvest.drafts import DataserviceDraft, DatasetDraft

Json = Any  # what JSON can say: the pipeline hashes it, and keeps cursors in the database


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose in a source: a filter, a feature (yes or no) or a setting, by its key.

    `type` is string, int, bool or url. A `secret` setting is shown to nobody but the source's editors.
    """

    key: str
    label: str
    description: str
    default: Any = None
    type: str = "string"
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter as a source sets it: only what has `value` under `key`, or all but that."""

    key: str
    value: Any
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """What a source sets: filters, features (`default` where not set), settings."""

    filters: tuple[Filter, ...] = ()
    features: dict[str, bool] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def only(self, key: str) -> list[Any]:
        """Return the values that the filters on `key` ask for."""
        return [one.value for one in self.filters if one.key == key and not one.exclude]

    def without(self, key: str) -> list[Any]:
        """Return the values that the filters on `key` exclude."""
        return [one.value for one in self.filters if one.key == key and one.exclude]


@dataclass(frozen=True, slots=True)
class Ref:
    """A record that the listing only names: `fetch` gets it. Where `version` (a date, an ETag) is what it was at the
    last run, the record is taken as unchanged, and is not fetched.
    """

    id: str
    version: str = ""
    data: Json = None


@dataclass(slots=True)
class Page:
    """A part of the listing.

    `records`: JSON values, or `Ref`s if the backend has `fetch`. `next_cursor` is where to go on after this page, kept
    so that another worker can; None after the last one. `total` is what the remote announces. `complete` is False when
    the remote is known to have left something out: then nothing is archived. `failures` are records that could not
    even be read, as `(listing id or "", message)`: one failed item each. `unchanged` says that the whole catalogue is
    as it was at the last complete run (a conditional request answered 304): such a page has no records.
    """

    records: list[Any]
    next_cursor: Json = None
    total: int | None = None
    complete: bool = True
    failures: list[tuple[str, str]] = field(default_factory=list)
    unchanged: bool = False


class Backend:
    """A kind of remote catalogue. A subclass names itself, and has `pages`, `identify` and `map`."""

    name: ClassVar[str] = ""  # in the API and in the database
    label: ClassVar[str] = ""  # for people
    filters: ClassVar[tuple[Option, ...]] = ()
    features: ClassVar[tuple[Option, ...]] = ()
    settings: ClassVar[tuple[Option, ...]] = ()
    version: ClassVar[int] = 1  # of `map`: raise it, and every record is mapped again at the next run
    volatile: ClassVar[frozenset[str]] = frozenset()  # keys of a record that change without saying anything
    headers: ClassVar[dict[str, str]] = {}  # sent with each request
    key_header: ClassVar[str] = "Authorization"  # where the source's key (`config.apikey`) goes

    def __init__(self, url: str, config: Config, client: Any = None, memory: dict[str, Any] | None = None) -> None:
        """`client` is a `harvest.client.Client`, None where only `identify` and `map` are wanted.

        `memory` is a JSON object that is kept from run to run, for what worked with this server.
        """
        self.url, self.config, self.client = url, config, client
        self.memory = memory if memory is not None else {}

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give the listing page by page from `cursor` on (None: from its beginning).

        Ending without an exception says that the listing is complete. Raises RemoteError, ListingFailed.
        """
        raise NotImplementedError

    def fetch(self, ref: Ref) -> Json:
        """Return the record that the listing only named. Raises RemoteError, ItemError."""
        raise NotImplementedError

    def identify(self, raw: Json) -> str:
        """Return the remote id of a record. Raises ItemSkipped if it has none."""
        raise NotImplementedError

    def map(self, raw: Json) -> DatasetDraft | DataserviceDraft:
        """Return what a record says. Raises ItemSkipped, ItemInvalid."""
        raise NotImplementedError

    def meaning(self, raw: Json) -> Json:
        """Return the part of a record that tells whether it changed: all but its `volatile` keys."""
        if self.volatile and isinstance(raw, dict):
            return {name: value for name, value in raw.items() if name not in self.volatile}
        return raw

    def feature(self, key: str) -> bool:
        """Tell whether the source has that feature switched on."""
        default = next((one.default for one in self.features if one.key == key), False)
        return bool(self.config.features.get(key, default))
