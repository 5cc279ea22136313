"""The resources of a dataset: found again from run to run, changed in place, never made anew.

Resources that somebody added here have no harvest origin: they are left alone, unless the remote lists their address.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Dataset, Resource
from catalog.models.resource import MAX_URL
from catalog.models.vocabulary import ChecksumType, FileType, ResourceType
from harvest.drafts import DatasetDraft, ResourceDraft
from harvest.mapping.text import text, title
from harvest.mapping.urls import MAX_URL as MAX_PAGE_URL
from harvest.mapping.urls import web_address
from harvest.pipeline.columns import FRESH_KEYS
from harvest.pipeline.context import Context

MOST = 5_000  # resources of one dataset
MAX_DESCRIPTION = 20_000  # characters
CHECKSUMS, TYPES = frozenset(ChecksumType.values), frozenset(ResourceType.values)
COLUMNS = (
    "title", "description", "url", "type", "format", "mime", "filesize", "checksum_type", "checksum_value",
    "schema_name", "schema_url", "schema_version", "extras", "harvest", "position",
)  # fmt: skip
WRITTEN = (*COLUMNS, "last_modified_internal", "created_at", "last_modified")


@dataclass(slots=True)
class ResourceChanges:
    """What becomes of the resources of one dataset. `kept` are all that it has afterwards."""

    added: list[Resource] = field(default_factory=list)
    changed: list[Resource] = field(default_factory=list)
    removed: list[Resource] = field(default_factory=list)
    kept: list[Resource] = field(default_factory=list)
    before: dict[str, dict[str, Any]] = field(default_factory=dict)  # columns as they were, of the changed ones

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def usable(draft: DatasetDraft) -> list[ResourceDraft]:
    """Return the resources that can be kept; the others are named in the draft's warnings."""
    found = []
    for one in draft.resources[:MOST]:
        one.url = web_address(one.url, limit=MAX_URL)
        if one.url:
            found.append(one)
        else:
            draft.warn(_("Resource left out, for it has no usable address: %(title)s") % {"title": one.title[:200]})
    if len(draft.resources) > MOST:
        draft.warn(_("Only the first %(number)d resources are taken.") % {"number": MOST})
    return found


def changes_of(dataset: Dataset, known: list[Resource], draft: DatasetDraft, context: Context) -> ResourceChanges:
    """Return what becomes of the resources of a dataset (`known` are those that it has)."""
    result = ResourceChanges()
    drafts = usable(draft)
    addresses = {one.url for one in drafts}
    pairs = _paired([row for row in known if row.harvest is not None or row.url in addresses], drafts)
    used = set()
    for position, one in enumerate(drafts):
        row = pairs.get(position)
        if row is None:
            row = Resource(dataset=dataset, created_at_internal=context.now, last_modified_internal=context.now)
            _assign(row, one, position, context)
            result.added.append(row)
        else:
            used.add(row.pk)
            before = {name: getattr(row, name) for name in (*COLUMNS, "last_modified_internal")}
            if _assign(row, one, position, context):
                result.changed.append(row)
                result.before[str(row.pk)] = before
        result.kept.append(row)
    for row in known:
        if row.pk in used:
            continue
        if row.harvest is None or row.filetype == FileType.FILE:
            result.kept.append(row)
        else:
            result.removed.append(row)
    return result


def _paired(rows: list[Resource], drafts: list[ResourceDraft]) -> dict[int, Resource]:
    """Return which row each draft is, by its rank: by remote id, address, then type, format and title."""
    pairs: dict[int, Resource] = {}
    free = {row.pk: row for row in rows}
    for key_of_row, key_of_draft in KEYS:
        by_key: dict[Any, list[Resource]] = defaultdict(list)
        for row in free.values():
            if (key := key_of_row(row)) is not None:
                by_key[key].append(row)
        for rank, draft in enumerate(drafts):
            candidates = by_key.get(key_of_draft(draft)) if rank not in pairs else None
            if candidates:
                row = candidates.pop(0)
                pairs[rank] = row
                del free[row.pk]
    return pairs


def _remote_id(row: Resource) -> str | None:
    return (row.harvest or {}).get("remote_id") or None


def _signature(one: Resource | ResourceDraft) -> tuple[str, str, str]:
    return str(one.type), one.format.lower(), one.title.strip().lower()


KEYS = (
    (_remote_id, lambda draft: draft.remote_id or None),
    (lambda row: (row.url, row.title), lambda draft: (draft.url, title(draft.title))),
    (lambda row: row.url, lambda draft: None if draft.same_url else draft.url),
    (_signature, _signature),
)


def _assign(row: Resource, draft: ResourceDraft, position: int, context: Context) -> bool:
    """Put what the draft says into the row; tell whether anything changed."""
    columns = _columns(row, draft, position, context)
    kept = row.harvest or {}
    new = {key: value for key, value in columns.items() if key != "harvest"}
    same = {k: v for k, v in kept.items() if k not in FRESH_KEYS} == columns["harvest"]
    if same and row.harvest is not None and all(getattr(row, name) == value for name, value in new.items()):
        return False
    moved_only = same and all(getattr(row, name) == value for name, value in new.items() if name != "position")
    for name, value in new.items():
        setattr(row, name, value)
    if not moved_only:
        row.harvest = {**columns["harvest"], "last_update": context.now.isoformat()}
        row.last_modified_internal = context.now
    row.derive()
    return True


def _columns(row: Resource, draft: ResourceDraft, position: int, context: Context) -> dict[str, Any]:
    checksum = (draft.checksum_type, text(draft.checksum_value, 255))
    if checksum[0] not in CHECKSUMS or not checksum[1]:
        checksum = ("", "")
    dates = {"issued_at": draft.created_at, "modified_at": draft.modified_at}
    origin = {
        "remote_id": text(draft.remote_id, 500),
        "uri": text(draft.uri, MAX_PAGE_URL),
        **{name: moment.isoformat() for name, moment in dates.items() if moment},
    }
    return {
        "title": title(draft.title) or draft.url[:350],
        "description": text(draft.description, MAX_DESCRIPTION),
        "url": draft.url,
        "type": draft.type if draft.type in TYPES else ResourceType.OTHER.value,
        "format": text(draft.format, 64).lower(),
        "mime": text(draft.mime, 255),
        "filesize": draft.filesize if draft.filesize is not None and 0 <= draft.filesize < 2**63 else None,
        "checksum_type": checksum[0],
        "checksum_value": checksum[1],
        "schema_name": text(draft.schema_name, 255),
        "schema_url": "" if draft.schema_name else web_address(draft.schema_url),
        "schema_version": text(draft.schema_version, 64),
        "extras": {**row.extras, **draft.extras},
        "harvest": {key: value for key, value in origin.items() if value},
        "position": position,
    }
