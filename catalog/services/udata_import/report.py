"""What an import did: how many records it took, which it refused and why, what it left out of those it took."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

KINDS = (
    "organization", "dataset", "resource", "community resource", "dataservice", "reuse", "discussion", "post", "site",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one record."""

    kind: str
    key: str  # the record's id, or its place in the file
    text: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.text}"


@dataclass(slots=True)
class Report:
    """A record met twice (a reuse of two datasets) counts once."""

    taken: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    refused: list[Remark] = field(default_factory=list)
    incomplete: list[Remark] = field(default_factory=list)

    def take(self, kind: str, key: str, notes: Iterable[str]) -> None:
        """Count a record as taken, with what was left out of it."""
        self.taken[kind].add(key)
        self.incomplete += [Remark(kind, key, note) for note in notes]

    def refuse(self, kind: str, key: str, reason: str) -> None:
        """Count a record as refused."""
        self.refused.append(Remark(kind, key, reason))

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was taken."""
        return not any(self.taken.values())

    def summary(self) -> list[str]:
        """Return one line a kind of record that was met."""
        refused = Counter(remark.kind for remark in self.refused)
        return [
            f"{kind}: {len(self.taken[kind])} taken, {refused[kind]} refused"
            for kind in KINDS
            if self.taken[kind] or refused[kind]
        ]
