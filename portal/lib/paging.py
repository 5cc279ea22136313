"""Pages of rows: the ids of a page are found first, so that a deep page never carries wide rows along."""

from math import ceil
from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.utils.functional import cached_property

PAGE_SIZE = 20  # rows


class RowPage(Page):
    """A page of rows, with the numbers to link to; the links keep the arguments of `query`."""

    def __init__(self, rows: Any, number: int, paginator: Paginator, query: QueryDict) -> None:
        super().__init__(rows, number, paginator)
        self.query = query

    @cached_property
    def links(self) -> list[int | str]:
        """The first, the last and the neighbouring numbers; `Paginator.ELLIPSIS` stands for those left out."""
        return list(self.paginator.get_elided_page_range(self.number, on_each_side=2, on_ends=1))


class RowPaginator(Paginator):
    """Cuts `wanted` (filtered and sorted) by its ids; `rows` says how to read the rows of one page.

    Without `rows`, `wanted` is read as it is: for few rows, one query is less than two.
    """

    def __init__(self, wanted: QuerySet, rows: QuerySet | None, query: QueryDict, per_page: int = PAGE_SIZE) -> None:
        super().__init__(wanted, per_page)
        self.rows = rows
        self.query = query

    def page(self, number: Any) -> RowPage:
        """Return the page of that number. Raises InvalidPage."""
        valid = self.validate_number(number)
        start = (valid - 1) * self.per_page
        if self.rows is None:
            return RowPage(list(self.object_list[start : start + self.per_page]), valid, self, self.query)
        ids = list(self.object_list.values_list("pk", flat=True)[start : start + self.per_page])
        found = self.rows.in_bulk(ids)
        return RowPage([found[pk] for pk in ids if pk in found], valid, self, self.query)


class FoundPaginator(Paginator):
    """Pages of what was found elsewhere: `count` is all of it, the pages reach the first `deepest`."""

    def __init__(self, total: int, deepest: int, per_page: int = PAGE_SIZE) -> None:
        super().__init__(range(total), per_page)
        self.deepest = deepest

    @cached_property
    def num_pages(self) -> int:
        """How many pages can be asked for; an empty list has one."""
        return max(1, ceil(min(self.count, self.deepest) / self.per_page))

    @property
    def is_cut(self) -> bool:
        """Whether more was found than the pages reach."""
        return self.count > self.deepest


def page_number(request: HttpRequest) -> int:
    """Return the query argument `page` (1 without it). Raises Http404 unless it is a positive number."""
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0):
        raise Http404
    return int(text[:9])


def page_of(request: HttpRequest, wanted: QuerySet, rows: QuerySet | None, *, size: int = PAGE_SIZE) -> RowPage:
    """Return the page that the query argument `page` asks for, of a RowPaginator.

    Raises Http404 for one that does not exist.
    """
    try:
        return RowPaginator(wanted, rows, request.GET, size).page(page_number(request))
    except InvalidPage as error:
        raise Http404 from error
