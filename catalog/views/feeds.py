"""Atom feeds of the lists: `/datasets/recent.atom` takes the arguments of `/datasets/`, so that a search has its feed.

They show what everybody may list, whoever asks.
"""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.generic import View

from catalog.feeds import FEEDS
from catalog.filters.base import FilterSet
from catalog.views import guard
from catalog.views.listing import TOO_MUCH, ListPage, problems_of, with_query
from portal.lib.api.conditional import hash_of
from portal.lib.errors import LoginRequired

MAX_AGE = 300  # seconds


class ListFeed(View):
    """The feed of one list page, the newest first whatever the sort."""

    page: type[ListPage] = ListPage

    def get(self, request: HttpRequest) -> HttpResponse:
        page = self.page(request=request)
        arguments = guard.known_arguments(request, page.names(), page.repeated())
        arguments.pop("sort", None)
        if guard.too_much(arguments):
            return refusal(str(TOO_MUCH), 400)
        refused = guard.refused(request) if arguments else None
        if refused is not None:
            return refused
        return self._answer(page, arguments)

    def _answer(self, page: ListPage, arguments: QueryDict) -> HttpResponse:
        feed = FEEDS[page.model]
        data = arguments.copy()
        data.update(page.fixed)
        listed = page.model._default_manager.listed_to(AnonymousUser())
        filterset: FilterSet = page.filterset_class(data, queryset=feed.rows(listed), request=self.request)
        if not filterset.is_valid():
            return refusal("\n".join(problems_of(filterset)), 400)
        list_address = with_query(reverse(f"{page.filterset_class.search_kind}-list"), arguments)
        try:
            answer = feed.answer(filterset.qs, address=with_query(self.request.path, arguments), page=list_address)
        except LoginRequired as error:
            return refusal(str(error.message), 403)
        return conditional(self.request, answer)


def refusal(text: str, status: int) -> HttpResponse:
    """Return an error that a program may show."""
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


def conditional(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Let readers keep an answer for everybody for MAX_AGE, and ask then whether it changed."""
    etag = f'"{hash_of(answer.content)}"'
    found = get_conditional_response(request, etag=etag) or answer
    found["ETag"] = etag
    found["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return found
