"""Finding the dataset that a record is, where the source has no record of it yet.

In this order: by its remote id, across sources if that is an identifier for the whole world, else within the source and
its domain; by its URI; by the address of its page. A dataset of somebody else is never taken; one that several could
be is left alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.models import Dataset
from catalog.models.dataset import HARVEST_KEYS, KEY_LENGTH, harvested_key
from harvest.drafts import DatasetDraft
from harvest.errors import ItemInvalid
from harvest.mapping.urls import is_uri
from harvest.models import HarvestRecord, RecordState
from harvest.pipeline.context import Context
from harvest.pipeline.entries import Entry

Found = dict[str, dict[str, list[Dataset]]]  # key of the origin -> value -> datasets


def match(entries: Iterable[Entry], context: Context) -> None:
    """Give each of these new entries the dataset that it already is (`target`), if there is one; three queries.

    Entries that fail (a dataset of another owner) are marked so.
    """
    entries = [entry for entry in entries if isinstance(entry.draft, DatasetDraft)]
    with _along_indexes():
        found: Found = {
            key: _load(key, {value for entry in entries for value in _values(entry, key)}) for key in HARVEST_KEYS
        }
    ids = {row.pk for rows in found.values() for several in rows.values() for row in several}
    bound = _bound(ids)
    taken: set[str] = set()
    for entry in entries:
        try:
            target = _choose(entry, found, bound, context)
        except ItemInvalid as error:
            entry.fail(error.message, lasting=False)  # its owner may change
            continue
        if target is not None and target.pk not in taken:
            entry.target = target
            taken.add(target.pk)


@contextmanager
def _along_indexes() -> Iterator[None]:
    """Have PostgreSQL take the indexes of the origin: until it has statistics of a catalogue that is just being filled,
    it would read the whole table for each batch.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


def _values(entry: Entry, key: str) -> list[str]:
    """Return what to look for under a key of the origin."""
    draft = entry.draft
    ids = [entry.remote_id, *(alias for alias in draft.aliases if "://" not in alias)]
    uris = [one for one in (draft.uri, entry.remote_id) if one and is_uri(one)]
    pages = [alias for alias in draft.aliases if "://" in alias] or [draft.remote_url]
    values = {"remote_id": [*ids, *uris], "uri": uris, "remote_url": [*pages, draft.remote_url]}[key]
    return list(dict.fromkeys(value for value in values if value))


def _load(key: str, values: set[str]) -> dict[str, list[Dataset]]:
    found: dict[str, list[Dataset]] = defaultdict(list)
    if values:
        rows = Dataset.objects.annotate(key=harvested_key(key)).filter(key__in={one[:KEY_LENGTH] for one in values})
        for row in rows.select_related("organization", "owner").order_by("deleted", "pk"):
            found[row.harvest[key]].append(row)
    return found


def _bound(ids: set[str]) -> dict[str, list[HarvestRecord]]:
    """Return the records that hold these datasets."""
    found: dict[str, list[HarvestRecord]] = defaultdict(list)
    for record in HarvestRecord.objects.filter(dataset__in=ids).select_related("source"):
        found[record.dataset_id].append(record)
    return found


def _choose(entry: Entry, found: Found, bound: dict[str, list[HarvestRecord]], context: Context) -> Dataset | None:
    by_id = [row for value in _values(entry, "remote_id") for row in found["remote_id"].get(value, [])
             if is_uri(value) or _is_near(row.harvest, context)]  # fmt: skip
    by_uri = [row for value in _values(entry, "uri") for row in found["uri"].get(value, [])]
    for row in _unique([*by_id, *by_uri]):
        if _is_held_here(row, bound, context):
            continue
        if not context.owns(row):
            owner = row.organization or row.owner
            text = _("This record is the dataset %(dataset)s of another owner (%(owner)s).")
            raise ItemInvalid(text % {"dataset": row.pk, "owner": owner or "–"})
        return row
    return _by_page(entry, found, bound, context)


def _by_page(entry: Entry, found: Found, bound: dict[str, list[HarvestRecord]], context: Context) -> Dataset | None:
    """Return the one dataset that has the record's page as its own: pages may be shared, so that two are none."""
    for value in _values(entry, "remote_url"):
        rows = found["remote_url"].get(value, [])
        if len(rows) == 1 and context.owns(rows[0]) and not _is_held_here(rows[0], bound, context):
            return rows[0]
    return None


def _is_near(origin: dict[str, Any], context: Context) -> bool:
    """Tell whether an origin is of this source or of its domain: where an id means the same thing."""
    is_of_source = origin.get("source_id") == context.source.pk
    return is_of_source or (bool(context.domain) and origin.get("domain") == context.domain)


def _is_held_here(row: Dataset, bound: dict[str, list[HarvestRecord]], context: Context) -> bool:
    """Tell whether another record of this very source, which the remote still lists, is that dataset."""
    return any(
        record.source_id == context.source.pk and record.missing_since is None and record.state == RecordState.GOOD
        for record in bound.get(row.pk, [])
    )


def _unique(rows: list[Dataset]) -> list[Dataset]:
    return list({row.pk: row for row in rows}.values())


def take_over(entries: list[Entry], context: Context) -> None:
    """Tell the other records of these datasets that they are kept up to date from here now."""
    held = Q(dataset__in=[entry.target.pk for entry in entries if entry.target is not None])
    others = HarvestRecord.objects.filter(held).exclude(pk__in=[entry.record.pk for entry in entries if entry.record])
    others.filter(source=context.source).delete()
    others.exclude(source=context.source).update(state=RecordState.MOVED, missing_since=None)
