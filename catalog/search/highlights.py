"""Showing why an object was found: the words of the query marked in its title and in a piece of its description."""

from collections.abc import Collection, Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from catalog.search.analysis import Token, tokens

LENGTH = 240  # characters of a snippet
LEAD = 60  # characters shown before the first word found


def found_tokens(text: str, stems: Collection[str], beginnings: Collection[str] = ()) -> list[Token]:
    """Return the words of `text` that a query of these stems, and beginnings of words, finds."""
    return list(_found(text, stems, beginnings))


def _found(text: str, stems: Collection[str], beginnings: Collection[str]) -> Iterator[Token]:
    starts = tuple(beginnings)
    for token in tokens(text):
        if token.stem in stems or (starts and (token.folded.startswith(starts) or token.stem.startswith(starts))):
            yield token


def marked(text: str, found: list[Token]) -> SafeString:
    """Return `text` as HTML with `<mark>` around the words found; everything else is escaped."""
    parts, end = [], 0
    for token in found:
        parts += [escape(text[end : token.start]), "<mark>", escape(text[token.start : token.end]), "</mark>"]
        end = token.end
    parts.append(escape(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part of the text is escaped


def snippet(text: str, stems: Collection[str], beginnings: Collection[str] = ()) -> SafeString:
    """Return the piece of a plain `text` around the first word found, marked; its beginning if none is."""
    first = next(_found(text, stems, beginnings), None)  # a long text is read no further
    start = max(0, first.start - LEAD) if first else 0
    if start:
        start = text.find(" ", start) + 1
    end = len(text) if len(text) <= start + LENGTH else text.rfind(" ", start, start + LENGTH)
    if end <= start:
        end = min(len(text), start + LENGTH)
    piece = text[start:end]
    body = marked(piece, found_tokens(piece, stems, beginnings))
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return mark_safe(f"{before}{body}{after}")  # noqa: S308 - `marked` has escaped it
