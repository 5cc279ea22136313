"""The search over all kinds of objects: the best results, and how many each list has."""

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse, QueryDict

from catalog.views import guard
from catalog.views.guard import GuardedPage
from catalog.views.kinds import KINDS, search_kinds, tabs_of
from catalog.views.listing import TOO_MUCH

BEST = 20  # results on the page


class SearchPage(GuardedPage):
    """One page of results, at `?q=`; each kind's own list has all of them, and its filters."""

    template_name = "portal/search.html"
    paged = False

    def names(self) -> Collection[str]:
        return ["q"]

    def answer(self, arguments: QueryDict, number: int) -> HttpResponse:
        too_much = guard.too_much(arguments)
        context = {"tabs": [], "problems": [TOO_MUCH]} if too_much else self._results(arguments.get("q", ""))
        links = guard.links_of(self.request, arguments)
        context = self.get_context_data(links=links, noindex=bool(arguments), **context)
        response = self.render_to_response(context, status=400 if too_much else 200)
        return guard.unindexed(response) if arguments else response

    def _results(self, text: str) -> dict[str, Any]:
        if not text:
            return {"q": "", "tabs": tabs_of(dict.fromkeys(KINDS, 0), "")}
        found = search_kinds(text, limit=BEST)
        return {"q": text, "found": found, "tabs": tabs_of(found.counts, text)}
