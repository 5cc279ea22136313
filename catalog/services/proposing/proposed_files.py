"""Hosted files and pictures that a change proposes: kept until it is decided, removed if nothing comes to name them."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from catalog.models import PendingChange, Resource
from catalog.models.subject import model_of
from catalog.services.files import forget_file
from catalog.services.history.states import KINDS
from catalog.services.proposing.fields import FILES, type_of_fields


def files_in(kind: str, values: type_of_fields) -> dict[tuple[type[models.Model], str], set[str]]:
    """Return the names of files by the model and column that hold them."""
    found: dict[tuple[type[models.Model], str], set[str]] = {}
    model = model_of(kind)
    for column in KINDS[kind].columns:
        if isinstance(model._meta.get_field(column), models.FileField) and values.get(column):
            found.setdefault((model, column), set()).add(values[column])
    for key, value in values.items():
        named = value.get("file") if isinstance(value, dict) else value if key.endswith("/file") else ""
        if key.startswith(f"{FILES}/") and named:
            found.setdefault((Resource, "file"), set()).add(named)
    return found


def forget_unused(kind: str, values: type_of_fields) -> None:
    """Remove, once the transaction is committed, the files that these values name and no row does."""
    for (model, column), names in files_in(kind, values).items():
        used = set(model._base_manager.filter(**{f"{column}__in": names}).values_list(column, flat=True))
        for name in names - used:
            _forget(model, column, name)


def forget_all(changes: Iterable[PendingChange]) -> None:
    """Remove the files that these changes propose and no row names."""
    for change in changes:
        forget_unused(change.subject_class, change.values)


def _forget(model: type[models.Model], column: str, name: str) -> None:
    """A picture goes with its thumbnails and what it was cropped from."""
    field: Any = model._meta.get_field(column)
    file = field.attr_class(model(), field, name)
    forget = getattr(file, "forget", None)
    if forget is not None:
        forget()
    else:
        forget_file(file)
