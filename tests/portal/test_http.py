"""The door to the web: which addresses it calls, and limits that hold whatever the other side does."""

import ast
import gzip
import resource
import socket
import time
import zlib
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as portal_settings

from portal.lib import http
from portal.lib.http import FetchError, Limits, Refused, TooLarge, TooSlow, call
from portal.lib.networks import may_call
from tests.portal.canary import Canary, plain, redirect

DATA = Path(__file__).parent / "data" / "addresses.txt"
LISTS = {
    part.partition("]")[0]: part.partition("]")[2].split() for part in DATA.read_text(encoding="utf-8").split("\n[")[1:]
}
# Hosts of an address, in forms that some readers take for 127.0.0.1 or for another inner machine.
HOSTS = [*LISTS["hosts"], "127.0.0.1\t", "127.0.0.1\n", "127.0.0.1\0", "127.0.0.1 "]
ADDRESSES = [
    "", "/", "example.org", "//127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "http:",
    "http://", "http:///x", "http://:80/", "dict://127.0.0.1:11211/", "jar:http://127.0.0.1!/", "http://[::1", "http://a]",
    "http://127.0.0.1:22/", "http://127.0.0.1:6379/", "http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://h:x/",
    "http://127.0.0.1/\r\nHost: a", "http://127.0.0.1/ x", "http://127.0.0.1/\x00", "http://127.0.0.1/" + "a" * 9000,
    "javascript:alert(1)", "data:text/plain,a", "http://a..b/", "http://" + "a" * 300 + ".org/", "http://\ud800.org/",
]  # fmt: skip


def test_public_addresses_are_called():
    assert [one for one in LISTS["public"] if not may_call(one)] == []


def test_inner_addresses_are_called_only_where_the_operator_allows_it():
    assert [one for one in LISTS["private"] if may_call(one)] == []
    assert [one for one in LISTS["private"] if not may_call(one, private=True)] == []


@pytest.mark.parametrize("private", [False, True])
def test_special_addresses_are_never_called(private):
    assert len(LISTS["denied"]) > 110
    assert [one for one in LISTS["denied"] if may_call(one, private=private)] == []


@pytest.fixture
def serve():
    """Start servers; all end with the test."""
    started = []

    def start(script):
        started.append(Canary(script))
        return started[-1]

    yield start
    for canary in started:
        canary.listener.close()


def near(*canaries, **others):
    """Limits with which a server of this machine may be called."""
    return Limits(ports=frozenset(one.port for one in canaries), private=True, **others)


@contextmanager
def measured(seconds):
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


# --- Whom it calls -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_an_inner_host_is_called(host, serve):
    canary = serve(plain())
    with pytest.raises(FetchError):
        call(f"http://{host}:{canary.port}/", Limits(ports=frozenset([canary.port]), private=False, seconds=5))
    assert canary.visits == 0


@pytest.mark.parametrize("url", ADDRESSES, ids=range(len(ADDRESSES)))
def test_what_is_no_address_of_the_web_is_refused(url):
    with pytest.raises(FetchError):
        call(url, Limits(private=True, seconds=5))


def test_other_ports_are_refused(serve):
    canary = serve(plain())
    with pytest.raises(Refused):
        call(canary.url, Limits(private=True))
    assert canary.visits == 0


def test_a_name_that_changes_its_mind_leads_nowhere_inside(serve, monkeypatch):
    """DNS rebinding: the name is public when it is checked, and 127.0.0.1 when it is asked again."""
    canary = serve(plain())
    asked = 0

    def resolve(host, port, **options):
        nonlocal asked
        asked += 1
        address = "198.51.100.7" if asked % 2 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(http.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(http, "may_call", lambda address, private: address == "198.51.100.7" or may_call(address))
    connected = []

    def connect(plain_socket, place):
        connected.append(place[0])
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(http.socket.socket, "connect", connect)
    for _each in range(1000):
        with pytest.raises(FetchError):
            call(f"http://rebind.example:{canary.port}/", Limits(ports=frozenset([canary.port]), private=False))
    assert asked == 1000  # once a call
    assert set(connected) == {"198.51.100.7"}
    assert canary.visits == 0


def test_of_several_addresses_only_public_ones_are_tried(serve, monkeypatch):
    canary = serve(plain())
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, canary.port)) for one in ("10.0.0.1", "127.0.0.1")]
    monkeypatch.setattr(http.socket, "getaddrinfo", lambda *args, **options: places)
    with pytest.raises(Refused):
        call(f"http://two.example:{canary.port}/", Limits(ports=frozenset([canary.port]), private=False))
    assert canary.visits == 0


def test_the_setting_decides_where_the_caller_does_not(serve, settings):
    canary = serve(plain())
    limits = Limits(ports=frozenset([canary.port]))
    settings.URLS_ALLOW_PRIVATE = False
    with pytest.raises(Refused):
        call(canary.url, limits)
    settings.URLS_ALLOW_PRIVATE = True
    assert call(canary.url, limits).body == b"hello"


def test_a_proxy_of_the_environment_and_netrc_are_ignored(serve, monkeypatch, tmp_path):
    canary, proxy = serve(plain()), serve(plain(b"proxy"))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert call(canary.url, near(canary)).body == b"hello"
    assert proxy.visits == 0
    assert "authorization" not in canary.headers()[0]


# --- Redirects ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/", "file:///etc/passwd", "ftp://h.example/", "http://127.0.0.1:22/", "//0x7f.1/"]
)
def test_a_redirect_is_checked_as_the_first_address_is(serve, to):
    canary = serve(redirect(to))
    with pytest.raises(Refused):
        call(canary.url, near(canary))
    assert canary.visits == 1


def test_redirects_end(serve):
    canary = serve(redirect("/again"))
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        call(canary.url, near(canary))
    assert canary.visits == 6


def test_another_host_gets_no_header_that_says_who_calls(serve):
    target = serve(plain())
    first = serve(redirect(target.url + "/x"))
    secrets = {"Authorization": "Bearer s3cret", "Cookie": "a=b", "X-API-KEY": "s3cret", "Accept": "text/turtle"}
    answer = call(first.url.replace("//", "//me:pw@"), near(first, target), headers=secrets)
    assert answer.url == target.url + "/x"
    assert "s3cret" in first.requests[0]
    assert "s3cret" not in target.requests[0]
    assert target.headers()[0]["accept"] == "text/turtle"
    assert "authorization" not in target.headers()[0]
    assert "cookie" not in target.headers()[0]


def test_the_same_host_keeps_them(serve):
    canary = serve(lambda visitor, path: (redirect("/b") if path == "/a" else plain())(visitor, path))
    call(f"{canary.url}/a", near(canary), headers={"X-API-KEY": "s3cret"})
    assert [head["x-api-key"] for head in canary.headers()] == ["s3cret", "s3cret"]


def test_a_name_and_password_are_sent_to_their_host(serve):
    canary = serve(plain())
    call(canary.url.replace("//", "//me:p%40w@"), near(canary))
    assert canary.headers()[0]["authorization"] == "Basic bWU6cEB3"


def test_a_form_is_posted_and_not_sent_elsewhere(serve):
    other = serve(plain())
    canary, astray = serve(plain()), serve(redirect(other.url, code=307))
    call(canary.url, near(canary), form={"a": "é"})
    assert canary.requests[0].startswith("POST / HTTP/1.1")
    assert canary.headers()[0]["content-length"] == "8"
    with pytest.raises(FetchError):
        call(astray.url, near(astray, other), form={"secret": "s3cret"})
    assert other.visits == 0


def test_a_header_of_two_lines_is_not_sent(serve):
    canary = serve(plain())
    with pytest.raises(FetchError):
        call(canary.url, near(canary), headers={"X-A": "1\r\nX-B: 2"})
    assert canary.requests == [] or "X-B" not in canary.requests[0]


# --- Size and time -----------------------------------------------------------------------------------------


def test_a_body_within_the_limit_is_whole(serve):
    body = bytes(range(256)) * 4000
    for encoding, sent in {"gzip": gzip.compress(body), "deflate": zlib.compress(body)}.items():
        canary = serve(plain(sent, head=f"Content-Encoding: {encoding}\r\n"))
        assert call(canary.url, near(canary, size=len(body))).body == body
        with pytest.raises(TooLarge):
            call(canary.url, near(canary, size=len(body) - 1))
    raw = zlib.compressobj(wbits=-15)
    canary = serve(plain(raw.compress(body) + raw.flush(), head="Content-Encoding: deflate\r\n"))
    assert call(canary.url, near(canary)).body == body


def test_several_members_and_padding_of_gzip(serve):
    canary = serve(
        plain(gzip.compress(b"a" * 70_000, mtime=0) + gzip.compress(b"b") + b"\0" * 512, "Content-Encoding: gzip\r\n")
    )
    assert call(canary.url, near(canary)).body == b"a" * 70_000 + b"b"


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "compress"])
def test_encodings_that_were_not_asked_for_are_refused(serve, encoding):
    canary = serve(plain(head=f"Content-Encoding: {encoding}\r\n"))
    with pytest.raises(FetchError, match="decoded"):
        call(canary.url, near(canary))


@pytest.mark.parametrize("body", [gzip.compress(b"a" * 1000, mtime=0)[:-10], b"no gzip"])
def test_a_broken_encoding_is_refused(serve, body):
    canary = serve(plain(body, head="Content-Encoding: gzip\r\n"))
    with pytest.raises(FetchError, match="decoded"):
        call(canary.url, near(canary))


def test_a_bomb_is_stopped_at_the_limit(serve):
    packer = zlib.compressobj(9, wbits=31)
    block = b"\0" * (1 << 20)
    bomb = b"".join(packer.compress(block) for _each in range(256)) + packer.flush()
    canary = serve(plain(bomb, head="Content-Encoding: gzip\r\n"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with measured(5), pytest.raises(TooLarge):
        call(canary.url, near(canary, size=8 << 20))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32_000  # kB


def test_a_body_without_end_is_stopped(serve):
    def flood(visitor, path):
        visitor.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            visitor.sendall(b"a" * 65536)

    canary = serve(flood)
    with measured(5), pytest.raises(TooLarge):
        call(canary.url, near(canary, size=1 << 20))


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-", b"HTTP/1.1 200 OK\r\n\r\n",
                                   b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])  # fmt: skip
def test_a_slow_answer_is_stopped_at_the_deadline(serve, start):
    def drip(visitor, path):
        visitor.sendall(start)
        for _each in range(100):
            visitor.sendall(b"1")
            time.sleep(0.05)

    canary = serve(drip)
    with measured(1.6), pytest.raises(FetchError):
        call(canary.url, near(canary, seconds=0.6))


def test_a_silent_server_is_left_at_the_deadline(serve):
    canary = serve(lambda visitor, path: time.sleep(3))
    with measured(1.6), pytest.raises(TooSlow):
        call(canary.url, near(canary, seconds=0.6))


def test_slow_redirects_share_one_deadline(serve):
    def tarry(visitor, path):
        time.sleep(0.4)
        redirect("/more")(visitor, path)

    canary = serve(tarry)
    with measured(2), pytest.raises(TooSlow):
        call(canary.url, near(canary, seconds=1))


def test_a_slow_lookup_is_left_at_the_deadline(monkeypatch):
    monkeypatch.setattr(http.socket, "getaddrinfo", lambda *args, **options: time.sleep(2))
    with measured(1.5), pytest.raises(TooSlow):
        call("http://slow.example/", Limits(seconds=0.5))


def test_a_body_cut_short_is_an_error(serve):
    canary = serve(lambda visitor, path: visitor.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"))
    with pytest.raises(FetchError):
        call(canary.url, near(canary))


@pytest.mark.parametrize("answer", [b"", b"\0\1\2", b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/9 200\r\n\r\n",
                                    b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
                                    b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n"])  # fmt: skip
def test_what_is_no_http_is_an_error(serve, answer):
    canary = serve(lambda visitor, path: visitor.sendall(answer))
    with pytest.raises(FetchError):
        call(canary.url, near(canary, seconds=5))


def test_statuses_and_types_are_the_callers_business(serve):
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 2\r\n\r\nno"
    canary = serve(lambda visitor, path: visitor.sendall(missing))
    answer = call(canary.url, near(canary))
    assert (answer.status, answer.media_type, answer.body) == (404, "text/html", b"no")


def test_a_certificate_of_nobody_is_refused(serve):
    canary = serve(plain())
    with pytest.raises(FetchError):
        call(canary.url.replace("http:", "https:"), near(canary, seconds=5))
    assert canary.requests == []


# --- One door ----------------------------------------------------------------------------------------------

DOORS = {"portal/lib/http.py", "portal/accounts/adapters.py"}  # the second hands allauth's own session on
CLIENTS = {"requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "ftplib", "telnetlib"}


def test_nothing_else_in_the_project_opens_an_address():
    found = set()
    for folder in ("portal", "catalog", "harvest", "stats"):
        for path in (portal_settings.BASE_DIR / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                if any(name in CLIENTS or name.split(".")[0] in CLIENTS for name in names):
                    found.add(str(path.relative_to(portal_settings.BASE_DIR)))
    assert found <= DOORS
