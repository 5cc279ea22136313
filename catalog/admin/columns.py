"""Searching columns of large tables, and turning and counting the pages of what is found in them."""

from collections import defaultdict
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import smart_split, unescape_string_literal

MOST = 1_000  # ids, of rows found or of another table, that a search hands over


def search(rows: QuerySet, columns: Sequence[str], term: str) -> tuple[QuerySet, bool]:
    """Return the rows that hold each word of `term` in one of the columns, and whether a row may come twice.

    What Django's own search finds, asked so that indexes serve. Columns of other tables (`organization__name`) are
    searched first, and their ids handed over: no index serves a join. Then each column is searched for itself: a
    planner takes no index where one of several conditions may hold, and misjudges how many rows do. Where these are
    few, their ids are handed over; where there are many, any order of the list soon comes upon them.
    """
    for bit in smart_split(term) if columns else ():
        word = unescape_string_literal(bit) if bit.startswith(('"', "'")) and bit[0] == bit[-1] else bit
        conditions = _conditions(rows.model, columns, word)
        one, *others = (rows.model._base_manager.filter(one).order_by().values_list("pk") for one in conditions)
        limit = MOST * len(conditions)  # a row may be found by each
        ids = [pk for (pk,) in one.union(*others, all=True)[: limit + 1]]
        rows = rows.filter(pk__listed=set(ids)) if len(ids) <= limit else rows.filter(reduce(or_, conditions))
    return rows, any(lookup_spawns_duplicates(rows.model._meta, column) for column in columns)


def _conditions(model: type[Model], columns: Sequence[str], word: str) -> list[Q]:
    """Return the conditions of which one holds for the rows that have the word."""
    found, elsewhere = [], defaultdict(list)
    for column in columns:
        name, _sep, rest = column.partition("__")
        if model._meta.get_field(name).many_to_one and rest:
            elsewhere[name].append(rest)
        else:
            found.append(_holds(column, word))
    for name, rests in elsewhere.items():
        there = Q()
        for rest in rests:
            there |= _holds(rest, word)
        related = model._meta.get_field(name).related_model._base_manager.filter(there).order_by()
        ids = list(related.values_list("pk", flat=True)[: MOST + 1])
        if ids or not found:
            found.append(Q(**{f"{name}__in": ids if len(ids) <= MOST else related.values("pk")}))
    return found


def _holds(column: str, word: str) -> Q:
    return Q(**{column if column.endswith("__exact") else f"{column}__icontains": word})


class AtLeast(int):
    """A number of rows, and more."""

    def __str__(self) -> str:
        return f"{int(self)}+"


class NarrowChangeList(ChangeList):
    """Finds the ids of a page first: neither wide columns nor the tables that rows are shown with are sorted along."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.result_list.query.is_sliced:
            ids = list(self.result_list.values_list("pk", flat=True))
            rows = self.root_queryset.filter(pk__listed=ids).order_by(*self.queryset.query.order_by)
            self.result_list = rows if rows.query.select_related else self.apply_select_related(rows)


class CappedPaginator(Paginator):
    """Counts no further than somebody turns pages: the files of a country take a second to count."""

    MOST = 10_000  # rows

    @cached_property
    def count(self) -> int:
        """Return the number of rows, or that there are more than MOST."""
        found = self.object_list.order_by()[: self.MOST + 1].count()
        return found if found <= self.MOST else AtLeast(self.MOST)


class FoundPaginator(CappedPaginator):
    """Counts what a search finds as far as the search itself does."""

    MOST = MOST
