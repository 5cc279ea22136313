"""The statistics counted in Python, line by line, as anybody would: what the database must agree with."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
GAP = 30_000  # milliseconds


class One(NamedTuple):
    """A hit, of an object with or without an organization."""

    at: int
    target: str
    organization: str
    kind: int
    channel: int
    agent: int
    visitor: str


def hour_of(one: One) -> datetime:
    return datetime.fromtimestamp(one.at / 1000, UTC).replace(minute=0, second=0, microsecond=0)


def day_of(one: One):
    return datetime.fromtimestamp(one.at / 1000, UTC).astimezone(PARIS).date()


def hours(hits: Iterable[One]) -> dict:
    return dict(Counter((hour_of(one), one.target, one.kind, one.channel, one.agent) for one in hits))


def days(hits: Iterable[One]) -> dict:
    """Return (day, target, kind, channel, agent) -> [hits, uses, uniques]."""
    cells: dict = defaultdict(lambda: [0, 0, 0])
    for one, is_use, is_new in walked(hits):
        cell = cells[day_of(one), one.target, one.kind, one.channel, one.agent]
        cell[0] += 1
        cell[1] += is_use
        cell[2] += is_new
    return {key: tuple(cell) for key, cell in cells.items()}


def organization_days(hits: Iterable[One]) -> dict:
    """Return (day, organization, kind, agent) -> (hits, uses)."""
    cells: dict = defaultdict(lambda: [0, 0])
    for one, is_use, _is_new in walked(hits):
        if one.organization:
            cell = cells[day_of(one), one.organization, one.kind, one.agent]
            cell[0] += 1
            cell[1] += is_use
    return {key: tuple(cell) for key, cell in cells.items()}


def walked(hits: Iterable[One]):
    """Give each hit, whether it is no double click, and whether its visitor is new to that object and day."""

    def place(one: One):
        return day_of(one), one.target, one.kind, one.visitor

    for _key, group in groupby(sorted(hits, key=lambda one: (*place(one), one.at, one.channel, one.agent)), place):
        before = None
        for one in group:
            yield one, not one.visitor or before is None or one.at - before > GAP, bool(one.visitor) and before is None
            before = one.at


def months(hits: Iterable[One]) -> dict:
    cells: dict = defaultdict(lambda: [0, 0, 0])
    for (day, *rest), numbers in days(hits).items():
        cell = cells[(day.replace(day=1), *rest)]
        for index, number in enumerate(numbers):
            cell[index] += number
    return {key: tuple(cell) for key, cell in cells.items()}


def site_days(hits: Iterable[One]) -> dict:
    seen = {(day_of(one), one.agent, one.visitor) for one in hits if one.visitor}
    return dict(Counter((day, agent) for day, agent, _visitor in seen))
