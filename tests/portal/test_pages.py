"""The home page, the page for developers, errors and languages."""

import hashlib
import re

import pytest
from django.conf import settings
from django.core.cache import cache

from catalog.models import Site
from tests.catalog.factories import DatasetFactory, PostFactory, ResourceFactory, ReuseFactory

pytestmark = pytest.mark.django_db
VENDORED = {
    "htmx-4.0.1/htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "leaflet-1.9.4/leaflet.js": "dc71f8a6880bc3ca1bd9fa8dc5f1af48c702dc510b0a78240a07c5feed7ce935",
    "leaflet-1.9.4/leaflet.css": "337bfca5cabd03b39815b2700febe2b3b7edf55921c59cd49f88ecb328212303",
}


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def page(response) -> str:
    return response.content.decode()


def test_the_home_page_of_an_empty_catalogue_says_how_to_begin(client):
    response = client.get("/")
    assert response.status_code == 200
    assert "The catalogue is empty" in page(response)


def test_the_home_page_shows_figures_featured_and_latest_objects(client):
    featured = DatasetFactory(featured=True, title="Trees of the streets")
    ResourceFactory(dataset=featured, format="geojson")
    DatasetFactory(draft=True, title="Secret draft")
    ReuseFactory(featured=True, title="A map of trees")
    PostFactory(name="The portal opens")
    text = page(client.get("/"))
    assert text.count("Trees of the streets") == 2
    assert "GEOJSON" in text
    assert "A map of trees" in text
    assert "The portal opens" in text
    assert "Secret draft" not in text


def test_the_home_page_costs_one_query_until_the_catalogue_changes(client, django_assert_num_queries):
    Site.objects.current()
    DatasetFactory.create_batch(3, featured=True)
    client.get("/")
    with django_assert_num_queries(1):  # the position of the log of changes
        client.get("/")
    DatasetFactory(title="Just arrived")
    assert "Just arrived" in page(client.get("/"))


def test_the_title_of_the_portal_stands_on_every_page(client):
    Site.objects.current()
    Site.objects.update(title="Data of the Lagoon")
    assert "Data of the Lagoon" in page(client.get("/datasets/"))


def test_the_page_for_developers_counts_the_rows_of_each_dump(client):
    ResourceFactory.create_batch(3, dataset=DatasetFactory())
    response = client.get("/developpeurs/")
    rows = {dump.name: dump.rows for dump in response.context["dumps"]}
    assert (rows["datasets"], rows["resources"], rows["reuses"]) == (1, 3, 0)
    assert 'href="/datasets.csv"' in page(response)


def test_the_english_address_of_the_page_for_developers_leads_to_it(client):
    response = client.get("/developers/")
    assert (response.status_code, response["Location"]) == (301, "/developpeurs/")


def test_an_unknown_address_is_a_page_with_a_search(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert 'name="q"' in page(response)
    assert "noindex" in page(response)


def test_an_unknown_address_of_the_api_is_json(client):
    response = client.get("/api/1/nowhere/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(("path", "kind"), [("/", "text/html"), ("/api/1/datasets/", "application/json")])
def test_a_crash_says_nothing_of_itself(client, monkeypatch, path, kind):
    def crash(*args, **kwargs):
        raise RuntimeError("the password is swordfish")

    client.raise_request_exception = False
    monkeypatch.setattr("django.core.handlers.base.BaseHandler.resolve_request", crash)
    response = client.get(path)
    assert response.status_code == 500
    assert response["Content-Type"].startswith(kind)
    assert "swordfish" not in page(response)


@pytest.mark.parametrize(
    ("query", "headers", "language"),
    [
        ("", {}, "en"),
        ("?lang=fr", {"accept-language": "en"}, "fr"),
        ("?lang=xx", {"accept-language": "fr"}, "fr"),
        ("", {"accept-language": "fr-CA,fr;q=0.9,en;q=0.2"}, "fr"),
        ("", {"accept-language": "de"}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for(client, query, headers, language):
    response = client.get(f"/developpeurs/{query}", headers=headers)
    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in page(response)
    assert "Accept-Language" in response["Vary"]


def test_a_language_prefix_is_remembered_and_dropped(client):
    response = client.get("/fr/datasets/?q=eau&page=1")
    assert (response.status_code, response["Location"]) == (301, "/datasets/?q=eau&page=1")
    assert client.get("/developpeurs/")["Content-Language"] == "fr"
    client.get("/en/")
    assert client.get("/developpeurs/")["Content-Language"] == "en"


@pytest.mark.parametrize("path", ["/fr//evil.example/", "/fr/\\evil.example/", "/fr/%5Cevil.example/", "/fr"])
def test_a_language_prefix_never_leads_away(client, path):
    location = client.get(path)["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\", "/%5C"))


def test_a_page_loads_what_is_ours_alone(client):
    response = client.get("/")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    for inline in ("<style", "style=", "onclick=", "<script>"):
        assert inline not in page(response)


def test_a_chosen_theme_is_printed_by_the_server(client):
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in page(client.get("/"))
    client.cookies["theme"] = '"><script>'
    assert "data-theme=" not in page(client.get("/")).split("<body>")[0]


def test_robots_are_told_what_is_endless(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert "Disallow: /search/\n" in page(response)
    assert "Disallow: /*?*&\n" in page(response)  # two filters or more
    assert "Disallow: /\n" not in page(response)


@pytest.mark.parametrize("path", ["/developpeurs/", "/", "/nowhere/", "/datasets/nowhere/"])
def test_every_page_has_one_search_of_the_portal(client, path):
    text = page(client.get(path))
    assert text.count('action="/search/" method="get" role="search"') == 1
    assert text.count("data-suggest=") == 1


def test_the_scripts_of_others_are_the_very_files_they_published():
    for name, digest in VENDORED.items():
        content = (settings.BASE_DIR / "portal" / "static" / "vendor" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest


def test_htmx_needs_nothing_that_the_policy_forbids():
    """`hx-on`, filters of triggers and `js:` values would be evaluated as code."""
    folders = [settings.BASE_DIR / name for name in ("portal", "catalog", "harvest", "stats")]
    for template in (path for folder in folders for path in folder.rglob("templates/**/*.html")):
        assert not re.search(r"hx-on|hx-trigger=\"[^\"]*\[|=\"js:", template.read_text(encoding="utf-8")), template
