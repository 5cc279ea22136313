"""Long streams: a whole catalogue in a single file, given out as pages."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from harvest.backends.base import Page

SIZE = 500  # records of a page


def pages_of(values: Iterable[Any], given: int = 0, *, size: int = SIZE, **cursor: Any) -> Iterator[Page]:
    """Give the values as pages of `size`, without the first `given`, which an earlier worker has dealt with.

    The cursor of a page is `{**cursor, "given": n}`. An empty stream gives one empty page.
    """
    stream = iter(values)
    for _passed_over in islice(stream, given):
        pass
    records = list(islice(stream, size))
    while True:
        following = list(islice(stream, size))
        given += len(records)
        yield Page(records, {**cursor, "given": given} if following else None)
        if not following:
            return
        records = following
