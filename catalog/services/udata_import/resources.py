"""Resources and community resources."""

import uuid
from typing import Any

from django.db.models import Min

from catalog.models import CommunityResource, Dataset, Resource
from catalog.models.resource import MAX_URL, FileModel
from catalog.models.vocabulary import ChecksumType, FileType, ResourceType
from catalog.services.udata_import.columns import (
    Column,
    Json,
    Notes,
    as_object,
    read_columns,
    read_metrics,
    reference_id,
)
from catalog.services.udata_import.owners import read_owner
from catalog.services.udata_import.schemas import read_schema
from catalog.services.udata_import.values import (
    MAX_BIG_INTEGER,
    Refused,
    choice,
    count,
    filled_mapping,
    loose_url,
    mapping,
    moment,
    shown,
    text,
)
from catalog.services.udata_import.writing import write_file

COLUMNS = (
    Column("title", text(350), required=True),
    Column("description", text()),
    Column("url", loose_url(MAX_URL), required=True),
    Column("filetype", choice(FileType)),
    Column("type", choice(ResourceType)),
    Column("mime", text(255)),
    Column("filesize", count(MAX_BIG_INTEGER)),
    Column("extras", mapping),
    Column("harvest", filled_mapping),
    Column("created_at_internal", moment, ("created_at_internal", "internal.created_at_internal", "created_at")),
    Column(
        "last_modified_internal",
        moment,
        ("last_modified_internal", "internal.last_modified_internal", "last_modified"),
    ),
)


def upsert_resource(dataset: Dataset, json: Any, position: int | None = None, notes: Notes | None = None) -> Resource:
    """Write a resource of `dataset` at `position`; without one it stays where it is, a new one goes first.

    The dataset's derived columns are not touched: call `derivation.refresh`. Raises Refused.
    """
    json, notes = as_object(json), [] if notes is None else notes
    pk = _uuid(json)
    if Resource.objects.filter(pk=pk).exclude(dataset=dataset).exists():
        raise Refused("id: a resource of another dataset has it")
    values = file_values(json, Resource, notes)
    if position is not None:
        values["position"] = position
    first = dataset.resources.aggregate(first=Min("position"))["first"]
    new = {"dataset": dataset, "position": 0 if first is None else first - 1}
    return write_file(Resource, pk, values, new=new)


def upsert_community_resource(
    json: Any, notes: Notes | None = None, *, dataset: Dataset | None = None
) -> CommunityResource:
    """Write a community resource; `dataset` is its dataset where the record itself names none. Raises Refused."""
    json, notes = as_object(json), [] if notes is None else notes
    reference = json.get("dataset")
    if isinstance(reference, dict | str):
        dataset = Dataset.objects.filter(pk=reference_id(reference)).first()
        if dataset is None:
            notes.append(f"dataset: no dataset {shown(reference)}")
    values = file_values(json, CommunityResource, notes) | read_owner(json, notes)
    values["dataset_id"] = dataset and dataset.pk
    return write_file(CommunityResource, _uuid(json), values)


def file_values(json: Json, model: type[FileModel], notes: Notes) -> dict[str, Any]:
    """Return the columns that resources and community resources share."""
    values = read_columns(model, COLUMNS, json, notes) | read_metrics(json, model, notes)
    values |= read_columns(model, [Column("format", text(64))], json, notes)
    if "format" in values:
        values["format"] = values["format"].strip().lower()
    return values | read_schema(json, notes) | _checksum(json, notes)


def _checksum(json: Json, notes: Notes) -> dict[str, Any]:
    """Return the checksum columns; a checksum needs a known type and a value."""
    if "checksum" not in json:
        return {}
    empty = {"checksum_type": "", "checksum_value": ""}
    checksum = json["checksum"]
    if not isinstance(checksum, dict) or not checksum.get("value"):
        if checksum:
            notes.append(f"checksum: {shown(checksum)} is not a checksum")
        return empty
    kinds = (Column("checksum_type", choice(ChecksumType), ("type",)), Column("checksum_value", text(255), ("value",)))
    values = empty | read_columns(Resource, kinds, checksum, notes)
    return values if all(values.values()) else empty


def _uuid(json: Json) -> uuid.UUID:
    try:
        return uuid.UUID(json.get("id"))
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused(f"id: {shown(json.get('id'))} is not a UUID") from error
