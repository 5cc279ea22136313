"""A Matomo on loopback: it records hits and answers reports, and fails in the ways that the real one does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


class FakeMatomo:
    """What it recorded, and how it shall answer: `fault` is "", or the name of one of the faults below."""

    def __init__(self) -> None:
        self.fault = ""
        self.hits: list[dict[str, str]] = []
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.url = ""
        self.reports: dict[str, Any] = {
            "SitesManager.getSiteFromId": {"idsite": 1, "timezone": "Europe/Paris"},
            "VisitsSummary.get": {"nb_visits": 12, "nb_actions": 40, "nb_uniq_visitors": 9},
            "Actions.getPageUrls": [],
            "Actions.getDownloads": [],
            "Actions.getOutlinks": [],
        }

    def track(self, body: bytes) -> tuple[int, bytes]:
        """Answer the bulk request of hits."""
        asked = json.loads(body)
        self.bodies.append(asked)
        found = [
            {name: values[0] for name, values in parse_qs(one.removeprefix("?")).items()} for one in asked["requests"]
        ]
        if self.fault == "refuses":
            return 400, b'{"status":"error","tracked":3}'
        if self.fault == "error":
            return 500, b"oops"
        self.hits += found[1:] if self.fault == "loses one" else found
        if self.fault == "no json":
            return 200, b"<html>queued</html>"
        if self.fault == "fails after recording":
            return 503, b""
        answer = {"status": "success", "tracked": len(found) - (self.fault == "loses one"), "invalid": 0}
        return 200, json.dumps(answer).encode()

    def report(self, form: dict[str, str]) -> tuple[int, bytes]:
        """Answer one report."""
        method = form["method"]
        if self.fault == method or self.fault == "result error":
            return 200, b'{"result":"error","message":"You can\'t access this resource"}'
        if self.fault == "report 500":
            return 500, b""
        if self.fault == "report no json":
            return 200, b"<html>"
        rows = self.reports[method]
        if self.fault == "cut off" and isinstance(rows, list):
            rows = [*rows, {"label": "Others", "nb_hits": 5}]
        if self.fault == "other zone" and method == "SitesManager.getSiteFromId":
            rows = {**rows, "timezone": "America/New_York"}
        if self.fault == "no number" and isinstance(rows, list):
            rows = [{**row, "nb_hits": "many"} for row in rows]
        return 200, json.dumps(rows).encode()


@contextmanager
def serving(fake: FakeMatomo) -> Iterator[FakeMatomo]:
    """Answer on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            fake.paths.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if urlsplit(self.path).path.endswith("/matomo.php"):
                status, content = fake.track(body)
            else:
                status, content = fake.report({name: values[0] for name, values in parse_qs(body.decode()).items()})
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
