"""Conditional requests (RFC 9110, 13): ETag and 304 on reads, If-Match on writes.

An ETag is `"<marker>-<hash of the body>"`, or the hash alone. The marker names the state of the object (a version);
the hash, this representation of it: language, mask and rights included. Reads compare the whole; writes compare the
marker alone, so that an editor may read v2 in French through a mask and write to v1.
"""

from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags

from portal.lib.api.errors import PreconditionFailed

VARY = ["Accept-Language", "Authorization", "Cookie", "X-API-KEY", "X-Fields", "X-Get-Datasets-Full-Objects"]
DIGEST = 12  # bytes


def hash_of(content: bytes) -> str:
    """Return a short hash for ETags; nothing secret depends on it."""
    return blake2b(content, digest_size=DIGEST).hexdigest()


def answer(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer to a read with its ETag, or 304 if the client has it already.

    It may be kept, but is asked for again at each use (`no-cache`): with a 304 that costs few bytes, and nothing
    stale is ever shown. What an identified caller gets is for her alone. A view that says `Cache-Control` itself
    knows better: its answer may be the same for everybody.

    Answers to PUT have no ETag: what is stored is not the body as it was sent (RFC 9110, 9.3.4).
    """
    if response.status_code != 200:
        return response
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, no_cache=True, **({"private": True} if is_identified(request) else {}))
        patch_vary_headers(response, VARY)
    if isinstance(response, HttpResponse) and not response.has_header("ETag"):
        marker = getattr(request, "etag_marker", "")
        response.headers["ETag"] = f'"{marker}{"-" if marker else ""}{hash_of(response.content)}"'
    etag = response.headers.get("ETag")
    return get_conditional_response(request, etag=etag, response=response) if etag else response


def is_identified(request: HttpRequest) -> bool:
    """Tell whether the request says who asks; whether that is true matters little here."""
    names = request.headers.keys() & {"X-Api-Key", "Authorization"}
    return bool(names) or settings.SESSION_COOKIE_NAME in request.COOKIES


def check_precondition(request: HttpRequest, marker: str) -> None:
    """Raise PreconditionFailed (412) unless the request's If-Match and If-None-Match allow a write to the object.

    `marker` is its present state, read with its row locked. Weak tags count too: a compressing proxy makes ours weak,
    and the marker they carry is as strong as ever.
    """
    wanted = request.headers.get("If-Match")
    if wanted and wanted.strip() != "*" and marker not in markers_of(wanted):
        raise PreconditionFailed
    unwanted = request.headers.get("If-None-Match")
    if unwanted and (unwanted.strip() == "*" or marker in markers_of(unwanted)):
        raise PreconditionFailed


def markers_of(header: str) -> set[str]:
    """Return the markers in a list of ETags."""
    tags = (tag.removeprefix("W/").strip('"') for tag in parse_etags(header))
    return {tag.rpartition("-")[0] for tag in tags if "-" in tag}
