"""udata's envelope: `{data, page, page_size, total, next_page, previous_page}`, links absolute."""

from math import ceil
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


def links(
    request: HttpRequest, page: Page, total: int, *, deepest: int | None = None, cursor: str = ""
) -> dict[str, str | None]:
    """Return `next_page` and `previous_page`, which keep the other arguments of the query.

    Where pages reach the `deepest` row alone, the next one beyond it is linked with the `cursor`, if there is one.
    The same links, with the first and last pages, are left on the request for the `Link` header.
    """
    others = [(key, value) for key, values in request.GET.lists() for value in values]
    kept = [(key, value) for key, value in others if key not in {"page", "page_size", "cursor"}]

    def link(number: int, cursor: str = "") -> str | None:
        if deepest is not None and number * page.size > deepest and not cursor:
            return None
        after = [("cursor", cursor)] if cursor else []
        query = urlencode([*kept, ("page", number), ("page_size", page.size), *after])
        return f"{settings.SITE_URL}{request.path}?{query}"

    last = max(1, ceil(total / page.size))
    beyond = cursor if deepest is not None and (page.number + 1) * page.size > deepest else ""
    following = link(page.number + 1, beyond) if page.number < last else None
    previous = link(page.number - 1) if page.number > 1 else None
    relations = {"next": following, "prev": previous, "first": link(1), "last": link(last)}
    plain: Any = getattr(request, "_request", request)
    plain.page_links = {relation: url for relation, url in relations.items() if url}
    return {"next_page": following, "previous_page": previous}


def envelope(request: HttpRequest, page: Page, total: int, **more: Any) -> dict[str, Any]:
    """Return the keys that stand around `data`; `more` is of `links`."""
    around = {"page": page.number, "page_size": page.size, "total": total}
    return {**around, **links(request, page, total, **more)}


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
        return Response({"data": data, **envelope(self.request, self.page, self.total)})

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
                "name": "page_size", "in": "query",
                "description": f"{HELP['page_size']} ({MAX_PAGE_SIZE} at most: a larger one is cut to that)",
                "schema": {"type": "integer", "minimum": 1, "default": size},
            },
        ]  # fmt: skip
