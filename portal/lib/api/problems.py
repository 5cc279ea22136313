"""Errors as RFC 9457 has them, for the clients that ask for it; the others get udata's."""

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from portal.lib.api.negotiation import PROBLEM, wants_problem


def render_problem(request: HttpRequest, response: HttpResponse) -> None:
    """Turn an error in one of udata's dialects into a problem, if the client asks for one."""
    if response.streaming or not response.headers.get("Content-Type", "").startswith("application/json"):
        return
    patch_vary_headers(response, ["Accept"])
    if not wants_problem(request):
        return
    try:
        told = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        told = {}
    problem = as_problem(told, code=response.status_code, instance=request.get_full_path())
    response.content = orjson.dumps(problem)
    response.headers["Content-Type"] = PROBLEM
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(response.content))


def as_problem(told: Any, *, code: int, instance: str) -> dict[str, Any]:
    """Return the members of a problem from what one of udata's dialects tells.

    `type` is `about:blank`: the status says what kind of problem it is, and `title` repeats its phrase.
    """
    told = told if isinstance(told, dict) else {"errors": told}
    problem = {"type": "about:blank", "title": phrase(code), "status": code, "instance": instance}
    detail = told.get("message") or told.get("error")
    if isinstance(detail, str) and detail:
        problem["detail"] = detail
    return problem | ({"errors": told["errors"]} if told.get("errors") else {})


def phrase(code: int) -> str:
    """Return the standard phrase of a status."""
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "Error"
