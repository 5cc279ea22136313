"""Bringing an object back to a state that it had: columns, lists, files and badges, in one transaction.

What can't come back stays as it is: the owner, where the caller may not give the object away; what only curators set;
what is gone from the portal (a licence, a territory, a hosted file, an account).
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from reversion.models import Version

from catalog import permissions
from catalog.models import Dataset, Organization, Reuse
from catalog.models.activity import ActivityKey
from catalog.models.audit import AuditAction, AuditOrigin
from catalog.permissions import Actor
from catalog.services import activity, derivation, metrics, relations, reports, review_gate
from catalog.services.audit import log as audit
from catalog.services.history import revisions
from catalog.services.history.actions import keys
from catalog.services.history.putting import put
from catalog.services.history.states import KINDS, changed, take, type_of_state
from catalog.services.proposing import gate
from portal.lib.errors import ServiceError
from portal.lib.writes.scope import scope
from portal.models import User

OWNERS = ("owner_id", "organization_id")
CURATORS_COLUMNS = ("featured",)
CURATORS_PARTS = ("badges",)


def can_revert(actor: Actor, obj: Any) -> bool:
    """Tell whether the caller may bring this object back to an earlier state: who may edit it."""
    if isinstance(obj, Organization):
        return permissions.can_administer(actor, obj.pk)
    return permissions.can_edit(actor, obj)


@gate.held()
@transaction.atomic
def revert(obj: Any, version: Version, *, by: User, actor: Actor, comment: str = "") -> list[str]:
    """Give the object the state that `version` keeps; return the keys that changed. Raises ServiceError.

    The slug comes back too, where nobody else has it now; the present one leads to it.
    """
    kind = KINDS[type(obj).__name__]
    if version.object_id != str(obj.pk) or version.content_type_id != revisions.content_type(kind.name).pk:
        raise ServiceError(_("This revision is of another object."))
    obj = kind.model._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    if not can_revert(actor, obj):
        raise ServiceError(_("%(object)s: you may not change it.") % {"object": obj})
    with scope(AuditOrigin.COMMAND, actor_id=str(by.pk)):
        before = take(kind.name, [obj.pk])[str(obj.pk)]
        wanted = revisions.state_of(version.serialized_data)
        audit.name(AuditAction.REVERT, obj)
        audit.comment(comment or _("Back to revision %(number)s") % {"number": version.pk})
        if before["columns"].get("private") and not wanted["columns"].get("private") and review_gate.needed(obj, by):
            wanted["columns"].pop("private", None)  # reverting is no way round the review
        kept = {
            *(() if permissions.curates(by, kind.model) else (*CURATORS_COLUMNS, *CURATORS_PARTS)),
            *(() if _may_own(obj, wanted["columns"], actor) else OWNERS),
        }
        put(kind, obj, wanted, before, kept=kept, slug=True)
        changes = keys(changed(before, take(kind.name, [obj.pk])[str(obj.pk)]))
        follow(obj, before, changes, by=by)
    return changes


def _may_own(obj: Any, columns: dict[str, Any], actor: Actor) -> bool:
    """Tell whether the caller may give the object to its former owner."""
    former = {name: columns.get(name) for name in OWNERS if name in columns}
    if all(getattr(obj, name) == value for name, value in former.items()):
        return True
    if former.get("organization_id"):
        allowed = permissions.can_own(actor, former["organization_id"])
    else:
        allowed = actor.is_sysadmin or former.get("owner_id") == actor.user_id
    return allowed and permissions.can_give_away(actor, obj)


def follow(obj: Any, before: type_of_state, changes: list[str], *, by: User) -> None:
    """Bring what follows from the object up to date, and note what was done."""
    if isinstance(obj, Dataset):
        derivation.refresh_one(obj)
    if isinstance(obj, Reuse):
        lists = [before["lists"], {name: _ids(obj, name) for name in ("datasets", "dataservices")}]
        relations.refresh_uses(*({pk for one in lists for pk in one[name]} for name in ("datasets", "dataservices")))
    if "deleted" in changes:
        reports.subject_restored(obj)
    owners: Iterable[str | None] = {before["columns"].get("organization_id"), getattr(obj, "organization_id", None)}
    metrics.refresh_organization_metrics([obj.pk] if isinstance(obj, Organization) else filter(None, owners))
    activity.record(by, ActivityKey(f"{obj._meta.model_name}:updated"), obj, changes=changes)


def _ids(obj: Any, name: str) -> list[str]:
    return list(getattr(obj, name).values_list("pk", flat=True))
