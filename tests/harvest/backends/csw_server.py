"""A CSW for the tests, and what it answers."""

from lxml import etree

from harvest.backends.base import Config
from harvest.backends.csw import CswIso19139Backend
from harvest.csw.requests import GMD
from tests.harvest.fixtures import backend, serving

CAPABILITIES = """<csw:Capabilities xmlns:ows="http://www.opengis.net/ows" xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"
 xmlns:xlink="http://www.w3.org/1999/xlink"><ows:OperationsMetadata>
 <ows:Operation name="Harvest"><ows:DCP><ows:HTTP><ows:Post xlink:href="/no"/></ows:HTTP></ows:DCP></ows:Operation>
 <ows:Operation name="GetRecords"><ows:DCP><ows:HTTP>{posts}</ows:HTTP></ows:DCP>
 <ows:Parameter name="outputSchema"><ows:Value>http://www.isotc211.org/2005/gmd</ows:Value></ows:Parameter>
 </ows:Operation></ows:OperationsMetadata></csw:Capabilities>"""


def record(number: int, more: str = "") -> str:
    return (
        f'<gmd:MD_Metadata xmlns:gmd="{GMD}" xmlns:gco="http://www.isotc211.org/2005/gco"><gmd:fileIdentifier>'
        f"<gco:CharacterString>id-{number}</gco:CharacterString></gmd:fileIdentifier>{more}</gmd:MD_Metadata>"
    )


def page(records, matched=None, follow=None) -> bytes:
    counts = "" if matched is None else f' numberOfRecordsMatched="{matched}"'
    counts += "" if follow is None else f' nextRecord="{follow}"'
    return (
        '<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"><csw:SearchStatus/>'
        f"<csw:SearchResults{counts}><!-- a comment -->\n{''.join(records)}\n</csw:SearchResults>"
        "</csw:GetRecordsResponse>"
    ).encode()


def exception(text="Invalid PropertyName: apiso:Type", locator="") -> bytes:
    return (
        '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows" version="1.2.0"><ows:Exception '
        f'exceptionCode="NoApplicableCode" locator="{locator}"><ows:ExceptionText>{text}</ows:ExceptionText>'
        "</ows:Exception></ows:ExceptionReport>"
    ).encode()


def asked(body: bytes) -> tuple[int, int, str]:
    """Return what a GetRecords asks for: start, number, schema."""
    root = etree.fromstring(body)
    return int(root.get("startPosition")), int(root.get("maxRecords")), root.get("outputSchema")


def server(answer, capabilities=None):
    """Return what serves a CSW: `answer(start, size, body)` for GetRecords by POST."""

    def respond(path, query, body):
        if not body:
            return capabilities if query.get("request") == "GetCapabilities" else None
        start, size, _schema = asked(body)
        return answer(start, size, body.decode())

    return respond


def ids(records) -> list[str]:
    instance = CswIso19139Backend("https://csw.example.org", Config())
    return [instance.identify(one) for one in records]


def walk(answer, **config):
    """Return the pages that a CSW gives, and what it was asked."""
    with serving(server(answer)) as remote:
        instance = backend(CswIso19139Backend, f"{remote.url}/csw", **config)
        return list(instance.pages()), remote


def slices(count, **more):
    """Return a server of `count` records that answers as it should."""

    def answer(start, size, body):
        last = min(start + size, count + 1)
        return page([record(n) for n in range(start, last)], count, last if last <= count else 0)

    return answer
