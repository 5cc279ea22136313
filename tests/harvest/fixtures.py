"""Remote catalogues for the tests: recorded payloads, and a server on loopback that gives them."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from harvest.backends.base import Backend, Config, Filter, Ref
from harvest.client import Client

ROOT = Path(os.environ.get("HARVEST_FIXTURES_DIR", "/work/shared/fixtures/harvest"))

Route = bytes | str | tuple[int, Mapping[str, str], bytes] | Callable[..., Any]


def fixture(path: str) -> bytes:
    """Return a recorded payload; the test is skipped where the recordings are not."""
    file = ROOT / path
    if not file.exists():
        pytest.skip(f"the recordings are not here (HARVEST_FIXTURES_DIR): {path}")
    return file.read_bytes()


class Remote:
    """What a server was asked: `requests` are `(method, path with query, headers, body)`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[tuple[str, str, Mapping[str, str], bytes]] = []

    def __str__(self) -> str:
        return self.url

    @property
    def paths(self) -> list[str]:
        return [path for _method, path, _headers, _body in self.requests]


@contextmanager
def serving(routes: Mapping[str, Route] | Callable[..., Any]) -> Iterator[Remote]:
    """Serve `routes` on loopback: path (with its query, or without) to a body, `(status, headers, body)`, or a function
    of `(path, query, body)` that gives one of them. A function alone answers everything. Others are 404.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            remote.requests.append((self.command, self.path, dict(self.headers), body))
            status, headers, content = _answer(routes, self.path, body)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_POST = do_HEAD = do_GET

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    remote = Remote(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield remote
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serve(routes: Mapping[str, Route] | Callable[..., Any]) -> Iterator[str]:
    """Serve `routes` (see `serving`); give the address of the server, without a slash at its end."""
    with serving(routes) as remote:
        yield remote.url


def _answer(routes: Any, path: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
    parts = urlsplit(path)
    found = routes if callable(routes) else routes.get(path, routes.get(parts.path))
    if callable(found):
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        found = found(parts.path, query, body)
    if found is None:
        return 404, {"Content-Type": "text/plain"}, b"Not found"
    if isinstance(found, tuple):
        return found
    return 200, {}, found.encode() if isinstance(found, str) else found


def backend(kind: type[Backend], url: str, **config: Any) -> Backend:
    """Return a backend with a real client. `config`: filters=[(key, value, exclude?)], features={}, settings={}."""
    filters = tuple(Filter(*one) for one in config.get("filters", []))
    chosen = Config(filters, config.get("features", {}), config.get("settings", {}))
    client = Client(url, headers=kind.headers, key=config.get("key", ""), key_header=kind.key_header)
    return kind(url, chosen, client)


def read_all(instance: Backend, cursor: Any = None) -> list[Any]:
    """Return every record of a catalogue, those that the listing only names fetched."""
    return [
        instance.fetch(record) if isinstance(record, Ref) else record
        for page in instance.pages(cursor)
        for record in page.records
    ]
