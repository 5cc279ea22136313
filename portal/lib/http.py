"""Fetching a document from the web for an operator: time-out, size cap, http and https only.

An operator's command may reach the company's own network, so private addresses are allowed here. What a visitor or a
harvest source asks for must not come this way.
"""

import http.client
import urllib.error
import urllib.request

from portal.lib.errors import ServiceError

TIMEOUT = 30  # seconds without a byte
CHUNK = 1 << 20  # bytes

# Only these two protocols, redirects included: urllib's default opener would also read files and FTP.
_opener = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.ProxyHandler,
    urllib.request.UnknownHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.HTTPRedirectHandler,
    urllib.request.HTTPErrorProcessor,
):
    _opener.add_handler(_handler())


class FetchError(ServiceError):
    """The document could not be fetched; the message says why."""


def fetch(url: str, *, limit: int, timeout: float = TIMEOUT) -> bytes:
    """Return the body at `url`, of at most `limit` bytes. Raises FetchError."""
    try:
        with _opener.open(url, timeout=timeout) as response:
            return _read(response, limit)
    except urllib.error.HTTPError as error:
        with error:
            raise FetchError(f"{url} answers {error.code}.") from error
    except urllib.error.URLError as error:
        raise FetchError(f"{url} cannot be reached: {error.reason}.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(f"{url} cannot be read: {error}.") from error


def _read(response: http.client.HTTPResponse, limit: int) -> bytes:
    parts, size = [], 0
    while part := response.read(CHUNK):
        size += len(part)
        if size > limit:
            raise FetchError(f"The document has more than {limit} bytes.")
        parts.append(part)
    return b"".join(parts)
