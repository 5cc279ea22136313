"""Tags of the theme system."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

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
