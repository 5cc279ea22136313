"""What names a dataset from outside (reuses, discussions, follows…): moved to another dataset, and given back.

What was moved is written down as JSON:

    {"catalog.Discussion": {"moved": {"<former id>": [pk, …]}, "dropped": [row, …]}}

A row is dropped where the other dataset has one for the same reuse, follower or topic already.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import models

from catalog.models import (
    CommunityResource,
    Dataservice,
    Discussion,
    EditorNote,
    Follow,
    Post,
    Reuse,
    SlugHistory,
    TopicElement,
)
from catalog.services.batches import batches
from catalog.services.history.putting import plain

BATCH = 500

type_of_moves = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Tie:
    """Rows that name a dataset by `column`; `once` is the column that may stand beside each dataset one time only."""

    model: type[models.Model]
    column: str = "dataset_id"
    once: str = ""
    fixed: dict[str, Any] = field(default_factory=dict)  # of which rows
    lists: tuple[str, ...] = ()  # many-to-many fields that a dropped row takes along

    @property
    def label(self) -> str:
        return self.model._meta.label

    def of(self, ids: Iterable[str]) -> models.QuerySet:
        return self.model._base_manager.filter(**{f"{self.column}__in": list(ids)}, **self.fixed)


ABOUT = {"subject_class": "Dataset"}
TIES = (
    Tie(CommunityResource),
    Tie(Discussion),
    Tie(Reuse.datasets.through, once="reuse_id"),
    Tie(Dataservice.datasets.through, once="dataservice_id"),
    Tie(Post.datasets.through, once="post_id"),
    Tie(Follow, "subject_id", once="follower_id", fixed={**ABOUT, "until": None}),
    Tie(TopicElement, "subject_id", once="topic_id", fixed=ABOUT, lists=("tags",)),
    Tie(EditorNote, "subject_id", fixed=ABOUT),
    Tie(SlugHistory, "object_id", fixed={"kind": "dataset"}),
)


def move(former: list[str], kept: str) -> type_of_moves:
    """Let what names one of the `former` datasets name the `kept` one; return what was done."""
    return {tie.label: _move(tie, former, kept) for tie in TIES}


def give_back(moves: type_of_moves, kept: str) -> None:
    """Undo `move`, for what still names the kept dataset."""
    for tie in TIES:
        done = moves.get(tie.label, {"moved": {}, "dropped": []})
        for former, keys in done["moved"].items():
            for batch in batches(keys, BATCH):
                tie.of([kept]).filter(pk__in=batch).update(**{tie.column: former})
        for batch in batches(done["dropped"], BATCH):
            _make_again(tie, batch)


def touched(moves: type_of_moves, model: type[models.Model], column: str) -> list[Any]:
    """Return the values of `column` in the rows of `model` that were moved or dropped."""
    done = moves.get(model._meta.label, {"moved": {}, "dropped": []})
    keys = [key for keys in done["moved"].values() for key in keys]
    found = {row[column] for row in done["dropped"]}
    for batch in batches(keys, BATCH):
        found.update(model._base_manager.filter(pk__in=batch).order_by().values_list(column, flat=True))
    return sorted(found)


def _move(tie: Tie, former: list[str], kept: str) -> dict[str, Any]:
    taken = set(tie.of([kept]).values_list(tie.once, flat=True)) if tie.once else set()
    moved: dict[str, list[Any]] = defaultdict(list)
    dropped = []
    for row in tie.of(former).order_by(tie.column, "pk").values("pk", tie.column, *([tie.once] if tie.once else [])):
        if tie.once and row[tie.once] in taken:
            dropped.append(row["pk"])
        else:
            taken.add(row.get(tie.once))
            moved[row[tie.column]].append(row["pk"])
    for keys in moved.values():
        for batch in batches(keys, BATCH):
            tie.model._base_manager.filter(pk__in=batch).update(**{tie.column: kept})
    rows = [row for batch in batches(dropped, BATCH) for row in _drop(tie, batch)]
    return orjson.loads(orjson.dumps({"moved": moved, "dropped": rows}))


def _drop(tie: Tie, keys: list[Any]) -> list[dict[str, Any]]:
    """Delete these rows; return their columns, with the keys of what their lists hold under `+<name>`."""
    chosen = tie.model._base_manager.filter(pk__in=keys)
    rows = list(chosen.order_by("pk").values())
    for name in tie.lists:
        for row in rows:
            one = tie.model._base_manager.get(pk=row["id"])
            row[f"+{name}"] = list(getattr(one, name).order_by("pk").values_list("pk", flat=True))
    chosen.delete()
    return rows


def _make_again(tie: Tie, rows: list[dict[str, Any]]) -> None:
    """Insert rows that were dropped, but for those of what is gone (an account, a reuse)."""
    there = _there(tie, rows)
    wanted = [row for row in rows if row[tie.once] in there]
    made = [
        tie.model(**{name: plain(_column(tie, name), value) for name, value in row.items() if not name.startswith("+")})
        for row in wanted
    ]
    tie.model._base_manager.bulk_create(made, ignore_conflicts=True)
    for row, one in zip(wanted, made, strict=True):
        for name in tie.lists:
            relation = getattr(one, name)
            relation.set(relation.model._base_manager.filter(pk__in=row[f"+{name}"]))


def _there(tie: Tie, rows: list[dict[str, Any]]) -> set[Any]:
    owner = _column(tie, tie.once).related_model
    return set(owner._base_manager.filter(pk__in=[row[tie.once] for row in rows]).values_list("pk", flat=True))


def _column(tie: Tie, attname: str) -> models.Field:
    return next(one for one in tie.model._meta.concrete_fields if one.attname == attname)
