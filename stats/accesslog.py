"""Access logs of nginx and HAProxy: files that a proxy sends itself never reach the portal, and count all the same.

The combined format is read, and JSON lines with `time` (seconds), `address`, `method`, `uri`, `status`, `range` and
`user_agent` (docs/statistics.md has the line for nginx and HAProxy). Only JSON tells where a range began: parts of
files (206) count there alone.

Addresses and user agents are hashed in memory with the salt of their day, as those of a request. How far a log was read
is known by its first line, so that it may be imported each hour, before and after it was rotated.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import orjson
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone

from portal.lib.api.conditional import hash_of
from stats import loader
from stats.agents import agent_of
from stats.kinds import Channel
from stats.loader import Line
from stats.middleware import counts
from stats.periods import day_of, milliseconds
from stats.recognition import hit_of
from stats.visitors import KEPT, stored, visitor_of

COMBINED = re.compile(
    rb'^(?P<address>\S+) \S+ \S+ \[(?P<time>[^\]]{1,40})\] "(?P<method>[A-Z]{3,10}) (?P<uri>\S{1,8000})[^"]*" '
    rb'(?P<status>\d{3}) \S+(?: "(?:[^"\\]|\\.)*" "(?P<user_agent>(?:[^"\\]|\\.)*)")?'
)
TIME = "%d/%b/%Y:%H:%M:%S %z"
FIRST = 8192  # bytes of the first line that name the log


class Entry(NamedTuple):
    """One line of a log."""

    at: datetime
    address: str
    method: str
    uri: str
    status: int
    range: str
    user_agent: str


def import_log(path: Path, *, everything: bool = False) -> int:
    """Count what a log has and was not counted yet; return how many hits. Raises OSError if it can't be read.

    Only files that the proxy sends, unless `everything` is: for a portal that counts no requests itself.
    """
    with path.open("rb") as file:
        first = file.readline(FIRST)
    if not first.endswith(b"\n"):
        return 0
    reader = lines_of(lambda channel: everything or channel == Channel.STATIC)
    total = 0
    while (step := loader.load_chunk(path, name=f"log-{hash_of(first)}", parse=reader)) is not None:
        total += step
    return total


def lines_of(wanted: Callable[[Channel], bool]) -> Callable[[Iterable[bytes], Counter[str]], Iterator[Line]]:
    """Return what reads hits from lines of a log."""

    def read(lines: Iterable[bytes], tally: Counter[str]) -> Iterator[Line]:
        now, salts = timezone.now(), Salts()
        for text in lines:
            try:
                entry = parse(text)
            except (ValueError, KeyError, TypeError, OverflowError):
                tally["unreadable"] += 1
                continue
            line = as_line(entry, wanted, salts)
            if line is not None and loader.is_in_time(line.at, now, tally):
                yield line

    return read


def parse(text: bytes) -> Entry:
    """Return a line taken apart. Raises ValueError, KeyError, TypeError or OverflowError for what is none."""
    if text.startswith(b"{"):
        found = orjson.loads(text)
        at = datetime.fromtimestamp(float(found["time"]), timezone.get_default_timezone())
        return Entry(
            at, str(found["address"]), str(found["method"]), str(found["uri"]), int(found["status"]),
            str(found.get("range") or ""), str(found.get("user_agent") or ""),
        )  # fmt: skip
    match = COMBINED.match(text)
    if match is None:
        raise ValueError
    found = {name: (value or b"").decode("utf-8", "replace") for name, value in match.groupdict().items()}
    at = datetime.strptime(found["time"], TIME).astimezone(UTC)
    user_agent = "" if found["user_agent"] == "-" else found["user_agent"]
    return Entry(at, found["address"], found["method"], found["uri"], int(found["status"]), "", user_agent)


def as_line(entry: Entry, wanted: Callable[[Channel], bool], salts: "Salts") -> Line | None:
    """Return the hit of a line, by the rules of requests, or None if it is none."""
    request = request_of(entry)
    hit = hit_of(request) if request else None
    if request is None or hit is None or not wanted(hit.channel):
        return None
    if not counts(hit, request, HttpResponse(status=entry.status)):
        return None
    salt = salts.of(day_of(entry.at))
    visitor = visitor_of(salt, address_in(entry.address), entry.user_agent) if salt else None
    return Line(
        milliseconds(entry.at),
        hit.target,
        hit.key,
        hit.kind,
        hit.channel,
        agent_of(entry.user_agent),
        visitor,
        hit.term,
    )


def request_of(entry: Entry) -> HttpRequest | None:
    """Return a request as far as a log tells of it, or None for an address that the portal does not have."""
    path, _mark, query = entry.uri.partition("?")
    request = HttpRequest()
    request.method, request.path = entry.method, unquote(path)
    request.GET = QueryDict(query[:4000])
    request.META = {"HTTP_RANGE": entry.range}
    try:
        request.resolver_match = resolve(request.path)
    except Resolver404:
        return None
    return request


def address_in(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


class Salts:
    """The salts of the days of a log, each read once."""

    def __init__(self) -> None:
        self._known: dict[date, bytes | None] = {}

    def of(self, day: date) -> bytes | None:
        """Return the salt of that day; None for one that is destroyed, whose visitors can't be told apart any more."""
        if day not in self._known:
            lives = day > day_of(timezone.now()) - timedelta(days=KEPT)
            self._known[day] = stored(day) if lives else None
        return self._known[day]
