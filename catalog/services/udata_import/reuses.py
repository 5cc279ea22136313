"""Reuses."""

from typing import Any

from catalog.models import Dataset, Reuse
from catalog.models.reuse import url_hash
from catalog.models.vocabulary import ReuseTopic, ReuseType
from catalog.services.udata_import.badges import set_tags
from catalog.services.udata_import.columns import (
    Column,
    Json,
    Notes,
    as_object,
    object_id,
    read_columns,
    read_metrics,
)
from catalog.services.udata_import.links import link
from catalog.services.udata_import.owners import read_owner
from catalog.services.udata_import.values import Refused, choice, flag, image_url, mapping, moment, text, url
from catalog.services.udata_import.writing import settle_slug, write

COLUMNS = (
    Column("title", text(350), required=True),
    Column("description", text()),
    Column("type", choice(ReuseType), required=True),
    Column("topic", choice(ReuseTopic)),
    Column("url", url(), required=True),
    Column("image_url", image_url(), ("image",)),
    Column("extras", mapping),
    Column("private", flag),
    Column("featured", flag),
    Column("archived", moment),
    Column("deleted", moment),
    Column("created_at", moment),
    Column("last_modified", moment),
)


def upsert_reuse(json: Any, notes: Notes | None = None, *, dataset: Dataset | None = None) -> Reuse:
    """Write a reuse and link it to the datasets it names and to `dataset`. Raises Refused."""
    json, notes = as_object(json), [] if notes is None else notes
    pk = object_id(json)
    values = reuse_values(json, notes) | read_owner(json, notes)
    twin = Reuse.objects.filter(urlhash=values["urlhash"]).exclude(pk=pk).first()
    if twin:
        raise Refused(f"url: reuse {twin.pk} has the same address")
    values["slug"] = settle_slug(Reuse, json, pk=pk, title=values["title"], notes=notes)
    reuse = write(Reuse, pk, values, new={"topic": ReuseTopic.OTHERS})
    set_tags(reuse, json, notes)
    link(reuse, "datasets", json, notes, also=dataset)
    link(reuse, "dataservices", json, notes)
    return reuse


def reuse_values(json: Json, notes: Notes) -> dict[str, Any]:
    """Return the columns of a reuse that need nothing but the record."""
    values = read_columns(Reuse, COLUMNS, json, notes) | read_metrics(json, Reuse, notes)
    if values.get("topic") == "":
        values["topic"] = ReuseTopic.OTHERS
    return {**values, "urlhash": url_hash(values["url"])}
