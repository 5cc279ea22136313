"""Datasets."""

from typing import Any

from catalog.models import Dataset, DatasetBadge, GeoLevel, GeoZone, Organization
from catalog.models.dataset import MAX_DESCRIPTION
from catalog.models.spatial import OTHER, POINT_OF_INTEREST
from catalog.models.vocabulary import DatasetBadgeKind, Frequency
from catalog.services.udata_import.badges import set_badges, set_tags
from catalog.services.udata_import.columns import (
    Column,
    Json,
    Notes,
    as_list,
    as_object,
    object_id,
    read_columns,
    read_metrics,
)
from catalog.services.udata_import.owners import read_access, read_owner, set_contact_points
from catalog.services.udata_import.schemas import read_schema
from catalog.services.udata_import.values import (
    Unusable,
    choice,
    day,
    filled_mapping,
    flag,
    mapping,
    moment,
    shown,
    text,
)
from catalog.services.udata_import.writing import set_related, settle_slug, write

COLUMNS = (
    Column("title", text(350), required=True),
    Column("acronym", text(128)),
    Column("description", text(MAX_DESCRIPTION)),
    Column("description_short", text(200)),
    Column("frequency", choice(Frequency.parse), ("frequency.id", "frequency")),
    Column("frequency_date", moment),
    Column("extras", mapping),
    Column("harvest", filled_mapping),
    Column("private", flag),
    Column("featured", flag),
    Column("archived", moment),
    Column("deleted", moment),
    Column("created_at_internal", moment, ("created_at_internal", "internal.created_at_internal", "created_at")),
    Column(
        "last_modified_internal",
        moment,
        ("last_modified_internal", "internal.last_modified_internal", "last_modified"),
    ),
)


def upsert_dataset(json: Any, notes: Notes | None = None, *, organization: Organization | None = None) -> Dataset:
    """Write a dataset without its resources; `organization` is its owner where the record itself names none.

    The derived columns are not set: call `derivation.refresh` once its resources are written. Raises Refused.
    """
    json, notes = as_object(json), [] if notes is None else notes
    pk = object_id(json)
    values = dataset_values(json, notes)
    owner = read_owner(json, notes)
    if organization and not any(owner.values()):
        owner = {"organization_id": organization.pk, "owner_id": None}
    values |= owner | read_access(json, Dataset, notes)
    values["slug"] = settle_slug(Dataset, json, pk=pk, title=values["title"], notes=notes)
    zones = _spatial(json, values, notes)
    dataset = write(Dataset, pk, values)
    if zones is not None:
        set_related(dataset, "spatial_zones", zones)
    set_tags(dataset, json, notes)
    set_badges(DatasetBadge, "dataset", dataset, DatasetBadgeKind, json, notes)
    set_contact_points(dataset, json, notes)
    return dataset


def dataset_values(json: Json, notes: Notes) -> dict[str, Any]:
    """Return the columns of a dataset that need nothing but the record."""
    values = read_columns(Dataset, COLUMNS, json, notes) | read_metrics(json, Dataset, notes)
    values |= read_schema(json, notes, exclusive=True)
    if "temporal_coverage" in json:
        values |= read_period(json["temporal_coverage"], notes)
    return values


def read_period(value: Any, notes: Notes) -> dict[str, Any]:
    """Return the columns of a period `{start, end}`; one given backwards is turned round."""
    empty = {"temporal_start": None, "temporal_end": None}
    if value is None:
        return empty
    if not isinstance(value, dict):
        notes.append(f"temporal_coverage: {shown(value)} is not an object")
        return empty
    start, end = value.get("start"), value.get("end")
    try:
        first = day(start)
        last = None if end is None else day(end, last=True)
    except Unusable as error:
        notes.append(f"temporal_coverage: {error}")
        return empty
    if last and last < first:
        first, last = day(end), day(start, last=True)
    return {"temporal_start": first, "temporal_end": last}


def _spatial(json: Json, values: dict[str, Any], notes: Notes) -> list[GeoZone] | None:
    """Add the geometry and the granularity to `values`; return the territories, or None to leave them alone."""
    if "spatial" not in json:
        return None
    spatial = json["spatial"]
    if spatial is not None and not isinstance(spatial, dict):
        notes.append(f"spatial: {shown(spatial)} is not an object")
    spatial = spatial if isinstance(spatial, dict) else {}
    values["spatial_geom"] = read_geometry(spatial.get("geom"), notes)
    values["spatial_granularity"] = _granularity(spatial.get("granularity"), notes)
    return _zones(as_list(spatial, "zones", notes), notes)


def read_geometry(value: Any, notes: Notes) -> dict[str, Any] | None:
    """Return a GeoJSON MultiPolygon; a Polygon becomes one. Anything else is noted."""
    if value is None:
        return None
    kind = value.get("type") if isinstance(value, dict) else None
    coordinates = value.get("coordinates") if isinstance(value, dict) else None
    if kind not in {"Polygon", "MultiPolygon"} or not isinstance(coordinates, list):
        notes.append(f"spatial.geom: {shown(value)} is not a polygon")
        return None
    return {"type": "MultiPolygon", "coordinates": [coordinates] if kind == "Polygon" else coordinates}


def _granularity(value: Any, notes: Notes) -> str:
    """Return the level of that id, or of the object with that id."""
    value = value.get("id") if isinstance(value, dict) else value
    if value is None:
        return ""
    known = isinstance(value, str) and (
        value in {OTHER, POINT_OF_INTEREST} or GeoLevel.objects.filter(pk=value).exists()
    )
    if not known:
        notes.append(f"spatial.granularity: no level {shown(value)}")
    return value if known else ""


def _zones(entries: list[Any], notes: Notes) -> list[GeoZone]:
    """Return the territories of these ids, or objects with ids, in today's or in older spelling."""
    found = [entry.get("id") if isinstance(entry, dict) else entry for entry in entries]
    ids = {GeoZone.canonical_id(entry): entry for entry in found if isinstance(entry, str)}
    zones = list(GeoZone.objects.filter(pk__in=ids))
    unknown = [ids[pk] for pk in ids.keys() - {zone.pk for zone in zones}]
    unknown += [entry for entry in found if not isinstance(entry, str)]
    notes.extend(f"spatial.zones: no territory {shown(entry)}" for entry in unknown)
    return zones
