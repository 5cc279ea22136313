"""Revisions: the states that an object went through, in django-reversion's tables (ADR 0013).

One `Version` holds an object with all that hangs on it; its `Revision` tells who, when and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max
from django.utils import timezone
from reversion.models import Revision, Version

from catalog.services.history.states import KINDS, changed, type_of_state

SCHEMA = 1  # of what is kept; raised when a column is renamed
FORMAT = "portal"  # in `Version.format`: django-reversion's own commands leave these alone


@dataclass(slots=True)
class Change:
    """One object that went from one state to another; `before` is None for a new one."""

    kind: str
    pk: str
    before: type_of_state | None
    after: type_of_state
    action: str

    @property
    def names(self) -> list[str]:
        return changed(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Author:
    """Who changed it, and why. `origin` is the way in (see AuditOrigin), `source` the id of a harvest source."""

    user_id: str | None
    origin: str
    comment: str = ""
    source: str = ""


def of(kind: str, pk: str) -> Any:
    """Return the versions of an object, the newest first."""
    return Version.objects.filter(content_type=content_type(kind), object_id=pk, db="default", format=FORMAT).order_by(
        "-pk"
    )


def content_type(kind: str) -> ContentType:
    return ContentType.objects.get_for_model(KINDS[kind].model)


def write(changes: list[Change], author: Author, *, at: datetime | None = None) -> None:
    """Keep the state that each object has now; of one that has no revision that tells its state before, that too.

    A constant number of queries for each kind of object.
    """
    at = at or timezone.now()
    for kind in dict.fromkeys(change.kind for change in changes):
        ours = [change for change in changes if change.kind == kind]
        known = _newest(kind, [change.pk for change in ours if change.before is not None])
        lacking = [one for one in ours if one.before is not None and known.get(one.pk) != one.before]
        found = [(Revision(date_created=at), _version(one, one.before, "found", "")) for one in lacking]
        revised = [
            (
                Revision(date_created=at, user_id=author.user_id, comment=author.comment),
                _version(one, one.after, one.action, author.origin, author.source),
            )
            for one in ours
        ]
        _insert([*found, *revised], content_type(kind))


def _newest(kind: str, ids: Iterable[str]) -> dict[str, type_of_state]:
    """Return the last kept state of each object."""
    rows = Version.objects.filter(content_type=content_type(kind), db="default", format=FORMAT, object_id__in=list(ids))
    last = rows.order_by().values("object_id").annotate(last=Max("pk")).values("last")
    found = Version.objects.filter(pk__in=last).values_list("object_id", "serialized_data")
    return {pk: state_of(text) for pk, text in found}


def _version(change: Change, state: type_of_state, action: str, origin: str, source: str = "") -> Version:
    document = {"schema": SCHEMA, "action": str(action), "origin": origin, "source": source, "state": state}
    columns = state["columns"]
    return Version(
        object_id=change.pk,
        db="default",
        format=FORMAT,
        serialized_data=orjson.dumps(document).decode(),
        object_repr=columns.get("title") or columns.get("name") or change.pk,
    )


def _insert(rows: list[tuple[Revision, Version]], kind: ContentType) -> None:
    Revision.objects.bulk_create([revision for revision, _version in rows])
    for revision, version in rows:
        version.revision, version.content_type = revision, kind
    Version.objects.bulk_create([version for _revision, version in rows])


def document_of(text: str) -> dict[str, Any]:
    """Return what a version keeps: its state, and how it came about."""
    return orjson.loads(text)


def state_of(text: str) -> type_of_state:
    return document_of(text)["state"]
