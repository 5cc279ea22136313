"""Sending a dump: rows go from the database to the client in chunks of 64 kB, in constant memory.

On PostgreSQL a COPY runs on a connection of its own (ADR 0005); a limited number run at once, whatever the number
of processes. On SQLite rows are read from a cursor.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Protocol

import zstandard
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import Error, connection
from django.db.models import QuerySet
from isal import isal_zlib

logger = logging.getLogger(__name__)

CHUNK = 65_536  # bytes
SLOTS = 0x435356  # "CSV": the class of our advisory locks
# COPY quotes a field that holds a carriage return, and all of ours do: with these, which the texts of a catalogue
# have no use for, its quotes can be taken out of the stream.
QUOTE, DELIMITER = b"\x01", b"\x02"
# A server that waits for its reader heeds no timeout. Who finds every slot taken ends the dumps that are overdue: a
# reader who stalls keeps hers no longer than that.
END_STALLED = """
SELECT pg_terminate_backend(dump.pid) FROM pg_locks slot JOIN pg_stat_activity dump ON dump.pid = slot.pid
WHERE slot.locktype = 'advisory' AND slot.classid = %s AND dump.datname = current_database()
AND dump.query_start < clock_timestamp() - make_interval(secs => %s)
"""
# A WSGI server may end a body that broke off like a whole one; this line, of one cell, tells them apart.
BROKEN_OFF = b'"ERROR: this dump broke off; fetch it again"\r\n'


class TooManyDumps(Exception):
    """Every slot is taken: the client should come back in a moment."""


class Plain:
    """No compression."""

    def compress(self, data: bytes) -> bytes:
        return data

    def flush_block(self) -> bytes:
        return b""

    def flush(self) -> bytes:
        return b""


class Gzip:
    """gzip by ISA-L: six times as fast as zlib at level 1."""

    def __init__(self) -> None:
        self._stream = isal_zlib.compressobj(level=1, wbits=31)

    def compress(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def flush_block(self) -> bytes:
        return self._stream.flush(isal_zlib.Z_SYNC_FLUSH)

    def flush(self) -> bytes:
        return self._stream.flush()


class Zstd:
    """Zstandard at level 1: on a catalogue, as small as level 3 in half the time."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor(level=1).compressobj()

    def compress(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def flush_block(self) -> bytes:
        return self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def flush(self) -> bytes:
        return self._stream.flush()


ENCODINGS: dict[str, Callable[[], Any]] = {"zstd": Zstd, "gzip": Gzip, "identity": Plain}


class Dump:
    """The body of a dump: an iterator of bytes that must be closed, which frees its slot and its connection.

    `source` gives chunks of plain CSV. The header leaves at once, so that a client sees something whatever the query.
    A dump that the database cuts (it stopped, or after CSV_STATEMENT_TIMEOUT) ends with an error line, and without
    the end mark of its compression.
    """

    def __init__(self, header: str, source: "Source", encoding: str) -> None:
        self._source = source
        self._chunks = self._run(header, ENCODINGS[encoding]())

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        self._chunks.close()
        self._source.close()

    def _run(self, header: str, compressor: Any) -> Iterator[bytes]:
        try:
            yield compressor.compress(header.encode()) + compressor.flush_block()
            first = True
            with closing(iter(self._source)) as chunks:  # a reader who leaves ends the query before its connection
                for chunk in chunks:
                    data = compressor.compress(chunk)
                    if first:
                        data, first = data + compressor.flush_block(), False
                    if data:
                        yield data
            yield compressor.flush()
        except Error:
            logger.exception("A dump broke off")
            yield compressor.compress(BROKEN_OFF) + compressor.flush_block()
            raise
        finally:
            self._source.close()


class Source(Protocol):
    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


def open_source(lines: QuerySet) -> Source:
    """Return the source of the rows of `lines` (one text column). Raises TooManyDumps."""
    return (CopySource if connection.vendor == "postgresql" else CursorSource)(lines)


class CopySource:
    """Rows by PostgreSQL's COPY, in a transaction on a connection of its own; in a test's transaction, in that one.

    The slot is an advisory lock: the server frees it with the transaction, even after a crash.
    """

    def __init__(self, lines: QuerySet) -> None:
        self._query = compile_query(lines)
        self._own = not connection.in_atomic_block
        self._connection = connection.copy() if self._own else connection
        try:
            if self._own:
                self._connection.set_autocommit(False)
            self._take_slot()
        except BaseException:
            self.close()
            raise

    def _take_slot(self) -> None:
        with self._connection.cursor() as cursor:
            for slot in range(settings.CSV_MAX_CONCURRENT_DUMPS):
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SLOTS, slot])
                if cursor.fetchone()[0]:
                    return
            cursor.execute(END_STALLED, [SLOTS, settings.CSV_STATEMENT_TIMEOUT])
        raise TooManyDumps

    def __iter__(self) -> Iterator[bytes]:
        if self._query is None:
            return
        sql, parameters = self._query
        copy = f"COPY ({sql}) TO STDOUT (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01', ENCODING 'UTF8')"
        with self._connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(settings.CSV_STATEMENT_TIMEOUT * 1000)}")
            cursor.execute("SET LOCAL jit = off")  # compiling would hold back the first row by half a second
            with self._connection.wrap_database_errors, cursor.cursor.copy(copy, parameters) as rows:
                yield from gather(rows)

    def close(self) -> None:
        """Free the slot and the connection; a second call does nothing."""
        if self._own:
            self._connection.close()


def gather(rows: Any) -> Iterator[bytes]:
    """Yield chunks of at least 64 kB (but the last) from COPY's small pieces, without COPY's own quotes."""
    pieces: list[bytes] = []
    size = 0
    for piece in rows:
        pieces.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(pieces).replace(QUOTE, b"")
            pieces, size = [], 0
    if pieces:
        yield b"".join(pieces).replace(QUOTE, b"")


class CursorSource:
    """Rows from a cursor; the slots are this process's own."""

    _slots: threading.BoundedSemaphore | None = None
    _size = 0

    def __init__(self, lines: QuerySet) -> None:
        self._lines = lines
        self._taken = self._pool()
        if not self._taken.acquire(blocking=False):
            raise TooManyDumps
        self._closed = False

    @classmethod
    def _pool(cls) -> threading.BoundedSemaphore:
        if cls._slots is None or cls._size != settings.CSV_MAX_CONCURRENT_DUMPS:
            cls._size = settings.CSV_MAX_CONCURRENT_DUMPS
            cls._slots = threading.BoundedSemaphore(cls._size)
        return cls._slots

    def __iter__(self) -> Iterator[bytes]:
        rows: list[bytes] = []
        size = 0
        for line in self._lines.iterator(chunk_size=500):
            rows.append(line.encode())
            size += len(rows[-1])
            if size >= CHUNK:
                yield b"\n".join(rows) + b"\n"
                rows, size = [], 0
        if rows:
            yield b"\n".join(rows) + b"\n"

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._taken.release()


def compile_query(lines: QuerySet) -> tuple[str, tuple[Any, ...]] | None:
    """Return the SQL of `lines` and its parameters, or None if it can have no row."""
    try:
        return lines.query.sql_with_params()
    except EmptyResultSet:
        return None
