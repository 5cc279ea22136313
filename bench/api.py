"""API of datasets against a plain ModelSerializer peer and a bare SELECT 1, in one run.

    DATABASE_URL=postgres://… python -m bench.api

Needs a catalogue (`manage.py generate_catalog`). Prints each figure as a ratio to a limit or a peer of the same run.
"""

import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.cache import caches  # noqa: E402 - Django must be set up first
from django.db import connection  # noqa: E402 - Django must be set up first
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.server import SITE, rate, serving, verdict  # noqa: E402
from catalog.documents import store  # noqa: E402
from catalog.models import Dataset, Organization  # noqa: E402

LIST_GOAL, DETAIL_GOAL, MAX_QUERIES, BIG_PAGE_GOAL = 12, 3, 6, 0.050


def queries_of(path: str) -> int:
    """Return the number of queries of `path` when nothing is remembered: the most it can cost."""
    client = Client(SERVER_NAME="127.0.0.1", headers={"accept": "application/json"})
    client.get(path)  # connections are open, code is loaded
    for cache in caches.all():
        cache.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return len(captured)


def server_time(path: str, times: int = 30) -> float:
    """Return the median time in seconds of `path` inside the process."""
    client, taken = Client(SERVER_NAME="127.0.0.1", headers={"accept": "application/json"}), []
    for _ in range(times):
        started = time.perf_counter()
        client.get(path)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def pages_anew(deep: int) -> Callable[[], str]:
    """Return a source of pages that nobody asked for yet: what a list costs while the catalogue moves."""
    numbers = itertools.cycle(range(1, deep + 1))
    return lambda: f"/api/1/datasets/?page={next(numbers)}&_={time.time()}"


def throughput(deep: int, one: str) -> dict[str, float]:
    """Return answers per second of each path, peer and ours, measured alternately twice (the best counts)."""
    best: dict[str, float] = {}
    reference = {"select": "/select-one/", "peer": "/datasets/", "peer deep": f"/datasets/?page={deep}",
                 "peer detail": f"/datasets/{one}/"}  # fmt: skip
    ours = {"v1": "/api/1/datasets/", "v1 deep": f"/api/1/datasets/?page={deep}", "v2": "/api/2/datasets/",
            "detail": f"/api/1/datasets/{one}/"}  # fmt: skip
    with (
        serving("bench.reference.wsgi:application", **SITE) as (peer_port, _),
        serving("portal.wsgi:application", **SITE) as (port, _pid),
    ):
        for _ in range(2):
            for paths, number in [(reference, peer_port), (ours, port)]:
                for name, path in paths.items():
                    best[name] = max(best.get(name, 0), rate(number, path))
            best["v1, each page anew"] = max(best.get("v1, each page anew", 0), rate(port, pages_anew(deep)))
    return best


def main() -> int:
    datasets = Dataset.objects.listed().count()
    deep = min(3000, max(1, datasets // 20))
    one = Dataset.objects.listed().filter(resources_count__range=(3, 8)).values_list("pk", flat=True).first()
    big = Dataset.objects.order_by("-resources_count").values_list("pk", "resources_count").first()
    started = time.perf_counter()
    built = store.refresh()
    print(f"{datasets:,} listed datasets; {built:,} documents built in {time.perf_counter() - started:.1f} s")
    passed = [
        verdict(f"queries of {path}", f"{number} (at most {MAX_QUERIES})", number <= MAX_QUERIES)
        for path in ["/api/1/datasets/", f"/api/1/datasets/?page={deep}", "/api/2/datasets/"]
        for number in [queries_of(path)]
    ]
    path = f"/api/2/datasets/{big[0]}/resources/?page_size=10&page={max(1, big[1] // 20)}"
    taken = server_time(path)
    passed.append(
        verdict(f"page of 10 of {big[1]:,} resources", f"{taken * 1000:.1f} ms (under 50)", taken < BIG_PAGE_GOAL)
    )
    best = throughput(deep, one)
    for name, value in best.items():
        print(f"        {name}: {value:,.0f} answers/s ({value / best['select']:.2f} of SELECT 1)")
    for ours, peer, goal in [("v1", "peer", LIST_GOAL), ("v1 deep", "peer deep", LIST_GOAL),
                             ("detail", "peer detail", DETAIL_GOAL)]:  # fmt: skip
        ratio = best[ours] / best[peer]
        passed.append(verdict(f"{ours} / {peer}", f"{ratio:.1f} (at least {goal})", ratio >= goal))
    passed.append(renaming())
    return 0 if all(passed) else 1


def renaming() -> bool:
    """Rename the organization that publishes most: nothing is built anew, and the list shows it at once."""
    publisher = Organization.objects.annotate(size=Count("datasets")).order_by("-size").first()
    pk, size, old = publisher.pk, publisher.size, publisher.name
    started = time.perf_counter()
    Organization.objects.filter(pk=pk).update(name="Renamed by the bench")
    shown = (
        Client(SERVER_NAME="127.0.0.1")
        .get(f"/api/1/datasets/?organization={pk}")
        .json()["data"][0]["organization"]["name"]
    )
    taken, stale = time.perf_counter() - started, store.stale().count()
    Organization.objects.filter(pk=pk).update(name=old)
    seen = shown == "Renamed by the bench"
    return verdict(
        f"renaming the publisher of {size:,} datasets",
        f"shown after {taken * 1000:.0f} ms, {stale} documents stale",
        seen and not stale,
    )


if __name__ == "__main__":
    sys.exit(main())
