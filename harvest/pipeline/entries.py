"""Entries: the records of a batch on their way from the listing to the database."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson
from django.utils.translation import gettext as _

from catalog.models import Dataservice, Dataset
from harvest.backends.base import Page, Ref
from harvest.drafts import Draft
from harvest.errors import HarvestError, ItemError, ItemSkipped
from harvest.models import Action, HarvestRecord, RecordState
from harvest.pipeline.context import Context

log = logging.getLogger(__name__)

MAX_ID = 500  # characters, of the column
MAX_RECORD = 2_000_000  # bytes of a record as JSON
UNNAMED = "#"  # before the hash that stands for the id of what has none


@dataclass(slots=True)
class Entry:
    """One thing that the source lists, and what is to become of it."""

    remote_id: str = ""
    listing_id: str = ""
    listed_version: str = ""
    raw: Any = None
    content_hash: str = ""
    draft: Draft | None = None
    record: HarvestRecord | None = None
    target: Dataset | Dataservice | None = None  # the object that it is, if it is here already
    action: Action | None = None
    changes: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    error: str = ""
    details: str = ""  # a traceback, for administrators
    lasting: bool = True  # what became of it follows from the record alone: it need not be tried again as it is
    before: dict[str, Any] | None = None
    double: bool = False  # listed before in this run: its record is the other one's
    buried: bool = False  # it was deleted here: its record stays as it is

    def fail(self, message: Any, *, details: str = "", lasting: bool = True) -> None:
        """Note that the entry cannot be taken; unless `lasting`, the next run tries again though nothing changed."""
        self.action, self.error, self.details = Action.FAILED, str(message)[:2000], details[:20_000]
        self.lasting = lasting

    def skip(self, message: Any) -> None:
        """Note that the entry is left out."""
        self.action, self.error = Action.SKIPPED, str(message)[:2000]

    @property
    def state(self) -> RecordState:
        """What the record of the entry is worth."""
        by_action = {Action.FAILED: RecordState.INVALID, Action.SKIPPED: RecordState.SKIPPED}
        return by_action.get(self.action, RecordState.GOOD)


def fingerprint(meaning: Any) -> str:
    """Return a hash of a JSON value: the same whatever the order of its keys. Raises TypeError for what is none."""
    return _digest(_canonical(meaning))


def _canonical(meaning: Any) -> bytes:
    return orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def _digest(text: bytes) -> str:
    return blake2b(text, digest_size=16).hexdigest()


def entries_of(page: Page, context: Context) -> Iterator[Entry]:
    """Give an entry for each record of a page, fetched where the listing only names it. Network, and reads."""
    for listing_id, message in page.failures:
        entry = Entry(listing_id=listing_id[:MAX_ID], remote_id=listing_id[:MAX_ID])
        entry.content_hash = fingerprint([listing_id, message])
        entry.remote_id = entry.remote_id or f"{UNNAMED}{entry.content_hash}"
        entry.fail(message)
        yield entry
    refs = [one for one in page.records if isinstance(one, Ref)]
    known = _known(refs, context)
    for record in page.records:
        yield _fetched(record, known, context) if isinstance(record, Ref) else _identified(Entry(raw=record), context)


def _known(refs: list[Ref], context: Context) -> dict[str, HarvestRecord]:
    ids = [ref.id[:MAX_ID] for ref in refs if ref.id]
    if not ids:
        return {}
    rows = HarvestRecord.objects.filter(source=context.source, listing_id__in=ids)
    return {row.listing_id: row for row in rows}


def _fetched(ref: Ref, known: dict[str, HarvestRecord], context: Context) -> Entry:
    entry = Entry(listing_id=ref.id[:MAX_ID], listed_version=ref.version[:255])
    record = known.get(entry.listing_id)
    if ref.version and record and _is_current(record, entry.listed_version, context):
        entry.remote_id, entry.content_hash = record.remote_id, record.content_hash
        return entry
    try:
        entry.raw = context.backend.fetch(ref)
    except HarvestError as error:
        entry.remote_id = record.remote_id if record else entry.listing_id
        entry.content_hash = fingerprint([ref.id, str(error)])
        _note(entry, error)
        return entry
    return _identified(entry, context)


def _is_current(record: HarvestRecord, version: str, context: Context) -> bool:
    """Tell whether the listing says that a good record is as it was."""
    same = record.listed_version == version and record.mapper == context.mapper
    kept = record.state == RecordState.GOOD and record.missing_since is None
    return same and kept and bool(record.dataset_id or record.dataservice_id)


def _identified(entry: Entry, context: Context) -> Entry:
    """Find the id and the hash of an entry; one without an id goes by its hash."""
    try:
        meaning = _canonical(context.backend.meaning(entry.raw))
        entry.content_hash = _digest(meaning)
        entry.remote_id = _id_of(entry.raw, context)
        if len(meaning) > MAX_RECORD:
            entry.fail(_("The record is too large."))
    except ItemError as error:
        _note(entry, error)
    except Exception as error:  # whatever a backend stumbles over costs that record alone
        log.exception("a record of %s cannot be read", context.source.pk)
        reason = f"{type(error).__name__}: {error}"[:300]
        entry.fail(_("The record cannot be read: %(reason)s") % {"reason": reason}, lasting=False)
    entry.content_hash = entry.content_hash or _digest(repr(entry.raw).encode(errors="replace"))
    entry.remote_id = entry.remote_id or entry.listing_id or f"{UNNAMED}{entry.content_hash}"
    return entry


def _id_of(raw: Any, context: Context) -> str:
    found = context.backend.identify(raw)
    if not isinstance(found, str) or not found.strip():
        raise ItemSkipped(_("The record has no identifier."))
    return found.strip().replace("\x00", "")[:MAX_ID]


def _note(entry: Entry, error: HarvestError) -> None:
    if isinstance(error, ItemSkipped):
        entry.skip(error.message)
    else:
        entry.fail(error.message)


def counted(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how many entries had each action."""
    found: dict[str, int] = {}
    for entry in entries:
        if entry.action is not None:
            found[str(entry.action)] = found.get(str(entry.action), 0) + 1
    return found
