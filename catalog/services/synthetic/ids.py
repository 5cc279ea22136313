"""Ids and dates that follow from a number: any row can be named before, or without, being made."""

from datetime import UTC, datetime, timedelta
from hashlib import sha1

# The catalogue ends at a fixed moment, so that a seed gives the same one whenever it is used.
END = datetime(2026, 11, 20, 8, tzinfo=UTC)
SPAN = timedelta(days=12 * 365)
MOST = 0xFFFFFF  # the counter of an id has three bytes


class Series:
    """The objects of one kind, numbered from 0 by creation. Nothing in it needs memory.

    Ids have udata's form: four bytes of time, five that stand for the kind and the seed, three of a counter; so two
    seeds never give one id, and the rows of a seed are recognised.
    """

    def __init__(self, kind: str, *, seed: int, total: int) -> None:
        if total > MOST:
            raise ValueError(f"At most {MOST:,} objects of a kind can be numbered.")
        self.total = total
        self.mark = sha1(f"synthetic {kind} {seed}".encode(), usedforsecurity=False).hexdigest()[:10]

    def created(self, number: int) -> datetime:
        """Return when object `number` was made: over twelve years, a little faster each year."""
        share = ((number + 0.5) / self.total) ** 0.8
        return (END - SPAN * (1 - share)).replace(microsecond=0)

    def id(self, number: int) -> str:
        return f"{int(self.created(number).timestamp()):08x}{self.mark}{number:06x}"
