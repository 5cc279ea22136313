"""Uploads: whole or in chunks, named harmlessly, refused with nothing left behind, served so that nothing runs."""

from hashlib import sha1
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import Activity, CommunityResource, Resource
from catalog.services import resources, uploads
from tests.catalog.factories import (
    CommunityResourceFactory,
    DatasetFactory,
    MemberFactory,
    ResourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
HOSTILE = [
    ("../../etc/passwd.csv", "passwd.csv"),
    ("..\\..\\windows\\system32\\cmd.csv", "cmd.csv"),
    ("/etc/cron.d/job.json", "job.json"),
    ("C:\\fakepath\\table.CSV", "table.csv"),
    ("....//....//a.csv", "a.csv"),
    ("..csv", "file.csv"),
    (".csv", None),
    (".htaccess", None),
    ("csv", None),
    ("", None),
    (" ", None),
    ("a.csv/", None),
    ("a.csv\x00.php", None),
    ("a.php\x00.csv", "a-php.csv"),
    ("a.php", None),
    ("a.csv.php", None),
    ("a.php.csv", "a-php.csv"),
    ("a.phtml", None),
    ("a.html", None),
    ("a.HTM", None),
    ("a.xhtml", None),
    ("a.js", None),
    ("a.exe", None),
    ("a.sh", None),
    ("a.py", None),
    ("a.csv ", "a.csv"),
    ("a.csv.", None),
    ("<script>alert(1)</script>.csv", "script.csv"),
    ('"><img src=x onerror=alert(1)>.csv', "img-src-x-onerror-alert-1.csv"),
    ("'; DROP TABLE catalog_resource; --.csv", "drop-table-catalog-resource.csv"),
    ("$(touch /tmp/x).csv", "x.csv"),
    ("`id`.csv", "id.csv"),
    ("a\r\nContent-Type: text/html.csv", "html.csv"),
    ("a%2f..%2fb.csv", "a-2f-2fb.csv"),
    ("\u202egnp.csv", "gnp.csv"),
    ("Données été.csv", "donnees-ete.csv"),
    ("数据.csv", "shu-ju.csv"),
    ("%s%n.csv", "s-n.csv"),
    ("-rf.csv", "rf.csv"),
    ("~root.csv", "root.csv"),
    ("CON.csv", "con.csv"),
    (f"{'x' * 5000}.csv", f"{'x' * 150}.csv"),
    ("archive.tar.gz", "archive.tar.gz"),
    ("a.b.csv.gz", "a-b.csv.gz"),
]


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "media", tmp_path
    return tmp_path


@pytest.fixture
def editor(api):
    member = MemberFactory(role="editor")
    api.force_authenticate(member.user)
    api.user, api.dataset = member.user, DatasetFactory(organization=member.organization)
    return api


def address(dataset, resource=None):
    part = f"resources/{resource['id']}/" if resource else ""
    return f"/api/1/datasets/{dataset.pk}/{part}upload/"


def send(api, name="t.csv", content=b"a;b", to=None, **fields):
    file = SimpleUploadedFile("x", content)
    file._name = name  # past the cleaning that Django does when a name is set
    return api.post(to or address(api.dataset), {"file": file, **fields})


def part(api, upload, index, content, total=3, to=None, **fields):
    fields = {"uuid": upload, "filename": "big.csv", "partindex": index, "totalparts": total, **fields}
    return send(api, "blob", content, to, **fields)


def join(api, upload, total=3, to=None, **fields):
    return api.post(to or address(api.dataset), {"uuid": upload, "filename": "big.csv", "totalparts": total, **fields})


def left(folder: Path):
    """Return the files under a folder, by their relative paths."""
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_a_file_becomes_a_resource_before_the_others(editor, data):
    ResourceFactory(dataset=editor.dataset, title="old")
    answer = send(editor, "Mes Données.CSV", b"a;b\n1;2")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    told = (json["success"], json["title"], json["filetype"], json["type"], json["format"], json["mime"])
    assert told == (True, "mes-donnees.csv", "file", "main", "csv", "text/csv")
    assert json["checksum"] == {"type": "sha1", "value": sha1(b"a;b\n1;2", usedforsecurity=False).hexdigest()}
    assert json["filesize"] == 7
    assert [row.title for row in editor.dataset.resources.all()] == ["mes-donnees.csv", "old"]
    assert left(data / "media") == [Resource.objects.get(title="mes-donnees.csv").file.name]
    assert left(data / "chunks") == []
    assert Activity.objects.get().key == "dataset:resource:added"


@pytest.mark.parametrize(("name", "kept"), HOSTILE, ids=lambda value: ascii(value)[:40])
def test_a_hostile_name_is_neutralised_or_refused(name, kept, data):
    if kept is None:
        with pytest.raises(uploads.NotAllowed):
            uploads.store([b"a;b"], name, folder="d")
        assert left(data) == []
        return
    stored = uploads.store([b"a;b"], name, folder="d")
    assert stored.title == kept
    file = (data / "media" / stored.name).resolve()
    assert file.is_file()
    assert file.is_relative_to((data / "media" / "resources" / "d").resolve())


@pytest.mark.parametrize("name", ["../../../evil.csv", "..\\..\\evil.csv", "a/b/evil.csv"])
def test_a_hostile_name_over_http_stays_in_its_folder(editor, data, name):
    json = send(editor, name).json()
    assert json["title"] == "evil.csv"
    assert [Path(one).parts[0] for one in left(data / "media")] == ["resources"]


@pytest.mark.parametrize("name", ["page.html", "run.exe", "noextension", "a.php"])
def test_only_listed_extensions_are_hosted(editor, data, name):
    answer = send(editor, name)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    assert answer.json()["message"].endswith("/api/1/datasets/extensions/")
    assert left(data) == []
    assert not Resource.objects.exists()


@pytest.mark.parametrize(
    "content",
    [PAGE, b"  \n<html>", b"\xef\xbb\xbf<html>", b"<!-- a --><!-- b --><HTML>", b"<script>x</script>",
     b"<iframe src=x>", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "<html>".encode("utf-16"),
     b"<!-- " + b"x" * 900 + b" --><html>"],
)  # fmt: skip
def test_a_page_in_disguise_is_refused_whole_or_in_parts(editor, data, content):
    refusal = {"message": "Incorrect file content type: HTML"}
    answer = send(editor, "table.csv", content)
    assert (answer.status_code, answer.json()) == (415, refusal)
    upload = str(uuid4())
    for index, slice_ in enumerate([content[:3], content[3:5], content[5:]]):
        assert part(editor, upload, index, slice_ or b" ").status_code == 200
    answer = join(editor, upload)
    assert (answer.status_code, answer.json()) == (415, refusal)
    assert left(data) == []
    assert not Resource.objects.exists()


@pytest.mark.parametrize("content", [b"<htmlish>;b", b"a <html> b", b"<root><html/></root>"])
def test_what_only_looks_like_a_page_is_hosted(editor, content):
    assert send(editor, "t.csv", content).status_code == 201


def test_without_a_file_nothing_is_made(editor):
    answer = editor.post(address(editor.dataset), {})
    assert (answer.status_code, answer.json()) == (
        400, {"success": False, "error": "Missing file parameter", "message": ""},
    )  # fmt: skip


def test_a_file_too_large_leaves_nothing(editor, data, settings):
    settings.UPLOAD_MAX_SIZE = 10
    assert send(editor, content=b"x" * 11).status_code == 400
    upload = str(uuid4())
    assert part(editor, upload, 0, b"x" * 8).status_code == 200
    assert part(editor, upload, 1, b"x" * 8).status_code == 400
    assert part(editor, upload, 1, b"x" * 2).status_code == 200
    assert left(data / "media") == []
    assert len(left(data / "chunks")) == 2
    assert send(editor, content=b"x" * 10).status_code == 201


# --- Chunks ------------------------------------------------------------------------------------------------


def test_parts_come_in_any_order_and_twice(editor, data):
    upload = str(uuid4())
    for index, content in [(2, b"cc"), (0, b"wrong, and longer"), (1, b"bb"), (0, b"aa")]:
        answer = part(editor, upload, index, content, partbyteoffset=0, chunksize=2)
        assert (answer.status_code, answer.json()) == (200, {"success": True, "error": None, "message": ""})
    answer = join(editor, upload)
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert (json["success"], json["title"], json["filesize"]) == (True, "big.csv", 6)
    assert Path(Resource.objects.get().file.path).read_bytes() == b"aabbcc"
    assert not any((data / "chunks").iterdir())
    assert join(editor, upload).status_code == 400


def test_a_missing_part_is_told_and_can_still_be_sent(editor):
    upload = str(uuid4())
    part(editor, upload, 0, b"a")
    part(editor, upload, 2, b"c")
    answer = join(editor, upload)
    assert (answer.status_code, answer.json()["error"]) == (400, "Some parts of the file are missing")
    part(editor, upload, 1, b"b")
    assert join(editor, upload).status_code == 201


@pytest.mark.parametrize(
    "fields",
    [{"partindex": 3}, {"partindex": -1}, {"partindex": "x"}, {"totalparts": 0}, {"totalparts": "99999999999"},
     {"totalparts": 10**9 - 1}, {"partindex": "1" * 400}, {"uuid": "../../etc"}, {"uuid": ""}, {"uuid": "a" * 5000},
     {"partindex": ""}],
)  # fmt: skip
def test_a_part_out_of_place_is_refused(editor, data, fields):
    answer = part(editor, str(uuid4()), 0, b"a", **fields)
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert left(data) == []


def test_a_kind_that_is_not_hosted_is_refused_at_its_first_part(editor, data):
    assert part(editor, str(uuid4()), 0, b"a", filename="run.exe").status_code == 400
    assert left(data) == []


def test_a_single_part_is_a_whole_file(editor, data):
    answer = part(editor, str(uuid4()), 0, b"a;b", total=1)
    assert answer.status_code == 400  # its own name counts, "blob", and that has no extension
    file = SimpleUploadedFile("t.csv", b"a;b")
    answer = editor.post(address(editor.dataset), {"file": file, "totalparts": 1, "partindex": 0, "uuid": uuid4()})
    assert (answer.status_code, answer.json()["title"], answer.json()["filesize"]) == (201, "t.csv", 3)
    assert left(data / "chunks") == []


@pytest.mark.parametrize(
    "fields", [{"totalparts": "x"}, {"totalparts": 0}, {"totalparts": 1}, {"uuid": "../x"}, {"uuid": str(uuid4())}]
)
def test_joining_what_was_not_sent_is_refused(editor, data, fields):
    upload = str(uuid4())
    for index in range(3):
        part(editor, upload, index, b"a")
    assert join(editor, upload, **fields).status_code == 400
    assert not Resource.objects.exists()
    assert left(data / "media") == []


def test_another_user_does_not_touch_the_parts(editor, data):
    upload, mine = str(uuid4()), editor.dataset
    for index in range(3):
        part(editor, upload, index, b"mine")
    other = MemberFactory(role="editor")
    editor.force_authenticate(other.user)
    editor.dataset = DatasetFactory(organization=other.organization)
    assert join(editor, upload).status_code == 400
    part(editor, upload, 0, b"theirs")
    editor.force_authenticate(UserFactory())
    assert part(editor, upload, 0, b"x", to=address(mine)).status_code == 403
    editor.force_authenticate(None)
    assert part(editor, upload, 0, b"x", to=address(mine)).status_code == 401
    editor.dataset = mine
    editor.force_authenticate(MemberFactory._meta.model.objects.get(organization=mine.organization).user)
    assert join(editor, upload).json()["filesize"] == 12


def test_a_refused_join_leaves_no_parts(editor, data):
    upload = str(uuid4())
    for index in range(2):
        part(editor, upload, index, b"a", total=2)
    assert join(editor, upload, total=2, filename="run.exe").status_code == 400
    assert left(data) == []


def test_an_interrupted_upload_leaves_nothing(data):
    def broken():
        yield b"a;b"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        uploads.store(broken(), "t.csv", folder="d")
    upload = str(uuid4())
    with pytest.raises(ConnectionResetError):
        uploads.keep_part("6" * 24, upload, 0, 1, broken())
    assert left(data) == []


def test_a_write_that_fails_after_the_upload_leaves_nothing(editor, data, monkeypatch):
    def fail(*args, **options):
        raise RuntimeError

    monkeypatch.setattr(resources, "create", fail)
    with pytest.raises(RuntimeError):
        send(editor)
    assert left(data) == []
    assert not Resource.objects.exists()


def test_parts_that_nobody_joins_are_swept_after_a_day(editor, data, settings):
    part(editor, str(uuid4()), 0, b"a")
    assert uploads.purge() == 0
    (data / "chunks" / "upload-dead").write_bytes(b"x")
    settings.UPLOAD_MAX_RETENTION = -1
    assert uploads.purge() == 1
    assert not any((data / "chunks").iterdir())


# --- Replacing, community files, serving -------------------------------------------------------------------


def test_a_file_is_replaced_and_the_old_one_goes_after_the_commit(editor, data, django_capture_on_commit_callbacks):
    first = send(editor, "a.csv", b"old").json()
    with django_capture_on_commit_callbacks() as callbacks:
        answer = send(editor, "b.json", b"{}", address(editor.dataset, first))
    assert answer.status_code == 200, answer.content
    json = answer.json()
    assert (json["id"], json["title"], json["format"], json["filesize"]) == (first["id"], "a.csv", "json", 2)
    assert json["checksum"] != first["checksum"]
    assert json["url"] != first["url"]
    assert len(left(data / "media")) == 2
    for callback in callbacks:
        callback()
    assert left(data / "media") == [Resource.objects.get().file.name]


def test_a_file_is_replaced_in_parts(editor):
    first, upload = send(editor).json(), str(uuid4())
    to = address(editor.dataset, first)
    for index in range(3):
        assert part(editor, upload, index, b"new", to=to).status_code == 200
    assert join(editor, upload, to=to).json()["filesize"] == 9


def test_a_remote_resource_has_no_file_to_replace(editor, data):
    row = ResourceFactory(dataset=editor.dataset)
    answer = send(editor, to=address(editor.dataset, {"id": row.pk}))
    assert (answer.status_code, answer.json()) == (400, {"message": "This endpoint only supports hosted resources"})
    community = CommunityResourceFactory(owner=editor.user)
    assert send(editor, to=f"/api/1/datasets/community_resources/{community.pk}/upload/").status_code == 400
    assert left(data) == []


def test_anybody_with_an_account_uploads_a_community_resource(editor, data):
    other = UserFactory()
    editor.force_authenticate(other)
    answer = send(editor, to=f"{address(editor.dataset)}community/")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert (json["success"], json["owner"]["id"], json["dataset"]["id"]) == (True, other.pk, editor.dataset.pk)
    replaced = send(editor, "n.csv", b"new", f"/api/1/datasets/community_resources/{json['id']}/upload/")
    assert (replaced.status_code, replaced.json()["filesize"]) == (200, 3)
    assert CommunityResource.objects.get().owner_id == other.pk
    draft = DatasetFactory(draft=True)
    assert send(editor, to=f"{address(draft)}community/").status_code == 404
    gone = DatasetFactory(deleted=timezone.now())
    assert send(editor, to=f"{address(gone)}community/").status_code == 410


def test_a_hosted_file_is_served_so_that_it_does_not_run(editor, client):
    page = send(editor, "page.svg", b"<svg onload='alert(1)'/>")
    json = page.json() if page.status_code == 201 else send(editor, "page.xml", PAGE).json()
    answer = client.get("/media/" + json["url"].partition("/media/")[2])
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    b"".join(answer)
    permanent = client.get(f"/api/1/datasets/r/{json['id']}")
    assert (permanent.status_code, permanent["Location"]) == (302, "/media/" + json["url"].partition("/media/")[2])


def test_a_stale_editor_uploads_nothing(editor, data):
    tag = editor.get(f"/api/1/datasets/{editor.dataset.pk}/")["ETag"]
    editor.put(f"/api/1/datasets/{editor.dataset.pk}/", {"title": "changed"}, format="json")
    answer = editor.post(address(editor.dataset), {"file": SimpleUploadedFile("t.csv", b"a")}, HTTP_IF_MATCH=tag)
    assert answer.status_code == 412
    assert left(data) == []
