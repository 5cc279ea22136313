"""Contact points: made once, found again."""

from typing import Any

from django.db import transaction

from catalog.models import ContactPoint
from catalog.permissions import Actor
from catalog.services import ownership, relations
from portal.models import User

COLUMNS = ("name", "email", "contact_form", "role")


@transaction.atomic
def get_or_create(values: dict[str, Any], *, by: User, actor: Actor) -> tuple[ContactPoint, bool]:
    """Return the contact point that says the same for the same owner, and whether it is new. Raises ServiceError."""
    owner = ownership.owner_of_new(actor, values, by)
    columns = {name: values.get(name, "") for name in COLUMNS}
    found = ContactPoint.objects.filter(**owner, **columns).first()
    if found:
        return found, False
    return ContactPoint.objects.create(**owner, **columns), True


@transaction.atomic
def update(item: ContactPoint, values: dict[str, Any], *, actor: Actor) -> None:
    """Change what `values` names. Raises ServiceError."""
    owner = ownership.changed_owner(actor, item, values)
    if relations.assign(item, owner, owner) + relations.assign(item, COLUMNS, values):
        item.save()
