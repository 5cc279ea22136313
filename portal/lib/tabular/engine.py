"""Asking a table in a file: one guarded process for each question, a few at once, killed at the deadline."""

import fcntl
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.lib.errors import ServiceError

WORKER = Path(__file__).with_name("worker")
KINDS = {"csv": "csv", "tsv": "csv", "txt": "csv", "xlsx": "xlsx", "parquet": "parquet", "json": "json",
         "ndjson": "json", "jsonl": "json"}  # fmt: skip
EXPORTS = ("csv", "json", "parquet")
BAD_QUERY = 3  # the worker's exit code; any other is a file that it cannot read
BLOCK = 1 << 16  # bytes
MAX_ANSWER = 32 << 20  # bytes of a page or a profile


class QueryRefused(ServiceError):
    """The question asks for what the table does not have."""


class Unreadable(ServiceError):
    """The file is no table that can be read, within the limits."""


class TooLong(ServiceError):
    """The answer did not come in time."""


class Busy(ServiceError):
    """As many questions as this host takes are being answered."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: filters come first, then groups and aggregates, then the order, then the page.

    `filters` are (column, operator, text), `sorts` (column, "asc" or "desc"), `aggregates` (column, function).
    """

    columns: tuple[str, ...] = ()
    filters: tuple[tuple[str, str, str], ...] = ()
    sorts: tuple[tuple[str, str], ...] = ()
    groups: tuple[str, ...] = ()
    aggregates: tuple[tuple[str, str], ...] = ()
    limit: int = 20
    offset: int = 0


EVERYTHING = Query()


def kind_of(file_format: str) -> str | None:
    """Return how a format is read, or None if it is no table."""
    return KINDS.get(file_format.strip().lower())


def page(path: Path, kind: str, query: Query = EVERYTHING) -> dict:
    """Return `{"columns": [name], "types": {name: type}, "total": n, "rows": [[value]]}`.

    Rows of the file begin with their number, the column `__id`. Raises QueryRefused, Unreadable, TooLong, Busy.
    """
    return _answer(_job(path, kind, query, "page"))


def profile(path: Path, kind: str) -> dict:
    """Return `{"total": n, "columns": [{name, type, filled, distinct, min, max, top: [[value, count]]}]}`.

    Raises Unreadable, TooLong, Busy.
    """
    return _answer(_job(path, kind, EVERYTHING, "profile"))


def export(path: Path, kind: str, query: Query, file_format: str) -> Iterator[bytes]:
    """Give all rows that are asked for, as bytes of CSV, JSON or Parquet, in constant memory.

    What is wrong with the question or the file is raised here, before the first byte. Raises as `page`.
    """
    job = _job(path, kind, query, "export") | {"format": file_format}
    parts = _exported(job)
    first = next(parts, b"")
    return _chained(first, parts)


def _chained(first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from parts


def _job(path: Path, kind: str, query: Query, action: str) -> dict:
    return {
        "path": str(path.resolve()), "kind": kind, "action": action, "columns": query.columns,
        "filters": query.filters, "sorts": query.sorts, "groups": query.groups, "aggregates": query.aggregates,
        "limit": query.limit, "offset": query.offset, "memory": settings.TABULAR_MEMORY,
        "disk": settings.TABULAR_DISK, "threads": settings.TABULAR_THREADS, "max_sheet": settings.TABULAR_MAX_SHEET,
        "guard": settings.CSV_ESCAPE_FORMULAS,
    }  # fmt: skip


def _answer(job: dict) -> dict:
    with _running(job, settings.TABULAR_TIMEOUT) as run:
        answer = run.output.read(MAX_ANSWER + 1)
        if len(answer) > MAX_ANSWER:
            raise Unreadable(_("The answer is too large."))
        run.finish()
        return json.loads(answer)


def _exported(job: dict) -> Iterator[bytes]:
    with _running(job, settings.TABULAR_EXPORT_TIMEOUT) as run:
        while block := run.output.read(BLOCK):
            yield block
        run.finish()


class _Run:
    """One process of the worker. `output` is what it answers."""

    def __init__(self, process: "subprocess.Popen[bytes]", problems: IO[bytes]) -> None:
        self.process, self.problems, self.output = process, problems, process.stdout
        self.is_late = False

    def kill_late(self) -> None:
        self.is_late = True
        self.process.kill()

    def finish(self) -> None:
        """Wait for the end, and raise what the worker refused."""
        code = self.process.wait()
        if self.is_late:
            raise TooLong(_("The table is too large for that question: it was not answered in time."))
        if code == 0:
            return
        self.problems.seek(0)
        try:
            told = json.loads(self.problems.read(BLOCK))["problem"]
        except (ValueError, KeyError, TypeError):  # killed by the system, at one of its limits
            told = _("The file cannot be read as a table within the limits.")
        raise QueryRefused(told) if code == BAD_QUERY else Unreadable(told)


@contextmanager
def _running(job: dict, seconds: float) -> Iterator[_Run]:
    """Start the worker on a job, in one of the places of this host, and kill it at the deadline or when left."""
    with ExitStack() as stack:
        stack.enter_context(_place())
        scratch = stack.enter_context(TemporaryDirectory(dir=settings.TABULAR_DIR, prefix="job-"))
        problems = stack.enter_context(TemporaryFile())
        process = subprocess.Popen(  # noqa: S603 - the command is ours; what is asked goes by stdin
            [sys.executable, "-I", str(WORKER)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=problems, cwd=scratch, start_new_session=True,
            env={"HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8"},
        )  # fmt: skip
        run = _Run(process, problems)
        deadline = threading.Timer(seconds, run.kill_late)
        deadline.daemon = True
        deadline.start()
        try:
            with suppress(BrokenPipeError), process.stdin as jobs:  # it died already: `finish` tells of what
                jobs.write(json.dumps(job | {"scratch": scratch}).encode())
            yield run
        finally:
            deadline.cancel()
            process.kill()
            process.stdout.close()
            process.wait()


@contextmanager
def _place() -> Iterator[None]:
    """Hold one of the places for workers, which all processes of this host share. Raises Busy if none is free."""
    settings.TABULAR_DIR.mkdir(parents=True, exist_ok=True)
    for number in range(settings.TABULAR_WORKERS):
        held = os.open(settings.TABULAR_DIR / f"place-{number}", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            continue
        try:
            yield
        finally:
            os.close(held)
        return
    raise Busy(_("Too many tables are being read. Come back in a moment."))
