"""GetRecords, as CSW 2.0.2 wants it: by POST and XML, or by GET; with what servers disagree about left to choose."""

from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.sax.saxutils import escape, quoteattr

DCAT = "http://www.w3.org/ns/dcat#"
GEODCAT = "http://data.europa.eu/930/"
GMD = "http://www.isotc211.org/2005/gmd"
MDB = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
RECORD = "http://www.opengis.net/cat/csw/2.0.2"
TYPES = ("dataset", "nonGeographicDataset", "series", "service")  # what is asked for, where that can be
PARAMETERS = frozenset([
    "service", "request", "version", "acceptversions", "typenames", "elementsetname", "outputschema", "resulttype",
    "startposition", "maxrecords", "constraint", "constraintlanguage", "constraint_language_version", "outputformat",
    "namespace", "sections",
])  # fmt: skip
NAMESPACES = {
    "csw": RECORD,
    "ogc": "http://www.opengis.net/ogc",
    "apiso": "http://www.opengis.net/cat/csw/apiso/1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "gmd": GMD,
}


@dataclass(frozen=True, slots=True)
class Way:
    """How a server is asked: the property that filters by type, the one that sorts ("": none), the method, the schema.

    `apiso:Type` is the standard's name, and pycsw's; GeoNetwork takes `apiso:type` as well, others know Dublin Core's.
    """

    schema: str
    filter: str = "apiso:Type"
    sort: str = "apiso:Identifier"
    method: str = "POST"

    def as_json(self) -> dict[str, str]:
        """Return it as it is kept in a cursor or in the source's memory."""
        return asdict(self)


USUAL = (
    ("apiso:Type", "apiso:Identifier", "POST"), ("apiso:type", "apiso:identifier", "POST"),
    ("dc:type", "dc:identifier", "POST"), ("", "dc:identifier", "POST"), ("", "", "POST"),
    ("apiso:Type", "", "GET"), ("", "", "GET"),
)  # fmt: skip


def ways(schemas: tuple[str, ...], known: Any = None) -> list[Way]:
    """Return the ways to try, best first; the one that worked last time (`known`) leads, if it is still one."""
    found = [Way(schema, *usual) for schema in schemas for usual in USUAL]
    last = way_of(known)
    if last is not None and last in found:
        found.remove(last)
        found.insert(0, last)
    return found


def way_of(value: Any) -> Way | None:
    """Return a way out of its JSON, or None."""
    try:
        return replace(Way(""), **value) if isinstance(value, dict) else None
    except TypeError:
        return None


def post_body(way: Way, start: int, size: int) -> bytes:
    """Return the body of a GetRecords for `size` records from `start` (1 is the first)."""
    declared = " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in NAMESPACES.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<csw:GetRecords {declared} service="CSW" version="2.0.2" '
        f'resultType="results" startPosition="{start}" maxRecords="{size}" outputFormat="application/xml" '
        f"outputSchema={quoteattr(way.schema)}>"
        f'<csw:Query typeNames="csw:Record"><csw:ElementSetName>full</csw:ElementSetName>'
        f"{_filter(way)}{_sort(way)}</csw:Query></csw:GetRecords>"
    ).encode()


def get_parameters(way: Way, start: int, size: int) -> dict[str, str]:
    """Return the parameters of a GetRecords by GET, as `post_body`; by GET the order cannot be counted on."""
    found = {
        "service": "CSW", "version": "2.0.2", "request": "GetRecords", "typeNames": "csw:Record",
        "resultType": "results", "elementSetName": "full", "outputSchema": way.schema,
        "startPosition": str(start), "maxRecords": str(size),
    }  # fmt: skip
    if way.filter:
        found["constraintLanguage"] = "CQL_TEXT"
        found["constraint_language_version"] = "1.1.0"
        found["constraint"] = " OR ".join(f"{way.filter} = '{name}'" for name in TYPES)
    return found


def endpoint(url: str) -> str:
    """Return the address of a CSW without the parameters of a request that it was pasted with; others stay."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name.lower() not in PARAMETERS]  # fmt: skip
    return parts._replace(query=urlencode(kept), fragment="").geturl()


def _filter(way: Way) -> str:
    if not way.filter:
        return ""
    tests = "".join(
        f"<ogc:PropertyIsEqualTo><ogc:PropertyName>{escape(way.filter)}</ogc:PropertyName>"
        f"<ogc:Literal>{name}</ogc:Literal></ogc:PropertyIsEqualTo>"
        for name in TYPES
    )
    return f'<csw:Constraint version="1.1.0"><ogc:Filter><ogc:Or>{tests}</ogc:Or></ogc:Filter></csw:Constraint>'


def _sort(way: Way) -> str:
    if not way.sort:
        return ""
    return (
        f"<ogc:SortBy><ogc:SortProperty><ogc:PropertyName>{escape(way.sort)}</ogc:PropertyName>"
        "<ogc:SortOrder>ASC</ogc:SortOrder></ogc:SortProperty></ogc:SortBy>"
    )
