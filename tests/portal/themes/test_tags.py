"""Tags of the theme system."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.core.cache import cache
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from catalog.models import Site
from portal.themes.active import using
from portal.themes.registry import themes


class Counted:
    """A value that tells how often a template asked for it."""

    asked = 0

    def __str__(self) -> str:
        self.asked += 1
        return str(self.asked)


def test_a_part_is_made_once_for_each_language_and_value():
    part = Template("{% load theme_tags %}{% remember key %}{{ value }}{% endremember %}")
    value = Counted()
    assert [part.render(Context({"key": key, "value": value})) for key in "aab"] == ["1", "1", "2"]
    with translation.override("fr"):
        assert part.render(Context({"key": "a", "value": value})) == "3"
    assert part.render(Context({"key": "a", "value": value})) == "1"


def test_what_is_remembered_is_bounded():
    part = Template("{% load theme_tags %}{% remember key %}{{ value }}{% endremember %}")
    value = Counted()
    for key in range(100):
        part.render(Context({"key": key, "value": value}))
    assert part.render(Context({"key": 99, "value": value})) == "100"
    assert part.render(Context({"key": 0, "value": value})) == "101"


def test_nothing_is_remembered_while_a_theme_is_made(settings):
    settings.DEBUG = True
    part = Template("{% load theme_tags %}{% remember key %}{{ value }}{% endremember %}")
    value = Counted()
    assert [part.render(Context({"key": "a", "value": value})) for _ in range(2)] == ["1", "2"]


def test_a_part_depends_on_something():
    with pytest.raises(TemplateSyntaxError, match="depends"):
        Template("{% load theme_tags %}{% remember %}x{% endremember %}")


@pytest.mark.parametrize("is_debug", [False, True])
def test_a_drawing_is_the_active_themes(settings, is_debug):
    settings.DEBUG = is_debug
    page = Template('{% load theme_tags %}{% icon "eye" %}')
    for theme in themes().values():
        with using(theme):
            assert "#eye" in page.render(Context())


def test_a_day_is_written_in_the_language_and_is_the_readers_own():
    part = Template("{% load theme_tags %}{% day value %}")

    def written(value, language="en"):
        with translation.override(language):
            return " ".join(part.render(Context({"value": value})).split())

    late = datetime(2026, 7, 13, 23, 30, tzinfo=UTC)
    assert written(late) == '<time datetime="2026-07-14">July 14, 2026</time>'
    assert written(date(2026, 7, 14), "fr") == '<time datetime="2026-07-14">14 juillet 2026</time>'
    assert written(None) == ""


def test_the_facts_of_the_portal_are_asked_for_once_a_page_and_change_with_the_next(
    client, db, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []

    def named(title):
        with django_capture_on_commit_callbacks(execute=True):
            Site.objects.update_or_create(pk=settings.SITE_ID, defaults={"title": title})
        asked.clear()
        return client.get("/developpeurs/").text

    get_or_set = cache.get_or_set
    monkeypatch.setattr(cache, "get_or_set", lambda key, *rest: asked.append(key) or get_or_set(key, *rest))
    assert "– The first</title>" in named("The first")
    assert [key for key in asked if "profile" in key] == [f"profile:{settings.SITE_ID}"]
    assert "– The second</title>" in named("The second")
