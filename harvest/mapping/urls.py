"""Addresses of the web, as strangers write them."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from harvest.mapping.text import text

SCHEMES = frozenset(["http", "https", "ftp", "ftps"])
MAX_URL = 2000  # characters, of most columns
MAX_RESOURCE_URL = 10_000
BAD_HOST = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]")


def web_address(value: Any, *, base: str = "", limit: int = MAX_URL) -> str:
    """Return an absolute address (http, https, ftp) without spaces, or "" for anything else.

    `www.x.fr/a` gets its scheme; a relative address is joined to `base`, if one is given.
    """
    return _address(text(value), base, limit)


@lru_cache(maxsize=8192)  # an address is looked at by the backend, then by the pipeline
def _address(found: str, base: str, limit: int) -> str:
    if found.lower().startswith("www."):
        found = f"http://{found}"
    try:
        if base and found and not urlsplit(found).scheme:
            found = urljoin(base, found)
        parts = urlsplit(found)
        host = parts.hostname or ""
        valid = parts.scheme.lower() in SCHEMES and host and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    if not valid or BAD_HOST.search(parts.netloc):
        return ""
    found = re.sub(r"[\t\r\n]", "", found).replace(" ", "%20")
    return found if len(found) <= limit else ""


def is_uri(value: str) -> bool:
    """Tell whether a remote id is an identifier for the whole world: an address, a URN, an INSPIRE or DOI one."""
    return bool(re.match(r"(https?://[^\s/]+\.[^\s/]|urn:[a-z0-9][a-z0-9-]+:\S|doi:10\.)", value, re.IGNORECASE))


def domain_of(url: str) -> str:
    """Return the host of an address, with its port if it has one: udata's `domain`."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
