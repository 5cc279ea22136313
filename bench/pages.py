"""Pages over HTTP on a generated catalogue, one web worker, one caller: `python -m bench.pages [--pages 300]`.

Home, searches, datasets at random, the dataset with most files, their files. Each address is asked for once, so that
nothing but the home page is remembered. A bare `SELECT 1` through the same kind of worker, asked in turn, tells how
busy the machine is.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
from collections import defaultdict
from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import quote, urlencode

from bench.search import MIX, makers, p95, table, vocabulary
from bench.server import SITE, serving, verdict

# isort: split
from django.db.models import Max

from catalog.models import Dataset, Resource

GOALS = {"home": 20.0, "search": 60.0, "dataset": 40.0, "dataset of most files": 40.0}  # ms, p95 (issue 6)
WARM = 30  # requests before it counts


def fetch(connection: HTTPConnection, address: str) -> float:
    """Return the milliseconds of one page. Raises RuntimeError unless it answers well."""
    started = perf_counter()
    connection.request("GET", address, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    return (perf_counter() - started) * 1000


def addresses(number: int) -> dict[str, list[str]]:
    """Return `number` addresses of each class."""
    chance = random.Random(7)
    make, names = makers(vocabulary(), chance), chance.choices(list(MIX), list(MIX.values()), k=number)
    slugs = list(Dataset.objects.listed().values_list("slug", flat=True)[: 40 * number])
    most = Dataset.objects.listed().aggregate(most=Max("resources_count"))["most"]
    large = Dataset.objects.listed().filter(resources_count=most).values_list("slug", flat=True)[0]
    files = Resource.objects.filter(dataset__slug__in=slugs[:number]).values_list("dataset__slug", "pk")[:number]
    pages = max(1, most // 20)
    return {
        "home": ["/"] * number,
        "search": [f"/datasets/?{urlencode({'q': make[name](), 'n': place})}" for place, name in enumerate(names)],
        "dataset": [f"/datasets/{quote(slug)}/" for slug in chance.sample(slugs, min(number, len(slugs)))],
        "dataset of most files": [f"/datasets/{quote(large)}/?page={1 + place % pages}" for place in range(number)],
        "file": [f"/datasets/{quote(slug)}/resources/{pk}/" for slug, pk in files],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300, help="of each class")
    asked = addresses(parser.parse_args().pages)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, env={**os.environ, **SITE, "DEBUG": "off"}, check=True)
    times: dict[str, list[float]] = defaultdict(list)
    bare: list[float] = []
    with (
        serving("portal.wsgi:application", **SITE, SEARCH_RATE="") as (port, _pid),
        serving("bench.reference.wsgi:application", **SITE) as (bare_port, _bare_pid),
    ):
        connection, other = HTTPConnection("127.0.0.1", port, timeout=60), HTTPConnection("127.0.0.1", bare_port)
        for name, paths in asked.items():
            for path in paths[:WARM]:
                fetch(connection, f"{path}{'&' if '?' in path else '?'}warm=1")
            for place, path in enumerate(paths):
                times[name].append(fetch(connection, path))
                if place % 5 == 0:
                    bare.append(fetch(other, "/select-one/"))
    table("pages over HTTP", times)
    print(f"\n  SELECT 1 over HTTP in between: median {statistics.median(bare):.2f} ms, p95 {p95(bare):.2f} ms")
    found = {name: p95(times[name]) for name in GOALS}
    passed = [
        verdict(name, f"{found[name]:.1f} ms (at most {goal:g})", found[name] <= goal) for name, goal in GOALS.items()
    ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
