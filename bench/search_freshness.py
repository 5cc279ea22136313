"""How long until a change is found while a harvest writes: `python -m bench.search_freshness [--seconds 30]`.

Writes 500 datasets a second in batches of 100 into the catalogue of DATABASE_URL, and changes one title at a time.
The indexer is the real process. What it adds to the catalogue is removed at the end.
"""

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
import uuid

import django

RATE, BATCH = 500, 100
GOAL = 1.0  # seconds, p99


def harvest(stop: threading.Event, written: list[str]) -> None:
    """Write datasets at a steady rate until told to stop."""
    due = time.monotonic()
    try:
        while not stop.is_set():
            rows = [
                Dataset(
                    title=f"Freshness {uuid.uuid4().hex}", slug=f"freshness-{uuid.uuid4().hex}", description="x " * 80
                )
                for _number in range(BATCH)
            ]
            with transaction.atomic():
                Dataset.objects.bulk_create(rows)
                Resource.objects.bulk_create(
                    [Resource(dataset=row, title="Fichier", url="https://example.org", format="csv") for row in rows]
                )
            written += [row.pk for row in rows]
            due += BATCH / RATE
            stop.wait(max(0.0, due - time.monotonic()))
    finally:
        connection.close()


def probe(pk: str) -> float:
    """Change a title, and return the seconds from its commit until it is found."""
    word = f"sonde{uuid.uuid4().hex[:16]}"
    Dataset.objects.filter(pk=pk).update(title=word)
    started = time.monotonic()
    while not service.search("dataset", word).total:
        if time.monotonic() - started > 20:
            return 20.0
        time.sleep(0.01)
    return time.monotonic() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args()
    indexer = subprocess.Popen([sys.executable, "manage.py", "search", "index", "--follow"])
    stop, written = threading.Event(), []
    thread = threading.Thread(target=harvest, args=(stop, written))
    target = Dataset.objects.create(title="Sonde", description="x")
    try:
        while not service.ready():
            time.sleep(0.5)
        probe(target.pk)  # the indexer has started and caught up
        thread.start()
        time.sleep(2)
        waits, end = [], time.monotonic() + options.seconds
        while time.monotonic() < end:
            waits.append(probe(target.pk))
            time.sleep(0.1)
    finally:
        stop.set()
        if thread.ident:
            thread.join()
        Resource.objects.filter(dataset__in=written).delete()
        Dataset.objects.filter(pk__in=[*written, target.pk]).delete()
        indexer.terminate()
        indexer.wait(30)
    p99 = statistics.quantiles(waits, n=100)[-1]
    rate = len(written) / (options.seconds + 2)
    value = (
        f"p99 {p99:.2f} s, median {statistics.median(waits):.2f} s, {len(waits)} changes beside {rate:.0f} datasets/s"
    )
    return 0 if verdict("found after the commit", value, p99 <= GOAL) else 1


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - after django.setup

from bench.server import verdict  # noqa: E402
from catalog.models import Dataset, Resource  # noqa: E402
from catalog.search import service  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
