"""Headers of every page."""

import gzip

import pytest

pytestmark = pytest.mark.django_db


def test_a_page_runs_and_uses_what_is_ours_alone(client):
    response = client.get("/datasets/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "base-uri 'none'" in policy
    assert "geolocation=()" in response["Permissions-Policy"]
    assert "Content-Security-Policy" not in client.get("/api/1/datasets/")


@pytest.mark.parametrize("path", ["/datasets/%00/", "/pages/a%00b/", "/%00", "/api/1/datasets/%00/", "/admin/%00/"])
def test_a_path_that_no_database_can_look_up_leads_nowhere(client, db, path):
    assert client.get(path).status_code == 404


def test_pages_are_sent_compressed_to_who_takes_it(client):
    plain = client.get("/developpeurs/")
    packed = client.get("/developpeurs/", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(plain.content) / 3
    assert gzip.decompress(packed.content).startswith(b"<!doctype html>")


def test_the_etags_of_the_api_stay_strong(client):
    found = client.get("/api/1/datasets/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in found.headers
    assert not found.headers.get("ETag", "").startswith("W/")
