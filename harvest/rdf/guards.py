"""What is checked of a document before a parser of RDF sees it: its encoding, what its XML hides, its contexts."""

import codecs
import json
import mmap
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import orjson
from django.utils.translation import gettext as _
from lxml import etree

from harvest.errors import ListingFailed

MAX_DEPTH = 200  # levels of XML elements: oxrdfxml takes quadratic time
MAX_ATTRIBUTES = 1_000  # of one element, for the same reason
CHUNK = 1 << 20  # bytes
MAX_CONTEXT = 1 << 20  # bytes of one context
MOST_CONTEXTS = 5_000
MOST_ADDED = 64 << 20  # bytes that contexts put in place of their addresses may add
ENCODING = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.I)
ENCODINGS = frozenset(["iso8859-1", "iso8859-15", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])  # Python's names
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
CONTEXT = re.compile(rb'"@(context|import)"\s*:\s*')
FOLDER = Path(__file__).parent / "contexts"
# Addresses of contexts, without scheme, and the file that is read in their place.
CONTEXTS = {
    "schema.org": "schema.json",
    "www.schema.org": "schema.json",
    "schema.org/docs/jsonldcontext.json": "schema.json",
    "schema.org/docs/jsonldcontext.jsonld": "schema.json",
    "project-open-data.cio.gov/v1.1/schema/catalog.jsonld": "pod.json",
    "project-open-data.cio.gov/v1.1/schema": "pod.json",
    "resources.data.gov/schemas/dcat-us/v1.1/schema/catalog.jsonld": "pod.json",
    "semiceu.github.io/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld": "dcat-ap.json",
    "semiceu.github.io/DCAT-AP/releases/3.0.1/context/dcat-ap.jsonld": "dcat-ap.json",
    "semiceu.github.io/uri.semic.eu-generated/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld": "dcat-ap.json",
    "data.europa.eu/r5r": "dcat-ap.json",
    "data.europa.eu/r5r/context": "dcat-ap.json",
}
OF_PORTALS = re.compile(r"[^/]+(?:/[\w-]+)*/(?:api/1/site/)?context\.jsonld", re.I)  # of udata and its like


def in_utf8(file: BinaryIO) -> BinaryIO:
    """Return the document in UTF-8, without byte order mark, at its beginning. Raises ListingFailed."""
    start = file.read(512)
    encoding, skip = "utf-8", 0
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if start.startswith(mark):
            encoding, skip = name, len(mark)
    declared = ENCODING.match(start)
    if declared and not skip:
        encoding = _encoding(declared[1].decode("ascii"))
    file.seek(skip)
    if encoding in ("utf-8", "ascii"):
        return file
    try:
        return _recoded(file, encoding)
    except UnicodeError as error:
        raise ListingFailed(
            _("The document is not in the encoding that it names (%(name)s).") % {"name": encoding}
        ) from error


def _encoding(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        found = ""
    if found not in ENCODINGS | {"utf-8", "ascii"}:
        raise ListingFailed(_("The encoding %(name)s is not read.") % {"name": name})
    return found


def _recoded(file: BinaryIO, encoding: str) -> BinaryIO:
    """Copy a document into UTF-8; its XML declaration, which names another encoding, is left out."""
    result = tempfile.SpooledTemporaryFile(8 * CHUNK)  # noqa: SIM115 - handed to the caller
    reader = codecs.getreader(encoding)(file)
    first = True
    try:
        while piece := reader.read(CHUNK, CHUNK):
            result.write((DECLARATION.sub("", piece, count=1) if first else piece).encode("utf-8"))
            first = False
    except UnicodeError:
        result.close()
        raise
    result.seek(0)
    return result  # type: ignore[return-value]


def check_xml(file: BinaryIO) -> None:
    """Read an XML document through once, and leave it at its beginning. Raises ListingFailed.

    Refused: a DOCTYPE (no catalogue needs one, and every attack does), more than 200 levels, elements with more than
    1,000 attributes, what is no XML.
    """
    begin = file.tell()
    parser = etree.XMLParser(target=_Watch(), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        spaces = True
        while piece := file.read(CHUNK):
            if spaces:  # before the declaration, where XML wants none
                piece = piece.lstrip()
                spaces = not piece
            if piece:
                parser.feed(piece)
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ListingFailed(_("The document is not valid XML: %(reason)s") % {"reason": str(error)[:200]}) from error
    file.seek(begin)


class _Watch:
    """Sees the elements of a document go by."""

    def __init__(self) -> None:
        self.depth = 0

    def doctype(self, *args: object) -> NoReturn:
        raise ListingFailed(_("The document has a DOCTYPE, which is refused."))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ListingFailed(_("The document is nested deeper than %(depth)d levels.") % {"depth": MAX_DEPTH})
        if len(attributes) > MAX_ATTRIBUTES:
            raise ListingFailed(_("An element of the document has too many attributes."))

    def end(self, tag: str) -> None:
        self.depth -= 1

    def close(self) -> None:
        """Nothing to give."""


def with_contexts(file: BinaryIO) -> BinaryIO:
    """Return a JSON-LD document with the contexts themselves in place of their addresses, at its beginning.

    Nothing is fetched: a context that does not come with the portal is refused. Raises ListingFailed.
    """
    begin = file.tell()
    with _bytes_of(file) as raw:
        found = list(_replacements(raw))
        file.seek(begin)
        if not found:
            return file
        result = tempfile.SpooledTemporaryFile(8 * CHUNK)  # noqa: SIM115 - handed to the caller
        done = begin
        for start, end, context in found:
            _copy(raw, done, start, result)
            result.write(context)
            done = end
        _copy(raw, done, len(raw), result)
    result.seek(0)
    return result  # type: ignore[return-value]


@contextmanager
def _bytes_of(file: BinaryIO) -> Iterator[bytes | mmap.mmap]:
    """Give the bytes of a file: those on the disk are mapped, not read."""
    try:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # in memory
        file.seek(0)
        yield file.read()
        return
    with mapped:
        yield mapped


def _copy(raw: bytes | mmap.mmap, start: int, end: int, into: Any) -> None:
    for place in range(start, end, CHUNK):
        into.write(raw[place : min(place + CHUNK, end)])


def _replacements(raw: bytes | mmap.mmap) -> Iterator[tuple[int, int, bytes]]:
    """Give the contexts that are addresses, or lists that hold some: beginning, end, what to put there."""
    count = added = done = 0
    for match in CONTEXT.finditer(raw):
        if match[1] == b"import":
            raise ListingFailed(_("The JSON-LD imports a context, which is refused."))
        if match.end() < done or raw[match.end() : match.end() + 1] == b"{":
            continue
        value, done = _value(raw, match.end())
        replaced = orjson.dumps(_known(value, 0))
        count, added = count + 1, added + len(replaced)
        if count > MOST_CONTEXTS or added > MOST_ADDED:
            raise ListingFailed(_("The JSON-LD has too many contexts."))
        yield match.end(), done, replaced


def _value(raw: bytes | mmap.mmap, start: int) -> tuple[object, int]:
    """Return the JSON value that begins at a byte, and the byte after it."""
    window = raw[start : start + MAX_CONTEXT]
    try:
        piece = window.decode("utf-8", "ignore")
        value, length = json.JSONDecoder().raw_decode(piece)
    except (ValueError, RecursionError) as error:
        raise ListingFailed(_("A context of the JSON-LD cannot be read.")) from error
    return value, start + len(piece[:length].encode("utf-8"))


def _known(value: object, depth: int) -> object:
    """Return a context whose addresses are replaced by what stands there."""
    if isinstance(value, list) and depth < 3:
        return [_known(one, depth + 1) for one in value]
    if not isinstance(value, str):
        return value
    bare = re.sub(r"^https?://", "", value.strip()).split("#")[0].rstrip("/")
    name = CONTEXTS.get(bare) or CONTEXTS.get(bare.lower()) or ("portal.json" if OF_PORTALS.fullmatch(bare) else None)
    if name is None:
        reason = _("The JSON-LD context %(url)s does not come with the portal, which fetches none.")
        raise ListingFailed(reason % {"url": value[:200]})
    return orjson.loads((FOLDER / name).read_bytes())["@context"]
