"""udata's envelope: `{data, page, page_size, total, next_page, previous_page}`, links absolute."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from portal.lib.api.errors import BadArguments

MAX_PAGE_SIZE = 1000  # rows; a larger size is answered with this many, and a `next_page`
MAX_PAGE = 10_000_000
HELP = {"page": "The page to fetch", "page_size": "The page size to fetch"}


class Page(NamedTuple):
    """Which page a client asks for."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


def read_page(request: HttpRequest, *, default_size: int = 20) -> Page:
    """Return the page asked for. Raises BadArguments unless `page` and `page_size` are positive integers."""
    errors: dict[str, str] = {}
    values = {}
    for name, default in [("page", 1), ("page_size", default_size)]:
        text = request.GET.get(name)
        values[name] = default
        if text is None:
            continue
        if not (text.isascii() and text.isdigit() and int(text[:20]) > 0):
            errors[name] = f"{HELP[name]} Invalid {name}: {text}. {name} must be a positive integer"
        else:
            values[name] = int(text[:20])
    if errors:
        raise BadArguments(errors)
    return Page(min(values["page"], MAX_PAGE), min(values["page_size"], MAX_PAGE_SIZE))


def links(request: HttpRequest, page: Page, total: int) -> dict[str, str | None]:
    """Return `next_page` and `previous_page`, which keep the other arguments of the query."""

    def link(number: int) -> str:
        others = [(key, value) for key, values in request.GET.lists() for value in values]
        kept = [(key, value) for key, value in others if key not in {"page", "page_size"}]
        query = urlencode([*kept, ("page", number), ("page_size", page.size)])
        return f"{settings.SITE_URL}{request.path}?{query}"

    has_next = page.number * page.size < total
    return {
        "next_page": link(page.number + 1) if has_next else None,
        "previous_page": link(page.number - 1) if page.number > 1 else None,
    }


def check_range(page: Page, total: int) -> None:
    """Raise Http404 for a page beyond the end (the first page of nothing is empty)."""
    if page.number > 1 and page.offset >= total:
        raise Http404


class Pagination(BasePagination):
    """Cuts a queryset; ids are found first, so that a deep page never carries wide rows along."""

    page_size = 20

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        self.request = request
        self.page = read_page(request, default_size=getattr(view, "page_size", self.page_size))
        self.total = queryset.count() if isinstance(queryset, QuerySet) else len(queryset)
        check_range(self.page, self.total)
        end = self.page.offset + self.page.size
        if not isinstance(queryset, QuerySet):
            return list(queryset[self.page.offset : end])
        ids = list(queryset.values_list("pk", flat=True)[self.page.offset : end])
        found = queryset.model._base_manager.filter(pk__in=ids)
        found.query.select_related = queryset.query.select_related
        found._prefetch_related_lookups = queryset._prefetch_related_lookups
        by_id = found.in_bulk(ids)
        return [by_id[pk] for pk in ids if pk in by_id]

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "data": data,
                "page": self.page.number,
                "page_size": self.page.size,
                "total": self.total,
                **links(self.request, self.page, self.total),
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["data", "page", "page_size", "total", "next_page", "previous_page"],
            "properties": {
                "data": schema,
                "page": {"type": "integer", "minimum": 1, "examples": [1]},
                "page_size": {"type": "integer", "minimum": 1, "examples": [20]},
                "total": {"type": "integer", "minimum": 0, "examples": [75000]},
                "next_page": link,
                "previous_page": link,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = getattr(view, "page_size", self.page_size)
        return [
            {
                "name": "page", "in": "query", "description": HELP["page"],
                "schema": {"type": "integer", "minimum": 1, "default": 1},
            },
            {
                "name": "page_size", "in": "query", "description": HELP["page_size"],
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": size},
            },
        ]  # fmt: skip
