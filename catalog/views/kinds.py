"""The kinds of objects that have a list page: how each is named, read, filtered and shown."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.filters.base import FilterSet
from catalog.filters.dataservice import DataserviceSearchFilter
from catalog.filters.dataset import DatasetSearchFilter
from catalog.filters.organization import OrganizationSearchFilter
from catalog.filters.post import PostSearchFilter
from catalog.filters.reuse import ReuseSearchFilter
from catalog.filters.topic import TopicSearchFilter
from catalog.search import query, service, synonyms
from catalog.search.service import ALL, SearchUnavailable
from catalog.search.shown import highlights
from catalog.services import search_misses
from catalog.views import cards
from catalog.views.cards import add_formats

NEWS = {"kind": "news"}
Marks = dict[str, dict[str, dict[str, str]]]  # kind -> id -> column -> HTML


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind. `fixed` are the arguments that hold on its list page."""

    label: str | Promise
    plural: str | Promise
    rows: Callable[[], QuerySet]
    filterset: type[FilterSet]
    fixed: dict[str, str] = field(default_factory=dict)


KINDS = {
    "dataset": Kind(
        label=_("Dataset"), plural=_("Datasets"), rows=cards.dataset_cards, filterset=DatasetSearchFilter
    ),
    "dataservice": Kind(
        label=_("Dataservice"),
        plural=_("Dataservices"),
        rows=cards.dataservice_cards,
        filterset=DataserviceSearchFilter,
    ),
    "reuse": Kind(label=_("Reuse"), plural=_("Reuses"), rows=cards.reuse_cards, filterset=ReuseSearchFilter),
    "organization": Kind(
        label=_("Organization"),
        plural=_("Organizations"),
        rows=cards.organization_cards,
        filterset=OrganizationSearchFilter,
    ),
    "topic": Kind(label=_("Topic"), plural=_("Topics"), rows=cards.topic_cards, filterset=TopicSearchFilter),
    "post": Kind(label=_("News item"), plural=_("News"), rows=cards.post_cards, filterset=PostSearchFilter, fixed=NEWS),
}  # fmt: skip


class Tab(NamedTuple):
    """A kind with the number of its results, and the address of the list of them."""

    label: str | Promise
    number: int
    address: str


class Hit(NamedTuple):
    """One result of a search over several kinds, and the component that shows it."""

    kind: str
    label: str | Promise
    item: Any
    card: str


class Mixed(NamedTuple):
    """Results of several kinds: the best of them, and how many there are of each kind and in all.

    `relaxed` and `suggestion` are those of `catalog.search.service.Hits`.
    """

    hits: list[Hit]
    counts: dict[str, int]
    total: int
    relaxed: str = ""
    suggestion: str = ""


def address_of(kind: str, text: str = "") -> str:
    """Return the address of the list of a kind, searched for `text`."""
    arguments = QueryDict(mutable=True)
    if text:
        arguments["q"] = text
    address = reverse(f"{kind}-list")
    return f"{address}?{arguments.urlencode()}" if text else address


def tabs_of(counts: dict[str, int], text: str) -> list[Tab]:
    return [Tab(KINDS[kind].plural, number, address_of(kind, text)) for kind, number in counts.items()]


def search_kinds(text: str, kinds: Collection[str] = tuple(KINDS), *, limit: int = 20) -> Mixed:
    """Find the best `limit` objects of these kinds, as anybody sees them, by the index or else by the database."""
    fixed = {kind: KINDS[kind].fixed for kind in kinds}
    try:
        hits = service.search_all(text, list(kinds), filters=fixed, limit=limit)
        if limit and not hits.total:
            return _forgiving(text, kinds, limit)
    except SearchUnavailable:
        return _ask_database(text, kinds, limit)
    counts = {row["name"]: row["count"] for row in hits.facets.get("kind", []) if row["name"] != ALL}
    found = list(zip(hits.kinds, hits.ids, strict=True))
    return Mixed(_read(found, _marks(found, text)), {kind: counts.get(kind, 0) for kind in kinds}, hits.total)


def counts_elsewhere(kind: str, text: str) -> list[Tab]:
    """Return the other kinds in which `text` is found, where the index can tell."""
    others = [name for name in KINDS if name != kind]
    if not text or not service.ready():
        return []
    return [tab for tab in tabs_of(search_kinds(text, others, limit=0).counts, text) if tab.number]


def _marks(found: list[tuple[str, str]], text: str) -> Marks:
    """Return what is to be marked in the objects found; a query for each kind."""
    words = query.parse(text, synonyms=synonyms.current())
    if words is None:
        return {}
    return {kind: highlights(kind, [pk for name, pk in found if name == kind], words) for kind in dict(found)}


def _read(found: list[tuple[str, str]], marks: Marks) -> list[Hit]:
    """Return the objects found, in order, with what is marked in them; few queries for each kind."""
    items: dict[tuple[str, str], Any] = {}
    for kind in dict(found):
        ids = [pk for name, pk in found if name == kind]
        rows = KINDS[kind].rows().visible_to(AnonymousUser()).in_bulk(ids)
        for pk, row in rows.items():
            row.highlight = marks.get(kind, {}).get(pk, {})
            items[kind, pk] = row
        if kind == "dataset":
            add_formats(rows.values())
    return [
        Hit(kind, KINDS[kind].label, items[kind, pk], f"portal/components/card_{kind}.html")
        for kind, pk in found
        if (kind, pk) in items
    ]


def _forgiving(text: str, kinds: Collection[str], limit: int) -> Mixed:
    """Find what comes near where nothing has all the words: what the list of each kind would show first."""
    each = max(1, limit // len(kinds))
    page, options = service.Page(size=each), service.Options(highlights=True)
    found = {kind: service.search(kind, text, KINDS[kind].fixed, page=page, options=options) for kind in kinds}
    counts = {kind: hits.total for kind, hits in found.items()}
    if not any(counts.values()):
        search_misses.note("", text)
    pairs = [(kind, pk) for kind, hits in found.items() for pk in hits.ids]
    relaxed = next((hits.relaxed for hits in found.values() if hits.total and hits.relaxed), "")
    suggestion = next((hits.suggestion for hits in found.values() if hits.suggestion), "")
    marks = {kind: hits.highlights for kind, hits in found.items()}
    return Mixed(_read(pairs, marks), counts, sum(counts.values()), relaxed, suggestion)


def _ask_database(text: str, kinds: Collection[str], limit: int) -> Mixed:
    """Find by the database: the newest objects of each kind, as many of one as of the other."""
    counts: dict[str, int] = {}
    found: list[tuple[str, str]] = []
    for kind in kinds:
        known = KINDS[kind]
        model = known.rows().model
        listed = model._default_manager.listed_to(AnonymousUser())
        rows = known.filterset({"q": text, **known.fixed}, queryset=listed).qs
        counts[kind] = rows.count()
        found += [(kind, pk) for pk in rows.values_list("pk", flat=True)[: max(1, limit // len(kinds))]]
    return Mixed(_read(found[:limit], {}), counts, sum(counts.values()))
