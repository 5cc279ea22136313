"""Lists and searches: from the arguments of a list to the ids of one page, by the search index or by the database."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from catalog.filters.base import FilterSet
from catalog.models import Topic
from catalog.search import service
from catalog.search.schema import KINDS
from catalog.search.service import DEEPEST, Hits, Options, Page, SearchUnavailable
from catalog.services import search_misses
from portal.lib.ids import is_object_id

ONE_PAGE = Page()
NOWHERE: Mapping[str, Any] = {}


def find(
    filterset: FilterSet,
    page: Page = ONE_PAGE,
    options: Options = service.PLAIN,
    *,
    drafts: bool = False,
    within: Mapping[str, Any] = NOWHERE,
) -> Hits:
    """Find the page of `filterset` (valid) that is asked for, best first where no sort is given.

    The index answers when it knows all the arguments. With `drafts`, the rows of `filterset` may hold what it leaves
    out, for it is for few eyes: that comes first, or, with a sort, the database answers. `within` are arguments by
    which those rows were selected already. Raises ServiceError for a page beyond the 10,000th result without a cursor,
    and for a bad cursor.
    """
    sorted_ = bool(filterset.form.cleaned_data.get("sort"))
    if not speaks_index(filterset, within) or (drafts and sorted_):
        return ask_database(filterset, page)
    mine = _drafts(filterset) if drafts else []
    try:
        found = _ask_index(filterset, replace(page, before=len(mine)), options, within)
    except SearchUnavailable:
        return ask_database(filterset, page)
    start = (page.number - 1) * page.size
    shown = [] if page.cursor else mine[start : start + page.size]
    return replace(found, ids=shown + found.ids, total=found.total + len(mine))


def _ask_index(filterset: FilterSet, page: Page, options: Options, within: Mapping[str, Any]) -> Hits:
    values, given = filterset.form.cleaned_data, filterset.given()
    text = values.get("q") or ""
    hits = service.search(
        filterset.search_kind, text, {**given, **within}, sort=values.get("sort") or "", page=page, options=options
    )
    if text and not hits.total and not given and not within:
        search_misses.note(filterset.search_kind, text)
    return hits


def _drafts(filterset: FilterSet) -> list[str]:
    """Return the ids of what the index leaves out, the newest first, in whose columns the words stand."""
    by_text = filterset.filters["q"]
    rows = by_text.not_indexed(filterset.without_text())
    text = filterset.form.cleaned_data.get("q") or ""
    return list(by_text.by_words(rows, text).values_list("pk", flat=True)[:DEEPEST])


def speaks_index(filterset: FilterSet, within: Mapping[str, Any] = NOWHERE) -> bool:
    """Tell whether the index knows all the arguments given, and the sort."""
    known = KINDS.get(filterset.search_kind)
    if known is None:
        return False
    sort, given = (filterset.form.cleaned_data.get("sort") or "").removeprefix("-"), filterset.given()
    if not given.keys() <= known.filters.keys() or (sort and sort not in known.sorts) or given.keys() & within.keys():
        return False
    topic = given.get("topic", "")
    return not is_object_id(topic) or Topic.objects.public().filter(pk=topic).exists()  # a private one is not indexed


def ask_database(filterset: FilterSet, page: Page) -> Hits:
    """Find by the database alone: exact, with neither facets nor highlights; best first if the index knows the text."""
    rows = filterset.qs
    start = (page.number - 1) * page.size
    ranked = _ranked(filterset, rows)
    if ranked is not None:
        return Hits(ranked[start : start + page.size], len(ranked), indexed=False)
    return Hits(list(rows.values_list("pk", flat=True)[start : start + page.size]), rows.count(), indexed=False)


def _ranked(filterset: FilterSet, rows: QuerySet) -> list[str] | None:
    """Return all ids of `rows`, best first, if there is a text, no sort, and few enough of them to be put in order."""
    best = filterset.matching
    if best is None or filterset.form.cleaned_data.get("sort"):
        return None
    allowed = dict.fromkeys(rows.values_list("pk", flat=True)[: DEEPEST + 1])
    if len(allowed) > DEEPEST:
        return None
    shown = [pk for pk in best if pk in allowed]
    hidden = allowed.keys() - set(shown)  # what the index does not hold goes first: it is the caller's own
    return [pk for pk in allowed if pk in hidden] + shown
