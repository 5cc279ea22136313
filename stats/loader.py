"""From the spool to the database, each line exactly once.

One transaction has the rows, the hours they dirty and how far the file was read: whatever kills the loader, either all
of it happened or nothing. Half a line at the end is left for the next time. Loaders work one after the other.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from stats import partitions
from stats.dimension import places
from stats.kinds import Agent, Channel, Kind, Span, Target
from stats.models import Bucket, Cursor, StatsObject, Tally
from stats.periods import hour_of, milliseconds, oldest_day, start_of
from stats.spool import files, remove_if_done

CHUNK = 4 * 1024**2  # bytes read in one transaction, about 50,000 hits
AHEAD = timedelta(hours=1)  # that a clock may be wrong
COLUMNS = ("at", "target_id", "organization_id", "kind", "channel", "agent", "visitor", "term")
KINDS, CHANNELS, AGENTS = (frozenset(choices.values) for choices in (Kind, Channel, Agent))
TARGETS = frozenset(Target.values)

Row = tuple[int, int, int | None, int, int, int, bytes | None, str]


class Line(NamedTuple):
    """One hit, as a spool has it."""

    at: int
    target: int
    key: str
    kind: int
    channel: int
    agent: int
    visitor: bytes | None
    term: str


class Loaded(NamedTuple):
    """What a run of the loader did."""

    rows: int
    files: int


type_of_parser = Callable[[Iterable[bytes], Counter[str]], Iterable[Line]]


def load(folder: Path | None = None) -> Loaded:
    """Load what the spool holds, the oldest file first, and remove the files that are done."""
    found = files(folder or settings.STATS_SPOOL_DIR)
    rows = done = 0
    for path in found:
        while (step := load_chunk(path)) is not None:
            rows += step
        done += finish(path)
    return Loaded(rows, done)


@transaction.atomic
def load_chunk(path: Path, *, name: str = "", parse: type_of_parser | None = None) -> int | None:
    """Load the next part of a file; return how many hits it had, or None if nothing whole is left to read.

    `name` is under which its position is kept, if not its own; `parse` reads what is no spool.
    """
    partitions.lock()
    # The position first, then the file: a file that was removed in between can't be opened, and nothing counts twice.
    cursor, _made = Cursor.objects.get_or_create(file=name or path.name)
    content = read(path, cursor.position)
    if not content:
        return None
    tally: Counter[str] = Counter()
    lines = list((parse or parse_spool)(content.splitlines(), tally))
    rows = as_rows(lines, tally)
    write(rows)
    Bucket.objects.bulk_create(
        [Bucket(span=Span.HOUR, start=start) for start in sorted({hour_of(row[0]) for row in rows})],
        update_conflicts=True, unique_fields=["span", "start"], update_fields=["dirty"],
    )  # fmt: skip
    add(tally)
    cursor.position += len(content)
    cursor.save()
    return len(rows)


def read(path: Path, position: int) -> bytes:
    """Return the whole lines after `position`, 4 MiB at most."""
    try:
        with path.open("rb") as file:
            file.seek(position)
            content = file.read(CHUNK)
    except FileNotFoundError:
        return b""
    end = content.rfind(b"\n") + 1
    return content[:end]


def parse_spool(lines: Iterable[bytes], tally: Counter[str]) -> Iterator[Line]:
    """Give the hits in these lines; what is no hit is counted in `tally`."""
    now = timezone.now()
    for text in lines:
        try:
            found = orjson.loads(text)
            if isinstance(found, dict) and "dropped" in found:
                tally["dropped"] += int(found["dropped"])
                continue
            line = as_line(found)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            tally["unreadable"] += 1
            continue
        if is_in_time(line.at, now, tally):
            yield line


def is_in_time(at: int, now: datetime, tally: Counter[str]) -> bool:
    """Tell whether the day of a hit may still be counted; else it is counted as late, or as of a clock gone wrong."""
    first, last = limits(now)
    if first <= at <= last:
        return True
    tally["late" if at < first else "unreadable"] += 1
    return False


@lru_cache(maxsize=1)
def limits(now: datetime) -> tuple[int, int]:
    return milliseconds(start_of(oldest_day(now))), milliseconds(now + AHEAD)


def as_line(found: Any) -> Line:
    """Return a hit. Raises KeyError, TypeError or ValueError for what is none."""
    if not isinstance(found, dict):
        raise TypeError
    visitor = found.get("v")
    line = Line(
        int(found["t"]), found.get("o", 0), str(found.get("r", "")).replace("\x00", ""), found["k"], found["c"],
        found["a"], bytes.fromhex(visitor)[:8] if visitor else None, str(found.get("q", ""))[:100].replace("\x00", ""),
    )  # fmt: skip
    known = line.kind in KINDS and line.channel in CHANNELS and line.agent in AGENTS and line.target in TARGETS
    if not known:
        raise ValueError(found)
    return line


def as_rows(lines: list[Line], tally: Counter[str]) -> list[Row]:
    """Return the rows of these hits, with the numbers of their objects; those of lost objects are counted."""
    site = StatsObject.objects.site_id()
    found = places({(line.target, line.key) for line in lines if line.target})
    rows: list[Row] = []
    for line in lines:
        place = (site, None) if line.target == Target.SITE else found.get((line.target, line.key))
        if place is None:
            tally["unknown"] += 1
            continue
        rows.append((line.at, place[0], place[1], line.kind, line.channel, line.agent, line.visitor, line.term))
    return rows


def write(rows: list[Row]) -> None:
    """Add hits: by COPY where there is such a thing."""
    if not rows:
        return
    names = ", ".join(COLUMNS)
    if connection.vendor == "postgresql":
        partitions.make(row[0] for row in rows)
        with connection.cursor() as cursor, cursor.copy(f"COPY stats_event ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO stats_event ({names}) VALUES ({marks})", rows)  # noqa: S608 - our own names


def add(tally: Mapping[str, int]) -> None:
    """Add to the numbers for operators."""
    for name, number in sorted(tally.items()):
        Tally.objects.get_or_create(name=name)
        Tally.objects.filter(name=name).update(value=F("value") + number)


def finish(path: Path) -> bool:
    """Remove a file that is read to its end and that nobody writes any more. The file goes before its position."""
    position = Cursor.objects.filter(file=path.name).values_list("position", flat=True).first()
    if position is None or not remove_if_done(path, position):
        return False
    Cursor.objects.filter(file=path.name).delete()
    return True


def forget_cursors() -> int:
    """Delete the positions of files that nobody moved for long; return how many.

    A file of another host can't be looked for. Were it read anew, all its hits would be too late by now to count.
    """
    old = timezone.now() - timedelta(days=settings.STATS_RAW_DAYS + 2)
    return Cursor.objects.filter(moved_at__lt=old).delete()[0]
