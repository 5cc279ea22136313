"""The schema that a dataset or a file follows."""

from typing import Any

from catalog.models import Dataset
from catalog.services.udata_import.columns import Column, Json, Notes, read_columns
from catalog.services.udata_import.values import shown, text, url

COLUMNS = (
    Column("schema_name", text(255), ("name",)),
    Column("schema_url", url(), ("url",)),
    Column("schema_version", text(64), ("version",)),
)
EMPTY = {"schema_name": "", "schema_url": "", "schema_version": ""}


def read_schema(json: Json, notes: Notes, *, exclusive: bool = False) -> dict[str, Any]:
    """Return the schema columns, from an object or from a bare name; `exclusive` keeps the name before the address."""
    if "schema" not in json:
        return {}
    schema = {"name": json["schema"]} if isinstance(json["schema"], str) else json["schema"]
    if schema is None:
        return EMPTY
    if not isinstance(schema, dict):
        notes.append(f"schema: {shown(schema)} is not an object")
        return EMPTY
    values = EMPTY | read_columns(Dataset, COLUMNS, schema, notes)
    if exclusive and values["schema_name"] and values["schema_url"]:
        notes.append("schema: the address is left out, since there is a name")
        values["schema_url"] = ""
    return values
