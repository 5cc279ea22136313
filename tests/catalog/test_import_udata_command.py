"""`manage.py import_udata`: what the operator sees, and that nothing in a file makes it stumble."""

import copy
import json
import random
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

from catalog.services.udata_import import reader
from catalog.services.udata_import.run import run
from portal.lib.http import FetchError, fetch

SMALL = Path(__file__).parent / "data" / "udata_small.json"

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> dict:
    return json.loads(SMALL.read_text(encoding="utf-8"))


@pytest.fixture
def httpserver_of():
    """Return a function that serves a body at `/` of a server of its own, and gives its address."""
    servers = []

    def serve(body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/" else 404)
                self.end_headers()
                self.wfile.write(body if self.path == "/" else b"")

            def log_message(self, *args) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def import_document(document):
    return run(reader.arrange(document))


def command(*args):
    out, err = StringIO(), StringIO()
    call_command("import_udata", *map(str, args), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


JUNK = [
    None, True, -1, 0.5, 10**30, float("1e400"), "", "\x00", "\ud800", "x" * 400, "2024-13-45", [], [None], {},
    {"id": None}, {"id": "\x00"}, [[[]]], ["\x00"], {"type": "Polygon"}, "../../etc/passwd", "javascript:alert(1)",
]  # fmt: skip


def places(value, path=()):
    """Every place of a document: `(container, key)`."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


@pytest.mark.parametrize("junk", JUNK, ids=[ascii(value)[:20] for value in JUNK])
def test_no_junk_makes_the_import_stumble(document, junk):
    """Ten documents a value, each with junk in five places chosen at random (the seed is fixed)."""
    chance = random.Random(repr(junk))  # noqa: S311 - a test
    everywhere = sorted(places(document), key=repr)
    for _ in range(10):
        spoiled = copy.deepcopy(document)
        for path in chance.sample(everywhere, 5):
            container = spoiled
            try:
                for key in path[:-1]:
                    container = container[key]
                container[path[-1]] = junk
            except (KeyError, IndexError, TypeError):  # inside of what was spoiled before
                continue
        try:
            import_document(spoiled)
        except reader.UnreadableSource:
            continue


def test_values_nested_too_deeply_are_refused(document):
    nested = []
    for _ in range(500):
        nested = [nested]
    document["datasets"][1]["dataset"]["extras"] = {"a": nested}
    assert any("nested too deeply" in remark.text for remark in import_document(document).refused)


def test_the_command_shows_its_progress_and_a_summary():
    out, err = command(SMALL)
    assert "[1/2] Water levels" in out
    assert "dataset: 2 taken, 0 refused" in out
    assert "country:zz" in err


def test_the_command_ends_in_error_for_a_refused_record_only_when_it_is_strict(document, tmp_path):
    document["posts"].append({"id": "nope"})
    path = tmp_path / "file.json"
    path.write_text(json.dumps(document), encoding="utf-8-sig")
    _out, err = command(path)
    assert "Refused post nope" in err
    with pytest.raises(CommandError, match="1"):
        command(path, "--strict")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"datasets": [\n  {,]}', "line 2, column 4"),
        (b"", "line 1, column 1"),
        (b'"\xff"', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" + b"1" * 5000 + b"]", "Not usable"),
        (b"3", "neither an object nor a list"),
        (b'{"datasets": 3}', "are lists"),
        (b"{}", "No record could be read"),
        (b"[1, null]", "No record could be read"),
    ],
)
def test_what_is_no_fixture_is_told_plainly(tmp_path, content, message):
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        command(path)


@pytest.mark.parametrize("source", ["/nowhere/at/all.json", "/tmp", "a\x00b", "http://127.0.0.1:1/x", "http://["])  # noqa: S108
def test_a_source_that_cannot_be_read_is_told_plainly(source):
    with pytest.raises(CommandError, match="cannot be"):
        command(source)


def test_a_file_that_is_too_big_is_not_read(monkeypatch):
    monkeypatch.setattr(reader, "MAX_SIZE", 10)
    with pytest.raises(CommandError, match="more than 10 bytes"):
        command(SMALL)


def test_a_file_may_come_from_the_web(httpserver_of):
    out, _err = command(httpserver_of(SMALL.read_bytes()))
    assert "dataset: 2 taken" in out


def test_a_document_from_the_web_has_a_limit_and_its_errors_are_told(httpserver_of):
    address = httpserver_of(b"x" * 2000)
    assert fetch(address, limit=2000) == b"x" * 2000
    with pytest.raises(FetchError, match="more than 1999 bytes"):
        fetch(address, limit=1999)
    with pytest.raises(CommandError, match="answers 404"):
        command(address + "absent")
