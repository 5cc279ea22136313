"""Online resources: which are files, which are services, which are pages.

A function code says so, where there is one. Where there is none, SEMIC's stylesheet makes a page of everything, and
datasets end without a resource: protocols and the extensions of files tell better.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit

from django.utils.translation import gettext as _

from harvest.drafts import CommonDraft, DatasetDraft, ResourceDraft
from harvest.iso.tree import Element, Record, anchor, code, every, own_text
from harvest.mapping import formats
from harvest.mapping.text import markdown, text, title
from harvest.mapping.urls import MAX_RESOURCE_URL, MAX_URL, web_address

FILE, SERVICE, PAGE, RECORD = "file", "service", "page", "record"
TRANSFERS = (
    "distributionInfo/MD_Distribution/transferOptions/MD_DigitalTransferOptions",
    "distributionInfo/MD_Distribution/distributor/MD_Distributor/distributorTransferOptions/MD_DigitalTransferOptions",
)
FORMATS = (
    "distributionInfo/MD_Distribution/distributionFormat/MD_Format",
    "distributionInfo/MD_Distribution/distributor/MD_Distributor/distributorFormat/MD_Format",
)
TYPES = {FILE: "main", SERVICE: "api", PAGE: "documentation"}  # of resources
# What protocols say of the service behind an address, as formats; the first that is found counts.
SERVICES = (
    ("wmts", "wmts"), ("wms", "wms"), ("wfs", "wfs"), ("wcs", "wcs"), ("csw", "csw"), ("sos", "sos"), ("wps", "wps"),
    ("ogcapi", "ogc api"), ("ogc api", "ogc api"), ("esri:rest", "arcgis rest"), ("opendap", "opendap"),
    ("odata", "odata"), ("tms", "tms"), ("erddap", "erddap"),
)  # fmt: skip
FILE_PROTOCOLS = re.compile(r"download|^ftp\b|^file\b|\bs3\b|copyfile", re.IGNORECASE)
PAGE_PROTOCOLS = re.compile(
    r"^www:link|^https?$|--(?:link|related|partners|samples|rss|ical)$|^web|^doi$", re.IGNORECASE
)
RECORD_PROTOCOLS = re.compile(r"metadata-url", re.IGNORECASE)
RAW_RECORD = re.compile(r"request=GetRecordById|/formatters/xml", re.IGNORECASE)  # not for people
RECORD_ADDRESSES = re.compile(r"request=GetRecordById|/formatters/|catalog\.search#/metadata/", re.IGNORECASE)
# What addresses say by themselves: those of one file out of a service, those of Géo-IDE (a third of French records).
FILE_ADDRESSES = re.compile(r"[?&]request=(?:GetFeature|GetCoverage)(?:&|$)|/atomArchive/GetResource\b", re.IGNORECASE)
PICTURES = re.compile(r"^image/|[?&]request=GetLegendGraphic", re.IGNORECASE)
SERVICE_ADDRESSES = re.compile(r"/(wms|wfs|wmts|wcs)(?:server|s)?/?(?:\?|$)", re.IGNORECASE)
FEEDS = re.compile(r"/atomMetadata/GetResourceDescription\b|\.atom(?:\?|$)", re.IGNORECASE)
MAPSERVERS = re.compile(r"/(?:wxs|ows|mapserv)(?:\.exe)?/?(?:\?|$)", re.IGNORECASE)
OUTPUT = re.compile(r"[?&]outputformat=([^&]+)", re.IGNORECASE)
PAGE_EXTENSIONS = frozenset(["html", "htm", "xhtml", "jsf", "page"])
DATA_EXTENSIONS = frozenset([
    "zip", "7z", "gz", "tar", "tgz", "bz2", "rar", "csv", "tsv", "txt", "xls", "xlsx", "ods", "json", "geojson",
    "gpkg", "shp", "kml", "kmz", "gml", "gpx", "tab", "mif", "dxf", "dwg", "fgb", "parquet", "sqlite", "dbf", "tiff",
    "jp2", "ecw", "asc", "laz", "las", "nc", "netcdf", "grib", "grib2", "h5", "hdf", "ttl", "nt", "mbtiles",
])  # fmt: skip
OTHER_WORDS = {"shapefile": "shp", "shape": "shp", "geopackage": "gpkg", "geotiff": "tiff", "excel": "xls"}
PAPERS = frozenset(["pdf", "doc", "docx", "odt", "rtf", "ppt", "pptx"])  # documents, unless a download is announced
MIME_FILES = "MimeFileType"  # GeoNetwork writes the media type beside the file's name
WORD = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Link:
    """One online resource as the record writes it."""

    url: str
    kind: str
    service: str  # as a format: wms, wfs…
    name: str
    description: str
    mime: str
    is_alone: bool  # in its transfer options, so that their size is its own
    size: int | None  # bytes


def links_of(record: Record, draft: CommonDraft) -> list[Link]:
    """Return the online resources of the distribution that have an address; the draft is told of the others."""
    found: list[Link] = []
    for path in TRANSFERS:
        for options in every(record.root, path):
            lines = list(every(options, "onLine/CI_OnlineResource"))
            for line in lines:
                link = _link(record, line, len(lines) == 1, _size(options))
                if link.url:
                    found.append(link)
                else:
                    said = own_text(line.find("linkage"))[:200]
                    draft.warn(
                        _("Online resource left out, its address cannot be used: %(url)s") % {"url": said or "∅"}
                    )
    return found


def put_resources(draft: DatasetDraft, record: Record, links: list[Link]) -> None:
    """Give the draft its resources: files, then services, then pages as documentation; no two alike."""
    announced = _announced(record)
    seen: set[tuple[str, str]] = set()
    for kind in (FILE, SERVICE, PAGE):
        for link in links:
            resource = _resource(link, announced) if link.kind == kind else None
            if resource is not None and (resource.url, resource.title) not in seen:
                seen.add((resource.url, resource.title))
                draft.resources.append(resource)


def page_of(links: list[Link], names: list[str], uri: str) -> str:
    """Return the address that shows the record to people, or "".

    The view of its metadata, else a page whose address has one of its identifiers, else its URI, else its first page.
    """
    shown = [link for link in links if len(link.url) <= MAX_URL and not RAW_RECORD.search(link.url)]
    views = [link.url for link in shown if link.kind == RECORD]
    pages = [link.url for link in shown if link.kind == PAGE and not _is_bare(link.url)]
    named = [url for url in pages if any(name in url for name in names if len(name) > 5)]
    return next(filter(None, [*views, *named, web_address(uri), *pages]), "")


def protocol_of(line: Element) -> str:
    """Return the protocol of a CI_OnlineResource, by its text and what that points to."""
    protocol = line.find("protocol")
    return f"{own_text(protocol)} {anchor(protocol)}".strip()


def _link(record: Record, line: Element, is_alone: bool, size: int | None) -> Link:
    address = web_address(own_text(line.find("linkage")), limit=MAX_RESOURCE_URL)
    file = line.find(f"name/{MIME_FILES}")
    name, about = record.say(line.find("name")), record.say(line.find("description"))
    service = service_of(protocol_of(line), address)
    link = Link(address, "", service, name, about, formats.mime_of(file.get("type")) if file is not None else "",
                is_alone, size)  # fmt: skip
    link.kind = _kind(line, link)
    return link


def service_of(protocol: str, address: str) -> str:
    """Return which service an online resource calls, as a format, or ""."""
    said = protocol.lower()
    if said and not FILE_PROTOCOLS.search(said):
        words = f" {WORD.sub(' ', said)} "
        for mark, name in SERVICES:
            if mark in said and (":" in mark or " " in mark or f" {mark} " in words or name == "ogc api"):
                return name
        if "atom" in said and "inspire" in said:
            return "atom"
    by_path = SERVICE_ADDRESSES.search(address)
    if by_path or FEEDS.search(address):
        return by_path[1].lower() if by_path else "atom"
    return formats.service_of(address) or ("wms" if MAPSERVERS.search(address) else "")


def _kind(line: Element, link: Link) -> str:
    """Tell what an online resource is: by what its address shows, its function, its protocol, its extension."""
    protocol, function = protocol_of(line), code(line.find("function")).lower()
    extension = formats.extension_of(link.url)
    if RECORD_PROTOCOLS.search(protocol) or RECORD_ADDRESSES.search(link.url) or function == "completemetadata":
        return RECORD
    if PICTURES.search(f"{protocol} {link.url}"):
        return PAGE
    if link.service and not FILE_ADDRESSES.search(link.url):
        return SERVICE
    return _file_or_page(link, protocol, function, extension)


def _file_or_page(link: Link, protocol: str, function: str, extension: str) -> str:
    if FILE_ADDRESSES.search(link.url):
        return FILE
    if function in ("download", "offlineaccess") or (FILE_PROTOCOLS.search(protocol) and not _is_bare(link.url)):
        return PAGE if extension in PAGE_EXTENSIONS else FILE
    if extension in DATA_EXTENSIONS:
        return FILE
    if function or extension in PAGE_EXTENSIONS or PAGE_PROTOCOLS.search(protocol) or extension in PAPERS:
        return PAGE
    return FILE if link.mime and link.mime != "text/html" else PAGE


def _is_bare(address: str) -> bool:
    """Tell whether an address is that of a whole site."""
    parts = urlsplit(address)
    return parts.path in ("", "/") and not parts.query


def _resource(link: Link, announced: list[str]) -> ResourceDraft:
    """Return a link as a resource. Layers of one service share its address: their names tell them apart."""
    extension = formats.extension_of(link.url)
    by_mime = formats.format_of("", link.mime) if link.mime else ""
    output = OUTPUT.search(link.url)
    said = _known(unquote_plus(output[1])) if output else ""
    said = said or (link.service if link.kind == SERVICE else "") or by_mime or extension
    if not said and link.kind == FILE and len(announced) == 1:
        said = announced[0]
    if link.kind == PAGE and not said:
        said = "html"
    return ResourceDraft(
        url=link.url,
        title=_title(link),
        description=markdown(link.description),
        format=formats.format_of(said),
        mime=link.mime,
        type=TYPES[link.kind],
        filesize=link.size if link.is_alone and link.kind == FILE else None,
        same_url=link.kind == SERVICE,
        extras={"layer": link.name[:255]} if link.kind == SERVICE and link.name and _is_technical(link.name) else {},
    )


def _title(link: Link) -> str:
    """Return a title for people: the name, or a short description where the name is an identifier."""
    name, about = title(link.name), title(link.description)
    if about and len(about) <= 150 and (not name or _is_technical(name)):
        return about
    file = title(urlsplit(link.url).path.rstrip("/").rpartition("/")[2])
    return name or (about if len(about) <= 150 else "") or file or title(link.url)


def _is_technical(name: str) -> bool:
    return " " not in name.strip() and bool(re.search(r"[_:.\d]", name))


def _announced(record: Record) -> list[str]:
    """Return the formats of the distribution, each once."""
    found: list[str] = []
    for path in FORMATS:
        for one in every(record.root, path):
            cited = "formatSpecificationCitation/CI_Citation/"
            said = (
                record.says(one, "name")
                or record.says(one, f"{cited}alternateTitle")
                or record.says(one, f"{cited}title")
            )
            name = _known(anchor(one.find("name"))) or _known(said) or formats.format_of(said)
            if name and name not in found and len(name) <= 20:
                found.append(name)
    return found


def _known(said: str) -> str:
    """Return the usual format that a text names (`ESRI Shapefile (SHP)`, `MapInfo TAB`, a media type), or ""."""
    found = formats.format_of(said) if said else ""
    if found in DATA_EXTENSIONS:
        return found
    named = [word for word in WORD.split(said.lower()) if word in DATA_EXTENSIONS or word in OTHER_WORDS]
    return OTHER_WORDS.get(named[0], named[0]) if named else ""


def _size(options: Element) -> int | None:
    """Return the size of a transfer in bytes; ISO 19115 counts in megabytes."""
    said = own_text(options.find("transferSize"))
    try:
        number = float(text(said, 50))
    except ValueError:
        return None
    return int(number * 1_000_000) if 0 < number < 1e9 else None
