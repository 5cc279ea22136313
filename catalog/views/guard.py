"""What keeps visitors, and robots above all, from costing much: kept answers, a rate for searches, bounded arguments.

A list or a search costs the same whatever is asked: facets are counted by the index, pages reach the 10,000th result,
arguments that no filter knows are dropped. What remains to bound is how many combinations one client asks for.
"""

from collections.abc import Collection
from math import ceil

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.generic import TemplateView
from redis.exceptions import RedisError

from catalog.models import Change, Site
from catalog.models.site import is_noticed
from catalog.search import service
from catalog.search.service import SearchUnavailable
from portal.lib.api.conditional import hash_of
from portal.lib.api.throttling import count
from portal.lib.clients import network_of
from portal.lib.paging import page_number

MAX_AGE = 60  # seconds that a page may be shown without asking again
MOST_VALUES = 30  # of all filters together
MOST_LETTERS = 300  # of one value
RATE = "searches"


def known_arguments(request: HttpRequest, names: Collection[str], repeated: Collection[str] = ()) -> QueryDict:
    """Return the arguments of these names that say something: what an answer depends on.

    Of a name that is not among the `repeated` ones the last value counts; of the others each, once.
    """
    known = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        said = list(dict.fromkeys(value for value in values if value.strip())) if name in names else []
        if said:
            known.setlist(name, said if name in repeated else said[-1:])
    return known


class GuardedPage(TemplateView):
    """A page that answers by some arguments alone: `names`, of which the `repeated` ones may have several values.

    Arguments without a value, as a form without script sends them, lead to the address without them.
    """

    paged = True
    kept = True  # whether the answer changes with the catalogue and the index alone, so that clients may keep it

    def names(self) -> Collection[str]:
        raise NotImplementedError

    def repeated(self) -> Collection[str]:
        return ()

    def answer(self, arguments: QueryDict, number: int) -> HttpResponse:
        """Return the page of that number for these arguments."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        arguments = known_arguments(request, self.names(), self.repeated())
        if says_nothing(request, self.names()):
            return HttpResponseRedirect(address(request, arguments))
        number = page_number(request) if self.paged else 1
        keeps = self.kept and is_anonymous(request) and not settings.DEBUG
        etag = etag_of(request, arguments, number) if keeps else ""
        kept = unchanged(request, etag) if etag else None
        if kept is not None:
            return kept
        refusal = refused(request) if arguments or number > 1 else None
        if refusal is not None:
            return refusal
        response = self.answer(arguments, number)
        return keep(response, etag) if etag and response.status_code == 200 else response


def address(request: HttpRequest, arguments: QueryDict) -> str:
    """Return the address of this page with these arguments alone."""
    return f"{request.path}?{arguments.urlencode()}" if arguments else request.path


def says_nothing(request: HttpRequest, names: Collection[str]) -> bool:
    """Tell whether arguments are there without a value, as a form without script sends them."""
    return any(not value.strip() for name in names for value in request.GET.getlist(name))


def links_of(request: HttpRequest, arguments: QueryDict) -> QueryDict:
    """Return the arguments that the links of a page keep: the language, too, if its address asks for it."""
    links = arguments.copy()
    if request.GET.get("lang") == get_language():
        links["lang"] = request.GET["lang"]
    return links


def too_much(arguments: QueryDict) -> bool:
    """Tell whether more is asked than anybody would choose on a page."""
    values = [value for _name, listed in arguments.lists() for value in listed]
    return len(values) > MOST_VALUES or any(len(value) > MOST_LETTERS for value in values)


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether the page's own script asks for the list alone (htmx), not to go back in its history."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def is_anonymous(request: HttpRequest) -> bool:
    """Tell whether the answer is for everybody: nobody is signed in, and no message waits to be shown once."""
    return not request.user.is_authenticated and not len(get_messages(request))


def etag_of(request: HttpRequest, arguments: QueryDict, number: int) -> str:
    """Return the mark of the answer to these arguments; one query. It changes with the index, the catalogue
    and the portal's profile.
    """
    try:
        index = service.state()
    except SearchUnavailable:
        index = ""
    facts = Site.objects.facts()
    parts = (
        settings.VERSION,
        facts,
        is_noticed(facts),
        getattr(staticfiles_storage, "manifest_hash", ""),
        index,
        Change.objects.position(),
        timezone.localdate(),
        request.path,
        sorted(arguments.lists()),
        number,
        get_language(),
        request.COOKIES.get("theme", ""),
        is_fragment(request),
    )
    return f'W/"{hash_of(repr(parts).encode())}"'


def unchanged(request: HttpRequest, etag: str) -> HttpResponse | None:
    """Return the 304 for a client that has this answer, or None."""
    response = get_conditional_response(request, etag=etag)
    return keep(response, etag) if response is not None else None


def keep(response: HttpResponse, etag: str) -> HttpResponse:
    """Let browsers and proxies keep an anonymous answer for a minute, and ask then whether it is still good."""
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    patch_vary_headers(response, ["HX-Request"])
    return response


def refused(request: HttpRequest) -> HttpResponse | None:
    """Count a search of an anonymous client; return the page that says to wait if there were too many.

    While Redis does not answer nothing is counted: reading goes on.
    """
    return None if request.user.is_authenticated else over_rate(request, RATE, "portal/429.html")


def over_rate(request: HttpRequest, scope: str, template: str) -> HttpResponse | None:
    """Count a request of the client in one of API_RATES, with those she sends to the API; return the page that says to
    wait if there were too many.
    """
    known = request.user.is_authenticated
    try:
        verdict = count(scope, f"user:{request.user.pk}" if known else f"net:{network_of(request)}")
    except RedisError:
        return None
    if verdict is None or verdict.allowed:
        return None
    wait = max(1, ceil(verdict.wait))
    response = render(request, template, {"seconds": wait, "noindex": True}, status=429)
    response["Retry-After"] = str(wait)
    return unindexed(response)


def unindexed(response: HttpResponse) -> HttpResponse:
    """Tell search engines to follow the links of a page but not to list it."""
    response["X-Robots-Tag"] = "noindex, follow"
    return response
