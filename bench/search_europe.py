"""Search in the engine over 1.5 million datasets, the size of all catalogues of Europe together.

`make bench SIZE=europe`, or `python -m bench.search_europe [--datasets 1500000] [--queries 2000] [--keep]`. The
documents of `bench.europe_documents` go straight to the engine's writer; no row of them is in the database. The index
stands in a directory of its own beside SEARCH_DIR and is removed afterwards. The mix is that of `bench.search`.
"""

import argparse
import random
import resource
import shutil
import statistics
import sys
import time
from itertools import islice
from pathlib import Path

from bench.search import MIX, classes, makers, measure, p95, table  # first: it sets Django up
from bench.server import verdict

# isort: split
from django.conf import settings

from bench.europe_documents import Catalogue
from catalog.search import service, suggestions
from catalog.search.analysis import fold, is_stop
from catalog.search.engine import engine
from catalog.services.synthetic import vocabulary

GOAL_MIX = 60.0  # ms
BATCH = 2_000  # documents written at once
FOLDER = "europe"


def build(total: int) -> float:
    """Index `total` datasets; return the seconds it took the engine, documents not counted."""
    writer, catalogue, spent = engine().new_index(), Catalogue(total), 0.0
    documents = catalogue.documents()
    for start in range(0, total, BATCH):
        batch = list(islice(documents, BATCH))
        started = time.perf_counter()
        writer.write(batch)
        spent += time.perf_counter() - started
        if start % 100_000 == 0:
            print(f"  {start:,} of {total:,} documents", flush=True)
    started = time.perf_counter()
    writer.commit("")
    engine().publish(writer)
    return spent + time.perf_counter() - started


def vocabulary_of(total: int) -> dict[str, list[str]]:
    """Return the words of the law of texts by how many documents hold them."""
    return classes((word for word in vocabulary.words().items if not is_stop(fold(word))), total)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=1_500_000)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--keep", action="store_true", help="leave the index for the next run, or use the one left")
    options = parser.parse_args()
    settings.SEARCH_DIR = Path(settings.SEARCH_DIR).with_name(FOLDER)
    try:
        if not (options.keep and service.ready()):
            print(f"  written in {build(options.datasets):.0f} s")
        size = sum(file.stat().st_size for file in settings.SEARCH_DIR.rglob("*") if file.is_file())
        print(f"  {segments()}, {size / 1e9:.1f} GB", flush=True)
        passed = report(options.datasets, options.queries)
    finally:
        if not options.keep:
            shutil.rmtree(settings.SEARCH_DIR, ignore_errors=True)
    return 0 if passed else 1


def segments() -> str:
    searcher = engine().reader().searcher
    return f"{searcher.num_docs:,} documents in {searcher.num_segments} segment(s)"


def report(total: int, queries: int) -> bool:
    """Ask the mix, cold and with what is kept; tell whether the goals are met."""
    chance = random.Random(11)
    words = vocabulary_of(total)
    make = makers(words, chance)
    asked = [(name, make[name]()) for name in chance.choices(list(MIX), list(MIX.values()), k=queries)]
    measure(asked[:100], cold=True)
    cold = table("engine, nothing remembered", measure(asked, cold=True))
    engine().reader().kept.clear()
    warm = table("engine, what took long remembered until the next commit", measure(asked, cold=False))
    again = table("the same queries once more, nothing committed between", measure(asked, cold=False))
    suggest(words, chance)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\n  p95 of the mix once more: {again:.1f} ms; memory at its peak (building included): {memory:.1f} GB")
    passed = [
        verdict("p95 of the mix, remembering", f"{warm:.1f} ms (at most {GOAL_MIX:g})", warm <= GOAL_MIX),
        verdict("p95 of the mix, nothing remembered", f"{cold:.1f} ms (at most {GOAL_MIX:g})", cold <= GOAL_MIX),
    ]
    return all(passed)


def suggest(words: dict[str, list[str]], chance: random.Random) -> None:
    """Print what suggestions of datasets and of tags take by the number of letters typed."""
    several = [word for name in ("common", "medium", "rare") for word in words[name]]
    for label, ask in (("datasets", lambda start: suggestions.suggest("dataset", start, 10)), ("tags", tagged)):
        print(f"\n  suggestions of {label} (ms)   median     p95     max")
        for letters in (1, 2, 3, 5):
            times = []
            for word in chance.sample(several, min(200, len(several))):
                started = time.perf_counter()
                ask(word[:letters])
                times.append((time.perf_counter() - started) * 1000)
            print(f"  {letters} letter(s) {statistics.median(times):>26.2f}{p95(times):>8.2f}{max(times):>8.2f}")


def tagged(start: str) -> list[str]:
    return suggestions.suggest_tags(start, 8)


if __name__ == "__main__":
    sys.exit(main())
