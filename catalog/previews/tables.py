"""The rows of a table in a file, as a page shows them: a page of them, in an order, perhaps those that hold a text."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.models.resource import FileModel
from catalog.previews.copies import Copy, copy_at_hand, local_copy
from portal.lib.api.conditional import hash_of
from portal.lib.errors import ServiceError
from portal.lib.paging import FoundPaginator, RowPage
from portal.lib.tabular import engine

ROWS = 20  # of a page
KEPT = 24 * 3600  # seconds; the key changes with the file, so that age is only housekeeping
NUMBER = "__id"  # the engine's column with the number of a row
LONGEST = 200  # characters of a cell
LAST_PAGE = 10**9


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `direction` is "asc" or "desc" where the rows are in its order."""

    name: str
    type: str
    direction: str = ""

    @property
    def is_number(self) -> bool:
        """Whether its values are set to the right."""
        return self.type in ("int", "float")


class Cell(NamedTuple):
    """A value as a text; numbers are set to the right."""

    text: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of a table; its rows are lists of cells. The links of `page` keep what is asked of the table."""

    columns: list[Column]
    page: RowPage


class NoSuchPage(ServiceError):
    """The address asks for what no page shows."""


def is_table(found: FileModel) -> bool:
    """Tell whether the file may hold a table, by its format."""
    return engine.kind_of(found.format) is not None


def shown(found: FileModel, arguments: QueryDict, *, fetch: bool) -> Shown | None:
    """Return the page of the table that the address asks for, or None where the file is not at hand and not to be
    fetched. `sort` is a column, with `-` before it from the largest; `column` and `contains` go together.

    Raises ServiceError: the file cannot be had or is no table, there is no such column, it took too long, others wait.
    """
    copy = local_copy(found) if fetch else copy_at_hand(found)
    if copy is None:
        return None
    number = _number(arguments.get("page", "1"))
    kept = QueryDict("table=1", mutable=True)
    kept.update({name: arguments[name] for name in ("sort", "column", "contains") if arguments.get(name)})
    query = _query(number, kept)
    told = _page(copy, engine.kind_of(found.format) or "", query)
    if number > 1 and not told["rows"]:
        raise NoSuchPage(_("There is no such page."))
    direction = dict(query.sorts)
    columns = [Column(name, told["types"].get(name, ""), direction.get(name, "")) for name in told["columns"]]
    places = [place for place, column in enumerate(columns) if column.name != NUMBER]
    rows = [[Cell(_text(row[place]), columns[place].is_number) for place in places] for row in told["rows"]]
    pages = FoundPaginator(told["total"], told["total"], ROWS)
    return Shown([columns[place] for place in places], RowPage(rows, number, pages, kept))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12] or 0) <= LAST_PAGE):
        raise NoSuchPage(_("There is no such page."))
    return int(text[:12])


def _query(number: int, kept: QueryDict) -> engine.Query:
    sort = kept.get("sort", "")
    filters = ((kept["column"], "contains", kept["contains"]),) if {"column", "contains"} <= kept.keys() else ()
    sorts = ((sort.removeprefix("-"), "desc" if sort.startswith("-") else "asc"),) if sort else ()
    return engine.Query(filters=filters, sorts=sorts, limit=ROWS, offset=(number - 1) * ROWS)


def _page(copy: Copy, kind: str, query: engine.Query) -> dict[str, Any]:
    key = f"table:{settings.VERSION}:{hash_of(f'{copy.version} {kind} {query}'.encode())}"
    told = cache.get(key)
    if told is None:
        told = engine.page(copy.path, kind, query)
        cache.set(key, told, KEPT)
    return told


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
