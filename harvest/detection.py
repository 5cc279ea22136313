"""Recognizing what kind of catalogue is at an address: by the address itself, then by asking it, in a few requests."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from harvest.backends import backends
from harvest.backends.base import Backend
from harvest.client import PORTS, join, user_agent, with_query
from harvest.errors import HarvestError, RemoteError
from harvest.parsing import parse_json
from portal.lib.http import MIB, Answer, FetchError, Limits, call

SECONDS = 20  # in all, after which what is not recognized stays so: a person waits
LIMITS = Limits(size=8 * MIB, seconds=5, ports=PORTS)  # of one question
SUFFIXES = {
    "data.json": ("data-json", "datajson"),
    ".csv": ("csv", "csv-manifest"),
    ".ttl": ("dcat",), ".rdf": ("dcat",), ".jsonld": ("dcat",), ".nt": ("dcat",), ".n3": ("dcat",), ".trig": ("dcat",),
}  # fmt: skip
RDF = ("text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples", "text/n3")


def detect(url: str) -> str:
    """Return the name of the harvester for what is at `url`, or an empty text. Raises HarvestError if it can't be
    reached at all.
    """
    known = {name for name, kind in backends().items() if kind.pages is not Backend.pages}
    path = urlsplit(url).path.lower()
    for suffix, names in SUFFIXES.items():
        if path.endswith(suffix) and (found := _first(names, known)):
            return found
    return _by_asking(url, known)


def _by_asking(url: str, known: set[str]) -> str:
    end, failure, answered = time.monotonic() + SECONDS, None, False
    for names, ask in _questions(url):
        found = _first(names, known)
        if not found:
            continue
        try:
            if ask():
                return found
            answered = True
        except FetchError as error:
            failure = error
        if time.monotonic() > end:
            break
    if failure is not None and not answered:
        raise RemoteError(str(failure)) from failure
    return ""


def _questions(url: str) -> Iterator[tuple[tuple[str, ...], Callable[[], bool]]]:
    """Give the questions to ask, the surest first, each with the harvesters that a yes speaks for."""

    def json_at(path: str, test: Callable[[Any], bool], **params: Any) -> Callable[[], bool]:
        return lambda: test(_json(_ask(join(url, path), params)))

    search = "api/3/action/package_search"
    yield ("ckan",), json_at(search, lambda found: _is_true(found) and "count" in _dict(found, "result"), rows=1)
    yield ("ckan",), json_at("api/3/action/status_show", _is_true)
    yield ("ods",), json_at("api/explore/v2.1/catalog/datasets", lambda found: "total_count" in _dict(found), limit=1)
    yield ("ods",), json_at("api/datasets/1.0/search/", lambda found: "nhits" in _dict(found), rows=1)
    yield ("dkan",), json_at("api/3/action/package_list", _is_true)
    yield ("udata",), json_at("api/1/site/", lambda found: {"id", "title", "metrics"} <= set(_dict(found)))
    capabilities = {"service": "CSW", "request": "GetCapabilities", "version": "2.0.2"}
    yield ("csw-iso-19139", "csw-dcat"), lambda: _is_csw(_ask(url.partition("?")[0], capabilities))
    yield ("dcat",), lambda: _ask(url, {}, accept=", ".join(RDF)).media_type in RDF
    yield ("data-json", "datajson"), json_at("data.json", lambda found: isinstance(_dict(found).get("dataset"), list))
    yield ("dcat",), lambda: _ask(join(url, "catalog.ttl"), {}).media_type in RDF


def _ask(url: str, params: dict[str, Any], *, accept: str = "*/*") -> Answer:
    return call(with_query(url, params), LIMITS, headers={"User-Agent": user_agent(), "Accept": accept})


def _first(names: tuple[str, ...], known: set[str]) -> str:
    return next((name for name in names if name in known), "")


def _json(answer: Answer) -> Any:
    if answer.status != 200:
        return None
    try:
        return parse_json(answer.body)
    except HarvestError:
        return None


def _dict(value: Any, *path: str) -> dict[str, Any]:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _is_true(found: Any) -> bool:
    return _dict(found).get("success") is True


def _is_csw(answer: Answer) -> bool:
    return answer.status == 200 and b"Capabilities" in answer.body[:5000] and b"/cat/csw" in answer.body[:5000]
