"""Reading what clients send: forms of both kinds, and JSON, which some of udata's clients send."""

import json

from django.http import HttpRequest
from oauth2_provider.oauth2_backends import OAuthLibCore


def is_readable(request: HttpRequest) -> bool:
    """Tell whether a database can be asked for what was sent: no text has NUL or half of a character."""
    sent = [*request.GET.lists(), *request.POST.lists(), *((key, [value]) for key, value in json_pairs(request))]
    return not any(is_broken(text) for key, values in sent for text in (key, *values))


def is_broken(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)


def json_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the texts of a JSON object; nothing for another body."""
    if request.content_type != "application/json":
        return []
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return []
    return [(key, value) for key, value in found.items() if isinstance(value, str)] if isinstance(found, dict) else []


class BodyReader(OAuthLibCore):
    """RFC 6749 asks for a form; a JSON object of texts is read as one."""

    def extract_body(self, request: HttpRequest) -> list[tuple[str, str]]:
        if request.content_type == "application/json":
            return json_pairs(request)
        return super().extract_body(request)
