"""Texts: scalars, lists and multilingual objects to one text; HTML to Markdown."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import nh3
from markdownify import markdownify

LANGUAGES = ("fr", "en")
MAX_TITLE = 350  # characters, as the columns of the catalogue
MAX_MARKDOWN = 100_000
UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
TAG = re.compile(
    r"</?(p|br|div|span|a|ul|ol|li|b|i|u|em|strong|h[1-6]|table|tr|td|th|img|font|blockquote|pre|hr|sup|sub)\b[^<>]*>",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(nbsp|amp|lt|gt|quot|eacute|egrave|agrave|rsquo|#\d{2,5}|#x[0-9a-f]{2,5});", re.IGNORECASE)
SHOWN = {
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li",
    "ol", "p", "pre", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
BLANKS = re.compile(r"\n{3,}")
DEPTH = 50  # levels of tags; beyond, only the text is kept
OPENING = re.compile(r"<[a-z]", re.IGNORECASE)


def text(value: Any, limit: int | None = None, *, languages: Sequence[str] = LANGUAGES) -> str:
    """Return one text, trimmed: of a scalar, the first one of a list, or that of an object by language.

    `{"fr": "Eau", "en": "Water"}` is "Eau", `{"@value": "Eau"}` too; true and false are no text. A text over `limit`
    characters is cut, with "…".
    """
    found = value if isinstance(value, str) else _scalar(value, languages)
    if not found.isprintable():  # cheaper than the expression, and true of nearly all
        found = UNSAFE.sub("", found)
    found = found.strip()
    if limit is not None and len(found) > limit:
        return found[: limit - 1].rstrip() + "…"
    return found


def title(value: Any, limit: int = MAX_TITLE) -> str:
    """Return a text on one line, without tags, of at most `limit` characters."""
    found = text(value)
    if "<" in found and TAG.search(found):
        found = nh3.clean(found, tags=set())
    if "&" in found and ENTITY.search(found):
        found = _unescape(found)
    return text(" ".join(found.split()), limit)


def markdown(value: Any) -> str:
    """Return a description as Markdown, at most 100,000 characters: HTML is converted, other texts stay as they are."""
    found = text(value, MAX_MARKDOWN)
    if not TAG.search(found):
        return _unescape(found) if ENTITY.search(found) else found
    if len(OPENING.findall(found)) > 20_000 or _depth(found) > DEPTH:
        return text(nh3.clean(found, tags=set()), MAX_MARKDOWN)
    clean = nh3.clean(found, tags=SHOWN)
    converted = markdownify(clean, heading_style="ATX", bullets="-", escape_underscores=False, escape_misc=False)
    return text(BLANKS.sub("\n\n", converted), MAX_MARKDOWN)


def texts(value: Any) -> list[str]:
    """Return every text of a list (or the one of a scalar), without the empty ones."""
    values = value if isinstance(value, list | tuple) else [value]
    return [found for found in map(text, values) if found]


def _scalar(value: Any, languages: Sequence[str]) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return next((found for found in (_scalar(one, languages) for one in value[:20]) if found.strip()), "")
    if isinstance(value, dict):
        keys = [*languages, "@value", "value", "#text", *value]
        return next((item for key in keys if isinstance(item := value.get(key), str) and item.strip()), "")
    return ""


def _unescape(found: str) -> str:
    """Return a plain text without HTML's entities."""
    return ENTITY.sub(lambda match: _entity(match[0]), found)


def _entity(word: str) -> str:
    return unescape(word).replace("\xa0", " ")


def _depth(found: str) -> int:
    """Return about how deep the tags of a text are nested; those that are never closed count."""
    depth = deepest = 0
    for match in re.finditer(r"<(/?)([a-z]+)[^<>]*?(/?)>", found, re.IGNORECASE):
        closing, name, itself = match[1], match[2].lower(), match[3]
        if itself or name in ("br", "hr", "img"):
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest
