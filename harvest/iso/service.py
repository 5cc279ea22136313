"""A record of ISO 19119 (a service) as a draft of a dataservice."""

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from harvest.drafts import DataserviceDraft
from harvest.iso.dataset import put_common
from harvest.iso.links import FILE, PAGE, SERVICE, Link, links_of, protocol_of, service_of
from harvest.iso.tree import HREF, Element, Record, every, own_text
from harvest.mapping.text import text
from harvest.mapping.urls import web_address

OPERATION = "containsOperations/SV_OperationMetadata"
NOT_OF_THE_SERVICE = frozenset(["service", "request", "version", "layers", "styles", "format", "acceptversions"])
RECORD_ID = re.compile(r"[?&](?:id|uuid)=([^&#]+)|/records/([^/?#]+)|/metadata/([^/?#]+)|#([\w.:-]+)$", re.IGNORECASE)


def dataservice_draft(record: Record) -> DataserviceDraft:
    """Return the draft of a service. Raises ItemInvalid without a title."""
    draft = DataserviceDraft(title="")
    links = links_of(record, draft)
    put_common(draft, record, links)
    calls = _calls(record, links)
    described = next((url for url in calls if "getcapabilities" in url.lower()), "")
    draft.base_api_url = web_address(_base(described or next(iter(calls), "")))
    draft.machine_documentation_url = web_address(described)
    pages = [link.url for link in links if link.kind == PAGE]
    draft.technical_documentation_url = web_address(next(iter(pages), ""))
    draft.format = "WMS" if any(_is_wms(url, record) for url in calls) else "REST"
    draft.datasets = _served(record)
    return draft


def _calls(record: Record, links: list[Link]) -> list[str]:
    """Return the addresses of the service: its operations' (GetCapabilities first), then those of its distribution."""
    named: list[tuple[bool, str]] = []
    for operation in every(record.identification, OPERATION):
        name = own_text(operation.find("operationName")).lower()
        for point in every(operation, "connectPoint/CI_OnlineResource"):
            named.append((name != "getcapabilities", web_address(own_text(point.find("linkage")))))
    by_kind = [link.url for kind in (SERVICE, FILE) for link in links if link.kind == kind]
    found = [*(url for _later, url in sorted(named, key=lambda one: one[0])), *by_kind]
    return list(dict.fromkeys(url for url in found if url))


def _base(address: str) -> str:
    """Return the address of a service without what asks it for something."""
    parts = urlsplit(address)
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key.lower() not in NOT_OF_THE_SERVICE]
    return parts._replace(query=urlencode(kept), fragment="").geturl()


def _is_wms(address: str, record: Record) -> bool:
    if service_of("", address) in ("wms", "wmts"):
        return True
    lines: list[Element] = [
        *every(record.identification, f"{OPERATION}/connectPoint/CI_OnlineResource"),
        *every(record.root, "distributionInfo/MD_Distribution/transferOptions/MD_DigitalTransferOptions/onLine/*"),
    ]
    return any(service_of(protocol_of(line), "") in ("wms", "wmts") for line in lines)


def _served(record: Record) -> list[str]:
    """Return the datasets that the service gives, by all that points to them: uuid, id in an address, address."""
    found: list[str] = []
    for one in every(record.identification, "operatesOn"):
        address = text(one.get(HREF), 2000)
        match = RECORD_ID.search(address)
        named = unquote(next(filter(None, match.groups()), "")) if match else ""
        found += [text(one.get("uuidref"), 500), named, address]
    found += [
        text(own_text(one), 500)
        for path in (
            "coupledResource/SV_CoupledResource/identifier",
            "coupledResource/SV_CoupledResource/resourceReference/*/identifier/*/code",
        )
        for one in every(record.identification, path)
    ]
    return list(dict.fromkeys(one for one in found if one))
