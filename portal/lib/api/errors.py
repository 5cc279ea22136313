"""Errors of the API, in udata's dialects. One handler; views raise."""

from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.html import escape
from rest_framework import status
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated, Throttled
from rest_framework.response import Response

from portal.lib.errors import LoginRequired, ServiceError

UNAUTHORIZED = (
    "The server could not verify that you are authorized to access the URL requested. You either supplied the wrong "
    "credentials (e.g. a bad password), or your browser doesn't understand how to supply the credentials required."
)
NOT_FOUND = (
    "The requested URL was not found on the server. If you entered the URL manually please check your spelling and "
    "try again."
)
FORBIDDEN = "You do not have the permission to modify that object."
CHALLENGE = 'Bearer realm="uData"'


class BadRequest(APIException):
    """400 with one message."""

    status_code = status.HTTP_400_BAD_REQUEST


class BadArguments(APIException):
    """400 about query arguments: `{"errors": {argument: text}, "message": …}`."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("Input payload validation failed")
        self.errors = errors


class Gone(APIException):
    status_code = status.HTTP_410_GONE


class MovedPermanently(Exception):
    """The object is known under another address; every method is sent there (308)."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def redirect_permanently(location: str) -> HttpResponse:
    """Return a 308, which keeps the method and the body."""
    link = escape(location)
    body = f'<!doctype html>\n<html lang="en">\n<title>Redirecting...</title>\n<p><a href="{link}">{link}</a>\n'
    return HttpResponse(body, status=308, headers={"Location": location})


def handle(error: Exception, context: dict[str, Any]) -> HttpResponseBase | None:
    """Turn an exception raised in a view into udata's answer, or return None for a crash."""
    if isinstance(error, MovedPermanently):
        return redirect_permanently(error.location)
    if isinstance(error, BadArguments):
        return Response({"errors": error.errors, "message": error.detail}, status=error.status_code)
    if isinstance(error, APIException):
        return _answer(error)
    for kind, code, message in PLAIN:
        if isinstance(error, kind):
            headers = {"WWW-Authenticate": CHALLENGE} if code == 401 else None
            return Response({"message": message or str(error)}, status=code, headers=headers)
    return None


PLAIN: list[tuple[type[Exception], int, str]] = [
    (LoginRequired, 401, UNAUTHORIZED),
    (ServiceError, 400, ""),
    (Http404, 404, NOT_FOUND),
    (PermissionDenied, 403, FORBIDDEN),
]


def _answer(error: APIException) -> Response:
    """Render DRF's own errors: one message, with the challenge or the delay that goes with it."""
    headers = {}
    message = error.detail if isinstance(error.detail, str) else str(error.default_detail)
    if isinstance(error, NotAuthenticated):
        message = UNAUTHORIZED
    if isinstance(error, NotAuthenticated | AuthenticationFailed):
        headers["WWW-Authenticate"] = CHALLENGE
        error.status_code = status.HTTP_401_UNAUTHORIZED
    if isinstance(error, Throttled) and error.wait:
        headers["Retry-After"] = str(ceil(error.wait))
    return Response({"message": message}, status=error.status_code, headers=headers)
