"""Dataservices."""

from typing import Any

from catalog.models import Dataservice, DataserviceBadge, Dataset
from catalog.models.vocabulary import DataserviceBadgeKind, DataserviceFormat
from catalog.services.udata_import.badges import set_badges, set_tags
from catalog.services.udata_import.columns import (
    Column,
    Notes,
    as_object,
    object_id,
    read_columns,
    read_metrics,
)
from catalog.services.udata_import.links import link
from catalog.services.udata_import.owners import read_access, read_owner, set_contact_points
from catalog.services.udata_import.values import (
    choice,
    filled_mapping,
    flag,
    mapping,
    moment,
    percentage,
    text,
    url,
)
from catalog.services.udata_import.writing import settle_slug, write

COLUMNS = (
    Column("title", text(350), required=True),
    Column("acronym", text(128)),
    Column("description", text()),
    Column("base_api_url", url()),
    Column("machine_documentation_url", url(), ("machine_documentation_url", "endpoint_description_url")),
    Column("technical_documentation_url", url()),
    Column("business_documentation_url", url()),
    Column("rate_limiting", text()),
    Column("rate_limiting_url", url()),
    Column("availability", percentage),
    Column("availability_url", url()),
    Column("format", choice(DataserviceFormat)),
    Column("extras", mapping),
    Column("harvest", filled_mapping),
    Column("private", flag),
    Column("featured", flag),
    Column("created_at", moment),
    Column("metadata_modified_at", moment),
    Column("archived_at", moment),
    Column("deleted_at", moment),
)


def upsert_dataservice(json: Any, notes: Notes | None = None, *, dataset: Dataset | None = None) -> Dataservice:
    """Write a dataservice and link it to the datasets it names and to `dataset`. Raises Refused."""
    json, notes = as_object(json), [] if notes is None else notes
    pk = object_id(json)
    values = read_columns(Dataservice, COLUMNS, json, notes) | read_metrics(json, Dataservice, notes)
    values |= read_owner(json, notes) | read_access(json, Dataservice, notes)
    values["slug"] = settle_slug(Dataservice, json, pk=pk, title=values["title"], notes=notes)
    dataservice = write(Dataservice, pk, values)
    set_tags(dataservice, json, notes)
    set_badges(DataserviceBadge, "dataservice", dataservice, DataserviceBadgeKind, json, notes)
    set_contact_points(dataservice, json, notes)
    link(dataservice, "datasets", json, notes, also=dataset)
    return dataservice
