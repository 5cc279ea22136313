"""Links between objects: lists of references, of which only those to objects we have can be kept."""

from typing import Any

from django.db import models

from catalog.services.udata_import.columns import Json, Notes, reference_id
from catalog.services.udata_import.values import shown
from catalog.services.udata_import.writing import set_related


def link(row: models.Model, name: str, json: Json, notes: Notes, *, also: models.Model | None = None) -> None:
    """Link `row.<name>` to what the record lists under `name`, and to `also`.

    A record without the list (udata's fixtures, or the API where it gives an address instead) keeps its links.
    """
    targets = [also] if also else []
    listed = json.get(name)
    if not isinstance(listed, list):
        set_related(row, name, targets, keep=True)
        return
    targets += _known(row._meta.get_field(name).related_model, listed, name, notes)
    set_related(row, name, targets)


def _known(model: type[models.Model], listed: list[Any], name: str, notes: Notes) -> list[models.Model]:
    ids = {pk: entry for entry in listed if (pk := reference_id(entry))}
    found = list(model._default_manager.filter(pk__in=ids))
    unknown = [ids[pk] for pk in ids.keys() - {row.pk for row in found}]
    unknown += [entry for entry in listed if not reference_id(entry)]
    notes.extend(f"{name}: nothing known as {shown(_id(entry))}" for entry in unknown)
    return found


def _id(entry: Any) -> Any:
    return entry.get("id") if isinstance(entry, dict) else entry
