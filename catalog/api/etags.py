"""What stands for the state of an object in its ETag, and is compared when somebody writes to it."""

from datetime import date, datetime
from hashlib import blake2b
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Model
from rest_framework.request import Request

from catalog.models import Dataset
from portal.lib.api.conditional import check_precondition

# Counters and traces of use: they change without anybody having edited the object.
VOLATILE = ("metric", "last_login", "current_login", "login_count", "last_used")  # beginnings of names
DIGEST = 12  # bytes
OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


def object_marker(instance: Model) -> str:
    """Return a text that changes with each edit of the object.

    A dataset has a version, which the database raises at each change of what its document shows. The others are
    known by the values of their row: nobody can forget to raise those. The hash is keyed, for a row holds what its
    readers may not see: nobody must be able to try e-mail addresses against it.
    """
    if isinstance(instance, Dataset):
        return f"v{instance.version}"
    if instance.get_deferred_fields():
        instance = type(instance)._base_manager.get(pk=instance.pk)
    values = {
        field.attname: field.value_from_object(instance)
        for field in instance._meta.concrete_fields
        if not field.attname.startswith(VOLATILE)
    }
    facts = orjson.dumps([instance._meta.label, values], default=_encode, option=OPTIONS)
    return blake2b(facts, key=settings.SECRET_KEY.encode()[:64], digest_size=DIGEST).hexdigest()


def _encode(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def note_object(request: Request, instance: Model) -> None:
    """Let the answer's ETag carry the state of `instance`, so that a later write may be compared with it."""
    note_marker(request, object_marker(instance))


def note_marker(request: Request, marker: str) -> None:
    request._request.etag_marker = marker


def check_if_match(request: Request, instance: Model) -> None:
    """Raise PreconditionFailed unless `instance`, whose row is locked, is the one that `If-Match` names."""
    if "If-Match" in request.headers or "If-None-Match" in request.headers:
        check_precondition(request._request, object_marker(instance))
