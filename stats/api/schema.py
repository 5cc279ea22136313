"""The OpenAPI document of the statistics: written from the tables that answer, so that it can't tell another story."""

from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stats.api import metrics
from stats.api.series import AGENTS, CHANNELS, KINDS, MAX_PAGE, PAGE, TARGETS
from stats.kinds import Target
from stats.series import COLUMNS, GRANULARITIES

DESCRIPTION = """\
The audience of the portal and of its objects: by hour, day or month under `/api/stats/1/`, and by month in the form of
data.gouv.fr's metrics API under `/api/{model}/data/`. How it is counted: `/statistiques/methode/`.
"""
CACHE_CONTROL = "public, max-age=3600"
MAX_ROWS = 50  # of a page of the metrics form
OPERATORS = (*metrics.LOOKUPS, "in", "notin", "isnull", "isnotnull", "sort")


def argument(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema or {"type": "string"}}


SERIES_ARGUMENTS = [
    argument("granularity", "The length of a period.", type="string", enum=[*GRANULARITIES], default="month"),
    argument("from", "The first day, or month.", type="string", examples=["2026-01", "2026-01-31"]),
    argument("to", "The last day, or month; today by default.", type="string"),
    argument("agent", f"Who came, separated by commas: {', '.join(AGENTS)}."),
    argument("channel", f"The way in, separated by commas: {', '.join(CHANNELS)}."),
    argument("page_size", "Periods in an answer.", type="integer", minimum=1, maximum=MAX_PAGE, default=PAGE),
    argument("cursor", "Where the next answer begins: taken from `next_page`."),
    argument("format", "`csv` for a file with all periods.", type="string", enum=["csv", "json"]),
]
ROWS_ARGUMENTS = [
    argument("page", "From 1 on.", type="integer", minimum=1, default=1),
    argument("page_size", "Rows in an answer.", type="integer", minimum=1, maximum=MAX_ROWS, default=20),
    argument("columns", "The columns wanted, separated by commas."),
    argument("or", "Conditions of which one must hold: `(dataset_id__exact.1,and(monthly_visit__less.9,…))`."),
]


def numbers(names: Any) -> dict[str, Any]:
    return {name: {"type": "integer", "minimum": 0} for name in names}


def operation(name: str, summary: str, parameters: list[Any], answers: dict[str, Any]) -> dict[str, Any]:
    content = {kind: {"schema": schema} for kind, schema in answers.items()}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": {"description": "What was counted.", "content": content},
                "400": {"description": "An argument can't be used; the body says which and why."},
                "404": {"description": "There is no such object, or the caller may not know of it."},
            },
        }
    }


def series_of(target: Target) -> dict[str, Any]:
    """Return the form of an answer about an object of that kind."""
    point = {"type": "object", "required": ["period"], "properties": {"period": {"type": "string"}}}
    point["properties"] |= numbers([*COLUMNS[target], *(["visitors"] if target == Target.SITE else [])])
    return {
        "type": "object",
        "required": ["object", "granularity", "counted_at", "data", "next_page"],
        "properties": {
            "object": {
                "type": "object",
                "properties": {"class": {"type": "string"}, "id": {"type": ["string", "null"]},
                               "page": {"type": "string", "format": "uri"}},
            },
            "granularity": {"type": "string", "enum": [*GRANULARITIES]},
            "counted_at": {"type": ["string", "null"], "format": "date-time"},
            "data": {"type": "array", "items": point},
            "next_page": {"type": ["string", "null"], "format": "uri"},
        },
    }  # fmt: skip


def rows_of(table: metrics.Table) -> dict[str, Any]:
    """Return the form of a page of rows of the metrics form."""
    row = {name: {"type": ["string", "null"]} for name in table.keys}
    return {
        "type": "object",
        "required": ["data", "links", "meta"],
        "properties": {
            "data": {
                "type": "array",
                "items": {"type": "object", "properties": numbers(["__id"]) | row | numbers(table.sums)},
            },
            "links": {
                "type": "object",
                "properties": {name: {"type": ["string", "null"], "format": "uri"} for name in ("next", "prev")},
            },
            "meta": {"type": "object", "properties": numbers(["page", "page_size", "total"])},
        },
    }


def series_paths() -> dict[str, Any]:
    csv = {"type": "string"}
    paths = {
        "/api/stats/1/site/": operation(
            "read_site_statistics", "The audience of the portal.", SERIES_ARGUMENTS,
            {"application/json": series_of(Target.SITE), "text/csv": csv},
        )
    }  # fmt: skip
    key = {
        "name": "key", "in": "path", "required": True, "description": "Id or slug of the object.",
        "schema": {"type": "string"},
    }  # fmt: skip
    for kind in KINDS:
        target = TARGETS[kind][0] if kind in TARGETS else Target.RESOURCE
        answers = {"application/json": series_of(target), "text/csv": csv}
        summary = f"The audience of one of the {kind}."
        paths[f"/api/stats/1/{kind}/{{key}}/"] = operation(
            f"read_{kind}_statistics", summary, [key, *SERIES_ARGUMENTS], answers
        )
    return paths


def rows_paths() -> dict[str, Any]:
    paths = {}
    for model, table in metrics.TABLES.items():
        filters = [
            argument(f"{name}__{{operator}}", f"A filter or the order; operators: {', '.join(OPERATORS)}.")
            for name in table.columns
        ]
        arguments = [*ROWS_ARGUMENTS, *filters]
        paths[f"/api/{model}/data/"] = operation(
            f"list_{model}_metrics", f"A page of {model}.", arguments, {"application/json": rows_of(table)}
        )
        paths[f"/api/{model}/data/csv/"] = operation(
            f"download_{model}_metrics", f"All rows of {model}.", arguments[2:], {"text/csv": {"type": "string"}}
        )
    return paths


@cache
def document() -> bytes:
    """Return the OpenAPI document as JSON, made once a process."""
    info = {"title": "Open data portal, statistics", "version": "1.0", "description": DESCRIPTION}
    return orjson.dumps({"openapi": "3.1.0", "info": info, "paths": series_paths() | rows_paths()})


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI document of the statistics."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": CACHE_CONTROL}
    return HttpResponse(document(), content_type="application/json", headers=headers)
