"""Texts of strangers: what is kept, what is taken out, how headings are nested."""

import pytest

from portal.lib.text import excerpt, render_html, render_markdown, shortened


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<a href='javascript:alert(1)'>x</a>",
        "<img src=x onerror=alert(1)>",
        "<iframe src='https://example.org'></iframe>",
        "<form action='https://example.org'><input></form>",
        "<p style='position:fixed'>x</p>",
        "<svg onload=alert(1)>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_nothing_that_runs_or_deceives_is_left(attack):
    for html in (render_markdown(attack), render_html(attack)):
        for trace in (
            "<script",
            'href="javascript',
            "onerror",
            "<iframe",
            "<form",
            "<input",
            "style=",
            "<svg",
            '="data:',
        ):
            assert trace not in html


def test_markdown_is_rendered_with_tables_and_followed_links_are_marked():
    html = render_markdown("**bold**\n\n|a|\n|-|\n|1|\n\n<https://example.org>")
    assert "<strong>bold</strong>" in html
    assert "<td>1</td>" in html
    assert "nofollow" in html
    assert "noopener" in html


def test_headings_come_under_those_of_the_page_without_a_jump():
    html = render_markdown("# One\n\n#### Deep\n\n## Two", below=2)
    assert ["<h3>One" in html, "<h4>Deep" in html, "<h4>Two" in html] == [True] * 3
    assert "<h6>" in render_markdown("# a\n\n## b", below=6)


def test_a_huge_text_is_cut():
    assert len(render_markdown("word " * 100_000)) < 110_000


def test_an_excerpt_is_plain_text_of_one_line():
    text = "# Title\n\nSome **bold** [text](https://example.org) & <b>more</b>.\n\n|a|\n|-|\n|1|"
    assert excerpt(text) == "Some bold text & more."
    assert excerpt("# Only a title") == "Only a title"
    assert len(excerpt("word " * 200, 50)) <= 50
    assert excerpt("") == ""


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("word", 4, "word"),
        ("words", 4, "wor…"),
        ("", 4, ""),
        ("cafe\u0301s", 5, "caf…"),  # the accent goes with its letter
        ("words", 1, "…"),
    ],
)
def test_what_is_shortened_ends_in_an_ellipsis_and_parts_no_letter_from_its_accent(text, length, expected):
    assert shortened(text, length) == expected
