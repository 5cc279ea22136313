"""The query string of the tabular API: `column__operator=value`, `columns`, `page`, `page_size`."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.lib.errors import ServiceError
from portal.lib.tabular.engine import Query

PAGE_SIZE, MAX_PAGE_SIZE = 20, 50
MAX_ROW = 10**12
MAX_ARGUMENTS = 100
AROUND = frozenset(["page", "page_size", "columns"])
AGGREGATES = ("count", "avg", "min", "max", "sum")
EMPTINESS = ("isnull", "isnotnull")
SAMENESS = ("exact", "differs", "in", "notin")
ORDER = ("less", "greater", "strictly_less", "strictly_greater")
WORDS = ("contains", "notcontains")
FILTERS = frozenset([*EMPTINESS, *SAMENESS, *ORDER, *WORDS])
OPERATORS = FILTERS.union(AGGREGATES, ["sort", "groupby"])
COMPARABLE = (*EMPTINESS, *SAMENESS, *ORDER, "sort", "groupby", "count", "min", "max")
# What a column of each type may be asked.
COLUMN_OPERATORS = {
    "bool": (*EMPTINESS, *SAMENESS, "sort", "groupby", "count"),
    "int": (*COMPARABLE, "avg", "sum"),
    "float": (*COMPARABLE, "avg", "sum"),
    "date": COMPARABLE,
    "datetime": COMPARABLE,
    "string": (*COMPARABLE, *WORDS),
    "json": EMPTINESS,
}


class BadQuery(ServiceError):
    """The query string cannot be read: the message says why."""


def read_page(arguments: QueryDict) -> tuple[int, int]:
    """Return the number of the page, from 1, and its size. Raises BadQuery."""
    page = _number(arguments.get("page", "1"), "page")
    size = _number(arguments.get("page_size", str(PAGE_SIZE)), "page_size")
    if size > MAX_PAGE_SIZE:
        raise BadQuery(_("A page has at most %(size)s rows.") % {"size": MAX_PAGE_SIZE})
    if page * size > MAX_ROW:
        raise BadQuery(_("There is no such page."))
    return page, size


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 13 and int(text)):
        raise BadQuery(_("“%(name)s” is a whole number from 1 on.") % {"name": name})
    return int(text)


def read_query(arguments: QueryDict, *, limit: int = PAGE_SIZE, offset: int = 0) -> Query:
    """Return what is asked of the table. Raises BadQuery for what is no question."""
    if len(arguments) > MAX_ARGUMENTS:
        raise BadQuery(_("There are too many arguments."))
    asked = [(*_taken_apart(name), value) for name, value in arguments.items() if name not in AROUND]
    query = Query(
        columns=tuple(one for one in arguments.get("columns", "").split(",") if one),
        filters=tuple((column, operator, value) for column, operator, value in asked if operator in FILTERS),
        sorts=tuple((column, value) for column, operator, value in asked if operator == "sort"),
        groups=tuple(column for column, operator, _value in asked if operator == "groupby"),
        aggregates=tuple((column, operator) for column, operator, _value in asked if operator in AGGREGATES),
        limit=limit,
        offset=offset,
    )
    if query.columns and (query.groups or query.aggregates):
        raise BadQuery(_("Columns and aggregates exclude each other."))
    return query


def _taken_apart(argument: str) -> tuple[str, str]:
    """Return the column and the operator of an argument. A column's name may itself have two underscores."""
    column, _mark, operator = argument.rpartition("__")
    if not column:
        raise BadQuery(_("“%(name)s” is no argument.") % {"name": argument})
    if operator not in OPERATORS:
        raise BadQuery(_("“%(name)s” is no operator.") % {"name": operator})
    return column, operator
