"""Formats and media types of files."""

import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from harvest.mapping.text import text

MAX_FORMAT, MAX_MIME = 64, 255  # characters
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*", re.IGNORECASE)
TERM = re.compile(r"(?:https?://)\S*?(?:file-type|media-types)/(\S+?)/?", re.IGNORECASE)
BY_MEDIA_TYPE = {
    "text/csv": "csv", "application/csv": "csv", "text/tab-separated-values": "tsv", "text/plain": "txt",
    "text/html": "html", "application/xhtml+xml": "html", "application/json": "json", "text/json": "json",
    "application/geo+json": "geojson", "application/vnd.geo+json": "geojson", "application/ld+json": "jsonld",
    "application/xml": "xml", "text/xml": "xml", "application/rdf+xml": "rdf", "text/turtle": "ttl",
    "application/n-triples": "nt", "application/pdf": "pdf", "application/zip": "zip",
    "application/x-zip-compressed": "zip", "application/x-7z-compressed": "7z", "application/gzip": "gz",
    "application/x-gzip": "gz", "application/x-tar": "tar", "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods", "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.google-earth.kml+xml": "kml", "application/vnd.google-earth.kmz": "kmz",
    "application/gml+xml": "gml", "application/geopackage+sqlite3": "gpkg", "application/x-shapefile": "shp",
    "application/x-esri-shape": "shp", "application/vnd.apache.parquet": "parquet", "application/sql": "sql",
    "application/atom+xml": "atom", "application/rss+xml": "rss", "image/png": "png", "image/jpeg": "jpeg",
    "image/tiff": "tiff", "image/svg+xml": "svg", "image/gif": "gif", "text/calendar": "ics",
    "application/gtfs+zip": "gtfs", "application/x-netcdf": "netcdf",
}  # fmt: skip
UNSAID = frozenset(["application/octet-stream", "binary/octet-stream", "application/unknown", "application/download"])
SHORTER = {
    "comma separated values": "csv", "comma-separated values": "csv", "excel": "xls", "microsoft excel": "xls",
    "excel (.xlsx)": "xlsx", "esri shapefile": "shp", "shapefile": "shp", "esri shape": "shp", "shape": "shp",
    "geo json": "geojson", "json-ld": "jsonld", "json_ld": "jsonld", "rdf/xml": "rdf", "rdf_xml": "rdf",
    "rdf_turtle": "ttl", "turtle": "ttl", "n-triples": "nt", "rdf_n_triples": "nt", "web page": "html", "htm": "html",
    "page web": "html", "jpg": "jpeg", "tif": "tiff", "text": "txt", "plain text": "txt", "ogc:wms": "wms",
    "ogc:wfs": "wfs", "ogc:wmts": "wmts", "ogc:wcs": "wcs", "arcgis geoservices rest api": "arcgis rest",
    "geopackage": "gpkg",
}  # fmt: skip
SERVICES = ("wms", "wfs", "wmts", "wcs", "csw", "sos", "wps")
EXTENSION = re.compile(r"[a-z0-9]{1,8}")
NOT_FORMATS = frozenset(["aspx", "asp", "php", "do", "cgi", "jsp", "jsf", "fr", "com", "org", "net", "eu", "io", "gov"])
DOUBLE = frozenset(["gz", "zip", "bz2", "xz", "7z"])


def format_of(value: Any = "", mime: Any = "", url: str = "") -> str:
    """Return the format of a file, lower case: what is said of it, else by its media type, else by its address.

    `value` may be a word ("Comma Separated Values"), a media type, or a term's address (EU file types, IANA).
    """
    found = _said(text(value, 500))
    return found or BY_MEDIA_TYPE.get(mime_of(mime), "") or extension_of(url) or service_of(url)


def mime_of(value: Any) -> str:
    """Return a media type, lower case and without parameters, or ""; what says nothing is none."""
    found = text(value, 500).partition(";")[0].strip().lower()
    term = TERM.fullmatch(found)
    found = term[1] if term and "/" in term[1] else found
    if not MEDIA_TYPE.fullmatch(found) or found in UNSAID or len(found) > MAX_MIME:
        return ""
    return found


def extension_of(url: str) -> str:
    """Return the extension of the file that an address names, or ""."""
    try:
        path = PurePosixPath(unquote(urlsplit(url).path))
    except ValueError:
        return ""
    suffix = path.suffix.lower().lstrip(".")
    if not EXTENSION.fullmatch(suffix) or suffix in NOT_FORMATS or suffix.isdigit():
        return ""
    return SHORTER.get(suffix, suffix)


def service_of(url: str) -> str:
    """Return which OGC service an address calls (wms, wfs…), or ""."""
    found = re.search(r"[?&]service=([a-z]+)", url, re.IGNORECASE)
    return found[1].lower() if found and found[1].lower() in SERVICES else ""


def _said(found: str) -> str:
    word = found.strip().lower().strip(".")
    term = TERM.fullmatch(word)
    if term:
        word = term[1]
    if word in SHORTER:
        return SHORTER[word]
    if mime_of(word) or word in UNSAID:
        return BY_MEDIA_TYPE.get(mime_of(word), "" if word in UNSAID else word.rpartition("/")[2])
    if word.startswith(("http://", "https://")):
        return extension_of(word)
    return word[:MAX_FORMAT]
