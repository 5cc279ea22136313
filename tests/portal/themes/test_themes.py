"""Which templates, style sheets and colours a page is made of."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from catalog.models import Organization
from portal.models import User
from portal.themes import checks, contrast, gallery
from portal.themes.active import active
from portal.themes.registry import THEME_API, Theme, chain, stylesheets

COMPONENTS = Path(__file__).parents[3] / "portal" / "templates" / "portal" / "components"
SLUGS = ["neutral", "gouvfr", "lagune"]


@pytest.fixture
def staff(client, db):
    user = User.objects.create(email="staff@example.org", first_name="S", last_name="T", is_staff=True)
    client.force_login(user)
    return client


def test_the_portal_is_neutral_unless_told_otherwise(client, db, themes):
    page = client.get("/").content.decode()
    assert "portal/portal.css" in page
    assert "dsfr" not in page
    assert "lagoon" not in page


def test_a_chosen_theme_changes_a_block_and_keeps_the_rest(client, db, themes, settings):
    settings.PORTAL_THEME = "theme_lagune"
    page = client.get("/").content.decode()
    assert page.index("portal/portal.css") < page.index("theme_lagune/tokens.css")
    assert page.index("The lagoon") < page.index('class="p-hero"')
    assert "The lagoon" not in client.get("/datasets/").content.decode()


def test_the_theme_of_the_state_brings_its_design_system(client, db, themes, settings):
    settings.PORTAL_THEME = "theme_gouvfr"
    page = client.get("/").content.decode()
    assert 'class="fr-header"' in page
    assert 'class="p-header"' not in page
    assert re.search(r'<html lang="en"[^>]* data-fr-scheme="system"', page)
    assert '<script src="/static/dsfr/dist/dsfr.module.min.js" type="module">' in page


def test_one_process_serves_several_themes_without_mixing_them(client, db, themes, settings):
    for app, mark in [("", "p-header"), ("theme_gouvfr", "fr-header"), ("", "p-header"), ("theme_lagune", "lagoon")]:
        settings.PORTAL_THEME = app
        assert f'class="{mark}"' in client.get("/").content.decode()


def test_the_staff_tries_a_theme_out_until_they_end_it(staff, themes):
    assert "lagoon" in staff.get("/?preview-theme=lagune").content.decode()
    page = staff.get("/").content.decode()
    assert "lagoon" in page
    assert "?preview-theme=" in page
    assert "lagoon" not in staff.get("/?preview-theme=").content.decode()
    assert "lagoon" not in staff.get("/").content.decode()


def test_nobody_else_tries_a_theme_out(client, db, themes, staff, django_user_model):
    staff.get("/?preview-theme=lagune")
    staff.logout()
    assert "lagoon" not in staff.get("/?preview-theme=lagune").content.decode()
    reader = django_user_model.objects.create(email="reader@example.org", first_name="R", last_name="R")
    staff.force_login(reader)
    assert "lagoon" not in staff.get("/?preview-theme=lagune").content.decode()


def test_an_unknown_theme_is_the_portals_own(staff, themes):
    assert staff.get("/?preview-theme=nowhere").status_code == 200


def test_the_api_and_the_administration_have_no_theme(staff, themes, settings):
    settings.PORTAL_THEME = "theme_gouvfr"
    assert "fr-header" not in staff.get("/admin/").content.decode()


def test_after_the_page_the_theme_is_the_portals_again(staff, themes):
    staff.get("/?preview-theme=lagune")
    assert active().slug == "neutral"


def test_each_component_has_an_example_and_each_example_a_component():
    assert {path.stem for path in COMPONENTS.glob("*.html")} - {"swap"} == set(gallery.examples())


@pytest.mark.parametrize("path", sorted(COMPONENTS.glob("*.html")), ids=lambda path: path.stem)
def test_a_component_says_what_it_is_given(path):
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert path.stem == "swap" or re.match(r"\{# .+ #\}|\{# djlint", first)


@pytest.mark.parametrize("slug", SLUGS)
def test_each_theme_makes_each_component(slug, themes, db):
    assert gallery.broken(themes[slug]) == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_the_themes_here_are_without_fault(slug, themes):
    assert [message.msg for message in checks.problems(themes[slug])] == []


def test_the_gallery_is_for_the_staff(client, staff, themes):
    page = staff.get("/design/?preview-theme=gouvfr")
    assert page.status_code == 200
    assert 'class="fr-pagination"' in page.content.decode()
    staff.logout()
    assert client.get("/design/").status_code == 404


@pytest.mark.parametrize(
    ("theme", "code"),
    [
        ({"api": THEME_API + 1}, "portal.E003"),
        ({"parent": "nowhere"}, "portal.E004"),
        ({"css": ("theme_lagune/tokens.cs",)}, "portal.E005"),
        ({"js": ("nothing.js",)}, "portal.E005"),
    ],
    ids=["contract", "parent", "css", "js"],
)
def test_what_is_wrong_with_a_theme_is_said(theme, code, themes):
    faulty = Theme(**{"slug": "faulty", "label": "Faulty", "app": "theme_lagune", **theme})
    assert code in [message.id for message in checks.problems(faulty)]


def test_a_template_that_takes_the_place_of_none_is_a_mistake(themes, monkeypatch, tmp_path):
    folder = tmp_path / "portal"
    folder.mkdir()
    (folder / "hom.html").write_text("", encoding="utf-8")
    (folder / "search.html").write_text("{% bloc %}", encoding="utf-8")
    folders = property(lambda one: tmp_path if one.slug == "faulty" else tmp_path / "none")
    monkeypatch.setattr(Theme, "templates", folders)
    faulty = Theme(slug="faulty", label="Faulty", app="theme_lagune")
    assert [message.id for message in checks._templates(faulty)] == ["portal.W004", "portal.E006"]


def test_parents_in_a_circle_come_to_an_end(themes, monkeypatch):
    one = Theme(slug="one", label="1", app="theme_lagune", parent="two")
    two = Theme(slug="two", label="2", app="theme_lagune", parent="one")
    monkeypatch.setitem(themes, "one", one)
    monkeypatch.setitem(themes, "two", two)
    assert [theme.slug for theme in chain(one)] == ["one", "two"]
    assert "portal.E004" in [message.id for message in checks.problems(one)]


def test_contrast_is_that_of_wcag():
    assert contrast.contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast.contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)
    assert contrast.contrast("var(--x)", "#fff") is None


def test_colours_that_are_hard_to_read_are_found_in_both_forms():
    style = """/* { */ :root { --p-fg: #999; --p-bg: #fff; }
    @media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { --p-bg: #888; } }
    @media (prefers-contrast: more) { :root { --p-fg: #fff; } }
    :root[data-theme="dark"] { --p-muted: #777; }"""
    light, dark = contrast.tokens_of(style)
    assert light == {"fg": "#999", "bg": "#fff"}
    assert dark == {"bg": "#888", "muted": "#777"}
    assert {(form, text) for form, text, _ground, _value in contrast.poor(light, dark)} == {
        ("light", "fg"), ("dark", "fg"), ("dark", "muted"),
    }  # fmt: skip


def test_a_theme_may_do_without_the_sheets_of_its_parents(themes):
    bare = Theme(slug="bare", label="Bare", app="theme_lagune", css=("a.css",), replaces_css=True)
    assert stylesheets(bare) == ["a.css"]


def test_mails_have_the_colours_of_the_theme(themes, settings):
    assert "#1b2230" in render_to_string("portal/mail.html", {"text": "Hello"})
    settings.PORTAL_THEME = "theme_gouvfr"
    mail = render_to_string("portal/mail.html", {"text": "Hello"})
    assert "#3a3a3a" in mail
    assert "#1b2230" not in mail


def test_no_template_of_the_portal_knows_the_theme_of_the_state():
    root = COMPONENTS.parents[3]
    for app in ("portal", "catalog", "harvest", "stats"):
        for path in (root.parent / app).rglob("*.html"):
            assert "gouvfr" not in path.read_text(encoding="utf-8").lower(), path


def test_an_object_page_in_every_theme_costs_the_same_queries(client, db, themes, settings):
    found = Organization.objects.create(name="Town", description="x")
    counted = []
    for app in ("", "theme_gouvfr"):
        settings.PORTAL_THEME = app
        client.get(found.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(found.get_absolute_url())
        counted.append(len(queries))
    assert counted[0] == counted[1]
