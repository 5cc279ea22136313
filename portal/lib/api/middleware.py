"""What every answer below `/api/` has, whichever view or error makes it."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.lib.api import conditional, cors
from portal.lib.api.problems import render_problem

PREFIX = "/api/"


class ApiMiddleware:
    """Preflights, ETag and 304, `Link`, rate limits, problems (RFC 9457), and who may read the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        response = self.finished(request, self.answer(request))
        cors.add_origin(request, response)
        return response

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return cors.preflight(request)
        return self.get_response(request)

    def finished(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add what the view left on the request, and compare with what the client has."""
        add_rate_limit(request, response)
        add_links(request, response)
        if response.status_code >= 400:
            render_problem(request, response)
            return response
        return conditional.answer(request, response) if request.method in ("GET", "HEAD") else response


def add_rate_limit(request: HttpRequest, response: HttpResponseBase) -> None:
    """Tell what is left of the caller's rate: the fields of the IETF's draft, and the older spelling of each."""
    verdict = getattr(request, "rate_limit", None)
    if verdict is None:
        return
    for name in ("limit", "remaining", "reset"):
        value = str(getattr(verdict, name))
        response.headers[f"RateLimit-{name.title()}"] = response.headers[f"X-RateLimit-{name.title()}"] = value


def add_links(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the pages around this one as `Link` (RFC 8288), beside the envelope."""
    links = getattr(request, "page_links", None)
    if links and response.status_code == 200:
        response.headers["Link"] = ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items())
