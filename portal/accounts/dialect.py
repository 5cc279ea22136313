"""The dialect of udata's session routes (Flask-Security's): `{"meta": {"code": …}, "response": {…}}`."""

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token

JSON = "application/json"


def speaks_json(request: HttpRequest) -> bool:
    """Tell whether the caller sends or awaits JSON: a program, or the script of a front."""
    return request.content_type == JSON or request.headers.get("Accept", "").partition(";")[0].strip() == JSON


def success(request: HttpRequest, **response: Any) -> JsonResponse:
    """Answer 200 with a fresh CSRF token. Messages meant for the next page are dropped: there is none."""
    list(get_messages(request))
    return JsonResponse({"meta": {"code": 200}, "response": {"csrf_token": get_token(request), **response}})


def failure(errors: dict[str, list[str]], status: int = 400, **response: Any) -> JsonResponse:
    """Answer with the errors of each field; those of the whole request stand under the empty name."""
    fields = {name: [str(text) for text in texts] for name, texts in errors.items()}
    texts = [text for found in fields.values() for text in found]
    return JsonResponse(
        {"meta": {"code": status}, "response": {"errors": texts, "field_errors": fields, **response}}, status=status
    )
