"""How long a session lives without a visit."""

from collections.abc import Callable
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

SEEN = "seen"  # in the session: when it was last used, in seconds
PRECISION = 600  # seconds: a session is written at most this often for being used


class SessionAgeMiddleware:
    """Renews the session of whoever is signed in; ends that of the staff after STAFF_SESSION_AGE without a visit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            self.renew(request)
        return self.get_response(request)

    def renew(self, request: HttpRequest) -> None:
        now = int(time())
        idle = now - request.session.get(SEEN, 0)
        if idle > settings.STAFF_SESSION_AGE and SEEN in request.session and request.user.is_staff:
            logout(request)
        elif idle > PRECISION:
            request.session[SEEN] = now  # writing it moves its end on


def note_visit(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Begin the count at sign-in."""
    request.session[SEEN] = int(time())
