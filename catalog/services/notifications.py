"""Telling users what they should know or do."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone

from catalog.models import Member, Notification, Organization, OutboxEvent
from catalog.models.vocabulary import MemberRole
from catalog.services import outbox
from portal.models import User


def cause_of(row: models.Model) -> str:
    """Return the name by which notifications remember the row that they are about."""
    return f"{type(row).__name__}:{row.pk}"


def notify(users: Iterable[User], kind: str, details: dict[str, Any], *, cause: models.Model | None = None) -> int:
    """Notify each of `users` once; `details` are JSON. Return how many notifications were made."""
    people = {user.pk for user in users if user and user.is_active}
    name = cause_of(cause) if cause else ""
    if people and outbox.is_holding():
        outbox.emit("notify", users=sorted(people), kind=str(kind), details=details, cause=name)
        return 0
    return _write(people, kind, details, name)


def _write(users: Iterable[str], kind: str, details: dict[str, Any], cause: str) -> int:
    rows = [Notification(user_id=pk, kind=kind, details=details, cause=cause) for pk in sorted(users)]
    return len(Notification.objects.bulk_create(rows))


@outbox.handler("notify")
def write(*, users: list[str], kind: str, details: dict[str, Any], cause: str) -> None:
    """Make notifications that were put off (see `spam`)."""
    active = User.objects.active().filter(pk__in=users).values_list("pk", flat=True)
    _write(active, kind, details, cause)


def were_made(cause: models.Model) -> bool:
    """Tell whether somebody was notified of that row, or will be once its report is dismissed."""
    name = cause_of(cause)
    if Notification.objects.filter(cause=name).exists():
        return True
    held = OutboxEvent.objects.filter(name="notify", held=True, payload__cause=name)
    return outbox.is_holding() and held.exists()


def mark_handled(cause: models.Model) -> int:
    """Mark the notifications about that row as handled; return how many were open."""
    now = timezone.now()
    rows = Notification.objects.unhandled().filter(cause=cause_of(cause))
    return rows.update(handled_at=now, last_modified=now)


def mark_read(user: User, pk: UUID | None = None) -> int:
    """Mark one notification of a user as handled, or all of hers; return how many were open."""
    now, rows = timezone.now(), Notification.objects.unhandled().filter(user=user.pk)
    return (rows.filter(pk=pk) if pk else rows).update(handled_at=now, last_modified=now)


def unread(user: User, most: int) -> int:
    """Return how many notifications of a user are open, counted up to `most`; one query of an index."""
    return Notification.objects.unhandled().filter(user=user.pk).order_by()[:most].count()


def prune() -> int:
    """Delete the notifications handled DAYS_AFTER_NOTIFICATION_EXPIRED days ago or more; return how many."""
    limit = timezone.now() - timedelta(days=settings.DAYS_AFTER_NOTIFICATION_EXPIRED)
    return Notification.objects.filter(handled_at__lte=limit).delete()[0]


def administrators_of(organization: Organization) -> list[User]:
    """Return the users who administer `organization`."""
    return members_of(organization, MemberRole.ADMIN)


def members_of(organization: Organization, *roles: str) -> list[User]:
    """Return the active members of `organization` in these roles (in any, if none is given)."""
    members = Member.objects.filter(organization=organization).select_related("user")
    if roles:
        members = members.filter(role__in=roles)
    return [member.user for member in members if member.user.is_active]


def editors_of(organization: Organization) -> list[User]:
    """Return the users who answer for what `organization` publishes: its administrators and editors."""
    return members_of(organization, MemberRole.ADMIN, MemberRole.EDITOR)


def owners_of(subject: Any) -> list[User]:
    """Return who answers for an object: its owner, or the administrators and editors of its organization."""
    if getattr(subject, "organization_id", None):
        return editors_of(subject.organization)
    owner = getattr(subject, "owner", None)
    return [owner] if owner and owner.is_active else []
