"""What a CSW answers: its capabilities, a page of records, or an exception (with whatever status)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from lxml import etree

from harvest.csw.requests import endpoint
from harvest.errors import ListingFailed
from harvest.mapping.text import text
from harvest.mapping.urls import web_address
from harvest.parsing import parse_xml

HREF = "{http://www.w3.org/1999/xlink}href"
BEGINNING = 4000  # bytes, within which an answer says what it is

Element = etree._Element


class CswException(ListingFailed):
    """The server answers an ExceptionReport. `about` is the part of the request that it complains of, lower case."""

    def __init__(self, message: str, about: str = "") -> None:
        super().__init__(message)
        self.about = about

    @property
    def is_of_schema(self) -> bool:
        """Tell whether it is the schema of the answer that the server does not know."""
        said = f"{self.about} {self.message}".lower().replace(" ", "")
        return "outputschema" in said or "schemanot" in said


@dataclass(slots=True)
class Results:
    """One page: its records, how many match in all (None: not said), where the server says that the next page begins
    (None: not said; 0: nowhere).
    """

    records: list[Element]
    matched: int | None
    next: int | None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Where GetRecords is posted to (None: not said), and the schemas that it answers in (empty: not said)."""

    post: str | None
    schemas: tuple[str, ...]


def read_results(body: bytes) -> Results:
    """Return the records of a GetRecordsResponse. Raises CswException, ListingFailed."""
    root = parse_xml(body)
    raise_exception(root)
    found = root if _name(root) == "SearchResults" else next(root.iter("{*}SearchResults"), None)
    if found is None:
        raise ListingFailed(_("The server answers no records of CSW, but %(tag)s.") % {"tag": str(root.tag)[:100]})
    records = list(found.iterchildren(etree.Element))
    return Results(records, _count(found.get("numberOfRecordsMatched")), _count(found.get("nextRecord")))


def looks_like_results(body: bytes) -> bool:
    """Tell whether an answer that cannot be parsed was meant as a page of records."""
    return b"GetRecordsResponse" in body[:BEGINNING]


def raise_exception(root: Element) -> None:
    """Raise what an ExceptionReport says (of OWS 1.0 or 1.1, or of the older ServiceExceptionReport)."""
    if _name(root) not in ("ExceptionReport", "ServiceExceptionReport"):
        return
    said, about = [], []
    for one in root.iter("{*}Exception", "{*}ServiceException"):
        words = " ".join("".join(one.itertext()).split())
        code = text(one.get("exceptionCode") or one.get("code"), 100)
        said.append(f"{code}: {words}" if code and words else code or words)
        about.append(text(one.get("locator"), 100).lower())
    message = text("; ".join(filter(None, said)), 300) or "?"
    raise CswException(_("The CSW refuses: %(reason)s") % {"reason": message}, " ".join(about))


def read_capabilities(body: bytes, url: str) -> Capabilities:
    """Return what the capabilities say of GetRecords; relative addresses are joined to `url`.

    Raises CswException, ListingFailed.
    """
    root = parse_xml(body)
    raise_exception(root)
    if _name(root) != "Capabilities":
        raise ListingFailed(_("The server answers no capabilities of CSW, but %(tag)s.") % {"tag": str(root.tag)[:100]})
    for operation in root.iter("{*}Operation"):
        if operation.get("name") == "GetRecords":
            return Capabilities(_post_address(operation, url), _schemas(operation))
    return Capabilities(None, ())


def _post_address(operation: Element, url: str) -> str | None:
    """Return where to post XML: some servers offer SOAP, or key-value pairs, at other addresses."""
    plain, other = [], []
    for post in operation.iter("{*}Post"):
        encodings = {text(one.text).upper() for one in post.iter("{*}Value")}
        address = web_address(post.get(HREF), base=url)
        if address:
            (plain if not encodings or "XML" in encodings else other).append(endpoint(address))
    return next(iter([*plain, *other]), None)


def _schemas(operation: Element) -> tuple[str, ...]:
    for parameter in operation.iter("{*}Parameter"):
        if parameter.get("name", "").lower() == "outputschema":
            return tuple(text(one.text) for one in parameter.iter("{*}Value"))
    return ()


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _count(value: str | None) -> int | None:
    """Return a number of records, or None for what is none."""
    found = (value or "").strip()
    return int(found) if found.isdigit() and found.isascii() and len(found) < 12 else None
