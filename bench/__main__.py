"""All benches on a generated catalogue of their own: `python -m bench --size small|france`.

`--size europe` runs the search engine alone, over 1.5 million documents that are in no database.
Uses DATABASE_URL if it is set (its catalogue is used as it is when it holds one), else the database `portal_bench`
of the PostgreSQL on 127.0.0.1, made where it is missing. Ends with status 1 if a goal is missed.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

SIZES = {
    "small": ["--datasets", "5000", "--resources", "27000", "--organizations", "400"],
    "france": ["--datasets", "75000", "--resources", "400000", "--organizations", "6000"],
    "europe": [],
}
SERVER = "postgres://postgres@127.0.0.1"
SEARCH = ["bench.search", "bench.search_http", "bench.search_rebuild", "bench.search_freshness", "bench.search_kills"]
BENCHES = [
    "bench.csv_dump",
    "bench.api",
    "bench.relevance",
    *SEARCH,
    "bench.pages",
    "bench.stats",
    "bench.harvest",
    "bench.desk",
    "bench.bulk",
]


def run(*command: str) -> int:
    return subprocess.run([sys.executable, *command], check=False, env=os.environ).returncode


def prepare(size: str) -> None:
    """Point DATABASE_URL at a database with a catalogue of that size, made where it is missing."""
    name = f"portal_bench_{size}"
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = f"{SERVER}/{name}"
        subprocess.run(["createdb", "-h", "127.0.0.1", "-U", "postgres", name], check=False, stderr=subprocess.DEVNULL)
    os.environ.setdefault("SEARCH_DIR", str(Path("var/bench") / f"search-{size}"))
    if run("manage.py", "migrate", "--verbosity", "0"):
        raise SystemExit("The database could not be migrated.")
    if not SIZES[size]:
        return
    count = "from catalog.models import Dataset; raise SystemExit(0 if Dataset.objects.exists() else 3)"
    if run("manage.py", "shell", "-v", "0", "-c", count) == 3 and run(
        "manage.py", "generate_catalog", *SIZES[size], "--seed", "1"
    ):
        raise SystemExit("The catalogue could not be generated.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="france")
    size = parser.parse_args().size
    prepare(size)
    failed = []
    for bench in BENCHES if SIZES[size] else ["bench.search_europe"]:
        print(f"\n{bench}", flush=True)
        if run("-m", bench):
            failed.append(bench)
    print(f"\n{'Missed a goal: ' + ', '.join(failed) if failed else 'Every goal is met.'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
