"""Who may do what: one module of predicates, used by the API, the pages and the admin alike.

Roles are udata's: anonymous, user, partial editor (needs an assignment), editor and admin of an organization,
system administrator.
"""

from dataclasses import dataclass, field
from typing import Protocol

from django.contrib.auth import get_permission_codename
from django.db import models
from django.http import HttpRequest

from catalog.models import Member
from catalog.models.base import is_sysadmin, type_of_user
from catalog.models.vocabulary import MemberRole

EDITORS = frozenset([MemberRole.ADMIN, MemberRole.EDITOR])


class Owned(Protocol):
    """What belongs to a user or to an organization."""

    owner_id: str | None
    organization_id: str | None


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller with her roles, read once, so that no predicate asks the database."""

    user_id: str | None = None
    is_sysadmin: bool = False
    roles: dict[str, str] = field(default_factory=dict)  # organization's id -> MemberRole

    @classmethod
    def of(cls, user: type_of_user) -> "Actor":
        """Return the actor that `user` is: one query, or none for an anonymous or inactive one."""
        if not user.is_authenticated or not user.is_active:
            return cls()
        roles = dict(Member.objects.filter(user_id=user.pk).order_by().values_list("organization_id", "role"))
        return cls(user_id=user.pk, is_sysadmin=is_sysadmin(user), roles=roles)

    def edits(self, owner_id: str | None, organization_id: str | None) -> bool:
        """Tell whether this actor may edit what that user or that organization owns."""
        if self.is_sysadmin:
            return True
        if organization_id:
            return self.roles.get(organization_id) in EDITORS
        return self.user_id is not None and owner_id == self.user_id

    def administers(self, organization_id: str) -> bool:
        return self.is_sysadmin or self.roles.get(organization_id) == MemberRole.ADMIN

    def is_member(self, organization_id: str) -> bool:
        return self.is_sysadmin or organization_id in self.roles

    @property
    def edited_organizations(self) -> list[str]:
        """The ids of the organizations whose objects this actor edits by her role there, sorted."""
        return sorted(key for key, role in self.roles.items() if role in EDITORS)

    @property
    def is_editor(self) -> bool:
        """Whether this actor edits for at least one organization: she may then enter the administration."""
        return any(role in EDITORS for role in self.roles.values())


ANONYMOUS = Actor()


def actor_of(request: HttpRequest) -> Actor:
    """Return the caller of `request`; her roles are read once for the whole request."""
    known = getattr(request, "_portal_actor", None)
    if known is None or known.user_id != request.user.pk:
        known = request._portal_actor = Actor.of(request.user)
    return known


def curates(user: type_of_user, model: type[models.Model], action: str = "change") -> bool:
    """Tell whether `user` may do `action` (add, change, delete, view) to every row of `model`.

    These are Django's own permissions: a system administrator has them all, curators have those of their groups.
    """
    options = model._meta
    return user.has_perm(f"{options.app_label}.{get_permission_codename(action, options)}")


def can_edit(actor: Actor, obj: Owned) -> bool:
    """Editing, deleting and restoring have one condition in udata."""
    return actor.edits(obj.owner_id, obj.organization_id)


can_delete = can_edit


def can_administer(actor: Actor, organization_id: str) -> bool:
    return actor.administers(organization_id)


def is_member(actor: Actor, organization_id: str) -> bool:
    return actor.is_member(organization_id)


def dataset_permissions(actor: Actor, owner_id: str | None, organization_id: str | None) -> dict[str, bool]:
    """Return the `permissions` object of a dataset."""
    edits = actor.edits(owner_id, organization_id)
    return {"delete": edits, "edit": edits, "edit_resources": edits}


def owned_permissions(actor: Actor, owner_id: str | None, organization_id: str | None) -> dict[str, bool]:
    """Return the `permissions` object of a reuse, a dataservice or a community resource."""
    edits = actor.edits(owner_id, organization_id)
    return {"delete": edits, "edit": edits}


def organization_permissions(actor: Actor, organization_id: str) -> dict[str, bool]:
    """Return the `permissions` object of an organization."""
    administers = actor.administers(organization_id)
    return {
        "edit": administers,
        "delete": administers,
        "members": administers,
        "harvest": actor.edits(None, organization_id),
        "private": actor.is_member(organization_id),
    }
