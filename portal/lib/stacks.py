"""Bars of several parts, in whole numbers: what the component `stack.html` draws as SVG."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise

WIDTH = 1000  # of the longest bar
LEAST = 6  # of a part that is not empty: it is seen


class Part(NamedTuple):
    """One part: what it counts, its tone (`ok`, `quiet`, `warn`, `bad`), its number, where it begins, its width."""

    label: str | Promise
    tone: str
    number: int
    x: int
    width: int


def stack(parts: Sequence[tuple[str | Promise, str, int]], top: int = 0) -> list[Part]:
    """Return the parts (label, tone, number) of a bar; one of `top` or more in all has the whole width.

    Without `top` the bar has the whole width by itself.
    """
    total = max(top, sum(number for _label, _tone, number in parts)) or 1
    found: list[Part] = []
    x = 0
    for label, tone, number in parts:
        width = max(LEAST, round(number * WIDTH / total)) if number else 0
        found.append(Part(label, tone, number, x, min(width, WIDTH - x)))
        x = min(x + width, WIDTH - LEAST)
    return found
