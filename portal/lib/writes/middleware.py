"""One scope for each request: what it writes is one thing, with one number."""

import re
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.lib.writes.scope import scope

HEADER = "X-Request-ID"
COMMENT = "X-Change-Comment"  # why, in the words of who writes
FIELD = "change_comment"  # the same in a form
MAX_COMMENT = 500  # characters
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")


class WritesMiddleware:
    """Opens the scope, and gives the request its number: the proxy's, if it is ours, else a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = _number(request)
        origin = "api" if request.path.startswith("/api/") else "web"
        with scope(origin, request=request, request_id=number):
            response = self.get_response(request)
        response.headers[HEADER] = number
        return response


def _number(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "")
    return given if settings.TRUST_PROXY and GIVEN.fullmatch(given) else uuid4().hex


def comment_of(request: HttpRequest) -> str:
    """Return why the request writes, if it says so."""
    given = request.headers.get(COMMENT, "")
    if not given and request.method == "POST" and (request.content_type or "") in FORMS:
        given = request.POST.get(FIELD, "")
    return " ".join(given.replace("\x00", "").split())[:MAX_COMMENT]


FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
