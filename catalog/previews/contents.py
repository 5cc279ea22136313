"""What a page shows of a file that is no table: its text, its structure, its entries, its places, its picture.

Files are hostile: of each only a bounded beginning is read, nothing is unpacked, nothing is run.
"""

import json
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from catalog.models.resource import FileModel
from portal.lib.errors import ServiceError
from portal.lib.tabular import engine

TEXT, TREE, ARCHIVE, MAP, PICTURE, DOCUMENT, TABLE = "text", "tree", "archive", "map", "picture", "document", "table"
KINDS = {
    **dict.fromkeys(["xml", "rdf", "ttl", "n3", "md", "yaml", "yml", "sql", "html", "log", "gml", "kml", "wkt"], TEXT),
    **dict.fromkeys(["jsonld", "topojson"], TREE),
    **dict.fromkeys(["zip", "shp", "gtfs", "kmz", "ods", "docx", "odt"], ARCHIVE),
    **dict.fromkeys(["geojson"], MAP),
    **dict.fromkeys(["png", "jpg", "jpeg", "gif", "webp", "avif"], PICTURE),
    **dict.fromkeys(["pdf"], DOCUMENT),
}
BEGINNING = 40_000  # bytes of a text that are shown
MOST_JSON = 8 << 20  # bytes of a document that is parsed
MOST_NODES, DEEPEST, LONGEST = 400, 8, 300  # of a structure: values, levels, characters of a value
MOST_ENTRIES, MOST_DIRECTORY = 500, 4 << 20  # of an archive: entries shown, bytes of its list
MOST_FEATURES, MOST_POSITIONS = 3_000, 200_000  # drawn
ROWS = 20  # places told as a text
END = struct.Struct("<4s4H2LH")  # "end of central directory record", APPNOTE.TXT 4.3.16
END_MARK, LONGEST_COMMENT, ZIP64 = b"PK\x05\x06", 65_535, 0xFFFF
# The first bytes of what a browser may show, and how it is then named, whatever the file is called.
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


class Unshowable(ServiceError):
    """The file is not what its format says, or too large to be looked into."""


class Text(NamedTuple):
    text: str
    is_cut: bool


@dataclass(slots=True)
class Node:
    """A value in a structure: a plain one has `text`, others `children`; `hidden` were left out of them."""

    name: str
    text: str = ""
    kind: str = ""
    children: list["Node"] = field(default_factory=list)
    hidden: int = 0


class Entry(NamedTuple):
    name: str
    size: int  # bytes, as the archive says


class Archive(NamedTuple):
    entries: list[Entry]
    total: int


@dataclass(frozen=True, slots=True)
class Places:
    """Features of a map. `names` and `rows` tell the first of them; `total` counts all that the file has."""

    features: list[dict[str, Any]]
    names: list[str]
    rows: list[list[str]]
    total: int


def kind_of(found: FileModel) -> str:
    """Return how a file is shown, by its format; an empty text for one that isn't."""
    name = found.format.strip().lower()
    return KINDS.get(name) or (TABLE if engine.kind_of(name) else "")


def text_of(path: Path) -> Text:
    """Return the beginning of a text. Raises Unshowable for bytes that are none."""
    with path.open("rb") as file:
        begun = file.read(BEGINNING + 1)
    if b"\x00" in begun and not begun.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unshowable(_("The file is no text."))
    is_cut, begun = len(begun) > BEGINNING, begun[:BEGINNING]
    for encoding in ("utf-16" if begun.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig", "cp1252", "latin-1"):
        try:
            return Text(begun.decode(encoding), is_cut)
        except UnicodeDecodeError as error:
            if is_cut and error.start > BEGINNING - 4:  # a letter cut in two
                return Text(begun[: error.start].decode(encoding, "ignore"), is_cut)
    raise Unshowable(_("The file is no text."))


def document_of(path: Path) -> Any:
    """Return a JSON document. Raises Unshowable for one that is too large, too deep, or no JSON."""
    if path.stat().st_size > MOST_JSON:
        raise Unshowable(_("The file is too large to be looked into."))
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise Unshowable(_("The file is no JSON.")) from error


def tree_of(path: Path) -> Node:
    """Return the structure of a JSON document, cut where it is deep, wide or long. Raises Unshowable."""
    left = [MOST_NODES]
    return _node("", document_of(path), DEEPEST, left)


def _node(name: str, value: Any, depth: int, left: list[int]) -> Node:
    left[0] -= 1
    if not isinstance(value, (dict, list)):
        text = value if isinstance(value, str) else json.dumps(value)
        return Node(name, _short(text), type(value).__name__)
    pairs = list(value.items() if isinstance(value, dict) else ((str(n), one) for n, one in enumerate(value)))
    node = Node(_short(name), "{}" if isinstance(value, dict) else "[]", "structure")
    for key, one in pairs if depth else []:
        if left[0] <= 0:
            break
        node.children.append(_node(_short(key), one, depth - 1, left))
    node.hidden = len(pairs) - len(node.children)
    return node


def _short(text: Any) -> str:
    text = str(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def archive_of(path: Path) -> Archive:
    """Return the entries of a ZIP file, of which nothing is unpacked. Raises Unshowable."""
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as file:
            entries = file.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unshowable(_("The archive cannot be read.")) from error
    names = [one for one in entries if not one.is_dir()]
    return Archive([Entry(_short(one.filename), one.file_size) for one in names[:MOST_ENTRIES]], len(names))


def _check_directory(path: Path) -> None:
    """Refuse an archive whose list of entries is long: it would be read whole into memory."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LONGEST_COMMENT - END.size))
        tail = file.read()
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) - at < END.size:
        raise Unshowable(_("The archive cannot be read."))
    _mark, _disk, _first, _here, count, size, _offset, _comment = END.unpack_from(tail, at)
    if count == ZIP64 or size > MOST_DIRECTORY:
        raise Unshowable(_("The archive has too many files to list them."))


def places_of(path: Path) -> Places:
    """Return what a map draws of a GeoJSON document (RFC 7946). Raises Unshowable."""
    document = document_of(path)
    known = document if isinstance(document, dict) else {}
    if known.get("type") == "Feature":
        found: list[Any] = [known]
    elif known.get("type") == "FeatureCollection" and isinstance(known.get("features"), list):
        found = known["features"]
    elif isinstance(known.get("coordinates"), list):
        found = [{"geometry": known}]
    else:
        raise Unshowable(_("The file is no GeoJSON."))
    left, features = MOST_POSITIONS, []
    for one in found[:MOST_FEATURES]:
        geometry = one.get("geometry") if isinstance(one, dict) else None
        if not isinstance(geometry, dict):
            continue
        left -= sum(1 for _number in _numbers(geometry)) // 2
        if left < 0:
            break
        features.append({"type": "Feature", "geometry": geometry, "properties": _properties(one)})
    names = list(dict.fromkeys(name for one in features[:ROWS] for name in one["properties"]))[:12]
    rows = [[one["properties"].get(name, "") for name in names] for one in features[:ROWS]]
    return Places(features, names, rows, len(found))


def _numbers(geometry: Any) -> Iterator[float]:
    """Give the numbers of a geometry, whatever its depth; an iterator of its own, not the interpreter's stack."""
    waiting = [geometry.get("coordinates"), geometry.get("geometries")]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (int, float)):
            yield one
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting += [one.get("coordinates"), one.get("geometries")]


def _properties(feature: dict[str, Any]) -> dict[str, str]:
    given = feature.get("properties")
    if not isinstance(given, dict):
        return {}
    plain = {_short(name): one for name, one in list(given.items())[:40] if one is not None}
    return {name: _short(json.dumps(one) if isinstance(one, (dict, list)) else one) for name, one in plain.items()}


def media_type_of(path: Path) -> str:
    """Return the media type of a picture or a PDF by its first bytes. Raises Unshowable for anything else."""
    with path.open("rb") as file:
        head = file.read(16)
    for start, name in SIGNATURES:
        if head.startswith(start):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    raise Unshowable(_("The file is not what its format says."))
