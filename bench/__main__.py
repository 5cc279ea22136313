"""All benches on a generated catalogue of their own: `python -m bench --size small|france`.

Uses DATABASE_URL if it is set (its catalogue is used as it is when it holds one), else the database `portal_bench`
of the PostgreSQL on 127.0.0.1, made where it is missing. Ends with status 1 if a goal is missed.
"""

import argparse
import os
import subprocess
import sys

SIZES = {
    "small": ["--datasets", "5000", "--resources", "27000", "--organizations", "400"],
    "france": ["--datasets", "75000", "--resources", "400000", "--organizations", "6000"],
}
SERVER = "postgres://postgres@127.0.0.1"
BENCHES = ["bench.csv_dump", "bench.api"]


def run(*command: str) -> int:
    return subprocess.run([sys.executable, *command], check=False, env=os.environ).returncode


def prepare(size: str) -> None:
    """Point DATABASE_URL at a database with a catalogue of that size, made where it is missing."""
    name = f"portal_bench_{size}"
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = f"{SERVER}/{name}"
        subprocess.run(["createdb", "-h", "127.0.0.1", "-U", "postgres", name], check=False, stderr=subprocess.DEVNULL)
    if run("manage.py", "migrate", "--verbosity", "0"):
        raise SystemExit("The database could not be migrated.")
    count = "from catalog.models import Dataset; raise SystemExit(0 if Dataset.objects.exists() else 3)"
    if run("manage.py", "shell", "-v", "0", "-c", count) == 3 and run(
        "manage.py", "generate_catalog", *SIZES[size], "--seed", "1"
    ):
        raise SystemExit("The catalogue could not be generated.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="france")
    prepare(parser.parse_args().size)
    failed = []
    for bench in BENCHES:
        print(f"\n{bench}", flush=True)
        if run("-m", bench):
            failed.append(bench)
    print(f"\n{'Missed a goal: ' + ', '.join(failed) if failed else 'Every goal is met.'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
