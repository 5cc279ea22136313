"""Statistics on a generated catalogue (PostgreSQL): `python -m bench.stats [--day 5000000]`.

What a request costs more for being counted, how fast hits are loaded beside a bare COPY of the same rows, and how long
an hour and a day take to be counted. It empties the database's statistics before and after: never run it on a real one.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

import django
import orjson

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.db import connection, transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.urls import resolve  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.server import verdict  # noqa: E402
from catalog.models import Dataset  # noqa: E402
from stats import loader, middleware, partitions, rollup  # noqa: E402
from stats.agents import agent_of  # noqa: E402
from stats.kinds import Span  # noqa: E402
from stats.models import Bucket, StatsObject  # noqa: E402
from stats.periods import HOUR, day_of, hour_of, milliseconds, start_of  # noqa: E402
from stats.spool import Spool  # noqa: E402
from stats.visitors import salts  # noqa: E402

COST = 50.0  # µs of CPU that a request may cost more
RATE = 20_000  # hits loaded in a second, at least
HOUR_SECONDS, DAY_SECONDS = 5.0, 60.0
HOUR_HITS = 200_000
TABLES = (
    "event", "cursor", "bucket", "hourcount", "daycount", "monthcount", "organizationday", "organizationmonth",
    "siteday", "searchday", "tally", "matomobatch", "externalvalue",
)  # fmt: skip
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0"
HITS = """
    INSERT INTO stats_event (at, target_id, organization_id, kind, channel, agent, visitor, term)
    SELECT %(first)s + (random() * %(length)s)::bigint,
        targets[1 + floor(power(random(), 3) * cardinality(targets))], NULL,
        (ARRAY[1,1,1,2,2,3])[1 + floor(random() * 6)], 1 + floor(random() * 4),
        (ARRAY[0,0,0,1,2])[1 + floor(random() * 5)],
        decode(lpad(to_hex((random() * 200000)::bigint), 16, '0'), 'hex'), ''
    FROM generate_series(1, %(number)s), (SELECT array_agg(id ORDER BY id) AS targets FROM stats_statsobject) AS known
"""


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(f'stats_{name}' for name in TABLES)} CASCADE")


def cost(folder: Path, rounds: int = 20, requests: int = 2000) -> float:
    """Return the µs of CPU (median of rounds) of counting one request, the bare view subtracted, in turns."""
    chance, factory = random.Random(1), RequestFactory()
    middleware.spool = Spool(folder)
    slug = Dataset.objects.listed().values_list("slug", flat=True)[0]
    wrapped = middleware.StatsMiddleware(lambda request: HttpResponse(b"x"))
    asked = []
    for _number in range(requests):
        version = chance.randrange(90, 145)
        request = factory.get(
            f"/datasets/{slug}/", headers={"user-agent": BROWSER.format(version, version)},
            REMOTE_ADDR=f"198.51.{chance.randrange(256)}.{chance.randrange(256)}",
        )  # fmt: skip
        request.resolver_match = resolve(request.path)
        agent_of(request.headers["User-Agent"])
        asked.append(request)
    salts.of(timezone.localdate())
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds * 2):
        settings.STATS_ENABLED = number % 2 == 0
        started = process_time()
        for request in asked:
            request.__dict__.pop("headers", None)
            wrapped(request)
        times[settings.STATS_ENABLED].append((process_time() - started) / requests * 1e6)
    middleware.spool.close()
    return statistics.median(times[True]) - statistics.median(times[False])


def spooled(folder: Path, number: int) -> None:
    """Write so many hits of datasets to a spool, of the last hour."""
    chance = random.Random(2)
    slugs = list(Dataset.objects.listed().values_list("slug", flat=True)[:20_000])
    now, spool = milliseconds(timezone.now()), Spool(folder)
    for _number in range(number):
        spool.write(orjson.dumps({
            "t": now - chance.randrange(3_600_000), "k": 1, "c": 1, "a": 0, "o": 1,
            "r": slugs[int(chance.random() ** 3 * len(slugs))], "v": f"{chance.randrange(200_000):016x}",
        }))  # fmt: skip
    spool.close()


def loading(folder: Path, number: int) -> tuple[float, float]:
    """Return the hits a second of the loader, and of a COPY of the same rows into a table without an index."""
    spooled(folder, number)
    started = perf_counter()
    rows = loader.load(folder).rows
    ours = rows / (perf_counter() - started)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(loader.COLUMNS)} FROM stats_event")
        known = cursor.fetchall()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare ON COMMIT DROP AS SELECT * FROM stats_event LIMIT 0")
        started = perf_counter()
        with cursor.copy(f"COPY bare ({', '.join(loader.COLUMNS)}) FROM STDIN") as copy:
            for row in known:
                copy.write_row(row)
        bare = len(known) / (perf_counter() - started)
    return ours, bare


def counting(hours: int, number: int) -> float:
    """Return the seconds in which `number` hits of so many hours of yesterday are counted at every level."""
    day = day_of(timezone.now()) - timedelta(days=1)
    first = milliseconds(start_of(day)) + (0 if hours > 1 else 8 * 3_600_000)
    partitions.make([first, first + hours * 3_600_000 - 1])
    with connection.cursor() as cursor:
        cursor.execute(HITS, {"first": first, "length": hours * 3_600_000 - 1, "number": number})
        cursor.execute("ANALYZE stats_event")
    rollup.mark(Span.HOUR, [hour_of(first) + place * HOUR for place in range(hours)])
    started = perf_counter()
    rollup.roll_up()
    spent = perf_counter() - started
    if Bucket.objects.filter(dirty=True).exclude(span=Span.COUNTERS).exists():
        raise RuntimeError("not all was counted")
    return spent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--day", type=int, default=5_000_000, help="hits of a whole day")
    day = parser.parse_args().day
    if connection.vendor != "postgresql":
        raise SystemExit("bench.stats runs on PostgreSQL")
    empty()
    with tempfile.TemporaryDirectory() as folder:
        spent = cost(Path(folder) / "requests")
        ours, bare = loading(Path(folder) / "hits", 400_000)
    print(f"  loaded {ours:,.0f} hits/s; a bare COPY of the same rows {bare:,.0f}/s ({ours / bare:.2f} of it)")
    print(f"  {StatsObject.objects.count():,} objects have an audience")
    empty()
    hour = counting(1, HOUR_HITS)
    empty()
    whole = counting(24, day)
    empty()
    passed = [
        verdict("cost of counting a request", f"{spent:.1f} µs of CPU (at most {COST:g})", spent <= COST),
        verdict("loading", f"{ours:,.0f} hits/s (at least {RATE:,})", ours >= RATE),
        verdict(f"an hour of {HOUR_HITS:,} hits", f"{hour:.1f} s (at most {HOUR_SECONDS:g})", hour <= HOUR_SECONDS),
        verdict(f"a day of {day:,} hits", f"{whole:.1f} s (at most {DAY_SECONDS:g})", whole <= DAY_SECONDS),
    ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
