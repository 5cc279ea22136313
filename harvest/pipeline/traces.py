"""What a run leaves in the audit log and in the history: a row for each object that it changed, and a revision for each
that was there before and is not what it was. All of a batch at once, in its transaction.

A new object has no revision: its first state is kept with its first change, so that a catalogue which never changes
costs nothing.
"""

from collections.abc import Iterable
from typing import Any

from catalog.models import AuditEntry, Dataservice, Dataset
from catalog.models.audit import AuditAction, AuditOrigin
from catalog.services.history import revisions, states
from catalog.services.history.actions import keys
from harvest.models import Action
from harvest.pipeline.context import Context
from harvest.pipeline.entries import Entry
from harvest.pipeline.inserting import insert

ACTIONS = {
    Action.CREATED: AuditAction.CREATE,
    Action.UPDATED: AuditAction.UPDATE,
    Action.RESTORED: AuditAction.UNARCHIVE,
    Action.ARCHIVED: AuditAction.ARCHIVE,
}
type_of_states = dict[tuple[str, str], states.type_of_state]


def states_of(targets: Iterable[Any]) -> type_of_states:
    """Return the present states of these datasets and dataservices, by kind and id."""
    found: type_of_states = {}
    for model in (Dataset, Dataservice):
        ids = [target.pk for target in targets if isinstance(target, model)]
        if ids:
            found.update({(model.__name__, pk): state for pk, state in states.take(model.__name__, ids).items()})
    return found


def write(entries: Iterable[Entry], before: type_of_states, context: Context) -> None:
    """Note what became of these entries; `before` are the states of the objects that were there."""
    done = [entry for entry in entries if entry.action in ACTIONS and entry.target is not None]
    after = states_of([entry.target for entry in done if _key(entry) in before])
    insert([_row(entry, before, context) for entry in done])
    changes = [
        revisions.Change(*key, before[key], after[key], ACTIONS[entry.action])
        for entry in done
        if (key := _key(entry)) in after and before[key] != after[key]
    ]
    if changes:
        author = revisions.Author(None, AuditOrigin.HARVEST, source=context.source.pk)
        revisions.write(changes, author, at=context.now)


def _key(entry: Entry) -> tuple[str, str]:
    return type(entry.target).__name__, str(entry.target.pk)


def _row(entry: Entry, before: type_of_states, context: Context) -> AuditEntry:
    target = entry.target
    return AuditEntry(
        at=context.now,
        origin=AuditOrigin.HARVEST,
        credential=f"source:{context.source.pk}",
        action=ACTIONS[entry.action],
        kind=type(target).__name__,
        object_id=target.pk,
        title=target.title[:350],
        organization_id=target.organization_id or "",
        changes=keys(entry.changes) if _key(entry) in before else [],
        request_id=context.job_id,
    )
