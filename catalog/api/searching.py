"""Lists by text and the search routes: pages of ids from the search index, or from the database, become answers."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.filters.found import NOWHERE, find
from catalog.search import service
from catalog.search.service import DEEPEST, Hits, Options, SearchUnavailable
from catalog.search.service import Page as SearchPage
from portal.lib.api.errors import BadArguments
from portal.lib.api.filters import raise_for
from portal.lib.api.pagination import Page, Pagination, check_range, envelope, read_page
from portal.lib.errors import ServiceError


class SearchMixin(ApiView):
    """Pages of what a text finds. `searches`: the view is a search route, with facets, over what is for everybody."""

    searches = False

    def asks_text(self) -> bool:
        """Tell whether the search index has a say in the answer."""
        return self.searches or bool(self.request.GET.get("q", "").strip())

    def search(self, rows: QuerySet, within: Mapping[str, Any] = NOWHERE) -> tuple[Page, Hits]:
        """Return the page asked for, and what it finds among `rows`: all that the caller may find here.

        `within` are arguments by which `rows` were selected from the list of the kind. Raises BadArguments or
        BadRequest for bad arguments, and Http404 beyond the end.
        """
        filterset = self.filterset_class(self.request.GET, queryset=rows, request=self.request)
        if not filterset.is_valid():
            raise_for(filterset)
        page = read_page(self.request)
        drafts = self.request.user.is_authenticated and not self.searches
        wanted = SearchPage(page.number, page.size, self.request.GET.get("cursor", ""))
        try:
            found = find(filterset, wanted, Options(facets=self.searches), drafts=drafts, within=within)
        except ServiceError as error:
            raise BadArguments({error.field or "page": str(error.message)}) from error
        check_range(page, found.total)
        return page, found

    def around(self, page: Page, found: Hits) -> dict[str, Any]:
        """Return the keys that stand around `data`."""
        deepest = DEEPEST if found.indexed else None
        keys = envelope(self.request, page, found.total, deepest=deepest, cursor=found.next_cursor)
        return {**keys, "facets": found.facets} if self.searches else keys

    def rows_of_page(self, rows: QuerySet) -> list[Any]:
        """Return those of `rows` that are on the page asked for; `get_paginated_response` then knows the page."""
        if not self.asks_text():
            return self.paginate_queryset(self.filter_queryset(rows))
        self.found = self.search(rows)
        ids = self.found[1].ids
        by_id = rows.in_bulk(ids)
        return [by_id[pk] for pk in ids if pk in by_id]  # the index may be a moment behind

    def get_paginated_response(self, data: Any) -> Response:
        if not self.asks_text():
            return super().get_paginated_response(data)
        return Response({"data": data, **self.around(*self.found)})


class SearchPagination(Pagination):
    """What the document of the API says of a search route's pages."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        count = {"name": {"type": "string"}, "count": {"type": "integer", "minimum": 0}}
        bucket = {"type": "object", "required": [*count], "properties": count}
        facets = {
            "type": "object",
            "description": "By the name of a facet: `all`, then its 50 commonest values. Each is counted with all "
            "filters applied but its own. Empty while there is no search index.",
            "additionalProperties": {"type": "array", "items": bucket},
        }
        required = [*described["required"], "facets"]
        return {**described, "required": required, "properties": {**described["properties"], "facets": facets}}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = {
            "name": "cursor", "in": "query", "schema": {"type": "string"},
            "description": f"Goes on beyond the {DEEPEST}th result; `next_page` holds it where it is needed",
        }  # fmt: skip
        return [*super().get_schema_operation_parameters(view), cursor]


class SearchRouteMixin(SearchMixin):
    """A search route: facets, over what is for everybody."""

    searches = True
    pagination_class = SearchPagination


def index_state() -> str:
    """Return a mark of what the search index holds, for the keys of kept answers."""
    try:
        return service.state()
    except SearchUnavailable:
        return ""
