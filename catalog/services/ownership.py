"""Who owns what is made or edited: the rules on giving an object to a user or to an organization."""

from typing import Any

from django.utils.translation import gettext as _

from catalog import permissions
from catalog.models import Organization
from catalog.permissions import Actor
from portal.lib.errors import ServiceError
from portal.models import User

DENIED = "Permission denied for this organization"  # udata's words, which clients show


def owner_of_new(actor: Actor, values: dict[str, Any], by: User) -> dict[str, Any]:
    """Return the columns of the owner of a new object: the organization asked for, else the user asked for, else `by`.

    Raises ServiceError (field `organization` or `owner`) if the caller may not act for them.
    """
    organization, owner = values.get("organization"), values.get("owner")
    if organization is not None:
        _check_organization(actor, organization)
        return {"organization": organization, "owner": None}
    if not permissions.can_act_in_person(actor):
        raise ServiceError(_("This token only acts for an organization"), field="organization")
    return {"organization": None, "owner": _checked_owner(actor, owner) if owner is not None else by}


def changed_owner(actor: Actor, obj: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that change with `values`; one kind of owner clears the other, and nobody is ever left out.

    An owner repeated unchanged (clients send whole objects back) is no change. Raises ServiceError as above, and for
    who edits for the present organization without administering it.
    """
    organization, owner = values.get("organization"), values.get("owner")
    if organization is not None and organization.pk != obj.organization_id:
        _check_organization(actor, organization)
        _check_giver(actor, obj, "organization")
        return {"organization": organization, "owner": None}
    if owner is not None and organization is None and owner.pk != obj.owner_id:
        _check_giver(actor, obj, "owner")
        return {"organization": None, "owner": _checked_owner(actor, owner)}
    return {}


def _check_giver(actor: Actor, obj: Any, field: str) -> None:
    if not permissions.can_give_away(actor, obj):
        raise ServiceError(_("Only an administrator of its organization gives this object away"), field=field)


def _check_organization(actor: Actor, organization: Organization) -> None:
    if organization.deleted or not permissions.can_own(actor, organization.pk):
        raise ServiceError(_(DENIED), field="organization")


def _checked_owner(actor: Actor, owner: User) -> User:
    """Anybody may own by herself; only a system administrator sets somebody else (others ask by a transfer)."""
    if not (actor.is_sysadmin or owner.pk == actor.user_id):
        raise ServiceError(_("You can only set yourself as owner"), field="owner")
    return owner
