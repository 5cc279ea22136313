"""Making rows of the audit log, and revisions of the history, of what a transaction wrote.

One row for each object of the kind that was written first and foremost: a dataset with its files and tags is one, ten
datasets published at once are ten, so that whoever asks what became of one dataset finds it. What comes along (a tag
that is new, a notification, the counters of an organization) has no row beside it.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import HttpRequest

from catalog.models import AuditEntry, Organization
from catalog.models.audit import AuditAction, AuditOrigin
from catalog.services.audit.tables import ALONG, DEPENDENT, Room, counts, room_of, rows_of
from catalog.services.history import revisions, states
from catalog.services.history.actions import action_of, names_of
from portal.lib.writes.middleware import comment_of
from portal.lib.writes.scope import Scope, Write, current
from portal.lib.writes.statements import DELETE, INSERT, UPDATE, Statement
from portal.models import ApiToken

# Kinds whose name or title may be kept: the others say what people are or say to each other.
TITLED = frozenset([
    "Dataset", "Reuse", "Dataservice", "Organization", "Topic", "Post", "CommunityResource", "Visualization", "License",
    "GeoZone", "Source", "Tag", "Site",
])  # fmt: skip
MAX_LOOKED_AT = 2_000  # objects of one transaction whose states are compared; beyond, no revision is kept


@dataclass(slots=True)
class Touch:
    """What happened to one object. `pk` is empty where the statements do not tell which."""

    room: Room
    pk: str
    verbs: set[str] = field(default_factory=set)  # on its own row
    tables: set[str] = field(default_factory=set)
    hanging: list[str] = field(default_factory=list)  # what was written that hangs on it
    action: str = AuditAction.UPDATE
    changes: list[str] = field(default_factory=list)

    @property
    def rank(self) -> int:
        """How likely it is what the request was about: 0 is the most."""
        if self.room.kind in ALONG:
            return 4
        if not self.verbs:
            return 3
        if self.room.kind in DEPENDENT:
            return 2
        return 0 if self.room.kind in states.KINDS else 1


class AuditListener:
    """Hears of every write (see `portal.lib.writes`)."""

    def counts(self, statement: Statement) -> bool:
        return counts(statement)

    def before(self, scope: Scope, statement: Statement) -> list[str]:
        """Return the ids of the objects that the statement writes; keep in mind what they were."""
        room = room_of(statement.table)
        keys = room.keys(statement)
        if room.kind in states.KINDS:
            look(scope, room.kind, keys)
        elif room.is_own and statement.verb == UPDATE:
            _look_at_rows(scope, room, keys)
        elif room.is_own and statement.verb == DELETE:
            memory = scope.memory.setdefault("gone", {})
            memory.update({(room.kind, pk): facts for pk, facts in _facts(room.model, keys).items()})
        return keys

    def written(self, scope: Scope, writes: list[Write]) -> None:
        touches = _touches(writes)
        changes = _history(scope, touches)
        chosen = _named(scope, touches) or _chosen([one for one in touches.values() if one.action])
        if changes:
            revisions.write(changes, _author(scope))
        chosen = [one for one in chosen if not _is_told(scope, one)]
        AuditEntry.objects.bulk_create(_rows(scope, chosen))
        scope.told.update((one.room.kind, one.pk) for one in chosen)
        scope.memory.clear()


def _is_told(scope: Scope, touch: Touch) -> bool:
    """Tell whether an earlier transaction of the same request has the row already, or one for what this comes with."""
    return (touch.room.kind, touch.pk) in scope.told or (bool(scope.told) and touch.rank >= 2)


def look(scope: Scope, kind: str, keys: list[str]) -> None:
    """Keep in mind the state of these objects, once in each transaction."""
    known: dict[tuple[str, str], Any] = scope.memory.setdefault("before", {})
    unseen = [pk for pk in keys if (kind, pk) not in known][:MAX_LOOKED_AT]
    if unseen:
        found = states.take(kind, unseen)
        known.update({(kind, pk): found.get(pk) for pk in unseen})


def _look_at_rows(scope: Scope, room: Room, keys: list[str]) -> None:
    """As `look`, for objects without a history: their columns are all there is to compare."""
    known: dict[tuple[str, str], Any] = scope.memory.setdefault("before", {})
    unseen = [pk for pk in keys if (room.kind, pk) not in known][:MAX_LOOKED_AT]
    known.update({(room.kind, pk): state for pk, state in rows_of(room.model, unseen).items()})


def note(subject: models.Model, changes: list[str]) -> None:
    """Tell which fields of an object change, where its statements would not say."""
    scope = current()
    if scope is not None and changes:
        scope.memory.setdefault("noted", {}).setdefault((type(subject).__name__, str(subject.pk)), []).extend(changes)


def name(action: str, subject: models.Model) -> None:
    """Say what is being done and to what, where the statements would mislead: the audit log has that row alone."""
    scope = current()
    if scope is not None:
        scope.memory["named"] = (action, type(subject).__name__, str(subject.pk))


def comment(text: str) -> None:
    """Say why, unless who writes said so herself."""
    scope = current()
    if scope is not None:
        scope.comment = (comment_of(scope.request) if scope.request else "") or text


def words() -> str:
    """Return why something is being written, if who writes says so."""
    scope = current()
    return "" if scope is None else scope.comment or (comment_of(scope.request) if scope.request else "")


def on_behalf(user_id: str | None, comment: str) -> None:
    """Say whose work is being written: the history names her and her words, the log who writes."""
    scope = current()
    if scope is not None:
        scope.memory["author"] = user_id, comment


def _touches(writes: list[Write]) -> dict[tuple[str, str], Touch]:
    """Return what was written by object, in the order of the first statement."""
    touches: dict[tuple[str, str], Touch] = {}
    for statement, keys in writes:
        room = room_of(statement.table)
        for pk in keys or [""]:
            touch = touches.setdefault((room.kind, pk), Touch(room if room.is_own else _own(room), pk))
            touch.tables.add(statement.table)
            if room.is_own:
                touch.verbs.add(statement.verb)
            elif room.label not in touch.hanging:
                touch.hanging.append(room.label)
    if len(touches) > 1:  # a statement that tells no id is about what the others name
        named = {kind for kind, pk in touches if pk}
        touches = {key: touch for key, touch in touches.items() if touch.pk or key[0] not in named}
    return touches


def _own(room: Room) -> Room:
    return Room(room.model, room.model._meta.pk.column, room.model)


def _history(scope: Scope, touches: dict[tuple[str, str], Touch]) -> list[revisions.Change]:
    """Say what became of each object: its action (none if it is what it was) and its changes; return those that have a
    history and are not what they were.
    """
    before, noted, found = scope.memory.get("before", {}), scope.memory.get("noted", {}), []
    named, *subject = scope.memory.get("named", ("",))
    after = _after(touches, before)
    for key, touch in touches.items():
        touch.action = _action(touch.verbs)
        if key in after and (touch.action != AuditAction.CREATE or key[0] in states.KINDS):
            change = revisions.Change(*key, before.get(key), after[key], "")
            change.action = named if list(key) == subject else action_of(change)
            if change.names and key[0] in states.KINDS:
                found.append(change)
            touch.action, touch.changes = _outcome(touch, change)
        if list(key) == subject:
            touch.action = named
        if touch.action == AuditAction.CREATE:
            touch.changes = []
        elif touch.action:
            touch.changes = list(dict.fromkeys(touch.changes or noted.get(key) or touch.hanging))
    return found


def _after(touches: dict[tuple[str, str], Touch], before: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    """Return the present states of what has a history, and of the rows that were looked at before."""
    found = {}
    for model in dict.fromkeys(touch.room.model for touch in touches.values()):
        kind = model.__name__
        ids = [pk for name, pk in touches if name == kind and pk][:MAX_LOOKED_AT]
        if kind in states.KINDS:
            there = states.take(kind, ids)
        else:
            there = rows_of(model, [pk for pk in ids if (kind, pk) in before])
        found.update({(kind, pk): state for pk, state in there.items()})
    return found


def _action(verbs: set[str]) -> str:
    """Return what happened to an object, as the statements on its row tell."""
    if DELETE in verbs:
        return AuditAction.DELETE
    return AuditAction.CREATE if INSERT in verbs else AuditAction.UPDATE


def _outcome(touch: Touch, change: revisions.Change) -> tuple[str, list[str]]:
    """Return the action and changes of an object by its states; no action where nothing is different."""
    names = names_of(change)
    has_history = change.kind in states.KINDS
    own = states.tables_of(change.kind) if has_history else {touch.room.table._meta.db_table}
    if not names and not touch.tables - own:
        return "", []
    return change.action, names


def _named(scope: Scope, touches: dict[tuple[str, str], Touch]) -> list[Touch]:
    """Return the object that what is done was said to be done to."""
    _action, *subject = scope.memory.get("named", ("",))
    return [touches[tuple(subject)]] if tuple(subject) in touches else []


def _chosen(touches: list[Touch]) -> list[Touch]:
    if not touches:
        return []
    foremost = min(touches, key=lambda touch: touch.rank)  # the first of those that rank alike
    return [one for one in touches if one.rank == foremost.rank and one.room.kind == foremost.room.kind]


def _rows(scope: Scope, chosen: list[Touch]) -> list[AuditEntry]:
    facts: dict[tuple[str, str], tuple[str, str]] = dict(scope.memory.get("gone", {}))
    for model in dict.fromkeys(touch.room.model for touch in chosen):
        ids = [touch.pk for touch in chosen if touch.room.model is model and touch.pk]
        facts.update({(model.__name__, pk): found for pk, found in _facts(model, ids).items()})
    whence = _whence(scope)
    rows = []
    for touch in chosen:
        kind, pk = touch.room.kind, touch.pk
        title, organization = facts.get((kind, pk)) or _former(scope.memory.get("before", {}).get((kind, pk)), kind)
        rows.append(
            AuditEntry(
                **whence,
                action=touch.action,
                kind=kind,
                object_id=pk[:64],
                title=title[:350],
                organization_id=organization,
                changes=touch.changes,
            )
        )
    return rows


def _facts(model: type[models.Model], ids: list[str]) -> dict[str, tuple[str, str]]:
    """Return title and organization of these objects, as far as they have one and it may be kept."""
    columns = {column.attname for column in model._meta.concrete_fields}
    kind = model.__name__
    title = next((one for one in ("title", "name") if one in columns), "") if kind in TITLED else ""
    owner = "id" if model is Organization else "organization_id" if "organization_id" in columns else ""
    if not ids or not (title or owner):
        return {}
    rows = model._base_manager.filter(pk__in=ids).values("pk", *filter(None, dict.fromkeys([title, owner])))
    return {str(row["pk"]): (row.get(title) or "", row.get(owner) or "") for row in rows}


def _former(state: dict[str, Any] | None, kind: str) -> tuple[str, str]:
    """Return title and organization of an object that is gone, from its last state."""
    columns = state["columns"] if state and kind in TITLED else {}
    return columns.get("title") or columns.get("name") or "", columns.get("organization_id") or ""


def _whence(scope: Scope) -> dict[str, str]:
    """Return who writes, by which way in, with what credential, and why."""
    request = scope.request
    if request is None:
        return {
            "origin": scope.origin, "actor_id": scope.actor_id, "credential": scope.credential,
            "request_id": scope.request_id, "comment": scope.comment,
        }  # fmt: skip
    user = getattr(request, "user", None)
    return {
        "origin": _origin(request, scope.origin),
        "actor_id": user.pk if user is not None and user.is_authenticated and user.pk else "",
        "credential": _credential(request),
        "request_id": scope.request_id,
        "comment": scope.comment or comment_of(request),
    }


def _origin(request: HttpRequest, origin: str) -> str:
    match = getattr(request, "resolver_match", None)
    return AuditOrigin.ADMIN if match and match.app_name == "admin" else origin


def _credential(request: HttpRequest) -> str:
    """Return the token or client that speaks for the person, or an empty text for a session."""
    row = getattr(request, "auth", None)
    if isinstance(row, ApiToken):
        return f"token:{row.pk}"
    client = getattr(row, "application", None)
    return f"oauth:{client.client_id}"[:160] if client else ""


def _author(scope: Scope) -> revisions.Author:
    whence = _whence(scope)
    source = whence["credential"].removeprefix("source:") if whence["origin"] == AuditOrigin.HARVEST else ""
    author, words = scope.memory.get("author", (whence["actor_id"] or None, whence["comment"]))
    return revisions.Author(author, whence["origin"], words, source)
