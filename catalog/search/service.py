"""The one door to search: pages, API, suggestions, administration and dumps ask here.

`search` answers ids in order, the exact total, exact facets, and on request highlights. It raises SearchUnavailable
where there is no index yet: callers then ask the database (`catalog.filters`).
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from catalog.search import conditions as rules
from catalog.search import corrections, cursors, query, shown, synonyms
from catalog.search.backends.base import Backend, IndexMissing
from catalog.search.document import uid
from catalog.search.engine import engine
from catalog.search.query import Request, Result, Text
from catalog.search.schema import KINDS
from portal.lib.errors import ServiceError

DEEPEST = 10_000  # hits that pages reach; a cursor goes on
FEW = 3  # hits below which mistakes are forgiven
RARE = 3  # documents: a word in fewer may be a mistake
ALL = "all"

Facets = dict[str, list[dict[str, Any]]]


class SearchUnavailable(Exception):
    """There is no index: the database must answer."""


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of results, in order.

    `facets` are `{name: [{"name": "all", "count": n}, {"name": value, "count": n}, …]}`; `highlights` are by id and
    column, safe HTML; `relaxed` tells what had to be given up to find some: "", "typo" or "words". Where the database
    had to answer (`catalog.filters.found`), `indexed` is False and there is nothing beside the ids and the total.
    """

    ids: list[str]
    total: int
    facets: Facets = field(default_factory=dict)
    highlights: dict[str, dict[str, str]] = field(default_factory=dict)
    took_ms: float = 0.0
    suggestion: str = ""
    relaxed: str = ""
    next_cursor: str = ""
    kinds: list[str] = field(default_factory=list)
    indexed: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """Which hits: a page by its number, or the one after `cursor`. Numbers reach the `deepest` hit.

    The caller puts `before` results of her own in front of the first hit: pages hold fewer hits by that.
    """

    number: int = 1
    size: int = 20
    cursor: str = ""
    deepest: int = DEEPEST
    before: int = 0

    @property
    def offset(self) -> int:
        """Return how many hits stand before this page."""
        return max(0, (self.number - 1) * self.size - self.before)

    @property
    def limit(self) -> int:
        """Return how many hits it has room for."""
        return self.size if self.cursor else min(self.size, max(0, self.number * self.size - self.before))


@dataclass(frozen=True, slots=True)
class Options:
    """What an answer should hold besides the ids, and how the text is read."""

    facets: bool | Sequence[str] = False  # all of the kind's, or these
    highlights: bool = False
    prefix: bool = False  # the last word may be a beginning


FIRST_PAGE, PLAIN = Page(), Options()


def ready() -> bool:
    """Tell whether there is an index to ask."""
    try:
        engine().position()
    except IndexMissing:
        return False
    return True


def search(
    kind: str,
    text: str = "",
    filters: Mapping[str, Any] | None = None,
    *,
    sort: str = "",
    page: Page = FIRST_PAGE,
    options: Options = PLAIN,
) -> Hits:
    """Find objects of one kind. Raises SearchUnavailable, or ServiceError for a bad sort, cursor or depth."""
    started = time.perf_counter()
    words = query.parse(text, synonyms=synonyms.current(), prefix=options.prefix) if text.strip() else None
    request = Request(
        (kind,), words, rules.conditions(kind, filters or {}), rules.sort_of(kind, sort), limit=page.limit
    )
    cursor = cursors.Cursor.parse(page.cursor) if page.cursor else None
    request = cursors.after(request, cursor) if cursor else replace(request, offset=_offset(page))
    if text.strip() and words is None:  # signs without any letter
        return Hits([], 0, facets=_no_facets(kind, options), took_ms=_since(started))
    try:
        request, result, relaxed = _find(engine(), request)
        facets = _facets(engine(), kind, request, result.total if not cursor else None, options)
    except IndexMissing as error:
        raise SearchUnavailable(str(error)) from error
    ids = [pk for _kind, pk, _value in result.hits]
    total = result.total if not cursor else _count_all(request)
    return Hits(
        ids=ids,
        total=total,
        facets=facets,
        highlights=shown.highlights(kind, ids, request.text) if options.highlights and request.text else {},
        took_ms=_since(started),
        suggestion=_suggestion(kind, text, request.text, ids) if relaxed else "",
        relaxed=relaxed,
        next_cursor=cursors.following(request, result, cursor),
        kinds=[kind] * len(ids),
    )


def search_all(
    text: str,
    kinds: Sequence[str] = tuple(KINDS),
    *,
    filters: Mapping[str, Mapping[str, Any]] | None = None,
    limit: int = 20,
    prefix: bool = False,
) -> Hits:
    """Find objects of several kinds by relevance; `facets["kind"]` counts each kind. `filters` are by kind."""
    started = time.perf_counter()
    words = query.parse(text, synonyms=synonyms.current(), prefix=prefix)
    if words is None:
        return Hits([], 0, took_ms=_since(started))
    counts, hits = [], []
    try:
        for kind in kinds:  # each has implied filters of its own
            request = Request((kind,), words, rules.conditions(kind, (filters or {}).get(kind, {})), limit=limit)
            result = engine().search(request)
            counts.append({"name": kind, "count": result.total})
            hits += result.hits
    except IndexMissing as error:
        raise SearchUnavailable(str(error)) from error
    best = sorted(hits, key=lambda hit: -hit[2])[:limit]
    total = sum(one["count"] for one in counts)
    return Hits(
        ids=[pk for _kind, pk, _value in best],
        kinds=[kind for kind, _pk, _value in best],
        total=total,
        facets={"kind": [{"name": ALL, "count": total}, *counts]},
        took_ms=_since(started),
    )


def count(kind: str, text: str = "", filters: Mapping[str, Any] | None = None) -> int:
    """Return how many objects `search` would find. Raises SearchUnavailable."""
    return search(kind, text, filters, page=Page(size=0)).total


def matching(kind: str, text: str, filters: Mapping[str, Any] | None = None, *, most: int) -> list[str] | None:
    """Return the ids of all that `search` would find, best first, or None if they are more than `most`.

    For callers that combine them with conditions that the index does not know. Raises SearchUnavailable.
    """
    hits = search(kind, text, filters, page=Page(size=most, deepest=most))
    return hits.ids if hits.total <= most else None


def state() -> str:
    """Return a mark of what the index holds now, as long as which a kept answer is good. Raises SearchUnavailable."""
    backend = engine()
    try:
        return f"{backend.generation()}:{backend.position()}"
    except IndexMissing as error:
        raise SearchUnavailable(str(error)) from error


def explain(kind: str, text: str, pk: str) -> dict[str, Any]:
    """Return how the score of an object for a query comes about (`Backend.explain`), and `text`, the words asked for.

    Nothing if the index does not hold the object. Raises SearchUnavailable.
    """
    request = Request((kind,), query.parse(text, synonyms=synonyms.current()), rules.conditions(kind, {}))
    try:
        request, _result, _relaxed = _find(engine(), request)
        found = engine().explain(request, uid(kind, pk))
    except IndexMissing as error:
        raise SearchUnavailable(str(error)) from error
    return found | {"text": request.text} if found else {}


def _offset(page: Page) -> int:
    if page.number < 1 or page.number * page.size > page.deepest:
        message = _("Pages reach the first %(deepest)s results: go on with a cursor.") % {"deepest": page.deepest}
        raise ServiceError(message, field="page")
    return page.offset


def _find(backend: Backend, request: Request) -> tuple[Request, Result, str]:
    """Ask for all words; where that finds hardly anything forgive mistakes; where nothing, ask for most words."""
    result, text = backend.search(request), request.text
    if text is None or result.total >= FEW:
        return request, result, ""
    unknown = [word.term for word in text.words if backend.frequency(word.term) < RARE]
    tolerant = replace(request, text=query.tolerant(text, unknown))
    if tolerant != request:
        found = backend.search(tolerant)
        if found.total > result.total:
            return tolerant, found, "typo"
    if result.total or len(text.words) < 2:
        return request, result, ""
    assert tolerant.text is not None  # noqa: S101 - made from a text
    partial = replace(tolerant, text=query.partial(tolerant.text))
    return partial, backend.search(partial), "words"


def _facets(backend: Backend, kind: str, request: Request, total: int | None, options: Options) -> Facets:
    """Count each facet with all filters but its own: facets that leave out the same filter are counted together."""
    known = KINDS[kind].facets
    wanted = [name for name in known if options.facets is True or (options.facets and name in options.facets)]
    given = {condition.name for condition in request.conditions}
    groups: dict[str, list[str]] = defaultdict(list)
    for name in wanted:
        groups[known[name].own if known[name].own in given else ""].append(name)
    counted: Facets = {}
    for own, names in groups.items():
        reduced = request.without("cursor").without(own) if own else request.without("cursor")
        everything = total if not own and total is not None else backend.count(reduced)
        buckets = backend.facets(reduced, [rules.facet_query(name, known[name]) for name in names])
        for name in names:
            rows = [{"name": term, "count": number} for term, number in buckets[name]]
            counted[name] = [{"name": ALL, "count": everything}, *rows]
    return {name: counted[name] for name in wanted}


def _no_facets(kind: str, options: Options) -> Facets:
    names = KINDS[kind].facets if options.facets is True else (options.facets or ())
    return {name: [{"name": ALL, "count": 0}] for name in names}


def _count_all(request: Request) -> int:
    return engine().count(request.without("cursor"))


def _suggestion(kind: str, typed: str, text: Text | None, ids: list[str]) -> str:
    mistakes = corrections.mistakes_of(text)
    return corrections.correct(typed, mistakes, shown.titles(kind, ids).values()) if mistakes and ids else ""


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
