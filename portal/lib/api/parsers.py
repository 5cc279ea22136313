"""Bodies of requests. Hostile JSON is refused here, so that no form, model or database ever meets it."""

import json
import re
from collections.abc import Iterable
from typing import IO, Any, NoReturn

import orjson
from django.conf import settings
from django.http import HttpRequest
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from portal.lib.api.errors import BadRequest, TooLarge

NOT_JSON = "The browser (or proxy) sent a request that this server could not understand."  # udata's words
MAX_DEPTH = 50  # levels of arrays and objects; a dataset as the API gives it has eight
# What a column of either database holds; of decimal numbers too, for PostgreSQL gives 1e30 back as an integer.
MAX_INTEGER = 2**63 - 1
LONG_NUMBER = re.compile(rb"\d{19}")


class JSONParser(BaseParser):
    """JSON in UTF-8, checked as a whole: see `parse_json`."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        request: Request = (parser_context or {})["request"]
        return parse_json(read_body(request._request))


def read_body(request: HttpRequest) -> bytes:
    """Return the body, which stays readable as `request.body`. Raises TooLarge beyond API_MAX_BODY bytes.

    Django's own limit is not asked: it is meant for the forms of pages, and answers in another way.
    """
    if not hasattr(request, "_body"):
        limit = settings.API_MAX_BODY
        announced = request.META.get("CONTENT_LENGTH") or ""
        if announced.isdigit() and int(announced) > limit:
            raise TooLarge
        body = request.read(limit + 1)
        if len(body) > limit:
            raise TooLarge
        request._body = body
    return request._body


def parse_json(body: bytes) -> Any:
    """Return the value of `body`. Raises BadRequest for what is not strict JSON, or can't be kept.

    orjson refuses NaN, Infinity, lone surrogates and what is not UTF-8, and stops at 1024 levels by itself.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(NOT_JSON) from error
    check(value)
    if LONG_NUMBER.search(body):  # orjson rounds integers beyond 64 bits instead of refusing them
        json.loads(body, parse_int=_integer)
    return value


def check(value: Any) -> None:
    """Raise BadRequest if `value` is too deep, or holds a NUL character or a number out of range.

    A loop, not a recursion: the depth is what is in doubt.
    """
    level, depth = [value], 0
    while level:
        if depth > MAX_DEPTH:
            raise BadRequest(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
        level, depth = [inner for one in level for inner in checked(one)], depth + 1


def checked(value: Any) -> Iterable[Any]:
    """Return what stands right inside `value`, which is fine in itself; else raise BadRequest."""
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, str) and "\x00" in value:
        raise BadRequest("The JSON holds a NUL character, which no text may have.")
    if isinstance(value, int | float) and not abs(value) <= MAX_INTEGER:  # nor NaN
        _refuse_number()
    return value if isinstance(value, list) else ()


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > MAX_INTEGER:
        _refuse_number()
    return int(digits)


def _refuse_number() -> NoReturn:
    raise BadRequest("The JSON holds a number out of range: 64 bits at most.")
