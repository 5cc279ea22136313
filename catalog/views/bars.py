"""Numbers as bars: the lines of the component `bar_list.html`."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.functional import Promise

WIDTH = 1000  # of the longest bar, in units of the drawing


class BarRow(NamedTuple):
    """One line: what is counted, where it leads, its number and the length of its bar (0 to WIDTH)."""

    label: str | Promise
    address: str
    number: int
    length: int


def bars_of(rows: Iterable[tuple[str | Promise, str, int]]) -> list[BarRow]:
    """Return lines (label, address, number) with their bars; the largest number has the longest one."""
    listed = list(rows)
    top = max((number for _label, _address, number in listed), default=0) or 1
    return [BarRow(label, address, number, length_of(number, top)) for label, address, number in listed]


def length_of(number: int, top: int) -> int:
    """Return the length of a bar; what is not 0 is seen."""
    return max(4, round(number * WIDTH / top)) if number else 0
