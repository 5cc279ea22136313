"""Search over HTTP: the mix of `bench.search` through `GET /api/2/datasets/search/`, one web worker, one caller.

`python -m bench.search_http [--queries 2000]`. Each answer holds 20 whole datasets, the exact total and all 13 facets.
Needs a catalogue and its index (`bench.search` builds it). No page is answered from memory: each address is another
one. The second worker forgets before each request what it has found, as after a commit of the indexer. A bare
`SELECT 1` through the same kind of worker, asked in turn with the searches, tells how busy the machine is.
"""

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict
from http.client import HTTPConnection
from urllib.parse import urlencode

import orjson

from bench.search import MIX, makers, p95, table, vocabulary
from bench.server import SITE, serving, verdict

GOAL_MIX, GOAL_WORST = 40.0, 80.0  # ms
ADDRESS = "/api/2/datasets/search/"
WARM = 100  # queries before it counts


def fetch(connection: HTTPConnection, text: str, number: int) -> tuple[float, int]:
    """Return the milliseconds of one search and its total. Raises RuntimeError unless it answers well."""
    started = time.perf_counter()
    connection.request("GET", f"{ADDRESS}?{urlencode({'q': text, 'page_size': 20, 'number': number})}")
    answer = connection.getresponse()
    body = answer.read()
    spent = (time.perf_counter() - started) * 1000
    found = orjson.loads(body)
    if answer.status != 200 or not found["facets"]["format"] or len(found["data"]) != min(20, found["total"]):
        raise RuntimeError(f"{text}: {answer.status} {body[:200]!r}")
    return spent, found["total"]


def yardstick(connection: HTTPConnection) -> float:
    """Return the milliseconds of a bare `SELECT 1`."""
    started = time.perf_counter()
    connection.request("GET", "/select-one/")
    connection.getresponse().read()
    return (time.perf_counter() - started) * 1000


def measure(application: str, asked: list[tuple[str, str]]) -> dict[str, list[float]]:
    """Return the times by class through one worker of `application`; print the yardstick's."""
    times: dict[str, list[float]] = defaultdict(list)
    bare: list[float] = []
    with (
        serving(application, **SITE) as (port, _pid),
        serving("bench.reference.wsgi:application", **SITE) as (bare_port, _bare_pid),
    ):
        connection, other = HTTPConnection("127.0.0.1", port, timeout=60), HTTPConnection("127.0.0.1", bare_port)
        for number, (_name, text) in enumerate(asked[:WARM]):
            fetch(connection, text, -1 - number)
            yardstick(other)
        for number, (name, text) in enumerate(asked):
            times[name].append(fetch(connection, text, number)[0])
            if number % 5 == 0:
                bare.append(yardstick(other))
        connection.close()
        other.close()
    print(f"\n  SELECT 1 over HTTP in between: median {statistics.median(bare):.2f} ms, p95 {p95(bare):.2f} ms")
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=2000)
    chance = random.Random(12)
    make = makers(vocabulary(), chance)
    names = chance.choices(list(MIX), list(MIX.values()), k=parser.parse_args().queries)
    asked = [(name, make[name]()) for name in names]
    times = measure("portal.wsgi:application", asked)
    mixed = table("over HTTP", times)
    cold = measure("bench.cold:application", asked)
    mixed_cold = table("over HTTP, nothing remembered", cold)
    worst = max(p95(some) for some in cold.values())
    passed = [
        verdict("p95 of the mix over HTTP", f"{mixed:.1f} ms (at most {GOAL_MIX:g})", mixed <= GOAL_MIX),
        verdict("the same, nothing remembered", f"{mixed_cold:.1f} ms", mixed_cold <= GOAL_MIX),
        verdict("p95 of the worst class, nothing remembered", f"{worst:.1f} ms", worst <= GOAL_WORST),
    ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
