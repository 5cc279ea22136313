"""What a draft says, as columns of a dataset; and which of them somebody edited here, and so keep."""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

import orjson

from catalog.models import Dataset
from catalog.models.dataset import MAX_DESCRIPTION
from catalog.models.spatial import OTHER, POINT_OF_INTEREST
from catalog.models.vocabulary import AccessReason, AccessType, Frequency
from harvest.drafts import DatasetDraft
from harvest.mapping.text import text, title
from harvest.mapping.urls import web_address
from harvest.models import Source
from harvest.pipeline.context import Context

# Field, as the API names it -> the columns that hold it. What was edited here is kept field by field.
FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "acronym": ("acronym",),
    "description": ("description",),
    "frequency": ("frequency",),
    "temporal_coverage": ("temporal_start", "temporal_end"),
    "spatial": ("spatial_geom", "spatial_granularity"),
    "schema": ("schema_name", "schema_url", "schema_version"),
    "access": ("access_type", "access_type_reason_category", "access_type_reason"),
    "license": ("license_id",),
    "private": ("private",),
}
COLUMNS = tuple(name for names in FIELDS.values() for name in names)
LIMITS = {name: Dataset._meta.get_field(name).max_length for name in ("acronym", "schema_name", "schema_version")}
NOT_ON_REMOTE = "not-on-remote"  # why a dataset is archived, in udata's words
ACCESSES, FREQUENCIES, REASONS = map(frozenset, (AccessType.values, Frequency.values, AccessReason.values))
FRESH_KEYS = frozenset(["last_update", "archived_at", "archived"])  # of the origin: they change without a change
DATES = ("created_at", "issued_at", "modified_at")  # of the origin
SAID_BY_MACHINES = ("check:", "analysis:")  # beginnings of the extras that crawlers write


def columns_of(draft: DatasetDraft, context: Context, now_here: Dataset | None) -> dict[str, Any]:
    """Return the columns of the dataset that a draft describes; `now_here` is the dataset as it is, if there is one."""
    access = draft.access_type if draft.access_type in ACCESSES else _default(now_here, "access_type")
    category = draft.access_type_reason_category
    start, end = _period(draft)
    columns = {
        "title": title(draft.title),
        "acronym": text(draft.acronym, LIMITS["acronym"]),
        "description": text(draft.description, MAX_DESCRIPTION),
        "frequency": draft.frequency if draft.frequency in FREQUENCIES else _default(now_here, "frequency"),
        "temporal_start": start,
        "temporal_end": end,
        "spatial_geom": draft.spatial_geom,
        "spatial_granularity": draft.granularity if is_granularity(draft.granularity) else "",
        "schema_name": text(draft.schema_name, LIMITS["schema_name"]),
        "schema_url": "" if draft.schema_name else web_address(draft.schema_url),
        "schema_version": text(draft.schema_version, LIMITS["schema_version"]),
        "access_type": access,
        "access_type_reason_category": category if category in REASONS else "",
        "access_type_reason": text(draft.access_type_reason, 10_000),
        "license_id": context.licenses.guess(draft.licenses) or (now_here.license_id if now_here else None),
        "private": bool(draft.private),
    }
    if columns["access_type"] != AccessType.OPEN:
        columns["license_id"] = None  # only open data has a licence
    return columns


def _default(now_here: Dataset | None, name: str) -> Any:
    return getattr(now_here, name) if now_here else Dataset._meta.get_field(name).get_default()


def _period(draft: DatasetDraft) -> tuple[date | None, date | None]:
    start, end = draft.temporal_start, draft.temporal_end
    if start is None or (end is not None and end < start):
        return start if end is None else None, None
    return start, end


def is_granularity(value: str) -> bool:
    """Tell whether a granularity has the form of one: a level of territory, `poi` or `other`."""
    return value in (POINT_OF_INTEREST, OTHER) or (0 < len(value) <= 64 and value.replace(":", "").isascii())


def extras_of(draft: DatasetDraft, now_here: dict[str, Any], written: list[str]) -> dict[str, Any]:
    """Return the extras: those of the draft, and of those here all that the source did not write before."""
    gone = {key for key in written if key not in draft.extras}
    kept = {key: value for key, value in now_here.items() if key not in gone}
    return {**kept, **{str(key)[:255]: value for key, value in draft.extras.items() if value is not None}}


def origin_of(draft: Any, remote_id: str, source: Source, context: Context) -> dict[str, Any]:
    """Return the harvest origin, with udata's keys; empty ones are left out."""
    dates = {
        name: moment.isoformat()
        for name in ("created_at", "issued_at", "modified_at")
        if (moment := getattr(draft, name))
    }
    found = {
        "backend": str(context.backend.label),
        "source_id": source.pk,
        "source_url": source.public_url,
        "domain": context.domain,
        "remote_id": remote_id,
        "remote_url": web_address(draft.remote_url),
        "uri": text(draft.uri, 2000),
        "dct_identifier": text(draft.identifier, 2000),
        "last_update": context.now.isoformat(),
        **dates,
        **{key: value for key, value in draft.origin.items() if key not in FRESH_KEYS},
    }
    return {key: value for key, value in found.items() if value not in (None, "")}


def same_origin(one: dict[str, Any] | None, other: dict[str, Any]) -> bool:
    """Tell whether two origins say the same, the time of harvesting apart."""
    return {k: v for k, v in (one or {}).items() if k not in FRESH_KEYS} == {
        k: v for k, v in other.items() if k not in FRESH_KEYS
    }


def is_archived_by_us(origin: dict[str, Any] | None) -> bool:
    """Tell whether the harvester archived the object, for it had disappeared."""
    return bool(origin) and NOT_ON_REMOTE in (origin.get("archived"), origin.get("archived_reason"))


def digest(value: Any) -> str:
    """Return a short digest of a value: enough to tell that it changed."""
    return blake2b(orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS), digest_size=6).hexdigest()


def digests(columns: Callable[[str], Any], tags: list[str], contacts: list[str]) -> dict[str, str]:
    """Return the digest of each field. `columns` gives the value of a column by its name."""
    found = {field: digest([columns(name) for name in names]) for field, names in FIELDS.items()}
    return {**found, "tags": digest(sorted(tags)), "contact_points": digest(sorted(contacts))}


def plain(value: Any) -> Any:
    """Return a value of a column as JSON can hold it, for what people read."""
    return value.isoformat() if isinstance(value, date | datetime) else value
