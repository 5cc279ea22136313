"""Who may do what: one module of predicates, used by the API, the pages and the admin alike.

Roles are udata's: anonymous, user, partial editor (needs an assignment), editor and admin of an organization,
system administrator.
"""

from dataclasses import dataclass, field
from typing import Protocol

from django.contrib.auth import get_permission_codename
from django.db import models
from django.http import HttpRequest

from catalog.models import Assignment, Member, Review
from catalog.models.base import is_sysadmin, type_of_user
from catalog.models.subject import class_of
from catalog.models.vocabulary import MemberRole
from portal.lib.scopes import EVERYTHING, HARVEST, ORGANIZATION, WRITE

SAFE_METHODS = frozenset(["GET", "HEAD", "OPTIONS"])
EDITORS = frozenset([MemberRole.ADMIN, MemberRole.EDITOR])


class Owned(Protocol):
    """What belongs to a user or to an organization."""

    pk: str
    owner_id: str | None
    organization_id: str | None


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller with her roles, read once, so that no predicate asks the database."""

    user_id: str | None = None
    is_sysadmin: bool = False
    roles: dict[str, str] = field(default_factory=dict)  # organization's id -> MemberRole
    assigned: frozenset[tuple[str, str]] = frozenset()  # (class, id) of what a partial editor was given

    @classmethod
    def of(cls, user: type_of_user) -> "Actor":
        """Return the actor that `user` is: one query (two for a partial editor), none for an anonymous one.

        A token limited to some organizations speaks for nobody in person: the actor has no `user_id` then, and only
        the roles in them.
        """
        if not user.is_authenticated or not user.is_active:
            return cls()
        roles = dict(Member.objects.filter(user_id=user.pk).order_by().values_list("organization_id", "role"))
        powers, user_id = user.powers, user.pk
        if powers.organizations and not powers.write:
            roles, user_id = {pk: role for pk, role in roles.items() if pk in powers.organizations}, None
        partial = [pk for pk, role in roles.items() if role == MemberRole.PARTIAL_EDITOR]
        given = Assignment.objects.filter(user_id=user.pk, organization_id__in=partial) if partial else []
        assigned = frozenset((one.subject_class, one.subject_id) for one in given)
        return cls(user_id=user_id, is_sysadmin=is_sysadmin(user), roles=roles, assigned=assigned)

    def edits(self, owner_id: str | None, organization_id: str | None, subject: tuple[str, str] | None = None) -> bool:
        """Tell whether this actor may edit what that user or that organization owns.

        `subject` is the class and id of the object: a partial editor edits only those assigned to her.
        """
        if self.is_sysadmin:
            return True
        if organization_id:
            role = self.roles.get(organization_id)
            return role in EDITORS or (role is not None and subject in self.assigned)
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
    pk, known = getattr(request, "_portal_actor", (None, None))
    if known is None or pk != request.user.pk:
        known = Actor.of(request.user)
        request._portal_actor = request.user.pk, known
    return known


def missing_scope(user: type_of_user, method: str, narrow: frozenset[str] = frozenset()) -> str:
    """Return the scope that the caller's token lacks for a request, or an empty text if it lacks none.

    `narrow` are the lesser scopes (`harvest`, `write:org`) with which that view may be written, too: the `Actor`
    then limits which objects.
    """
    powers = getattr(user, "powers", EVERYTHING)
    if method in SAFE_METHODS or powers.write:
        return ""
    if (HARVEST in narrow and powers.harvest) or (ORGANIZATION in narrow and powers.organizations):
        return ""
    return WRITE


def can_act_in_person(actor: Actor) -> bool:
    """Tell whether this actor may do what she does for herself: found an organization, own an object."""
    return actor.user_id is not None


def curates(user: type_of_user, model: type[models.Model], action: str = "change") -> bool:
    """Tell whether `user` may do `action` (add, change, delete, view) to every row of `model`.

    These are Django's own permissions: a system administrator has them all, curators have those of their groups.
    """
    options = model._meta
    return user.has_perm(f"{options.app_label}.{get_permission_codename(action, options)}")


def reviews(user: type_of_user) -> bool:
    """Tell whether `user` decides what is published, where publications are reviewed."""
    return curates(user, Review)


def can_edit(actor: Actor, obj: Owned) -> bool:
    """Editing, deleting and restoring have one condition in udata."""
    return actor.edits(obj.owner_id, obj.organization_id, (class_of(obj), obj.pk))


can_delete = can_edit


def can_give_away(actor: Actor, obj: Owned) -> bool:
    """Tell whether this actor may take `obj` from its owner: an administrator of the organization, or the user.

    Editing is not enough: udata lets an editor, even of this one object, make it her own.
    """
    if obj.organization_id:
        return actor.administers(obj.organization_id)
    return actor.is_sysadmin or (actor.user_id is not None and actor.user_id == obj.owner_id)


def can_administer(actor: Actor, organization_id: str) -> bool:
    return actor.administers(organization_id)


def is_member(actor: Actor, organization_id: str) -> bool:
    return actor.is_member(organization_id)


def can_own(actor: Actor, organization_id: str) -> bool:
    """Tell whether this actor may make an object in the name of that organization, or give it one."""
    return actor.edits(None, organization_id)


def dataset_permissions(
    actor: Actor, owner_id: str | None, organization_id: str | None, subject: tuple[str, str] | None = None
) -> dict[str, bool]:
    """Return the `permissions` object of a dataset."""
    edits = actor.edits(owner_id, organization_id, subject)
    return {"delete": edits, "edit": edits, "edit_resources": edits}


def owned_permissions(
    actor: Actor, owner_id: str | None, organization_id: str | None, subject: tuple[str, str] | None = None
) -> dict[str, bool]:
    """Return the `permissions` object of a reuse, a dataservice or a community resource."""
    edits = actor.edits(owner_id, organization_id, subject)
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
