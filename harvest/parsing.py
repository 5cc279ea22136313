"""Reading what a stranger's server sent: JSON and XML within bounds, nothing fetched, nothing expanded."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson
import orjson
from django.utils.translation import gettext as _
from lxml import etree

from harvest.errors import ListingFailed

MAX_DEPTH = 200
SPACES = b" \t\r\n\xef\xbb\xbf"
LONGEST_STRING = 4 << 20  # bytes; a parser's time grows with the square of a string that comes in many pieces
STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
REST = re.compile(rb'(?:[^"\\]++|\\.)*+"', re.DOTALL)  # of a string that began before
NO_BRACKETS = bytes(one for one in range(256) if one not in b"[]{}")


def parse_json(body: bytes) -> Any:
    """Return what a JSON document says; a byte order mark is let through. Raises ListingFailed.

    Depth is bounded by the parser (1,024), integers by 64 bits: larger ones become floats.
    """
    text = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        beginning = text.lstrip(SPACES)[:200].lower()
        if beginning.startswith((b"<!doctype html", b"<html")):
            raise ListingFailed("The server answers a web page where JSON is expected.") from error
        raise ListingFailed(f"The answer is not valid JSON: {error}") from error


def stream_json(file: BinaryIO, prefix: str) -> Iterator[Any]:
    """Give the values under `prefix` (ijson's: `dataset.item`, or `item` for a bare list) one by one.

    Constant memory, whatever the size of the file. Raises ListingFailed.
    """
    try:
        yield from ijson.items(Shallow(file), prefix, use_float=True)
    except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
        raise ListingFailed(f"The file is not valid JSON: {str(error)[:200]}") from error


class Shallow:
    """A JSON file within bounds that streaming parsers lack: at most `limit` levels, no endless string.

    Each level costs them time for every value. Reading beyond raises ListingFailed. Bytes pass through unchanged.
    """

    def __init__(self, file: BinaryIO, limit: int = MAX_DEPTH) -> None:
        self.file, self.limit, self.depth, self.length = file, limit, 0, 0
        self.in_string = self.escaped = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes of the file. Raises ListingFailed."""
        chunk = self.file.read(size)
        self._look_at(chunk)
        return chunk

    def _look_at(self, chunk: bytes) -> None:
        if self.in_string:
            rest = REST.match(chunk, 1 if self.escaped and chunk else 0)
            if rest is None:
                self._note_escape(chunk[1:] if self.escaped else chunk)
                self._measure(self.length + len(chunk))
                return
            chunk, self.in_string, self.escaped = chunk[rest.end() :], False, False
        bare = STRING.sub(b"", chunk)
        before, quote, begun = bare.partition(b'"')
        self._count(before.translate(None, NO_BRACKETS))
        if quote:
            self.in_string = True
            self._note_escape(begun)
            self._measure(len(begun))

    def _note_escape(self, begun: bytes) -> None:
        """Note whether the chunk ended in the middle of an escape."""
        self.escaped = bool((len(begun) - len(begun.rstrip(b"\\"))) % 2)

    def _measure(self, length: int) -> None:
        self.length = length
        if length > LONGEST_STRING:
            raise ListingFailed(_("The file has a text of more than %(size)d MiB.") % {"size": LONGEST_STRING >> 20})

    def _count(self, brackets: bytes) -> None:
        for mark in brackets:
            self.depth += 1 if mark in b"[{" else -1
            if self.depth > self.limit:
                raise ListingFailed(_("The file is nested deeper than %(limit)d levels.") % {"limit": self.limit})


def xml_parser() -> etree.XMLParser:
    """Return a parser that fetches nothing, expands nothing, and refuses documents too deep or too long."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def parse_xml(body: bytes) -> etree._Element:
    """Return the root of an XML document; spaces before its declaration are let through. Raises ListingFailed.

    A document with a DOCTYPE is refused whole: no catalogue needs one, and every attack does.
    """
    try:
        root = etree.fromstring(body.lstrip(SPACES), xml_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ListingFailed(f"The answer is not valid XML: {str(error)[:200]}") from error
    if root.getroottree().docinfo.doctype:
        raise ListingFailed("The answer has a DOCTYPE, which is refused.")
    if _is_deeper(root, MAX_DEPTH):
        raise ListingFailed(f"The answer is nested deeper than {MAX_DEPTH} levels.")
    return root


def _is_deeper(root: etree._Element, limit: int) -> bool:
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limit:
            return True
    return False


def xml_text(element: etree._Element) -> str:
    """Return an element as text: what an XML backend gives as a record, for records are JSON values."""
    return etree.tostring(element, encoding="unicode", with_tail=False)
