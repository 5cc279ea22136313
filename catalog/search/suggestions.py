"""What to offer to somebody who is typing: names of objects, and tags. One lookup in the index each.

udata looks for the text anywhere in a name, letter by letter, and puts the most followed first: who types "eau" is
offered "bureau" and "château", who types "ecole" nothing that is written "école", and an acronym typed in full comes
after every popular name that contains its letters. Here each word must be in the name, the last one perhaps only
begun, without regard to accents and elision; a whole word counts more than a beginning, and what is equal is put in
order by popularity (the static weight: followers, views, reuses, badges).
"""

from dataclasses import replace

from catalog.search import conditions, query, synonyms
from catalog.search.analysis import APOSTROPHE, ELIDED, fold
from catalog.search.backends.base import IndexMissing
from catalog.search.engine import engine
from catalog.search.query import Request, Text, Word
from catalog.search.service import SearchUnavailable

TAGGED = ("dataset", "reuse", "dataservice")


def suggest(kind: str, text: str, size: int) -> list[str]:
    """Return the ids of at most `size` objects of one kind by the beginning of their name, best first.

    Without a text the most popular. Mistakes are forgiven where nothing else is found. Raises SearchUnavailable.
    """
    words = read(text)
    if words is None and text.strip():
        return []
    request = Request((kind,), words, conditions.conditions(kind, {}), limit=size, within="title")
    try:
        found = engine().search(request)
        if not found.total and words is not None:
            forgiving = query.tolerant(words, [word.term for word in words.words])
            found = engine().search(replace(request, text=forgiving))
    except IndexMissing as error:
        raise SearchUnavailable(str(error)) from error
    return [pk for _kind, pk, _score in found.hits]


def suggest_tags(start: str, size: int) -> list[str]:
    """Return at most `size` tags of public objects that begin with `start` (normalised), the commonest first.

    Raises SearchUnavailable.
    """
    try:
        return [tag for tag, _count in engine().beginnings("tag", start, TAGGED, size)]
    except IndexMissing as error:
        raise SearchUnavailable(str(error)) from error


def read(text: str) -> Text | None:
    """Return the words of a text whose last one may be a beginning, or None if there is no letter in it."""
    words = query.parse(text, synonyms=synonyms.current(), prefix=True)
    if words is not None:
        return words
    letter = fold(text.strip().rstrip("'’"))  # the first letter of a word, for the time being: "d" is no elision yet
    return Text((Word(((letter,),), prefix=True),)) if letter.isalnum() else None


def without_elision(text: str) -> str:
    """Return `text` without what is elided at its beginning: `l'eau` as `eau`, for comparisons letter by letter."""
    parts = APOSTROPHE.split(text, maxsplit=1)
    return parts[1] if len(parts) == 2 and fold(parts[0]) in ELIDED else text
