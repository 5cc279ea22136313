"""CSV dumps through the real server against `psql \\copy` of the same query, in one run.

    DATABASE_URL=postgres://… python -m bench.csv_dump

Needs a catalogue (`manage.py generate_catalog`). psql and the dumps take turns, since the machine's own speed moves by
half within minutes; the best of each is kept, and each rate is printed as a ratio to psql's.
"""

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.db import connection  # noqa: E402

from bench.server import SITE, serving, verdict  # noqa: E402
from catalog.exports.registry import EXPORTS  # noqa: E402
from catalog.exports.stream import compile_query  # noqa: E402

RATIO_GOAL, FIRST_ROW_GOAL, MEMORY_GOAL = 0.70, 0.5, 20 * 2**20
READ = 2**16
ENCODINGS = ["identity", "gzip", "zstd"]
ROUNDS = 3


def psql_seconds(name: str) -> float:
    """Return the time psql takes to copy the dump's own query into a file."""
    export = EXPORTS[name]
    sql, parameters = compile_query(export.lines(export.objects()))
    with connection.cursor() as cursor:
        text = cursor.cursor.mogrify(sql, parameters)
    options = "(FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')"
    database = settings.DATABASES["default"]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "copy.sql")
        # Without JIT, as the dump: else its compilation would flatter us.
        script.write_text(f"SET jit = off;\n\\copy ({' '.join(text.split(chr(10)))}) TO '{folder}/out.csv' {options}\n")
        command = [
            "psql",
            "-q",
            "-X",
            "-h",
            database["HOST"],
            "-U",
            database["USER"],
            database["NAME"],
            "-f",
            str(script),
        ]
        started = time.perf_counter()
        subprocess.run(command, check=True)
        return time.perf_counter() - started


def fetch(port: int, path: str, encoding: str, keep: io.BytesIO | None = None) -> tuple[float, float]:
    """GET a dump; return the seconds to its first row and to its end."""
    client = HTTPConnection("127.0.0.1", port, timeout=600)
    started = time.perf_counter()
    client.request("GET", path, headers={"Accept-Encoding": encoding})
    answer = client.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    first = None
    seen = b""
    while data := answer.read1(READ):
        if first is None:
            seen += data
            # Plain: the header's line, then something of a row. Compressed: the second flushed block.
            enough = seen.partition(b"\r\n")[2] if encoding == "identity" else len(seen) > 1000
            first = time.perf_counter() - started if enough else None
        if keep is not None:
            keep.write(data)
    client.close()
    return first or time.perf_counter() - started, time.perf_counter() - started


def measure(name: str, port: int, pid: int) -> list[bool]:
    server = psutil.Process(pid)
    family = [server, *server.children(recursive=True)]
    fetch(port, f"/{name}.csv", "identity")  # the first dump loads code and grows the heap once
    memory = sum(process.memory_info().rss for process in family)
    limits: list[float] = []
    runs: dict[str, list[tuple[float, float]]] = {encoding: [] for encoding in ENCODINGS}
    for _round in range(ROUNDS):
        limits.append(psql_seconds(name))
        for encoding, timings in runs.items():
            timings.append(fetch(port, f"/{name}.csv", encoding))
    growth = sum(process.memory_info().rss for process in family) - memory
    limit = min(limits)
    body = io.BytesIO()
    fetch(port, f"/{name}.csv", "identity", body)
    rows = sum(1 for _row in csv.reader(io.StringIO(body.getvalue().decode(), newline=""), delimiter=";")) - 1
    print(f"{name}.csv: {rows:,} rows, {body.tell() / 2**20:.0f} MiB; psql \\copy {rows / limit:,.0f} rows/s")
    passed = []
    for encoding, timings in runs.items():
        first, seconds = (min(column) for column in zip(*timings, strict=True))
        ratio = limit / seconds
        goal = encoding != "zstd"  # zstd trades speed for size: shown, not judged
        passed.append(
            verdict(f"{encoding}", f"{rows / seconds:,.0f} rows/s, {ratio:.2f} of psql (at least {RATIO_GOAL})",
                    ratio >= RATIO_GOAL or not goal)
        )  # fmt: skip
        passed.append(verdict(f"{encoding}, first row", f"{first * 1000:.0f} ms (under 500)", first < FIRST_ROW_GOAL))
    passed.append(verdict("memory growth", f"{growth / 2**20:.1f} MiB (under 20)", growth < MEMORY_GOAL))
    return passed


def main() -> int:
    with serving("portal.wsgi:application", **SITE) as (port, pid):
        passed = [one for name in ["datasets", "resources"] for one in measure(name, port, pid)]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
