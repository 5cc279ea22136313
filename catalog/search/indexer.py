"""Keeping an index equal to the database: it follows the outbox and commits often.

Applying a change means to read the object as it is now and to write it or to take it out: doing it twice, or late,
does no harm. The position is kept by the index itself, in the same commit, so that a kill at any point repeats work
and loses none.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from catalog.models import Dataservice, Dataset, Reuse, Topic, TopicElement
from catalog.search import outbox
from catalog.search.backends.base import Backend, IndexMissing, Writer
from catalog.search.document import uid
from catalog.search.outbox import Changes, Position, PositionLost
from catalog.search.readers import registry, speech

BATCH = 500  # objects read and written at once
KEEP_EVERY = 600.0  # seconds after which a position is kept though nothing was written
OWNED = {"dataset": Dataset, "dataservice": Dataservice, "reuse": Reuse, "topic": Topic}


@dataclass
class Indexer:
    """One follower with its writer. `wide` is what concerns many objects and is done in pieces, between two looks."""

    backend: Backend
    writer: Writer
    seen: Position
    kept: Position
    wide: list[Iterator[tuple[str, list[str]]]] = field(default_factory=list)
    committed: float = field(default_factory=time.monotonic)

    @classmethod
    def open(cls, backend: Backend) -> "Indexer":
        """Go on where the live index is. Raises IndexMissing, PositionLost, or BlockingIOError if somebody writes."""
        writer = backend.writer()
        try:
            position = Position.parse(backend.position())
            outbox.check(position)
        except (IndexMissing, PositionLost):
            writer.close()
            raise
        return cls(backend, writer, position, position)

    def step(self) -> int:
        """Apply what has appeared since the last look, and a piece of what is wide; return how many objects."""
        changes, position = outbox.since(self.seen)
        narrow = {kind: ids for kind, ids in changes.items() if kind in registry.READERS}
        written = apply(self.writer, narrow)
        self.wide += [affected(kind, ids) for kind, ids in changes.items() if kind not in registry.READERS]
        written += self._widen()
        self.seen = position
        if not self.wide:
            self.kept = position
        if written or changes or time.monotonic() - self.committed > KEEP_EVERY:
            self.writer.commit(str(self.kept))
            self.committed = time.monotonic()
        return written

    def _widen(self) -> int:
        """Write one batch of the objects that a wide change concerns."""
        while self.wide:
            found = next(self.wide[0], None)
            if found is not None:
                kind, ids = found
                return apply(self.writer, {kind: ids})
            self.wide.pop(0)
        return 0

    def close(self) -> None:
        self.writer.close()


def apply(writer: Writer, changes: Changes) -> int:
    """Write these objects as they are now, with the discussions that they show or hide; return how many."""
    done = 0
    for kind, ids in changes.items():
        for batch in registry.batches(ids, BATCH):
            done += _apply(writer, kind, batch)
            talks = speech.discussions_about(kind, batch)
            for others in registry.batches(talks, BATCH):
                done += _apply(writer, "discussion", others)
    return done


def _apply(writer: Writer, kind: str, ids: list[str]) -> int:
    documents = registry.build(kind, ids)
    there = {document.id for document in documents}
    writer.write(documents, deleted=[uid(kind, pk) for pk in ids if pk not in there])
    return len(ids)


def affected(kind: str, ids: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield (kind, ids) in batches of the objects that show these organizations, topics or tags."""
    if kind == "of-topic":
        for subject_class, model in {"Dataset": "dataset", "Reuse": "reuse", "Dataservice": "dataservice"}.items():
            elements = TopicElement.objects.filter(topic__in=ids, subject_class=subject_class)
            yield from _batched(model, elements.values_list("subject_id", flat=True))
        return
    column = {"of-organization": "organization__in", "of-tag": "tags__in"}[kind]
    for owned, model in OWNED.items():
        yield from _batched(owned, model._default_manager.filter(**{column: ids}).values_list("pk", flat=True))


def _batched(kind: str, ids: object) -> Iterator[tuple[str, list[str]]]:
    for batch in registry.batches(list(dict.fromkeys(ids.order_by())), BATCH):
        yield kind, batch
