"""Tables: the columns that a theme lists, filled with invented but plausible values.

A column reads `name: kind arguments`, for instance `height_m: decimal 4 38` or `state: choice good | fair | bad`.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.services.demo.names import chance
from catalog.services.demo.plan import Place, places

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value stands: what its maker may look at."""

    rng: random.Random
    place: Place
    arguments: str
    index: int  # of the row, from 0
    rows: int

    @property
    def bounds(self) -> tuple[float, float]:
        low, high = map(float, self.arguments.split())
        return low, high


def _choice(cell: Cell) -> str:
    return cell.rng.choice(cell.arguments.split(" | "))


def _code(cell: Cell) -> str:
    return f"{cell.arguments}-{cell.index + 1:04}"


def _decimal(cell: Cell) -> float:
    low, high = cell.bounds
    return round(cell.rng.triangular(low, high, low + (high - low) * 0.4), 2 if high - low < 5 else 1)


def _integer(cell: Cell) -> int:
    """Draw a whole number; wide ranges are drawn by order of magnitude, as sizes and amounts of money are."""
    low, high = cell.bounds
    if low > 0 and high / low > 20:
        return round(low * (high / low) ** cell.rng.random())
    return cell.rng.randint(int(low), int(high))


def _day(cell: Cell) -> str:
    """Spread the rows over the year (or the months, or what is left of it) that follows the first day."""
    start = datetime.fromisoformat(cell.arguments).replace(tzinfo=UTC)
    span = min(timedelta(days=360), max(timedelta(days=cell.rows), datetime(2026, 11, 19, tzinfo=UTC) - start))
    return (start + span * cell.index / cell.rows).date().isoformat()


def _hour(cell: Cell) -> str:
    start = datetime.fromisoformat(cell.arguments).replace(tzinfo=UTC)
    return (start + timedelta(hours=cell.index)).isoformat()


def _month(cell: Cell) -> str:
    """Count months from the first one; `2025-01 12` begins again after twelve."""
    first, _space, cycle = cell.arguments.partition(" ")
    year, month = map(int, first.split("-"))
    number = year * 12 + month - 1 + (cell.index % int(cycle) if cycle else cell.index)
    return f"{number // 12}-{number % 12 + 1:02}"


def _cycle(cell: Cell) -> str:
    values = cell.arguments.split(" | ")
    return values[cell.index % len(values)]


def _block(cell: Cell) -> str:
    """Give the first value to the first rows, the second to the next: with `_cycle`, all combinations once."""
    values = cell.arguments.split(" | ")
    return values[cell.index * len(values) // cell.rows]


def _region(cell: Cell) -> str:
    """Give the same region to the same row of every table: row 7 is always town VAL-0008."""
    return chance(f"region {cell.index}").choice(places()["valmont"].districts)


def _latitude(cell: Cell) -> float:
    return round(cell.place.latitude + cell.rng.uniform(-0.8, 0.8) * cell.place.radius, 5)


def _longitude(cell: Cell) -> float:
    return round(cell.place.longitude + cell.rng.uniform(-0.8, 0.8) * cell.place.radius, 5)


KINDS: dict[str, Callable[[Cell], Any]] = {
    "block": _block,
    "choice": _choice,
    "code": _code,
    "cycle": _cycle,
    "day": _day,
    "decimal": _decimal,
    "district": lambda cell: cell.rng.choice(cell.place.districts),
    "hour": _hour,
    "integer": _integer,
    "latitude": _latitude,
    "longitude": _longitude,
    "month": _month,
    "rank": lambda cell: cell.index + 1,
    "region": _region,
    "value": lambda cell: cell.arguments,
}


def parse(column: str) -> tuple[str, str, str]:
    """Return the name, the kind and the arguments of a column."""
    name, _colon, rest = column.partition(": ")
    kind, _space, arguments = rest.partition(" ")
    return name, kind, arguments


def make(columns: list[str], rows: int, place: Place, rng: random.Random) -> list[Row]:
    """Return the rows of a table. Raises KeyError for a kind of column that does not exist."""
    parsed = [parse(column) for column in columns]
    return [
        {name: KINDS[kind](Cell(rng, place, arguments, index, rows)) for name, kind, arguments in parsed}
        for index in range(rows)
    ]
