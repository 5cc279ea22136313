"""The page of a file that is no table, and what it shows beside its text."""

import json

import pytest
from django.core.files.base import ContentFile

from tests.catalog.factories import DatasetFactory, ResourceFactory
from tests.catalog.pictures import image

PLACES = {"type": "FeatureCollection", "features": [
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [2, 48]}, "properties": {"name": "<b>Here</b>"}},
]}  # fmt: skip


@pytest.fixture
def show(db, client, settings, tmp_path):
    """Host a file; return its page and its address."""
    settings.MEDIA_ROOT, settings.PREVIEW_DIR = tmp_path / "media", tmp_path / "previews"
    settings.TABULAR_DIR = tmp_path / "tables"

    def shown(name, content, **dataset):
        form = name.rpartition(".")[2]
        made = ResourceFactory(dataset=DatasetFactory(**dataset), title=name, format=form, filetype="file")
        made.file.save(name, ContentFile(content))
        address = f"/datasets/{made.dataset.slug}/resources/{made.pk}/"
        return client.get(address).content.decode(), address

    return shown


def test_a_text_and_a_structure_are_shown_as_text(show):
    page, _address = show("a.xml", b"<a><script>alert(1)</script></a>")
    assert "&lt;a&gt;&lt;script&gt;alert(1)" in page
    page, _address = show("a.jsonld", json.dumps({"deep": {"inner": ["<i>x</i>"]}}).encode())
    assert "<summary><code>deep</code>" in page
    assert "&lt;i&gt;x&lt;/i&gt;" in page


def test_json_of_another_form_than_a_table_shows_its_structure(show):
    page, _address = show("a.json", b'"only a text"')
    assert "only a text" in page
    page, _address = show("a.json", b"{broken")
    assert "p-alert--warning" in page


def test_places_are_on_a_map_and_in_a_table(show, client):
    page, address = show("a.geojson", json.dumps(PLACES).encode())
    assert f'data-places="{address}places.geojson"' in page
    assert "&lt;b&gt;Here" in page
    assert client.get(f"{address}places.geojson").json()["features"][0]["properties"] == {"name": "<b>Here</b>"}
    assert client.get(f"{address}content").status_code == 404


def test_a_picture_comes_from_this_site_and_is_named_by_what_it_is(show, client):
    page, address = show("a.png", image())
    assert f'src="{address}content"' in page
    answer = client.get(f"{address}content")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert b"".join(answer.streaming_content) == image()
    assert client.get(f"{address}places.geojson").status_code == 404


def test_a_page_that_says_it_is_a_picture_is_not_served(show, client):
    page, address = show("a.png", b"<html><script>alert(1)</script>")
    assert "not what its format says" in page
    assert client.get(f"{address}content").status_code == 404


def test_the_content_of_a_draft_is_for_its_owners(show, client):
    _page, address = show("a.png", image(), private=True)
    assert client.get(f"{address}content").status_code == 404


def test_a_remote_file_is_not_fetched_unasked(db, client):
    made = ResourceFactory(dataset=DatasetFactory(), format="pdf", url="https://example.org/a.pdf")
    address = f"/datasets/{made.dataset.slug}/resources/{made.pk}/"
    page = client.get(address).content.decode()
    assert "?table=1#table" in page
    assert "<iframe" not in page
    assert client.get(f"{address}content").status_code == 404
