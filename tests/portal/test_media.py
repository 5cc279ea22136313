"""Uploaded files on local disk: served so that none of them runs on our origin."""

import pytest

pytestmark = pytest.mark.django_db  # the end of a streamed answer closes connections


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "resources").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    return settings.MEDIA_ROOT / "resources"


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "data.xml", "table.csv"])
def test_a_file_is_saved_rather_than_run(client, folder, name):
    (folder / name).write_text("<script>alert(1)</script>")
    response = client.get(f"/media/resources/{name}")
    assert b"".join(response) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["../secret.txt", "resources/../../secret.txt", "%2e%2e/secret.txt", "resources/"])
def test_nothing_outside_the_folder_is_served_nor_a_listing(client, path):
    assert client.get(f"/media/{path}").status_code in {400, 404}


def test_an_unchanged_file_is_not_sent_again(client, folder):
    (folder / "table.csv").write_text("a;b")
    first = client.get("/media/resources/table.csv")
    first.close()
    again = client.get("/media/resources/table.csv", headers={"if-modified-since": first["Last-Modified"]})
    assert again.status_code == 304


def test_a_file_is_only_read(client, folder):
    (folder / "table.csv").write_text("a;b")
    assert client.delete("/media/resources/table.csv").status_code == 405
