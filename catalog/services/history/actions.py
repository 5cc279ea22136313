"""What a change is called, from the two states: deleted, restored, given away, published."""

from collections.abc import Iterable

from catalog.models.audit import AuditAction
from catalog.services.history.revisions import Change

# Columns that stand for one key of the API.
KEYS = {
    "temporal_start": "temporal_coverage", "temporal_end": "temporal_coverage", "spatial_geom": "spatial",
    "spatial_granularity": "spatial", "spatial_zones": "spatial", "schema_name": "schema", "schema_url": "schema",
    "schema_version": "schema", "organization_id": "organization", "owner_id": "owner", "license_id": "license",
    "zone_id": "zone", "deleted_at": "deleted", "archived_at": "archived",
}  # fmt: skip
FOLLOWING = frozenset(["slug"])  # no change of its own: it follows the title


def names_of(change: Change) -> list[str]:
    """Return what changed, by the keys of the API."""
    return keys(change.names)


def keys(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(KEYS.get(name, name) for name in names if name not in FOLLOWING))


def action_of(change: Change) -> str:
    """Return the AuditAction of a change: the weightiest of what it did."""
    if change.before is None:
        return AuditAction.CREATE
    names = names_of(change)
    columns = change.after["columns"]
    if "deleted" in names:
        gone = columns.get("deleted") or columns.get("deleted_at")
        return AuditAction.DELETE if gone else AuditAction.RESTORE
    if "organization" in names or "owner" in names:
        return AuditAction.TRANSFER
    if "private" in names:
        return AuditAction.UNPUBLISH if columns["private"] else AuditAction.PUBLISH
    if "archived" in names:
        kept = columns.get("archived") or columns.get("archived_at")
        return AuditAction.ARCHIVE if kept else AuditAction.UNARCHIVE
    return AuditAction.UPDATE
