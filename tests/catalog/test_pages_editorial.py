"""Editorial pages: their languages, drafts, places still to be filled, and the pages that are there from the start."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import is_valid_path

from catalog.models import Page
from portal.lib.places import PLACE, open_places, without_places
from tests.catalog.factories import UserFactory

pytestmark = pytest.mark.django_db
DEFAULTS = ["about", "legal-notice", "privacy", "accessibility", "terms", "licences"]


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def page():
    texts = {"title_en": "Help", "title_fr": "Aide", "body_en": "# Begin\n\nRead.", "body_fr": "Lisez."}
    return Page.objects.create(path="help/begin", published=True, **texts)


def text_of(client, path):
    return client.get(path).content.decode()


def test_a_page_speaks_the_readers_language(client, page):
    english, french = text_of(client, "/pages/help/begin/"), text_of(client, "/pages/help/begin/?lang=fr")
    assert "<h1>Help</h1>" in english
    assert "<h2>Begin</h2>" in english
    assert "<h1>Aide</h1>" in french
    assert "Lisez." in french


def test_a_page_in_one_language_says_which_it_is(client, page):
    Page.objects.update(title_fr="", body_fr="")
    assert '<article class="p-object" lang="en">' in text_of(client, "/pages/help/begin/?lang=fr")


def test_a_draft_is_there_for_its_editors_alone(client, admin_client, page):
    Page.objects.filter(pk=page.pk).update(published=False)
    assert client.get("/pages/help/begin/").status_code == 404
    answer = admin_client.get("/pages/help/begin/")
    assert answer.status_code == 200
    assert "only who may edit it" in answer.content.decode()
    assert "noindex" in answer.content.decode()


def test_places_are_shown_to_whoever_may_fill_them(client, page):
    Page.objects.filter(pk=page.pk).update(body_en="We are:\n\n[[name & seat]]\n\nWelcome.")
    assert "name" not in text_of(client, "/pages/help/begin/").split("<article")[1].split("</article")[0]
    user = UserFactory(is_staff=True)
    client.force_login(user)
    assert "<mark>" not in text_of(client, "/pages/help/begin/")  # staff, but no editor of pages
    user.user_permissions.add(Permission.objects.get(codename="change_page"))
    edited = text_of(client, "/pages/help/begin/")
    assert "<mark>name &amp; seat</mark>" in edited
    assert "1 place to fill" in edited


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n[[b]]\nc", "a\nc"),
        ("## Host\n\n[[name]]\n", ""),
        ("## Host\n\n[[name]]\n\n## Next\n\nText", "## Next\n\nText"),
        ("# All\n\n## Host\n\n[[name]]\n\n## Next\n\nText", "# All\n\n\n## Next\n\nText"),
        ("no place\n\n## Empty", "no place\n\n## Empty"),
        ("[[]] [x]", "[[]] [x]"),
    ],
)
def test_a_line_with_a_place_goes_with_a_heading_over_nothing(text, shown):
    assert without_places(text).split() == shown.split()


@pytest.mark.parametrize("path", DEFAULTS)
def test_a_new_portal_has_the_pages_that_it_must_have(client, path):
    for language in ("en", "fr"):
        answer = client.get(f"/pages/{path}/?lang={language}")
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "[[" not in text.split("<main")[1]
        assert f'href="/pages/{path}/"' in text.split("<footer")[1]


def test_the_pages_of_a_new_portal_say_the_same_places_in_both_languages():
    for page in Page.objects.filter(path__in=DEFAULTS).exclude(path="accessibility"):
        assert len(open_places(page.body_en)) == len(open_places(page.body_fr)), page.path
    assert PLACE.search(Page.objects.get(path="legal-notice").body_fr)


def test_links_of_the_pages_lead_to_pages_of_the_portal(client):
    for page in Page.objects.all():
        for language in ("en", "fr"):
            html = text_of(client, f"{page.get_absolute_url()}?lang={language}").split("<article")[1]
            addresses = re.findall(r'href="(/[^"?#]*)', html.split("</article")[0])
            assert [address for address in addresses if not is_valid_path(address)] == [], page.path


@pytest.mark.parametrize("path", ["Help", "a//b", "/a", "a/", "../a", "site-map", "a b", "é"])
def test_an_address_of_a_page_is_plain(path):
    with pytest.raises(ValidationError):
        Page(path=path, title_en="x").full_clean()


def test_a_preview_shows_what_is_not_saved(admin_client, client, page):
    sent = {"title_en": "New", "body_en": "**Bold** [[who]]<script>x</script>", "title_fr": "Neuf", "body_fr": "Gras"}
    answer = admin_client.post("/admin/catalog/page/preview/", sent)
    assert "<strong>Bold</strong>" in answer.content.decode()
    assert "<mark>who</mark>" in answer.content.decode()
    assert "<script>x" not in answer.content.decode()
    french = admin_client.post("/admin/catalog/page/preview/?lang=fr", sent)
    assert "<h1>Neuf</h1>" in french.content.decode()
    assert Page.objects.get(pk=page.pk).title_en == "Help"
    assert client.post("/admin/catalog/page/preview/", sent).status_code == 302
    assert admin_client.get("/admin/catalog/page/preview/").status_code == 405


def test_the_map_of_the_site_names_its_pages(client, page, django_assert_num_queries):
    text = text_of(client, "/pages/site-map/").split("<main")[1]
    for address in ("/datasets/", "/topics/", "/pages/help/begin/", "/pages/legal-notice/", "/developpeurs/"):
        assert f'href="{address}"' in text
    with django_assert_num_queries(0):
        client.get("/pages/site-map/")


def test_a_page_costs_one_query(client, page, django_assert_num_queries):
    client.get("/pages/help/begin/")
    with django_assert_num_queries(1):
        client.get("/pages/help/begin/")


def test_a_new_account_accepts_the_terms_of_the_portals_page(client):
    link = '<a href="/pages/terms/">the terms of use</a>'
    assert link in text_of(client, "/account/signup/")
    Page.objects.filter(path="terms").update(published=False)
    cache.clear()
    assert link not in text_of(client, "/account/signup/")


def test_the_sitemap_lists_published_pages(client, page):
    assert "/sitemap-pages-1.xml" in text_of(client, "/sitemap.xml")
    listed = b"".join(client.get("/sitemap-pages-1.xml").streaming_content).decode()
    assert "/pages/help/begin/</loc>" in listed
    Page.objects.filter(pk=page.pk).update(published=False)
    assert b"help/begin" not in b"".join(client.get("/sitemap-pages-1.xml").streaming_content)
