"""Before-images: rows as JSON, exact enough to be put back byte for byte."""

from collections.abc import Iterable
from typing import Any

from django.db import models


def as_json(row: models.Model, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the columns of a row (all, or those named by their attribute) as JSON values."""
    chosen = set(names) if names is not None else None
    return {
        field.attname: _plain(field, getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if chosen is None or field.attname in chosen
    }


def put_back(row: models.Model, image: dict[str, Any]) -> list[str]:
    """Put the values of an image into a row (not saved); return their names, to save."""
    names = []
    for field in row._meta.concrete_fields:
        if field.attname in image:
            setattr(row, field.attname, _value(field, image[field.attname]))
            names.append(field.attname)
    return names


def from_json(model: type[models.Model], image: dict[str, Any]) -> models.Model:
    """Return a row (not saved) with the columns of an image."""
    row = model()
    put_back(row, image)
    return row


def plain(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """Return values of columns, by attribute, as JSON values."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: _plain(fields[name], value) for name, value in values.items()}


def _plain(field: models.Field, value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.DateTimeField | models.DateField):
        return value.isoformat()
    if isinstance(field, models.UUIDField):
        return str(value)
    if isinstance(field, models.FileField):
        return value.name if hasattr(value, "name") else value
    return value


def _value(field: models.Field, value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField | models.FileField):
        return value
    return field.to_python(value) if not isinstance(field, models.ForeignKey) else value
