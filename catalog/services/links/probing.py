"""Asking one address whether it answers. No database here: it runs in threads.

A HEAD, with the conditions that the last answer allows; where a server knows none, a GET of the first byte. What it
redirects to is followed and must be public, as for all that the portal calls (`portal.lib.http`).
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from portal.lib.http import Answer, FetchError, Limits, Refused, TooSlow, peek
from portal.lib.retry_after import seconds_of

BUSY = frozenset([429, 503])  # the host asks for patience: nothing is learnt of the file
NOT_MODIFIED = 304
UNSATISFIABLE = 416  # a file of no bytes has no first one
MOST_PATIENCE = 7 * 86_400  # seconds of a Retry-After that are believed
REASON = 200  # characters


@dataclass(frozen=True, slots=True)
class Asked:
    """An address to ask, with what its last answer allows to ask for."""

    url: str
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What an address answered. `available` is None where nothing was learnt; `wait` are seconds that the host asks
    for; `is_ours` says that the network, and not the file, may be at fault.
    """

    available: bool | None
    status: int | None = None
    timeout: bool = False
    reason: str = ""
    etag: str = ""
    modified: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    wait: int = 0
    is_ours: bool = False


def agent() -> str:
    """Return how the portal calls itself to those whose links it checks, with where it can be read about."""
    return f"udata-portal-links/{settings.VERSION} (+{settings.SITE_URL})"


def probe(asked: Asked) -> Found:
    """Ask one address. Raises nothing: what goes wrong is what is found."""
    conditions = {"If-None-Match": asked.etag} if asked.etag else {}
    if asked.modified and not asked.etag:
        conditions["If-Modified-Since"] = asked.modified
    try:
        answer = _ask(asked.url, "HEAD", conditions)
        if answer.status >= 400 and answer.status not in BUSY:
            answer = _ask(asked.url, "GET", {"Range": "bytes=0-0"})
    except Refused as error:
        return Found(False, reason=str(error)[:REASON])
    except TooSlow as error:
        return Found(False, timeout=True, reason=str(error)[:REASON], is_ours=True)
    except FetchError as error:
        return Found(False, reason=str(error)[:REASON], is_ours=True)
    return _read(answer, asked)


def _ask(url: str, method: str, headers: dict[str, str]) -> Answer:
    limits = Limits(seconds=settings.LINKS_TIMEOUT)
    return peek(url, limits, method=method, headers={"User-Agent": agent(), "Accept": "*/*", **headers})


def _read(answer: Answer, asked: Asked) -> Found:
    wait = patience(answer.headers.get("Retry-After", ""), timezone.now())
    if answer.status in BUSY:
        return Found(None, answer.status, wait=wait or 3600, reason=str(answer.status))
    available = answer.status < 400 or answer.status == UNSATISFIABLE
    if answer.status == NOT_MODIFIED:
        return Found(True, 200, etag=asked.etag, modified=asked.modified, wait=wait)
    told = (("content-type", "Content-Type"), ("content-length", "Content-Length"), ("last-modified", "Last-Modified"))
    headers = tuple((name, answer.headers[key][:REASON]) for name, key in told if key in answer.headers)
    etag, modified = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
    if not available:
        return Found(False, answer.status, reason=str(answer.status), wait=wait)
    return Found(
        True, answer.status, headers=headers, wait=wait,
        etag=etag if len(etag) <= REASON and etag.isascii() and etag.isprintable() else "",
        modified=modified if len(modified) <= 60 and modified.isascii() and modified.isprintable() else "",
    )  # fmt: skip


def patience(text: str, now: datetime) -> int:
    """Return the seconds that a `Retry-After` asks for, in either of its forms; 0 for what is none."""
    return int(min(seconds_of(text, now) or 0, MOST_PATIENCE))
