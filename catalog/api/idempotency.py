"""`Idempotency-Key` on POST: a request that is sent again is answered again, and carried out once.

Draft of the IETF (draft-ietf-httpapi-idempotency-key-header). The key is the caller's own: two callers never meet.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.lib.api.errors import BadRequest, Unprocessable
from portal.lib.api.parsers import read_body
from portal.lib.api.throttling import caller_of
from portal.models import IdempotentRequest

HEADER = "Idempotency-Key"
MAX_LENGTH = 255  # characters
KEPT_HEADERS = ("Content-Type", "Location")
JSON = "application/json"

Handler = Callable[..., HttpResponse]


def once(view: APIView, handler: Handler) -> Handler:
    """Return `handler` so that it runs once for each key of each caller, and is answered from the row after that.

    The row is claimed first, in the same transaction as the write: whoever comes second waits at its unique index.
    Were the first one to fail, its row goes with it, and the second one does the work.
    """

    def handle(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key, fingerprint = read_key(request), fingerprint_of(request)
        with transaction.atomic():
            row, is_new = claim(caller_of(request), key, fingerprint)
            if not is_new:
                return replay(row, fingerprint)
            response = view.finalize_response(request, handler(request, *args, **kwargs), *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            keep(row, response)
            return response

    return handle


def claim(caller: str, key: str, fingerprint: str) -> tuple[IdempotentRequest, bool]:
    """Return the row of that key, and whether it is new; an expired one counts for nothing."""
    IdempotentRequest.objects.expired().filter(caller=caller, key=key).delete()
    return IdempotentRequest.objects.get_or_create(caller=caller, key=key, defaults={"fingerprint": fingerprint})


def read_key(request: Request) -> str:
    """Return the key of the request. Raises BadRequest for one that can't be kept."""
    key = request.headers[HEADER].strip()
    if not key or len(key) > MAX_LENGTH or not key.isprintable():
        raise BadRequest(f"{HEADER} must be a text of 1 to {MAX_LENGTH} printable characters.")
    return key


def fingerprint_of(request: Request) -> str:
    """Return a hash of what is asked: another request under the same key is a mistake.

    Of an upload, which may be long, only the length is taken; it is received here, before any lock is held.
    """
    kind = (request.content_type or "").partition(";")[0]
    if kind == JSON:
        body = read_body(request._request)
    else:
        body = f"{request.META.get('CONTENT_LENGTH')} {len(request.data)}".encode()
    facts = [request.method or "", request.get_full_path(), kind]
    return sha256("\n".join(facts).encode() + b"\n" + body).hexdigest()


def keep(row: IdempotentRequest, response: HttpResponse) -> None:
    """Keep the answer, unless it is a refusal or a secret (`no-store`): then the key is free again."""
    secret = "no-store" in response.headers.get("Cache-Control", "")
    if response.status_code >= 400 or secret or response.streaming:
        row.delete()
        return
    row.status, row.body = response.status_code, response.content
    row.headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    row.save(update_fields=["status", "headers", "body"])


def replay(row: IdempotentRequest, fingerprint: str) -> HttpResponse:
    """Return the answer kept. Raises Unprocessable (422) if another request was made under the key."""
    if row.fingerprint != fingerprint:
        raise Unprocessable(f"This {HEADER} was used for another request.")
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(row.body), status=row.status, headers=headers)
