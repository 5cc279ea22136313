"""Writing rows by their id: what is already right is not written again, and slugs are kept."""

import re
from typing import Any, TypeVar

from django.db import models

from catalog.models import SlugHistory
from catalog.services.udata_import.columns import Json, Notes
from portal.lib.slugs import MAX_LENGTH, OBJECT_ID_LIKE, UUID_LIKE, free_slug

Row = TypeVar("Row", bound=models.Model)

SLUG = re.compile(rf"[-\w]{{1,{MAX_LENGTH}}}", re.ASCII)


def settle_slug(model: type[models.Model], json: Json, *, pk: str, title: str, notes: Notes) -> str:
    """Return the slug for this record: the one it had, or the next free one, which is noted."""
    wanted = json.get("slug")
    wished = isinstance(wanted, str) and bool(wanted)
    if wished and SLUG.fullmatch(wanted) and not UUID_LIKE.fullmatch(wanted) and not OBJECT_ID_LIKE.fullmatch(wanted):
        if not model._default_manager.filter(slug=wanted).exclude(pk=pk).exists():
            return wanted
    elif not wished:
        present = model._default_manager.filter(pk=pk).values_list("slug", flat=True).first()
        if present:
            return present
    slug = free_slug(model, wanted if wished else title, exclude=pk)
    if wished:
        notes.append(f"slug: {wanted[:80]!r} is taken or not usable; {slug!r} is used")
    return slug


def write(model: type[Row], pk: Any, values: dict[str, Any], *, new: dict[str, Any] | None = None) -> Row:
    """Make the row `pk` of `values` (and of `new`, for the columns only a new row needs), or bring it up to date.

    An unchanged row is not written. A row is updated past its `save`, which would make a slug out of the new title;
    the old slug is left in the history as `save` does.
    """
    row = model._default_manager.filter(pk=pk).first()
    if row is None:
        row = model(pk=pk, **{**(new or {}), **values})
        row.save(force_insert=True)
        return row
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    old_slug = getattr(row, "slug", "")
    if changed:
        model._default_manager.filter(pk=pk).update(**changed)
        row.refresh_from_db()
    if "slug" in changed:
        SlugHistory.objects.record(row, old=old_slug)
    return row


def write_file(model: type[Row], pk: Any, values: dict[str, Any], *, new: dict[str, Any] | None = None) -> Row:
    """Do as `write` for a resource, whose `save` derives the public dates."""
    row = model._default_manager.filter(pk=pk).first()
    is_new = row is None
    row = row or model(pk=pk, **(new or {}))
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if is_new or changed:
        row.save(force_insert=is_new)
    return row


def ensure(model: type[Row], lookup: dict[str, Any], values: dict[str, Any]) -> Row:
    """Make the row of `lookup` with `values`, or bring it up to date where it differs."""
    row, is_new = model._default_manager.get_or_create(**lookup, defaults=values)
    changed = {} if is_new else {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        model._default_manager.filter(pk=row.pk).update(**changed)
    return row


def set_related(row: models.Model, name: str, targets: list[Any], *, keep: bool = False) -> None:
    """Make `targets` the related objects of `row`, or with `keep` add them to what there is."""
    manager = getattr(row, name)
    if keep:
        manager.add(*targets)
    else:
        manager.set(targets)
