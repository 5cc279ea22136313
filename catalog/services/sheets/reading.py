"""Reading a CSV as spreadsheets write it: its encoding, its separator, its cells."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import NamedTuple

from django.utils.translation import gettext as _

from catalog.services.sheets.columns import ID, MARK, NAMES
from portal.lib.errors import ServiceError
from portal.lib.formulas import unguarded

MAX_BYTES = 10 << 20
MAX_LINES = 20_000
MAX_CELL = 200_000  # characters
SEPARATORS = ";,\t|"


class Table(NamedTuple):
    """A file, read: the known columns by their places, those that are not read, and its lines with their numbers."""

    places: dict[str, int]
    ignored: list[str]
    lines: Iterator[tuple[int, list[str]]]


def decode(body: bytes) -> str:
    """Return the text of a file: its mark of bytes decides, then UTF-8, then what French spreadsheets write."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def read(body: bytes) -> Table:
    """Read a file. Raises ServiceError for one that is too large, or has no columns of ours."""
    if len(body) > MAX_BYTES:
        raise ServiceError(_("The file has more than %(number)s MB.") % {"number": MAX_BYTES >> 20})
    text = decode(body)
    separator = ""
    first = text.partition("\n")[0].strip()
    if first.lower().startswith("sep=") and len(first) == 5:  # a line that Excel understands
        separator, text = first[4], text.partition("\n")[2]
    separator = separator or _separator(text.partition("\n")[0])
    lines = _lines(text, separator)
    _number, header = next(lines, (0, []))
    names = [cell.strip().lower().strip("'\"") for cell in header]
    places = {name: names.index(name) for name in (ID, MARK, *NAMES) if name in names}
    if not {ID, MARK} <= set(places):
        raise ServiceError(
            _("The file needs the columns “id” and “mark” of the export, with the names of its first line.")
        )
    if len(places) == 2:
        raise ServiceError(_("The file has none of the columns that can be changed."))
    ignored = [name[:80] for name in names if name and name not in places][:50]
    return Table(places, ignored, lines)


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Give the lines that are not empty. Raises ServiceError where the file breaks off, or is too long."""
    before = csv.field_size_limit(MAX_CELL)  # of the process: others have limits of their own
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    number = 0
    try:
        for number, line in enumerate(reader, 1):
            if number > MAX_LINES + 1:
                raise ServiceError(_("The file has more than %(number)s lines.") % {"number": MAX_LINES})
            if any(cell.strip() for cell in line):
                yield number, [unguarded(cell) for cell in line]
    except csv.Error as error:
        raise ServiceError(_("Line %(number)s can't be read.") % {"number": number + 1}) from error
    finally:
        csv.field_size_limit(before)
