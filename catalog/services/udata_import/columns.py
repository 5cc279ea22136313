"""Tables that say which key of the JSON fills which column, and how they are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from catalog.services.udata_import.values import MAX_INTEGER, Reader, Refused, Unusable, clean_json, count, shown
from portal.lib.ids import is_object_id

Json = dict[str, Any]
Notes = list[str]  # what was left out of a record, one sentence each

ABSENT = object()


@dataclass(frozen=True, slots=True)
class Column:
    """A column, the reader of its value, and the keys where the value may stand (`a.b` for nested ones)."""

    name: str
    read: Reader
    keys: tuple[str, ...] = ()
    required: bool = False

    def find(self, json: Json) -> Any:
        """Return the value under the first key present, or ABSENT."""
        return next((found for key in self.keys or (self.name,) if (found := dig(json, key)) is not ABSENT), ABSENT)


def dig(json: Any, path: str) -> Any:
    """Return what stands at `a.b.c`, or ABSENT."""
    for key in path.split("."):
        if not isinstance(json, dict) or key not in json:
            return ABSENT
        json = json[key]
    return json


def read_columns(model: type[models.Model], columns: Iterable[Column], json: Json, notes: Notes) -> dict[str, Any]:
    """Return column values for what `json` has: an absent key leaves its column alone, null empties it.

    Raises Refused when a required value is missing, empty or unusable, or when a text is too long.
    """
    values: dict[str, Any] = {}
    for column in columns:
        value = column.find(json)
        if value is None:
            value = _emptied(model, column)
        elif value is not ABSENT:
            value = _read(column, value, notes)
        if column.required and (value is ABSENT or not str(value).strip()):
            raise Refused(f"{column.name}: missing")
        if value is not ABSENT:
            values[column.name] = value
    return values


def _read(column: Column, value: Any, notes: Notes) -> Any:
    try:
        return column.read(value)
    except Unusable as error:
        if column.required:
            raise Refused(f"{column.name}: {error}") from error
        notes.append(f"{column.name}: {error}")
        return ABSENT
    except Refused as error:
        raise Refused(f"{column.name}: {error}") from error


def _emptied(model: type[models.Model], column: Column) -> Any:
    """Return the column's empty value; one that must have a moment (its default is the clock) is left alone."""
    field = model._meta.get_field(column.name)
    if isinstance(field, models.DateTimeField) and not field.null:
        return ABSENT
    return field.get_default()


def read_metrics(json: Json, model: type[models.Model], notes: Notes) -> dict[str, Any]:
    """Return the `metric_…` columns and `metric_months` for the counters given; those without a column are ignored."""
    metrics = json.get("metrics")
    if not isinstance(metrics, dict):
        return {}
    columns = {field.name for field in model._meta.concrete_fields}
    known = [Column(f"metric_{key}", count(), (f"metrics.{key}",)) for key in metrics if f"metric_{key}" in columns]
    values = read_columns(model, known, json, notes)
    months = {name: numbers for name, numbers in metrics.items() if name.endswith("_by_months") and is_months(numbers)}
    return {**values, "metric_months": months} if months and "metric_months" in columns else values


def is_months(value: Any) -> bool:
    """Tell whether `value` counts by month: `{"2026-11": 3}`."""
    return isinstance(value, dict) and all(
        isinstance(number, int) and 0 <= number <= MAX_INTEGER for number in value.values()
    )


def object_id(json: Json) -> str:
    """Return the id of a record. Raises Refused unless it has 24 hexadecimal characters."""
    value = json.get("id")
    normal = value.strip().lower() if isinstance(value, str) else ""
    if not is_object_id(normal):
        raise Refused(f"id: {shown(value)} is not 24 hexadecimal characters")
    return normal


def reference_id(value: Any) -> str | None:
    """Return the id in a reference, `{"id": …}` or the bare id, or None if there is none."""
    found = value.get("id") if isinstance(value, dict) else value
    normal = found.strip().lower() if isinstance(found, str) else ""
    return normal if is_object_id(normal) else None


def as_object(value: Any) -> Json:
    """Return a record that can be stored. Raises Refused for what is no object, or is nested too deeply."""
    if not isinstance(value, dict):
        raise Refused(f"{shown(value)} is not an object")
    return clean_json(value)


def as_list(json: Json, key: str, notes: Notes) -> list[Any]:
    """Return the list under `key`, empty where there is none; a value of another type is noted."""
    value = json.get(key)
    if isinstance(value, list):
        return value
    if value is not None:
        notes.append(f"{key}: {shown(value)} is not a list")
    return []
