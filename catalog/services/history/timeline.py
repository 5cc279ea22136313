"""The history of one object as it is shown: its revisions, the newest first, each with what it changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from reversion.models import Version

from catalog.models.audit import AuditAction, AuditOrigin
from catalog.services.history import revisions, words
from catalog.services.history.differences import Difference, Differences
from catalog.services.history.states import take, type_of_state

FOUND = "found"
LOOKED_AT = 200  # revisions among which the last public state is looked for
ACTIONS = {**dict(AuditAction.choices), FOUND: _("first state that is known")}


@dataclass(slots=True)
class Moment:
    """One revision. `author` is empty where nobody in person made it; `differences` are against the one before."""

    number: int
    at: datetime
    author: str
    action: str
    label: str
    origin: str
    comment: str
    differences: list[Difference]


class Side(NamedTuple):
    """One field of two states beside each other."""

    label: str
    left: list[words.Piece]
    right: list[words.Piece]


def rows(kind: str, pk: str) -> QuerySet[Version]:
    """Return the revisions of an object, the newest first, with all that `moments` needs."""
    return revisions.of(kind, pk).select_related("revision__user")


def moments(kind: str, versions: list[Version], *, everything: bool) -> list[Moment]:
    """Return what each of these neighbouring revisions of one object changed.

    Without `everything`, what was a draft or deleted is not told: neither such a state nor a difference from it.
    A constant number of queries.
    """
    if not versions:
        return []
    last = versions[-1]
    older = revisions.of(kind, last.object_id).filter(pk__lt=last.pk).first()
    documents = [revisions.document_of(one.serialized_data) for one in versions]
    following = [*documents[1:], revisions.document_of(older.serialized_data) if older else None]
    compare = Differences(kind, [one["state"] for one in (*documents, following[-1]) if one])
    found = []
    for version, document, before in zip(versions, documents, following, strict=True):
        if not (everything or is_public(document["state"])):
            continue
        comparable = before is not None and (everything or is_public(before["state"]))
        changes = compare.between(before["state"], document["state"]) if comparable else []
        found.append(_moment(version, document, changes))
    return found


def _moment(version: Version, document: dict[str, Any], changes: list[Difference]) -> Moment:
    revision, action = version.revision, document["action"]
    return Moment(
        number=version.pk,
        at=revision.date_created,
        author=str(revision.user) if revision.user else "",
        action=action,
        label=str(ACTIONS.get(action, action)),
        origin=str(dict(AuditOrigin.choices).get(document["origin"], "")),
        comment=revision.comment,
        differences=changes,
    )


def is_public(state: type_of_state) -> bool:
    """Tell whether everybody could read the object when it was so."""
    columns = state["columns"]
    return not (columns.get("private") or columns.get("deleted") or columns.get("deleted_at"))


def since_public(kind: str, pk: str) -> list[Difference] | None:
    """Return what differs now from the last state that everybody saw; None if it was never public."""
    documents = (revisions.document_of(text) for text in _texts(kind, pk))
    before = next((one["state"] for one in documents if is_public(one["state"])), None)
    if before is None:
        return None
    now = take(kind, [pk])[pk]
    return Differences(kind, [before, now]).between(before, now)


def since(kind: str, pk: str, moment: datetime) -> list[Difference]:
    """Return what differs now from what the object was at a moment: its last revision then, or the first one known."""
    versions = revisions.of(kind, pk)
    then = versions.filter(revision__date_created__lte=moment).first() or versions.last()
    now = take(kind, [pk])[pk]
    before = revisions.state_of(then.serialized_data) if then is not None else now
    return Differences(kind, [before, now]).between(before, now)


def sides(differences: list[Difference], prefix: str = "") -> list[Side]:
    """Return differences as two columns: what was there before, what is there after."""
    found = []
    for one in differences:
        label = f"{prefix}{one.label}"
        left = [piece for piece in one.pieces if piece.kind != words.ADDED]
        right = [piece for piece in one.pieces if piece.kind != words.REMOVED]
        left += [words.Piece(words.REMOVED, f"{text}\n") for text in one.removed]
        right += [words.Piece(words.ADDED, f"{text}\n") for text in one.added]
        if left or right or not one.inside:
            found.append(Side(label, left, right))
        found += sides(one.inside, f"{label}: ")
    return found


def _texts(kind: str, pk: str) -> QuerySet:
    return revisions.of(kind, pk).values_list("serialized_data", flat=True)[:LOOKED_AT]
