"""Copies of files to look at: fetched once, within bounds, and asked for again."""

import fcntl
import json

import pytest
from django.core.files.base import ContentFile

from catalog.previews import copies
from catalog.previews.copies import Fetching, NoCopy, copy_at_hand, local_copy, make_room
from tests.catalog.factories import ResourceFactory
from tests.portal.canary import Canary, plain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PREVIEW_DIR, settings.URLS_ALLOW_PRIVATE = tmp_path / "previews", True
    return settings.PREVIEW_DIR


@pytest.fixture
def remote(settings):
    """Make a resource whose file is what `script` answers; return it with its server."""
    servers = []

    def _remote(script):
        server = Canary(script)
        servers.append(server)
        settings.OUTBOUND_ALLOWED_HOSTS = [f"127.0.0.1:{server.port}"]
        return ResourceFactory(url=f"{server.url}/a.csv"), server

    yield _remote
    for server in servers:
        server.listener.close()


def test_a_remote_file_is_fetched_once(remote):
    found, server = remote(plain(b"a,b\n1,2\n"))
    assert copy_at_hand(found) is None
    first = local_copy(found)
    assert first.path.read_bytes() == b"a,b\n1,2\n"
    assert local_copy(found) == first == copy_at_hand(found)
    assert server.visits == 1


def test_an_old_copy_is_asked_for_again_by_its_etag(remote, settings):
    def script(visitor, path):
        known = "if-none-match" in server.headers()[-1]
        head = (
            "HTTP/1.1 304 Not Modified\r\n\r\n"
            if known
            else 'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 2\r\n\r\nhi'
        )
        visitor.sendall(head.encode())

    found, server = remote(script)
    settings.PREVIEW_MAX_AGE = 0
    first = local_copy(found)
    assert local_copy(found) == first
    assert server.headers()[1]["if-none-match"] == '"1"'


def test_a_file_that_changed_has_another_version(remote, settings):
    found, server = remote(plain(b"one"))
    settings.PREVIEW_MAX_AGE = 0
    first = local_copy(found)
    server.script = plain(b"two")
    second = local_copy(found)
    assert second.path.read_bytes() == b"two"
    assert second.version != first.version


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(remote, settings, folder):
    settings.PREVIEW_MAX_SIZE = 3
    found, _server = remote(plain(b"four"))
    with pytest.raises(NoCopy, match="more than 3 bytes"):
        local_copy(found)
    assert [one for one in folder.iterdir() if one.suffix != ".lock"] == []


def test_an_error_of_the_server_is_no_file_and_does_not_replace_one(remote, settings):
    found, server = remote(plain(b"good"))
    settings.PREVIEW_MAX_AGE = 0
    copy = local_copy(found)
    server.script = lambda visitor, path: visitor.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad")
    with pytest.raises(NoCopy, match="500"):
        local_copy(found)
    assert copy.path.read_bytes() == b"good"


def test_inner_addresses_and_other_schemes_are_refused(settings):
    settings.URLS_ALLOW_PRIVATE = False
    for url in ("http://127.0.0.1/a.csv", "file:///etc/passwd", "ftp://example.org/a.csv", "/etc/passwd"):
        with pytest.raises(NoCopy):
            local_copy(ResourceFactory(url=url))


def test_one_fetch_at_a_time(remote):
    found, server = remote(plain())
    body, _notes = copies._places(found)
    with body.with_suffix(".lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Fetching):
            local_copy(found)
    assert server.visits == 0


def test_the_copies_read_the_longest_ago_make_room(settings, folder):
    folder.mkdir()
    settings.PREVIEW_CACHE_SIZE = 15
    for age, name in enumerate(["new", "middle", "old"]):
        (folder / f"{name}.body").write_bytes(b"x" * 10)
        copies.os.utime(folder / f"{name}.body", (1000 - age, 1000 - age))
    make_room(keep=folder / "old.body")
    assert sorted(one.stem for one in folder.glob("*.body")) == ["old"]


def test_notes_that_were_cut_short_are_no_obstacle(remote):
    found, server = remote(plain(b"a"))
    local_copy(found)
    copies._places(found)[1].write_text(json.dumps({"url": found.url})[:-2])
    assert local_copy(found).path.read_bytes() == b"a"
    assert server.visits == 2


def test_a_hosted_file_is_read_where_it_is(media, settings):
    found = ResourceFactory()
    found.file.save("a.csv", ContentFile(b"a\n1\n"))
    copy = local_copy(found)
    assert copy.path.is_relative_to(media)
    assert copy == copy_at_hand(found)
    assert not settings.PREVIEW_DIR.exists()


def test_a_hosted_file_that_is_missing_is_said(media):
    found = ResourceFactory()
    found.file = "gone.csv"
    with pytest.raises(NoCopy):
        local_copy(found)
    assert copy_at_hand(found) is None
