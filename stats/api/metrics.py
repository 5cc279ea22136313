"""data.gouv.fr's metrics API: `/api/{model}/data/` and `/api/{model}/data/csv/`, with its columns and operators.

Numbers by month, and totals (`*_total`). A visit is a use of a page by people; a download, one by people or programs.
"""

import csv
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import CharField, F, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Substr
from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.api.tabular_alternatives import Group, read_alternatives
from catalog.api.tabular_arguments import BadQuery, read_page, read_query
from portal.lib.tabular.engine import Query
from stats.counters import headline
from stats.kinds import Kind, Target
from stats.models import MonthCount, OrganizationMonth

FRESH = 300  # seconds that an answer may be kept
CHUNK = 2000  # rows
SENT = 500  # lines at once
LONGEST = 200  # characters of a value


def counted(kind: Kind, target: Target | None = None, *, column: str = "target__target") -> Any:
    """Return the sum of the uses of that kind, of objects of that kind."""
    condition = headline((kind,))
    if target is not None:
        condition &= Q(**{column: target})
    return Coalesce(Sum("uses", filter=condition), Value(0))


def in_organization(kind: Kind, target: Target) -> Any:
    return counted(kind, target, column="target_kind")


DATASET_REF = Coalesce("target__parent__ref", "target__ref")
OWNER_REF = Coalesce("target__parent__organization_ref", "target__organization_ref")
VISITS, DOWNLOADS = counted(Kind.VIEW), counted(Kind.DOWNLOAD)
OUTLINKS = counted(Kind.OUTLINK)
OF_DATASETS = Q(target__target=Target.DATASET) | Q(target__parent__isnull=False)
MONTH = Substr(Cast("month", CharField()), 1, 7)


class Table:
    """One model of that API: its rows, what tells them apart (`keys`) and what is summed (`sums`)."""

    def __init__(self, rows: Any, condition: Q, keys: dict[str, Any], sums: dict[str, Any]) -> None:
        self.model, self.condition, self.keys, self.sums = rows, condition, keys, sums

    @property
    def columns(self) -> list[str]:
        return ["__id", *self.keys, *self.sums]

    def read(self, query: Query, alternatives: Iterable[Group] = ()) -> QuerySet:
        """Return the rows that are asked for, as dicts by alias. Raises BadQuery."""
        keys = {alias(name): expression for name, expression in self.keys.items()}
        sums = {alias(name): expression for name, expression in self.sums.items()}
        rows = self.model.objects.filter(self.condition).annotate(**keys)
        narrow, after = [], []
        for column, operator, value in query.filters:
            (narrow if column in self.keys else after).append(self.condition_of(column, operator, value))
        after += [self.any_of(group) for group in alternatives]
        rows = rows.filter(*narrow).order_by().values(*keys)
        rows = rows.annotate(**sums, c___id=Min("pk")).filter(*after)
        return rows.order_by(*self.order(query), *keys)

    def any_of(self, group: Group) -> Q:
        """Return a condition made of several. Raises BadQuery."""
        parts = (
            self.any_of(part) if isinstance(part, Group) else self.condition_of(part.column, part.operator, part.value)
            for part in group.parts
        )
        return reduce(or_ if group.word == "or" else and_, parts)

    def condition_of(self, column: str, operator: str, value: str) -> Q:
        """Return one filter. Raises BadQuery for an unknown column, or a value that is no number."""
        self.check(column)
        name = alias(column)
        if operator == "isnull":
            return Q(**{f"{name}__isnull": True})
        if operator == "isnotnull":
            return Q(**{f"{name}__isnull": False})
        convert = str if column in self.keys else as_number
        if operator in ("in", "notin"):
            values = [convert(one[:LONGEST]) for one in value.split(",")]
            return Q(**{f"{name}__in": values}) if operator == "in" else ~Q(**{f"{name}__in": values})
        lookup, negated = LOOKUPS[operator]
        if lookup == "icontains" and column not in self.keys:
            raise BadQuery(_("“%(name)s” is a number.") % {"name": column})
        condition = Q(**{f"{name}__{lookup}": convert(value[:LONGEST])})
        return ~condition if negated else condition

    def order(self, query: Query) -> list[str]:
        found = []
        for column, direction in query.sorts:
            self.check(column)
            if direction not in ("asc", "desc"):
                raise BadQuery(_("Rows are sorted “asc” or “desc”."))
            found.append(f"{'-' if direction == 'desc' else ''}{alias(column)}")
        return found

    def check(self, column: str) -> None:
        if column not in self.columns:
            raise BadQuery(_("There is no column “%(name)s”.") % {"name": column[:LONGEST]})


LOOKUPS = {
    "exact": ("exact", False),
    "differs": ("exact", True),
    "contains": ("icontains", False),
    "notcontains": ("icontains", True),
    "less": ("lte", False),
    "greater": ("gte", False),
    "strictly_less": ("lt", False),
    "strictly_greater": ("gt", False),
}


def alias(column: str) -> str:
    """Return the name of a column in our statements, which must not be that of a column of the table."""
    return f"c_{column}"


def as_number(text: str) -> int:
    try:
        return int(text[:18])
    except ValueError:
        raise BadQuery(_("“%(value)s” is no number.") % {"value": text}) from None


def of(target: Target) -> Q:
    return Q(target__target=target)


ORGANIZATION = {"organization_id": F("organization__ref")}
ORGANIZATION_SUMS = {
    "visit_dataset": in_organization(Kind.VIEW, Target.DATASET),
    "download_resource": in_organization(Kind.DOWNLOAD, Target.RESOURCE),
    "visit_reuse": in_organization(Kind.VIEW, Target.REUSE),
    "visit_dataservice": in_organization(Kind.VIEW, Target.DATASERVICE),
}
DATASET = {"dataset_id": DATASET_REF, "organization_id": OWNER_REF}
RESOURCE = {"resource_id": F("target__ref"), "dataset_id": F("target__parent__ref")}
REUSE, DATASERVICE = {"reuse_id": F("target__ref")}, {"dataservice_id": F("target__ref")}
MONTHLY = {"metric_month": MONTH}


def monthly(sums: dict[str, Any]) -> dict[str, Any]:
    return {f"monthly_{name}": expression for name, expression in sums.items()}


DATASET_SUMS = {"visit": counted(Kind.VIEW, Target.DATASET), "download_resource": DOWNLOADS}
SITE_SUMS = {
    "visit_dataset": counted(Kind.VIEW, Target.DATASET),
    "download_resource": counted(Kind.DOWNLOAD, Target.RESOURCE),
    "visit_reuse": counted(Kind.VIEW, Target.REUSE),
    "visit_dataservice": counted(Kind.VIEW, Target.DATASERVICE),
}
TABLES = {
    "datasets": Table(MonthCount, OF_DATASETS, DATASET | MONTHLY, monthly(DATASET_SUMS)),
    "resources": Table(MonthCount, of(Target.RESOURCE), RESOURCE | MONTHLY, monthly({"download_resource": DOWNLOADS})),
    "reuses": Table(MonthCount, of(Target.REUSE), REUSE | MONTHLY, monthly({"visit": VISITS})),
    "dataservices": Table(MonthCount, of(Target.DATASERVICE), DATASERVICE | MONTHLY, monthly({"visit": VISITS})),
    "organizations": Table(OrganizationMonth, Q(), ORGANIZATION | MONTHLY, monthly(ORGANIZATION_SUMS)),
    "site": Table(MonthCount, Q(), MONTHLY, monthly(SITE_SUMS)),
    "datasets_total": Table(MonthCount, OF_DATASETS, DATASET, DATASET_SUMS | {"outlink": OUTLINKS}),
    "resources_total": Table(MonthCount, of(Target.RESOURCE), RESOURCE, {"download_resource": DOWNLOADS}),
    "reuses_total": Table(MonthCount, of(Target.REUSE), REUSE, {"visit": VISITS, "outlink": OUTLINKS}),
    "dataservices_total": Table(MonthCount, of(Target.DATASERVICE), DATASERVICE, {"visit": VISITS}),
    "organizations_total": Table(
        OrganizationMonth,
        Q(),
        ORGANIZATION,
        ORGANIZATION_SUMS | {"outlink": in_organization(Kind.OUTLINK, Target.REUSE)},
    ),
}


@require_safe
def data(request: HttpRequest, model: str) -> HttpResponseBase:
    """Answer a page of rows: 20, at most 50."""
    table = TABLES[model]
    try:
        page, size = read_page(request.GET)
        query, alternatives = asked(request, table)
        rows = table.read(query, alternatives)
    except BadQuery as error:
        return refused(error)
    total = rows.count()
    found = [shape(row, shown(query, table)) for row in rows[(page - 1) * size : page * size]]
    around = {"next": address(request, page + 1) if page * size < total else None,
              "prev": address(request, page - 1) if page > 1 else None}  # fmt: skip
    meta = {"page": page, "page_size": size, "total": total}
    response = JsonResponse({"data": found, "links": around, "meta": meta})
    response["Cache-Control"] = f"public, max-age={FRESH}"
    return response


@require_safe
def data_csv(request: HttpRequest, model: str) -> HttpResponseBase:
    """Answer all rows as a file, read and sent piece by piece."""
    table = TABLES[model]
    try:
        query, alternatives = asked(request, table)
        rows = table.read(query, alternatives)
    except BadQuery as error:
        return refused(error)
    columns = shown(query, table)
    response = StreamingHttpResponse(lines(rows, columns), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{model}.csv"'
    response["Cache-Control"] = f"public, max-age={FRESH}"
    response["X-Accel-Buffering"] = "no"
    return response


def asked(request: HttpRequest, table: Table) -> tuple[Query, list[Group]]:
    """Return what is asked, and its alternatives, all of which hold. Raises BadQuery."""
    arguments = request.GET.copy()
    alternatives = [read_alternatives(text) for text in arguments.pop("or", [])]
    query = read_query(arguments)
    if query.groups or query.aggregates:
        raise BadQuery(_("These rows are not grouped."))
    for column in query.columns:
        table.check(column)
    return query, alternatives


def shown(query: Query, table: Table) -> list[str]:
    return list(query.columns) or table.columns


def shape(row: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    return {name: row[alias(name)] for name in columns}


class Echo(list):
    """What the CSV writer writes to: it keeps the lines until they are sent."""

    write = list.append


def lines(rows: QuerySet, columns: list[str]) -> Iterator[str]:
    """Give the lines of a file, some hundreds at a time."""
    echo = Echo()
    writer = csv.writer(echo)
    writer.writerow(columns)
    for row in rows.iterator(chunk_size=CHUNK):
        writer.writerow([row[alias(name)] for name in columns])
        if len(echo) >= SENT:
            yield "".join(echo)
            echo.clear()
    yield "".join(echo)


def address(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def refused(error: BadQuery) -> JsonResponse:
    body = {"errors": [{"code": 400, "title": "Invalid query string", "detail": str(error.message)}]}
    return JsonResponse(body, status=400)
