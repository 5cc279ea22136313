"""Errors of the API, in udata's dialects. One handler; views raise."""

from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.html import escape
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    NotAuthenticated,
    Throttled,
    UnsupportedMediaType,
)
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

    def body(self) -> dict[str, Any]:
        return {"errors": self.errors, "message": self.detail}


class FormErrors(APIException):
    """400 about a body, in the dialect of the dataset family: `{"errors": {field: [texts]}}` and nothing else."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, errors: dict[str, Any]) -> None:
        super().__init__("Validation failed")
        self.errors = errors

    def body(self) -> dict[str, Any]:
        return {"errors": self.errors}


class ModelErrors(APIException):
    """400 about a body, in the dialect of udata's newer models: one text a field, and a message.

    Not a kind of FormErrors: whoever catches one dialect must not get the other.
    """

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, errors: dict[str, Any], message: str | None = None) -> None:
        super().__init__("Validation failed")
        self.errors = errors
        self.message = message or next((one for one in errors.values() if isinstance(one, str)), "Validation failed")

    def body(self) -> dict[str, Any]:
        return {"errors": self.errors, "message": self.message}


class Gone(APIException):
    """410: the object was deleted."""

    status_code = status.HTTP_410_GONE


class PreconditionFailed(APIException):
    """412: the object is not the one that `If-Match` names: somebody changed it since (RFC 9110, 13.1.1)."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "The object has changed since you read it. Read it again, and send your change once more."


class TooLarge(APIException):
    """413: the body is larger than this portal reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body of the request is too large."


class Locked(APIException):
    """423: the portal takes no changes for the moment (READ_ONLY_MODE)."""

    status_code = status.HTTP_423_LOCKED
    default_detail = "The portal is in read-only mode."


class Unprocessable(APIException):
    """422: the request is well formed, and can't be carried out."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class Unavailable(APIException):
    """503: something that the request needs does not answer; `wait` is a delay in seconds."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The service is unavailable for the moment. Try again later."

    def __init__(self, detail: str | None = None, *, wait: int = 30) -> None:
        super().__init__(detail)
        self.wait = wait


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
    if isinstance(error, UnsupportedMediaType):
        error = FormErrors({"Content-Type": f"expecting {_expected(context['view'])}"})
    if isinstance(error, BadArguments | FormErrors | ModelErrors):
        return Response(error.body(), status=error.status_code)
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


def _expected(view: Any) -> str:
    """Return the kind of body that a view reads first."""
    return next((parser.media_type for parser in view.get_parsers()), "application/json")


def _answer(error: APIException) -> Response:
    """Render DRF's own errors: one message, with the challenge or the delay that goes with it."""
    headers = {}
    message = error.detail if isinstance(error.detail, str) else str(error.default_detail)
    if isinstance(error, NotAuthenticated):
        message = UNAUTHORIZED
    if isinstance(error, NotAuthenticated | AuthenticationFailed):
        headers["WWW-Authenticate"] = CHALLENGE
        error.status_code = status.HTTP_401_UNAUTHORIZED
    if isinstance(error, Throttled | Unavailable) and error.wait:
        headers["Retry-After"] = str(ceil(error.wait))
    return Response({"message": message}, status=error.status_code, headers=headers)
