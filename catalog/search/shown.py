"""The texts of objects found, read from the database for a page: for highlights and corrections."""

from collections.abc import Sequence
from typing import Any

from catalog.models import Dataservice, Dataset, Discussion, Organization, Post, Reuse, Topic
from catalog.search.corrections import mistakes_of, near_stems
from catalog.search.highlights import found_tokens, marked, snippet
from catalog.search.query import Text
from portal.lib.text import excerpt

# Kind -> (model, column of the title, column of the text, if it has one).
COLUMNS: dict[str, tuple[Any, str, str]] = {
    "dataset": (Dataset, "title", "description"),
    "dataservice": (Dataservice, "title", "description"),
    "reuse": (Reuse, "title", "description"),
    "organization": (Organization, "name", "description"),
    "topic": (Topic, "name", "description"),
    "post": (Post, "name", "headline"),
    "discussion": (Discussion, "title", ""),
}
READ = 4000  # characters of a description in which a snippet is looked for


def titles(kind: str, ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of these objects by id; one query."""
    model, title, _text = COLUMNS[kind]
    return dict(model._default_manager.filter(pk__in=ids).order_by().values_list("pk", title))


def highlights(kind: str, ids: Sequence[str], text: Text) -> dict[str, dict[str, str]]:
    """Return `{id: {"title": HTML, "description": HTML}}`, safe, the words of `text` marked; one query."""
    model, title, body = COLUMNS[kind]
    stems = {term for word in (*text.words, *text.soft) for terms in word.alternatives for term in terms}
    beginnings = [word.term for word in text.words if word.prefix]
    columns = ["pk", title, *([body] if body else [])]
    found = {}
    rows = list(model._default_manager.filter(pk__in=ids).order_by().values_list(*columns))
    stems |= near_stems((row[1] for row in rows), mistakes_of(text))
    for pk, name, *rest in rows:
        plain = excerpt(rest[0][:READ], READ) if rest and rest[0] else ""
        found[pk] = {
            "title": marked(name, found_tokens(name, stems, beginnings)),
            "description": snippet(plain, stems, beginnings),
        }
    return found
