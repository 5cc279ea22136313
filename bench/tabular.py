"""A large CSV, previewed and queried: seconds, and the peak memory of the worker, of each question.

python bench/tabular.py [--size MiB] [--folder /tmp]
"""

import argparse
import os
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.conf import settings

from portal.lib.tabular import engine
from portal.lib.tabular.engine import Query

MIB = 1 << 20
QUESTIONS = {
    "first page": Query(),
    "page far in": Query(offset=5_000_000),
    "filter": Query(filters=(("habitants", "greater", "99000"), ("nom", "contains", "ville 7"))),
    "sort": Query(sorts=(("surface", "desc"),)),
    "group": Query(groups=("departement",), aggregates=(("habitants", "sum"), ("surface", "avg"))),
}


def line(n: int) -> str:
    """Return the row number `n`: the same at each run."""
    place = f"{n % 36000:05d};Ville {n};{n % 101:02d}"
    return f"{place};{n * 7919 % 100_003};{n % 977},{n % 10};2024-{n % 12 + 1:02d}-01\n"


def write(path: Path, size: int) -> int:
    """Write a CSV of about `size` bytes, a block at a time; return its number of rows."""
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("code;nom;departement;habitants;surface;le\n")
        while file.tell() < size:
            block = range(rows, rows + 10_000)
            file.writelines(map(line, block))
            rows += len(block)
    return rows


def measure(name: str, ask: object) -> None:
    begun = time.monotonic()
    try:
        found = ask()
    except engine.ServiceError as error:
        found = f"{type(error).__name__}"
    seconds = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # of the largest worker so far
    print(f"{name:14} {seconds:8.2f} s   worker's peak so far {peak:6.0f} MiB   {found}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024, help="of the file, in MiB")
    parser.add_argument("--folder", type=Path, default=Path("/tmp"))  # noqa: S108 - any place with room will do
    options = parser.parse_args()
    settings.TABULAR_TIMEOUT = settings.TABULAR_EXPORT_TIMEOUT = 600
    with TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "large.csv"
        print(f"{write(path, options.size * MIB)} rows, {path.stat().st_size / MIB:.0f} MiB")
        for name, query in QUESTIONS.items():
            measure(name, lambda query=query: f"{engine.page(path, 'csv', query)['total']} rows")
        measure("profile", lambda: f"{engine.profile(path, 'csv')['total']} rows")
        measure("export", lambda: f"{sum(map(len, engine.export(path, 'csv', Query(), 'csv'))) / MIB:.0f} MiB")


if __name__ == "__main__":
    main()
