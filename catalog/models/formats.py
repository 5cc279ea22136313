"""The formats that the portal hosts and proposes. The lists are udata's defaults, which its clients know."""

EXTENSIONS = (
    "7z", "bz2", "cpg", "csv", "db", "dbf", "doc", "docx", "dwg", "dxf", "ecw", "epub", "geojson", "gif", "gpkg",
    "gpx", "grib2", "gz", "ics", "jp2", "jpe", "jpeg", "jpg", "json", "kml", "kmz", "lyr", "n3", "odg", "odp", "ods",
    "odt", "other", "ovr", "owl", "pdf", "png", "pps", "ppt", "prj", "rar", "rdf", "rtf", "sbn", "sbx", "shp", "shx",
    "sql", "sqlite", "ssim", "svg", "svgz", "tar", "tgz", "tiff", "ttl", "txt", "webp", "xls", "xlsx", "xml", "xsd",
    "xz", "zip",
)  # fmt: skip

MEDIA_TYPES = (
    "application/epub+zip", "application/json", "application/msword", "application/pdf", "application/rdf+xml",
    "application/rtf", "application/vnd", "application/vnd.geo+json", "application/x-7z-compressed",
    "application/x-bzip", "application/x-bzip2", "application/x-rar-compressed", "application/x-tar",
    "application/xhtml+xml", "application/xml", "application/zip", "image/bmp", "image/jpeg", "image/png",
    "image/svg+xml", "text/calendar", "text/csv", "text/html", "text/plain", "text/turtle", "text/xml",
)  # fmt: skip
