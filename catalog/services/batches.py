"""Work in batches: constant memory whatever the number of rows."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of at most `size` items (Python 3.12's itertools.batched)."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
