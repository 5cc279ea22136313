"""Giving badges to objects and taking them away: for system administrators."""

from typing import Any

from django.db import models, transaction

from catalog.models import Organization
from catalog.models.notification import NotificationKind
from catalog.models.vocabulary import OrganizationBadgeKind
from catalog.services import notifications, outbox
from portal.lib.errors import ServiceError
from portal.models import User

# Who produces is one kind: a badge of these takes the place of the other.
EXCLUSIVE = (OrganizationBadgeKind.PUBLIC_SERVICE, OrganizationBadgeKind.LOCAL_AUTHORITY)


@transaction.atomic
def give(obj: Any, kind: Any, *, by: User) -> tuple[models.Model, bool]:
    """Give a badge; return it and whether it is new. Raises ServiceError (field `kind`) for an unknown kind."""
    if kind not in kinds_of(type(obj)):
        raise ServiceError("Unknown badge type", field="kind")
    badge, made = obj.badges.get_or_create(kind=kind, defaults={"created_by": by})
    if made and isinstance(obj, Organization):
        if kind in EXCLUSIVE:
            obj.badges.filter(kind__in=EXCLUSIVE).exclude(kind=kind).delete()
        _tell_members(obj, kind)
    return badge, made


@transaction.atomic
def take(obj: Any, kind: str) -> bool:
    """Take a badge away; tell whether it was there."""
    badge = obj.badges.filter(kind=kind).first() if kinds_of(type(obj)) else None
    if badge is not None:
        badge.delete()
    return badge is not None


def kinds_of(model: type[models.Model]) -> dict[str, Any]:
    """Return the kinds of badges that objects of a model may have, with their names; reuses have none, as in udata."""
    if not hasattr(model, "badges"):
        return {}
    return dict(model.badges.rel.related_model._meta.get_field("kind").choices)


def _tell_members(organization: Organization, kind: str) -> None:
    members = notifications.members_of(organization)
    details = {"organization": organization.pk, "kind": kind}
    notifications.notify(members, NotificationKind.NEW_BADGE, details)
    outbox.emit(
        "mail",
        to=[member.pk for member in members],
        template="new_badge",
        context={"organization": organization.name, "path": organization.get_absolute_url(), "kind": kind},
    )
