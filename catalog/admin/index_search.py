"""The search box of the administration: the index finds and puts in order, the database finds what the index lacks."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet, Value
from django.db.models.functions import NullIf, StrIndex
from django.http import HttpRequest

from catalog.models.base import StatefulQuerySet
from catalog.search import service
from catalog.search.service import Hits, Options, Page, SearchUnavailable
from portal.lib.ids import is_object_id

MOST = 1_000  # found by the index and handed to the database; beyond, the database searches alone
IN_ORDER = 200  # put in the order of relevance: four pages
TYPING = Options(prefix=True)


class IndexedSearch(admin.ModelAdmin):
    """Mixin before the class that searches columns: asks the index for objects of `search_kind`.

    Drafts, and what is private, archived or deleted, is not in the index: it is found in the columns as ever. So is
    all the rest where the index finds nothing as it was typed (an address, a SIRET, a piece of a word), or is missing.
    """

    search_kind = ""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        by_columns, doubled = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if "-" in term and (named := queryset.filter(slug=term.lower())).exists():  # an address: nothing else is meant
            return named, False
        hits = None if not term or is_object_id(term.lower()) else self._ask_index(term)
        if hits is None:
            return by_columns, doubled
        others = by_columns.order_by() if hits.relaxed or not hits.ids else self._not_indexed(by_columns)
        found = set(others.values_list("pk", flat=True)[: MOST + 1])
        if len(found) > MOST:
            return by_columns, doubled
        best = [] if hits.relaxed == "words" and found else hits.ids
        rows = queryset.filter(pk__listed=found.union(best))
        return (rows if ORDER_VAR in request.GET else _best_first(rows, best)), False

    def _ask_index(self, term: str) -> Hits | None:
        """Return what the index finds; None if it is missing, or that is too much."""
        try:
            hits = service.search(self.search_kind, term, page=Page(size=MOST, deepest=MOST), options=TYPING)
        except SearchUnavailable:
            return None
        return hits if hits.total <= MOST else None

    def _not_indexed(self, rows: QuerySet) -> QuerySet:
        if isinstance(rows, StatefulQuerySet):  # an index of few rows serves: see `dataset_unlisted`
            return rows.order_by().unlisted()
        listed: Any = self.model._default_manager
        return rows.order_by().exclude(pk__in=listed.listed_to(AnonymousUser()).order_by().values("pk"))


def _best_first(rows: QuerySet, best: list[str]) -> QuerySet:
    """Put the first results first, and the others after them in the order that `rows` have."""
    if not best:
        return rows
    place = NullIf(StrIndex(Value(" ".join(best[:IN_ORDER])), F("pk")), Value(0))  # ids are all of one length
    usual = rows.query.order_by or rows.model._meta.ordering
    return rows.order_by(place.asc(nulls_last=True), *usual)
