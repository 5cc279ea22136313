"""Badges, tags and other lists that objects of several kinds share."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from catalog.models import Tag
from catalog.models.tag import normalize_tags
from catalog.services.udata_import.columns import Column, Json, Notes, as_list, read_columns
from catalog.services.udata_import.users import user_at
from catalog.services.udata_import.values import moment, shown
from catalog.services.udata_import.writing import ensure, set_related


def set_badges(
    model: type[models.Model],
    key: str,
    row: models.Model,
    kinds: type[models.TextChoices],
    json: Json,
    notes: Notes,
) -> None:
    """Make the badges of `row` (a foreign key named `key`) those of the record; unknown kinds are noted."""
    if "badges" not in json:
        return
    kept = []
    for entry in as_list(json, "badges", notes):
        kind = entry.get("kind") if isinstance(entry, dict) else entry
        if kind not in kinds.values:
            notes.append(f"badges: no kind {shown(kind)}")
            continue
        values = {}
        if isinstance(entry, dict):
            values = read_columns(model, [Column("created", moment)], entry, notes)
            author = user_at(entry, "created_by", notes)
            values |= {"created_by": author} if author else {}
        ensure(model, {key: row, "kind": kind}, values)
        kept.append(kind)
    row.badges.exclude(kind__in=kept).delete()


def set_tags(row: models.Model, json: Json, notes: Notes) -> None:
    """Make the tags of `row` those of the record, normalised; those too short or too long are noted."""
    if "tags" not in json:
        return
    names: set[str] = set()
    for word in as_list(json, "tags", notes):
        try:
            names.update(normalize_tags([_word(word)]))
        except ValidationError as error:
            notes.append(f"tags: {'; '.join(error.messages)}")
    set_related(row, "tags", Tag.objects.named(names))


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(f"{shown(value)} is not a text")
    return value
