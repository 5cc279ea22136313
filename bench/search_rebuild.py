"""Search answers while its index is built anew: `python -m bench.search_rebuild`.

`manage.py search rebuild` runs beside this process, which asks all the while, as a web process does. Needs a catalogue
and its index (`bench.search` builds it). Every answer must be there and have the same total as before.
"""

import random
import statistics
import subprocess
import sys
import time

from bench.search import FACETS, p95, vocabulary  # first: it sets Django up
from bench.server import verdict

# isort: split
from catalog.search import service
from catalog.search.engine import engine

GOAL_BUILD = 120  # seconds
QUERIES = 200  # different ones
PAUSE = 0.05  # seconds between two questions: the rebuild shares the processors with its site, not with a flood


def total(text: str) -> int:
    return service.search("dataset", text, options=service.Options(facets=FACETS)).total


def main() -> int:
    words = [word for some in vocabulary().values() for word in some]
    asked = {word: total(word) for word in random.Random(13).sample(words, min(QUERIES, len(words)))}
    before, started, times, wrong = engine().generation(), time.monotonic(), [], 0
    process = subprocess.Popen([sys.executable, "manage.py", "search", "rebuild"], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        for word, expected in asked.items():
            began = time.perf_counter()
            wrong += total(word) != expected
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(PAUSE)
            if process.poll() is not None:
                break
    seconds = time.monotonic() - started
    wrong += sum(total(word) != expected for word, expected in asked.items())  # of the new index
    replaced = process.returncode == 0 and engine().generation() != before
    told = f"{len(times)} answers meanwhile, median {statistics.median(times):.1f}, p95 {p95(times):.1f}, "
    told += f"longest {max(times):.0f} ms; {wrong} wrong; {'replaced' if replaced else 'NOT replaced'}"
    passed = [
        verdict(
            "rebuild beside a site that searches", f"{seconds:.0f} s (at most {GOAL_BUILD})", seconds <= GOAL_BUILD
        ),
        verdict("search answers all along", told, replaced and not wrong),
    ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
