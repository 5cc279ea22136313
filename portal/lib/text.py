"""Texts of strangers as the pages show them: Markdown and HTML made safe, excerpts without any markup."""

import re
from html import unescape
from unicodedata import combining

import cmarkgfm
import nh3
from cmarkgfm.cmark import Options
from django.utils.safestring import SafeString, mark_safe

LINK_REL = "nofollow noopener ugc"
SCHEMES = {"http", "https", "mailto"}
MAX_LENGTH = 100_000  # characters; what follows is left out
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "u", "ul", "var",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "hreflang", "title"},
    "abbr": {"title"},
    "img": {"alt", "height", "src", "title", "width"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}
FIXED = {"img": {"loading": "lazy", "referrerpolicy": "no-referrer"}}
# What says little once its layout is lost.
LEFT_OUT = {"script", "style", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
# Characters that no XML document may hold (XML 1.0, production 2).
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEADING = re.compile(r"<(/?)h([1-6])\b", re.IGNORECASE)
DEEPEST = 6


def fit_for_xml(text: str) -> str:
    """Return `text` without the characters that no XML document may hold."""
    return NOT_XML.sub("", text)


def render_markdown(text: str, *, below: int = 2) -> SafeString:
    """Return `text` (GitHub's Markdown, HTML allowed) as safe HTML.

    Its headings are brought under the page's heading of level `below`, without a jump. At most 100,000 characters
    are shown.
    """
    source = text[:MAX_LENGTH].replace("\x00", "")
    return render_html(cmarkgfm.github_flavored_markdown_to_html(source, Options.CMARK_OPT_UNSAFE), below=below)


def render_html(html: str, *, below: int = 2) -> SafeString:
    """Return `html` without scripts, styles, forms and foreign schemes; headings as in `render_markdown`."""
    clean = nh3.clean(
        _demote_headings(html, below),
        tags=TAGS,
        attributes=ATTRIBUTES,
        set_tag_attribute_values=FIXED,
        url_schemes=SCHEMES,
        link_rel=LINK_REL,
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it


def excerpt(text: str, length: int = 200) -> str:
    """Return the beginning of a Markdown text, at most `length` characters, as plain text on one line.

    Headings, tables and code are left out, unless there is nothing else.
    """
    rough = cmarkgfm.github_flavored_markdown_to_html(text[: length * 4].replace("\x00", ""), Options.CMARK_OPT_UNSAFE)
    running = nh3.clean(rough, tags=set(), attributes={}, clean_content_tags=LEFT_OUT)
    if not running.strip():
        running = nh3.clean(rough, tags=set(), attributes={})
    return shortened(" ".join(unescape(running).split()), length)


def shortened(text: str, length: int) -> str:
    """Return `text` in at most `length` characters: where it is cut, an ellipsis is the last of them.

    No letter is parted from its accents. (Django's Truncator walks over every letter: a page of cards has a hundred.)
    """
    if len(text) <= length:
        return text
    end = max(0, length - 1)
    while end and combining(text[end]):
        end -= 1
    return f"{text[:end]}…"


def _demote_headings(html: str, below: int) -> str:
    """Renumber the headings by their nesting: the widest come one level under `below`."""
    open_levels: list[int] = []

    def renumbered(found: re.Match[str]) -> str:
        closing, level = found[1], int(found[2])
        if not closing:
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
        return f"<{closing}h{min(below + len(open_levels), DEEPEST)}"

    return HEADING.sub(renumbered, html)
