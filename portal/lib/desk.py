"""The desk of the administration: each app says what waits for somebody; it is counted and shown in one place.

    desk.register(desk.Work("reports", _("Reports to handle"), rows=open_reports, address=their_list))

Costs do not grow with the catalogue: every count stops at `MOST`, all of them are one statement, and those that read
much are kept for a minute.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from portal.lib.charts import Chart

MOST = 10_000  # rows that are counted; beyond, the desk says “more than”
KEPT = 60  # seconds that the dear counts are kept
DRAWN = 600  # seconds that the numbers of the charts are kept
QUEUE = 10  # newest things that are shown

type_of_text = str | Promise
Rows = Callable[[HttpRequest], QuerySet | None]
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: since when, what it is, and where it is dealt with."""

    at: datetime
    text: type_of_text
    address: str
    title: type_of_text = ""  # of its kind of work


@dataclass(frozen=True, slots=True)
class Work:
    """Work of one kind.

    `rows` returns what waits for the caller, or None where that is not her work; `address` the list of just these rows.
    With `item` and `since` (the column that says since when) its newest rows stand in the queue. `is_dear` says that
    counting reads much.
    """

    name: str
    title: type_of_text
    rows: Rows
    address: Callable[[HttpRequest], str]
    item: Callable[[HttpRequest, Any], Item] | None = None
    since: str = ""
    is_dear: bool = False
    order: int = 100


@dataclass(frozen=True, slots=True)
class Tile:
    """A count, and the way to its list. `number` is at most `MOST`; `is_more` says that there are more."""

    name: str
    title: type_of_text
    address: str
    number: int
    is_more: bool


WORKS: dict[str, Work] = {}
CHARTS: dict[str, Callable[[HttpRequest], Chart | None]] = {}


def register(work: Work) -> None:
    """Add work of one kind, or replace that of the same name."""
    WORKS[work.name] = work


def chart(name: str) -> Callable[[Callable[[HttpRequest], Chart | None]], Callable[[HttpRequest], Chart | None]]:
    """Register a function that draws a chart for the caller, or None where there is nothing to draw."""

    def keep(draw: Callable[[HttpRequest], Chart | None]) -> Callable[[HttpRequest], Chart | None]:
        CHARTS[name] = draw
        return draw

    return keep


def board(request: HttpRequest) -> dict[str, Any]:
    """Return what the desk shows: `tiles`, `queue` and `charts`."""
    ordered = sorted(WORKS.values(), key=lambda work: (work.order, work.name))
    hers = [(work, rows) for work in ordered if (rows := work.rows(request)) is not None]
    counts = _counts(request, hers)
    return {
        "tiles": [
            Tile(work.name, work.title, work.address(request), min(counts[work.name], MOST), counts[work.name] > MOST)
            for work, _rows in hers
        ],
        "queue": _queue(request, [(work, rows) for work, rows in hers if counts[work.name]]),
        "charts": [drawn for draw in CHARTS.values() if (drawn := draw(request))],
    }


def kept(request: HttpRequest, name: Hashable, seconds: int, ask: Callable[[], Kept]) -> Kept:
    """Return what `ask` says, kept so many seconds: for one person, or for all system administrators together."""
    return cache.get_or_set(_key(request, name), ask, seconds)


def counted(wanted: dict[str, QuerySet]) -> dict[str, int]:
    """Return how many rows each of these has, at most `MOST` + 1; one statement for all."""
    parts, values, names = [], [], []
    for name, rows in wanted.items():
        try:
            text, given = _capped(rows).query.sql_with_params()
        except EmptyResultSet:  # it can't have rows
            continue
        parts.append(f"(SELECT count(*) FROM ({text}) AS counted)")  # noqa: S608 - the ORM's own text, values apart
        values += given
        names.append(name)
    found = dict.fromkeys(wanted, 0)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            found.update(zip(names, cursor.fetchone(), strict=True))
    return found


def _capped(rows: QuerySet) -> QuerySet:
    is_grouped = rows.query.group_by is not None
    return (rows if is_grouped else rows.order_by().values("pk"))[: MOST + 1]


def _key(request: HttpRequest, name: Hashable) -> str:
    scope = "all" if getattr(request.user, "is_sysadmin", False) else request.user.pk
    return f"desk:{scope}:{name}"


def _counts(request: HttpRequest, hers: list[tuple[Work, QuerySet]]) -> dict[str, int]:
    """Return the counts by name: the dear ones from the cache where it has them."""
    keys = {_key(request, work.name): work.name for work, _rows in hers if work.is_dear}
    known = {keys[key]: number for key, number in cache.get_many(keys).items()}
    found = counted({work.name: rows for work, rows in hers if work.name not in known})
    fresh = {key: found[name] for key, name in keys.items() if name in found}
    if fresh:
        cache.set_many(fresh, KEPT)
    return {**known, **found}


def _queue(request: HttpRequest, hers: list[tuple[Work, QuerySet]]) -> list[Item]:
    """Return the newest things; one query for each kind that has any."""
    found = [
        replace(work.item(request, row), title=work.title)
        for work, rows in hers
        if work.item
        for row in rows.order_by(f"-{work.since}", "pk")[:QUEUE]
    ]
    return sorted(found, key=lambda item: item.at, reverse=True)[:QUEUE]
