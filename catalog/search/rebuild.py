"""Building an index beside the live one, and proving an index right.

While it builds, readers have the old index and its indexer goes on; what changes meanwhile is applied before the new
one takes its place, and what changes at that very moment by the indexer right after.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from catalog.models import SearchChange
from catalog.search import outbox
from catalog.search.backends.base import Backend, Writer
from catalog.search.indexer import affected, apply
from catalog.search.outbox import Position
from catalog.search.readers import registry

Progress = Callable[[str, int], None]
ROUNDS = 20  # of catching up, each shorter than the one before


@dataclass(frozen=True, slots=True)
class Differences:
    """What `check` found: uids to write (missing or of another version) and to take out."""

    checked: int
    wrong: list[str]
    superfluous: list[str]

    @property
    def uids(self) -> list[str]:
        return [*self.wrong, *self.superfluous]

    def __len__(self) -> int:
        return len(self.wrong) + len(self.superfluous)


def rebuild(backend: Backend, progress: Progress = lambda kind, number: None) -> int:
    """Build a new index and put it in the place of the live one; return how many documents it holds."""
    writer = backend.new_index()
    try:
        position, total = outbox.here(), 0
        for kind in registry.READERS:
            for batch in registry.batches(registry.ids_of(kind)):
                documents = registry.build(kind, batch)
                writer.write(documents)
                total += len(documents)
                progress(kind, len(documents))
        writer.commit(str(position))
        catch_up(writer, position)
    except BaseException:
        writer.close()
        raise
    backend.publish(writer)
    return total


def catch_up(writer: Writer, position: Position) -> Position:
    """Apply what changed since `position` until hardly anything is left; return the position reached."""
    for _round in range(ROUNDS):
        changes, reached = outbox.since(position)
        if not changes:
            return position
        apply(writer, {kind: ids for kind, ids in changes.items() if kind in registry.READERS})
        for kind, ids in changes.items():
            if kind not in registry.READERS:
                for other, others in affected(kind, ids):
                    apply(writer, {other: others})
        position = reached
        writer.commit(str(position))
    return position


def compare(backend: Backend, kinds: Iterable[str] = tuple(registry.READERS)) -> Differences:
    """Compare ids and versions of the index with the database's, which are computed anew."""
    indexed = dict(backend.versions())
    wrong, checked = [], 0
    for kind in kinds:
        for batch in registry.batches(registry.ids_of(kind)):
            for document in registry.build(kind, batch):
                checked += 1
                if indexed.pop(document.uid, None) != document.version:
                    wrong.append(document.uid)
    kept = [uid for uid in indexed if uid.partition(":")[0] in set(kinds)]
    return Differences(checked, wrong, sorted(kept))


def check(backend: Backend, *, settle: Callable[[], object] = lambda: None) -> Differences:
    """Compare twice, and keep what is wrong both times: what was changing is no difference. `settle` waits."""
    first = compare(backend)
    if not first:
        return first
    settle()
    second = compare(backend)
    wrong = sorted(set(first.wrong) & set(second.wrong))
    superfluous = sorted(set(first.superfluous) & set(second.superfluous))
    return Differences(second.checked, wrong, superfluous)


def mend(differences: Differences) -> None:
    """Note what differs in the outbox: each host's indexer writes it as the database has it."""
    rows = [SearchChange(kind=uid.partition(":")[0], object_id=uid.partition(":")[2]) for uid in differences.uids]
    SearchChange.objects.bulk_create(rows, batch_size=1000)
