"""The tables inside files: rows, profile and exports, in the query form of data.gouv.fr's tabular API.

An answer is known by the version of the file and the query: what the caller has already is not computed again.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.resource import any_resource
from catalog.api.tabular_arguments import COLUMN_OPERATORS, BadQuery, read_page, read_query
from catalog.models import Resource
from catalog.models.resource import FileModel
from catalog.previews.copies import Copy, Fetching, NoCopy, local_copy
from portal.lib.api.conditional import hash_of
from portal.lib.errors import ServiceError
from portal.lib.tabular import engine

PROFILE_TTL = 7 * 24 * 3600  # seconds; the key changes with the file, so that age is only housekeeping
RETRY_SECONDS = 5
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
PYTHON_TYPES = {"float": "float", "int": "int", "bool": "bool", "json": "json", "date": "date", "datetime": "datetime"}
FAILURES: tuple[tuple[type[ServiceError], int, str], ...] = (
    (BadQuery, 400, "Invalid query string"),
    (engine.QueryRefused, 400, "Invalid query string"),
    (engine.Busy, 503, "Busy"),
    (Fetching, 503, "Busy"),
    (NoCopy, 422, "File not available"),
    (engine.Unreadable, 422, "No table"),
    (engine.TooLong, 422, "Too long"),
)


class TabularViewSet(ApiView):
    """One file that holds a table. Whoever may read the resource may read its rows."""

    queryset = Resource.objects.none()
    serializer_class = None
    filterset_class = None

    def handle_exception(self, exc: Exception) -> HttpResponseBase:
        """Say what is wrong in the dialect of that API: `{"errors": [{code, title, detail}]}`."""
        for kind, status, title in FAILURES:
            if isinstance(exc, kind):
                body = {"errors": [{"code": status, "title": title, "detail": str(exc.message)}]}
                headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}
                return JsonResponse(body, status=status, headers=headers)
        return super().handle_exception(exc)

    @extend_schema(exclude=True)
    def retrieve(self, request: Request, rid: str) -> HttpResponseBase:
        """Read where the rows and the profile of a file are."""
        found = self._table(rid)
        links = [
            {"href": address(f"tabular-{rel}", found), "type": "GET", "rel": rel}
            for rel in ("profile", "data", "swagger")
        ]
        return Response({"created_at": found.created_at, "url": found.url, "links": links})

    @extend_schema(exclude=True)
    def data(self, request: Request, rid: str) -> HttpResponseBase:
        """Read a page of rows: filtered, grouped, sorted."""
        found = self._table(rid)
        page, size = read_page(request.GET)
        query = read_query(request.GET, limit=size, offset=(page - 1) * size)

        def told(copy: Copy) -> HttpResponseBase:
            answer = engine.page(copy.path, engine.kind_of(found.format), query)
            rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
            last = page * size >= answer["total"]
            links = {
                "profile": request.build_absolute_uri(address("tabular-profile", found)),
                "swagger": request.build_absolute_uri(address("tabular-swagger", found)),
                "next": None if last else page_address(request, page + 1),
                "prev": page_address(request, page - 1) if page > 1 else None,
            }
            meta = {"page": page, "page_size": size, "total": answer["total"]}
            return JsonResponse({"data": rows, "links": links, "meta": meta})

        return answered(request, found, told)

    @extend_schema(exclude=True)
    def profile(self, request: Request, rid: str) -> HttpResponseBase:
        """Read what each column holds."""
        found = self._table(rid)
        return answered(request, found, lambda copy: JsonResponse(profile_shape(found, kept_profile(found, copy))))

    @extend_schema(exclude=True)
    def swagger(self, request: Request, rid: str) -> HttpResponseBase:
        """Read an OpenAPI document of this very table: its columns and what each may be asked."""
        found = self._table(rid)

        def told(copy: Copy) -> HttpResponseBase:
            query = engine.Query(limit=0)
            types = engine.page(copy.path, engine.kind_of(found.format), query)["types"]
            return JsonResponse(openapi_shape(found, types))

        return answered(request, found, told)

    @extend_schema(exclude=True)
    def export(self, request: Request, rid: str, file_format: str) -> HttpResponseBase:
        """Read all rows that the query asks for, as a file."""
        found = self._table(rid)
        query = read_query(request.GET)

        def told(copy: Copy) -> HttpResponseBase:
            parts = engine.export(copy.path, engine.kind_of(found.format), query, file_format)
            return attached(parts, found, file_format)

        return answered(request, found, told)

    def _table(self, rid: str) -> FileModel:
        """Return the file, which the caller may read. Raises Http404 for one that holds no table by its format."""
        found = any_resource(rid, self.request.user)
        if engine.kind_of(found.format) is None:
            raise Http404
        return found


def address(name: str, found: FileModel) -> str:
    return reverse(name, args=[found.pk])


def page_address(request: Request, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def answered(request: Request, found: FileModel, tell: Callable[[Copy], HttpResponseBase]) -> HttpResponseBase:
    """Answer from the file as it is now: 304 without a question to the table where the caller has the answer."""
    copy = local_copy(found)
    facts = f"{settings.VERSION} {copy.version} {found.format} {request.build_absolute_uri()}"
    etag = f'"{hash_of(facts.encode())}"'
    unchanged = get_conditional_response(request._request, etag=etag)
    if unchanged is not None:
        return unchanged
    response = tell(copy)
    response.headers["ETag"] = etag
    return response


def attached(parts: Iterator[bytes], found: FileModel, file_format: str) -> HttpResponse | StreamingHttpResponse:
    disposition = f'attachment; filename="{found.pk}.{file_format}"'
    headers = {"Content-Disposition": disposition}
    return StreamingHttpResponse(parts, content_type=MEDIA_TYPES[file_format], headers=headers)


def kept_profile(found: FileModel, copy: Copy) -> dict[str, Any]:
    """Return the engine's profile of the file, kept for as long as the file is the same."""
    key = f"tabular:profile:{settings.VERSION}:{copy.version}"
    kept = cache.get(key)
    if kept is None:
        kept = engine.profile(copy.path, engine.kind_of(found.format))
        cache.set(key, kept, PROFILE_TTL)
    return kept


def profile_shape(found: FileModel, told: dict[str, Any]) -> dict[str, Any]:
    """Return a profile as clients of data.gouv.fr know it, from the engine's."""
    columns, total = told["columns"], told["total"]
    return {
        "profile": {
            "header": [one["name"] for one in columns],
            "columns": {
                one["name"]: {"python_type": PYTHON_TYPES.get(one["type"], "string"), "format": one["type"]}
                for one in columns
            },
            "total_lines": total,
            "profile": {
                one["name"]: {
                    "tops": [{"count": count, "value": value} for value, count in one["top"]],
                    "nb_distinct": one["distinct"],
                    "nb_missing_values": total - one["filled"],
                    "min": one["min"],
                    "max": one["max"],
                }
                for one in columns
            },
        },
        "resource_id": str(found.pk),
    }


def openapi_shape(found: FileModel, types: dict[str, str]) -> dict[str, Any]:
    """Return the OpenAPI document of one table, from the types of its columns."""
    text = {"schema": {"type": "string"}, "in": "query", "required": False}
    arguments = [
        {"name": f"{name}__{operator}", **text} for name, kind in types.items() for operator in COLUMN_OPERATORS[kind]
    ]
    around = [{"name": name, **text} for name in ("page", "page_size", "columns")]
    formats = {f"data-{one}": MEDIA_TYPES[one] for one in engine.EXPORTS}
    paths = {
        address("tabular-data", found): operation("Read a page of rows", [*around, *arguments], "application/json"),
        address("tabular-profile", found): operation("Read what each column holds", [], "application/json"),
    }
    for name, media_type in formats.items():
        columns = [around[-1], *arguments]
        paths[address(f"tabular-{name}", found)] = operation("Read all rows as a file", columns, media_type)
    return {"openapi": "3.1.0", "info": {"title": found.title, "version": settings.VERSION}, "paths": paths}


def operation(summary: str, parameters: list[dict[str, Any]], media_type: str) -> dict[str, Any]:
    answers = {"200": {"description": summary, "content": {media_type: {}}}}
    return {"get": {"summary": summary, "parameters": parameters, "responses": answers}}
