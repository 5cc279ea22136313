"""Which form of RDF a document has: by what it begins with, then its media type, then its name."""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from harvest.errors import ListingFailed

XML, JSON = "xml", "json-ld"
BY_EXTENSION = {
    "xml": XML, "rdf": XML, "owl": XML, "json": JSON, "jsonld": JSON, "ttl": "turtle", "turtle": "turtle", "n3": "n3",
    "nt": "nt", "nq": "nquads", "trig": "trig",
}  # fmt: skip
BY_MEDIA_TYPE = {
    "application/rdf+xml": XML, "application/xml": XML, "text/xml": XML, "application/ld+json": JSON,
    "application/json": JSON, "text/turtle": "turtle", "application/x-turtle": "turtle", "application/turtle": "turtle",
    "text/n3": "n3", "text/rdf+n3": "n3", "application/n-triples": "nt", "application/n-quads": "nquads",
    "application/trig": "trig",
}  # fmt: skip
ACCEPT = (
    "text/turtle, application/rdf+xml;q=0.95, application/ld+json;q=0.9, application/n-triples;q=0.9, "
    "application/trig;q=0.9, text/n3;q=0.8, application/xml;q=0.5, application/json;q=0.5, */*;q=0.1"
)
SNIFFED = 4096  # bytes of the beginning that are looked at
PAGE = re.compile(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype\s+html|<html|<head|<body)", re.I | re.S)
ELEMENT = re.compile(rb"<(\?xml|!--|!doctype\b|[a-z_][\w.-]*(:[a-z_][\w.-]*)?[\s/>])", re.I)


def beginning_of(raw: bytes) -> bytes:
    """Return the first bytes of a document without byte order mark and spaces."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()


def candidates(raw: bytes, url: str = "", media_type: str = "") -> list[str]:
    """Return the forms that a document may have, likeliest first, by its first bytes. Raises ListingFailed if it is
    empty or a web page.

    What it looks like decides between XML, JSON and the Turtle family, for servers name the types of their files
    wrongly; the media type and the extension decide within that family.
    """
    start = beginning_of(raw)
    if not start:
        raise ListingFailed(_("The server answers nothing."))
    if PAGE.match(start):
        raise ListingFailed(_("The server answers a web page where a catalogue in RDF is expected."))
    if ELEMENT.match(start):
        return [XML]
    if re.match(rb"(\{\s*[\"}]|\[\s*[\[{\]])", start):
        return [JSON]
    told = [BY_MEDIA_TYPE.get(media_type), BY_EXTENSION.get(_extension(url))]
    likely = [one for one in told if one and one not in (XML, JSON)]
    return list(dict.fromkeys([*likely, "trig", "n3"]))


def _extension(url: str) -> str:
    try:
        return PurePosixPath(unquote(urlsplit(url).path)).suffix.lower().lstrip(".")
    except ValueError:
        return ""
