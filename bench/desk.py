"""The lists of the administration on a generated catalogue: `python -m bench.desk [--rounds 3]`.

Every list that a curator opens, unfiltered, under each single value of each of its filters, sorted by each column, and
searched; rendered whole, in one process. A page without queries, asked in turn, tells how busy the machine is.
"""

import argparse
import gc
import os
import random
import statistics
import sys
from collections import defaultdict
from contextlib import contextmanager
from time import perf_counter

from bench.search import p95, vocabulary
from bench.server import verdict

# isort: split
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from portal.models import User

LISTS_MS, SEARCH_MS, QUERIES = 150.0, 100.0, 12  # issue 8
VALUES = 12  # of one filter
TERMS = 5  # of each frequency, searched in each list
OURS = ("portal", "catalog", "harvest", "stats")
QUIET = {"ALLOWED_HOSTS": ["localhost"], "STAFF_TWO_FACTOR_REQUIRED": False, "SECURE_SSL_REDIRECT": False}


@contextmanager
def signed_in():
    """Give a client whose user, and whatever it wrote, is gone afterwards."""
    with transaction.atomic():
        user = User.objects.create_superuser(email="bench.desk@localhost.invalid", password=None)
        client = Client(headers={"accept-encoding": "gzip", "host": "localhost"})
        client.force_login(user)
        yield client
        transaction.set_rollback(True)


def ask(client: Client, path: str) -> tuple[float, int, object]:
    """Return the milliseconds of a page, its queries, and its answer. Raises RuntimeError unless it answers well."""
    with CaptureQueriesContext(connection) as queries:
        started = perf_counter()
        answer = client.get(path)
        spent = (perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.headers.get('Location', '')}")
    return spent, len(queries), answer


def filters_of(answer: object) -> list[str]:
    """Return the query strings of each single value of each filter that a list offers, and of each of its orders."""
    found = answer.context_data["cl"]
    strings = []
    for spec in found.filter_specs:
        choices = [choice.get("query_string") for choice in spec.choices(found)]
        strings += [string for string in choices if string and string != "?"][:VALUES]
    columns = enumerate(found.list_display)
    sortable = [place for place, name in columns if name in found.sortable_by and found.get_ordering_field(name)]
    return list(dict.fromkeys(strings + [f"?o={way}{place}" for place in sortable for way in ("", "-")]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="each page is asked for so often; its median counts")
    parser.add_argument("--only", default="", help="the name of one model")
    options = parser.parse_args()
    chance, words = random.Random(8), vocabulary()
    gc.collect()
    gc.freeze()  # the bench's own words are none of a web worker's business
    pages: dict[str, dict[str, tuple[float, int]]] = defaultdict(dict)
    bare: list[float] = []
    print(f"\n  {'list':30} {'pages':>6} {'median':>8} {'p95':>8} {'queries':>8} {'search p95':>11}   the slowest")
    with signed_in() as client, override_settings(**QUIET):
        for model in sorted(admin.site._registry, key=lambda model: model._meta.label):
            name = model._meta.label
            if model._meta.app_label not in OURS or options.only not in ("", model.__name__):
                continue
            path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            first = client.get(path)
            if first.status_code == 302 or "cl" not in first.context_data:  # one page, not a list: the portal's profile
                continue
            strings = ["", *filters_of(first)]
            if admin.site.get_model_admin(model).search_fields:
                strings += [
                    f"?q={word}" for kind in words.values() for word in chance.sample(kind, min(TERMS, len(kind)))
                ]
            for string in strings:
                asked = [ask(client, path + string)[:2] for _ in range(options.rounds)]
                pages[name][string] = (statistics.median(spent for spent, _n in asked), max(n for _ms, n in asked))
                bare.append(ask(client, "/health/live")[0])
            line_of(name, pages[name])
    return report(pages, bare)


def line_of(name: str, asked: dict[str, tuple[float, int]]) -> None:
    """Print the figures of one list."""
    lists, searches = split(asked)
    slowest = max(asked, key=lambda string: asked[string][0])
    queries = max(number for _spent, number in asked.values())
    print(
        f"  {name:30} {len(asked):6} {statistics.median(lists):8.1f} {p95(lists):8.1f} {queries:8}"
        f" {p95(searches) if searches else 0:11.1f}   {asked[slowest][0]:.0f} ms {slowest[:60]}",
        flush=True,
    )


def split(asked: dict[str, tuple[float, int]]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of the lists, and those of the searches."""
    lists = [spent for string, (spent, _queries) in asked.items() if "q=" not in string]
    return lists, [spent for string, (spent, _queries) in asked.items() if "q=" in string]


def report(pages: dict[str, dict[str, tuple[float, int]]], bare: list[float]) -> int:
    """Print what is over a limit; return 0 if nothing is."""
    over, every, found = [], [], []
    for name, asked in pages.items():
        lists, searches = split(asked)
        every, found = every + lists, found + searches
        for string, (spent, queries) in asked.items():
            limit = SEARCH_MS if "q=" in string else LISTS_MS
            if spent > limit or queries > QUERIES:
                over.append(f"{name} {string or '(all)'}: {spent:.0f} ms, {queries} queries")
    print(f"\n  the bare page in between: median {statistics.median(bare):.2f} ms, p95 {p95(bare):.2f} ms")
    most = max(queries for asked in pages.values() for _spent, queries in asked.values())
    passed = [
        verdict("lists", f"p95 {p95(every):.1f} ms (at most {LISTS_MS:g})", p95(every) <= LISTS_MS),
        verdict("searches", f"p95 {p95(found):.1f} ms (at most {SEARCH_MS:g})", not found or p95(found) <= SEARCH_MS),
        verdict("queries", f"{most} (at most {QUERIES})", most <= QUERIES),
    ]
    for line in over:
        print(f"        over: {line}")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    os.environ.setdefault("SEARCH_RATE", "")
    sys.exit(main())
