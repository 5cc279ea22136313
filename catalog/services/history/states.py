"""The state of an object with all that hangs on it, as plain values: what a revision keeps.

    {"columns": {"title": …}, "lists": {"tags": ["eau"]}, "parts": {"resources": [{"id": …, "title": …}]}}

What the portal works out (counters, dates of writing, derived columns) is no part of it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from django.db import models

from catalog.models import (
    Dataservice,
    DataserviceBadge,
    Dataset,
    DatasetBadge,
    Organization,
    OrganizationBadge,
    Resource,
    Reuse,
)

type_of_state = dict[str, Any]

WORKED_OUT = frozenset([
    "id", "version", "quality_flags", "update_due_at", "resources_count", "urlhash", "created_at_internal",
    "last_modified_internal", "last_modified", "last_update", "metadata_modified_at", "created_at",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that hang on an object by their column `owner`; `key` tells one from another."""

    model: type[models.Model]
    owner: str
    columns: tuple[str, ...]
    key: str = "id"
    order: tuple[str, ...] = ("id",)


@dataclass(frozen=True, slots=True)
class Kind:
    """What the state of one kind of object is made of."""

    model: type[models.Model]
    lists: tuple[str, ...]
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.model.__name__

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(_columns(self.model))

    def through(self, name: str) -> tuple[type[models.Model], str, str]:
        """Return the table of a list, and its columns that name the object and what is listed (tags by their names)."""
        relation = self.model._meta.get_field(name)
        table = relation.remote_field.through
        own, other = relation.m2m_column_name(), relation.m2m_reverse_name()
        return table, own, "tag__name" if name == "tags" else other


def _columns(model: type[models.Model]) -> list[str]:
    names = [column.attname for column in model._meta.concrete_fields]
    return [name for name in names if name not in WORKED_OUT and not name.startswith("metric_")]


RESOURCES = Part(
    Resource,
    "dataset_id",
    ("id", "created_at_internal", *(name for name in _columns(Resource) if name != "dataset_id")),
    order=("position", "id"),
)
BADGE = ("kind", "created", "created_by_id")
KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            Dataset,
            ("tags", "spatial_zones", "contact_points"),
            {"resources": RESOURCES, "badges": Part(DatasetBadge, "dataset_id", BADGE, key="kind")},
        ),
        Kind(Reuse, ("tags", "datasets", "dataservices")),
        Kind(
            Dataservice,
            ("tags", "datasets", "contact_points"),
            {"badges": Part(DataserviceBadge, "dataservice_id", BADGE, key="kind")},
        ),
        Kind(Organization, (), {"badges": Part(OrganizationBadge, "organization_id", BADGE, key="kind")}),
    )
}


@cache
def tables_of(name: str) -> frozenset[str]:
    """Return the tables that the state of a kind is read from."""
    kind = KINDS[name]
    through = [kind.through(one)[0] for one in kind.lists]
    parts = [part.model for part in kind.parts.values()]
    return frozenset(model._meta.db_table for model in (kind.model, *through, *parts))


def take(name: str, ids: Iterable[str]) -> dict[str, type_of_state]:
    """Return the states of these objects by id, as JSON would give them back; a constant number of queries."""
    kind, ids = KINDS[name], list(ids)
    rows = {row.pop("id"): row for row in kind.model._base_manager.filter(pk__in=ids).values("id", *kind.columns)}
    if not rows:
        return {}
    lists = {one: _list(kind, one, rows) for one in kind.lists}
    parts = {label: _part(part, rows) for label, part in kind.parts.items()}
    states = {
        pk: {
            "columns": columns,
            "lists": {one: lists[one].get(pk, []) for one in kind.lists},
            "parts": {label: parts[label].get(pk, []) for label in kind.parts},
        }
        for pk, columns in rows.items()
    }
    return orjson.loads(orjson.dumps(states))


def _list(kind: Kind, name: str, ids: Iterable[str]) -> dict[str, list[Any]]:
    table, own, other = kind.through(name)
    found: dict[str, list[Any]] = defaultdict(list)
    for pk, value in table._base_manager.filter(**{f"{own}__in": list(ids)}).values_list(own, other):
        found[pk].append(value)
    return {pk: sorted(values) for pk, values in found.items()}


def _part(part: Part, ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = part.model._base_manager.filter(**{f"{part.owner}__in": list(ids)}).order_by(*part.order)
    for row in rows.values(part.owner, *part.columns):
        found[row.pop(part.owner)].append(row)
    return found


def changed(before: type_of_state | None, after: type_of_state) -> list[str]:
    """Return the names of what differs: columns, lists and parts, in their order."""
    before = before or {}
    return [
        name
        for room in ("columns", "lists", "parts")
        for name, value in after.get(room, {}).items()
        if before.get(room, {}).get(name) != value
    ]
