"""Searching columns of large tables, and counting what is found in them."""

from collections import defaultdict
from collections.abc import Sequence

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.text import smart_split, unescape_string_literal

MOST = 1_000  # ids of another table that a search hands over


def search(rows: QuerySet, columns: Sequence[str], term: str) -> tuple[QuerySet, bool]:
    """Return the rows that hold each word of `term` in one of the columns, and whether a row may come twice.

    Django's own search, but for columns of other tables (`organization__name`): those are searched first, and their
    ids handed over. With a join in between, none of the indexes of either table would serve.
    """
    for bit in smart_split(term):
        word = unescape_string_literal(bit) if bit.startswith(('"', "'")) and bit[0] == bit[-1] else bit
        rows = rows.filter(_anywhere(rows.model, columns, word))
    return rows, any(lookup_spawns_duplicates(rows.model._meta, column) for column in columns)


def _anywhere(model: type[Model], columns: Sequence[str], word: str) -> Q:
    found, elsewhere = Q(), defaultdict(list)
    for column in columns:
        name, _sep, rest = column.partition("__")
        if model._meta.get_field(name).many_to_one and rest:
            elsewhere[name].append(rest)
        else:
            found |= _holds(column, word)
    for name, rests in elsewhere.items():
        there = Q()
        for rest in rests:
            there |= _holds(rest, word)
        related = model._meta.get_field(name).related_model._base_manager.filter(there).order_by()
        ids = list(related.values_list("pk", flat=True)[: MOST + 1])
        found |= Q(**{f"{name}__in": ids if len(ids) <= MOST else related.values("pk")})
    return found


def _holds(column: str, word: str) -> Q:
    return Q(**{column if column.endswith("__exact") else f"{column}__icontains": word})


class AtLeast(int):
    """A number of rows, and more."""

    def __str__(self) -> str:
        return f"{int(self)}+"


class CappedPaginator(Paginator):
    """Counts no further than somebody turns pages: the files of a country take a second to count."""

    MOST = 10_000  # rows

    @cached_property
    def count(self) -> int:
        """Return the number of rows, or that there are more than MOST."""
        found = self.object_list.order_by()[: self.MOST + 1].count()
        return found if found <= self.MOST else AtLeast(self.MOST)
