"""What the write views share: the errors of services in the object's dialect, states that forbid a write."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import permissions
from catalog.api.core import was_deleted
from catalog.permissions import Actor
from catalog.services import notices
from catalog.services.proposing import gate
from portal.lib.api.errors import FormErrors, Gone, ModelErrors
from portal.lib.errors import LoginRequired, ServiceError


@contextmanager
def service_errors(dialect: type[FormErrors] | type[ModelErrors]) -> Iterator[None]:
    """Render a ServiceError that names a field as an error of that field, in the object's dialect."""
    try:
        yield
    except LoginRequired:
        raise
    except ServiceError as error:
        if not error.field:
            raise
        text = str(error.message)
        raise dialect({error.field: [text] if issubclass(dialect, FormErrors) else text}) from error


def check_edit(actor: Actor, obj: Any) -> None:
    """Raise PermissionDenied (403) unless the caller may edit that object."""
    if not permissions.can_edit(actor, obj):
        raise PermissionDenied


def check_sysadmin(actor: Actor) -> None:
    """Raise PermissionDenied (403) unless the caller is a system administrator."""
    if not actor.is_sysadmin:
        raise PermissionDenied


NOTICE = OpenApiParameter(
    "send_legal_notice", bool, description="Write to its author that it was deleted (system administrators only)."
)


def send_notice(request: Request, obj: Any) -> None:
    """Write to the author of what is being deleted, if a system administrator deletes it and asks for that."""
    if request.GET.get("send_legal_notice", "").lower() in ("1", "true") and request.actor.is_sysadmin:
        notices.tell_deleted(obj, by=request.user)


STATUS, IN_REVIEW = "Publication-Status", "in-review"


def tell_review(answer: Response, obj: Any, *, asked: bool) -> Response:
    """Say in a header that what was `asked` to be public, or an edit of what is, waits for a curator (ADR 0014)."""
    if asked and obj.private:
        answer[STATUS] = IN_REVIEW
    return tell_held(answer, obj)


def tell_held(answer: Response, obj: Any) -> Response:
    """Say in a header that what was written waits for a curator; the object is what it was."""
    if gate.was_held(obj):
        answer[STATUS] = IN_REVIEW
    return answer


def refuse_deleted(obj: Model, data: Any = None, *, column: str = "deleted") -> None:
    """Raise Gone (410) for a deleted object, unless the body restores it (`"deleted": null`)."""
    restores = isinstance(data, dict) and column in data and data[column] is None
    if was_deleted(obj) and not restores:
        raise Gone(f"{type(obj).__name__} has been deleted")
