"""Reading a spreadsheet saved as CSV by anybody: its encoding, its delimiter, its header, its rows by dataset."""

import codecs
import csv
import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from typing import BinaryIO, TextIO

import orjson
from django.utils.translation import gettext as _

from harvest.backends.csv_columns import ID, Header, header_of
from harvest.errors import ListingFailed

CHUNK = 1 << 20  # bytes
SAMPLE = 1 << 16  # characters in which the header is looked for
HEADER_WITHIN = 20  # rows: a title or a note may stand above it
DELIMITERS = (";", ",", "\t", "|")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
MAC_ACCENTS, WINDOWS_ACCENTS = b"\x8e\x8f\x88\x90\x9d\x8d", b"\xe9\xe8\xe0\xea\xf9\xe7"  # é è à ê ù ç
MOST_ROWS = 5_001  # of one dataset


@dataclass(frozen=True, slots=True)
class Table:
    """How a file is to be read. `skipped` is the number of rows down to its header, that one included."""

    encoding: str
    delimiter: str
    header: Header
    skipped: int


Row = tuple[int, list[str]]  # the line that it begins at, its cells


def encoding_of(file: BinaryIO, stated: str = "") -> str:
    """Return the encoding of a file, which is left at its beginning. Raises ListingFailed if the stated one is none.

    Without a mark it is UTF-8 if all of it is; else what Excel writes on Windows, or on a Mac, by its accents.
    """
    if stated:
        try:
            "é;".encode(stated).decode(stated)
        except (LookupError, UnicodeError):
            raise ListingFailed(_("The encoding “%(name)s” is not known.") % {"name": stated[:50]}) from None
        return stated
    file.seek(0)
    beginning = file.read(1000)
    file.seek(0)
    for mark, name in MARKS:
        if beginning.startswith(mark):
            return name
    if b"\0" in beginning:
        return "utf-16-le" if beginning[1:2] == b"\0" else "utf-16-be"
    return _eight_bits(file)


def _eight_bits(file: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    found = "utf-8"
    while chunk := file.read(CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            mac = sum(chunk.count(bytes([one])) for one in MAC_ACCENTS)
            windows = sum(chunk.count(bytes([one])) for one in WINDOWS_ACCENTS)
            found = "mac-roman" if mac > windows else "cp1252"
            break
    file.seek(0)
    return found


def table_of(file: BinaryIO, *, encoding: str = "", delimiter: str = "", chosen: dict[str, str] | None = None) -> Table:
    """Return how to read a file, from its beginning and what the source sets. Raises ListingFailed."""
    _refuse_others(file)
    encoding = encoding_of(file, encoding)
    with _as_text(file, encoding) as text:
        sample = text.read(SAMPLE)
    if len(sample) == SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    declared = sample[4:5] if sample[:4].lower() == "sep=" else ""  # Excel's own first line
    tried = [delimiter or declared] if delimiter or declared else list(DELIMITERS)
    found = [_header_by(sample, mark, chosen) for mark in tried]
    header, skipped, mark = max(found, key=lambda one: (one[0].is_known, len(one[0].cells), one[0].width))
    if not header.is_known:
        named = ", ".join([*header.cells, *header.extras][:30])
        raise ListingFailed(
            _("Line %(line)d: no column holds the identifier of the dataset (found: %(found)s).")
            % {"line": max(1, skipped), "found": named[:500] or "–"}
        )
    if "url" not in header.cells:
        raise ListingFailed(_("Line %(line)d: no column holds the address of the file.") % {"line": skipped})
    return Table(encoding, mark, header, skipped)


def _refuse_others(file: BinaryIO) -> None:
    file.seek(0)
    beginning = file.read(500).lstrip().lower()
    file.seek(0)
    if beginning.startswith((b"pk\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ListingFailed(_("This is a spreadsheet, not a CSV file: save it as CSV."))
    if beginning.startswith((b"<!doctype html", b"<html")):
        raise ListingFailed(_("The server answers a web page where a CSV file is expected."))
    if not beginning:
        raise ListingFailed(_("The file is empty."))


def _header_by(sample: str, delimiter: str, chosen: dict[str, str] | None) -> tuple[Header, int, str]:
    """Return the header, the rows down to it and the delimiter, for one delimiter that it may be."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    first: tuple[Header, int, str] | None = None
    try:
        for number, cells in enumerate(islice(reader, HEADER_WITHIN), 1):
            header = header_of(cells, chosen)
            if header.is_known and len(header.cells) > 1:
                return header, number, delimiter
            if first is None and any(cell.strip() for cell in cells):
                first = header, number, delimiter
    except csv.Error:
        pass  # the wrong delimiter, or a file that `rows_of` explains
    return first or (Header(), 0, delimiter)


@contextmanager
def _as_text(file: BinaryIO, encoding: str) -> Iterator[TextIO]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        yield text
    finally:
        text.detach()


def rows_of(file: BinaryIO, table: Table) -> Iterator[Row]:
    """Give the rows below the header, without the empty ones. Raises ListingFailed, with the line."""
    with _as_text(file, table.encoding) as text:
        reader = csv.reader(text, delimiter=table.delimiter, strict=True)
        line, number = 1, 0
        try:
            for number, cells in enumerate(reader, 1):
                if number > table.skipped and any(cell.strip() for cell in cells):
                    yield line, [cell.replace("\0", "").strip() for cell in cells]
                line = reader.line_num + 1
        except csv.Error as error:
            raise ListingFailed(
                _("Line %(line)d: this row cannot be read (%(reason)s). Is a quotation mark left open?")
                % {"line": line, "reason": error}
            ) from error


class Groups:
    """Rows by dataset, in the order in which each dataset appears first. On the disk: rows need not be neighbours."""

    def __init__(self) -> None:
        self.db = sqlite3.connect("", check_same_thread=False)  # a temporary file, gone when it is closed
        self.db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE dataset (id TEXT PRIMARY KEY, rank INTEGER) WITHOUT ROWID;"
            "CREATE TABLE line (rank INTEGER, number INTEGER, cells BLOB, PRIMARY KEY (rank, number)) WITHOUT ROWID;"
        )
        self.count = 0  # of datasets
        self._last = ("", 0)

    def __enter__(self) -> "Groups":
        return self

    def __exit__(self, *_error: object) -> None:
        self.db.close()

    def add(self, name: str, row: Row) -> None:
        """Add a row of the dataset of that name."""
        if self._last[0] != name:
            self._last = name, self._rank(name)
        self.db.execute("INSERT INTO line VALUES (?, ?, ?)", (self._last[1], row[0], orjson.dumps(row[1])))

    def _rank(self, name: str) -> int:
        found = self.db.execute("SELECT rank FROM dataset WHERE id = ?", (name,)).fetchone()
        if found:
            return found[0]
        self.db.execute("INSERT INTO dataset VALUES (?, ?)", (name, self.count))
        self.count += 1
        return self.count - 1

    def after(self, given: int) -> Iterator[list[Row]]:
        """Give the rows of each dataset, without the first `given` datasets; at most 5,001 rows each."""
        rows = self.db.execute("SELECT rank, number, cells FROM line WHERE rank >= ? ORDER BY rank, number", (given,))
        for _rank, group in groupby(rows, key=lambda row: row[0]):
            yield [(number, orjson.loads(cells)) for _same, number, cells in islice(group, MOST_ROWS)]


def cell(row: Row, header: Header, column: str = ID) -> str:
    """Return what a row has in a column, "" if nothing."""
    position = header.cells.get(column, -1)
    return row[1][position] if 0 <= position < len(row[1]) else ""
