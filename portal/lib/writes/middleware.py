"""One scope for each request: what it writes is one thing, under the request's number (`portal.lib.request_ids`)."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.lib import request_ids
from portal.lib.writes.scope import scope

COMMENT = "X-Change-Comment"  # why, in the words of who writes
FIELD = "change_comment"  # the same in a form
MAX_COMMENT = 500  # characters
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class WritesMiddleware:
    """Opens the scope; stands below what gives the request its number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        origin = "api" if request.path.startswith("/api/") else "web"
        with scope(origin, request=request, request_id=request_ids.current.get()):
            return self.get_response(request)


def comment_of(request: HttpRequest) -> str:
    """Return why the request writes, if it says so."""
    given = request.headers.get(COMMENT, "")
    if not given and request.method == "POST" and (request.content_type or "") in FORMS:
        given = request.POST.get(FIELD, "")
    return " ".join(given.replace("\x00", "").split())[:MAX_COMMENT]
