"""The notice that the author of what an administrator deleted is owed: what it was, and that she may contest it."""

from typing import Any

from catalog.models import Discussion, Message, Organization
from catalog.models.subject import class_of
from catalog.services import notifications, outbox
from portal.models import User


def tell_deleted(obj: Any, *, by: User) -> None:
    """Write to who answers for `obj`, which is being deleted."""
    people = {user.pk for user in _people(obj) if user and user.is_active} - {by.pk}
    if people:
        context = {"kind": class_of(obj), "title": str(obj)}
        outbox.emit("mail", to=sorted(people), template="deletion_notice", context=context)


def _people(obj: Any) -> list[User | None]:
    if isinstance(obj, Organization):
        return notifications.administrators_of(obj)
    if isinstance(obj, Discussion):
        return [obj.user]
    return [obj.posted_by] if isinstance(obj, Message) else notifications.owners_of(obj)
