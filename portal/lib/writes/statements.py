"""Reading what a writing statement of the ORM changes: its table, its columns, and the values of some of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

INSERT, UPDATE, DELETE = "insert", "update", "delete"
HEAD = re.compile(r'\s*(?:(INSERT)(?: OR \w+)? INTO|(UPDATE)|(DELETE) FROM) "(\w+)"', re.IGNORECASE)
INSERTED = re.compile(r'" \(([^)]*)\) ')
ASSIGNED = re.compile(r'(?:SET|,) "(\w+)" = (%s)?')
NAME = re.compile(r'"(\w+)"')
ROWS = re.compile(r"VALUES (\(.*?\))(?:, \(|\s|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that writes. `places` are the positions of parameters by column, as far as the text tells them."""

    verb: str
    table: str
    columns: tuple[str, ...] = ()  # those that an INSERT or UPDATE sets
    places: dict[str, list[int]] = field(default_factory=dict)
    parameters: tuple[Any, ...] = ()
    stride: int = 0  # of an INSERT of several rows: parameters of one row

    def values(self, column: str) -> list[Any]:
        """Return the values that this column is set to or compared with; none where the statement does not say."""
        found: list[Any] = []
        for place in self.places.get(column, ()):
            rows = self.parameters[place :: self.stride] if self.stride else self.parameters[place : place + 1]
            for value in rows:
                found += value if isinstance(value, list) else [value]
        return list(dict.fromkeys(value for value in found if value is not None))


def writes(sql: Any) -> bool:
    """Tell cheaply whether a statement may write."""
    return str(sql)[:12].lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE")


def read(sql: str, parameters: Sequence[Any] | None) -> Statement | None:
    """Return what a statement of the ORM writes, or None for one that is not of its shape."""
    known = _shape(sql) if len(sql) < 20_000 else _read_shape(sql)
    if known is None:
        return None
    verb, table, columns, places, stride = known
    return Statement(verb, table, columns, places, tuple(parameters or ()), stride)


@lru_cache(maxsize=512)
def _shape(sql: str) -> tuple | None:
    return _read_shape(sql)


def _read_shape(sql: str) -> tuple | None:
    head = HEAD.match(sql)
    if not head:
        return None
    verb, table = (head[1] or head[2] or head[3]).lower(), head[4]
    if verb == INSERT:
        return verb, table, *_inserted(sql, head.end(4))
    columns = tuple(dict.fromkeys(match[1] for match in ASSIGNED.finditer(sql))) if verb == UPDATE else ()
    return verb, table, columns, _compared(sql, table, verb), 0


def _inserted(sql: str, start: int) -> tuple[tuple[str, ...], dict[str, list[int]], int]:
    """Return the columns of an INSERT, the place of each in a row of parameters, and the length of such a row.

    PostgreSQL gets many rows as one array a column (UNNEST): its parameters are lists then.
    """
    listed = INSERTED.match(sql, start)
    if not listed:
        return (), {}, 0
    columns = tuple(NAME.findall(listed[1]))
    rows = ROWS.search(sql, listed.end() - 1)
    marks = rows[1].count("%s") if rows else sql.count("%s")
    if marks != len(columns):
        return columns, {}, 0
    return columns, {name: [place] for place, name in enumerate(columns)}, marks


def _compared(sql: str, table: str, verb: str) -> dict[str, list[int]]:
    """Return the places of the parameters that columns of the table itself are set to or compared with."""
    places: dict[str, list[int]] = {}
    own = re.compile(rf'"{table}"\."(\w+)" (?:= (%s)|IN \(((?:%s(?:, )?)+)\))')
    for match in own.finditer(sql):
        first = sql.count("%s", 0, match.start())
        many = match[3].count("%s") if match[3] else 1
        places.setdefault(match[1], []).extend(range(first, first + many))
    if verb == UPDATE:
        for match in ASSIGNED.finditer(sql):
            if match[2]:
                places.setdefault(match[1], []).append(sql.count("%s", 0, match.start()))
    return places
