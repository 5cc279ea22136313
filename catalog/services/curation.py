"""The verbs of curators and editors on whole selections: publish, archive, delete, restore, feature, close.

Each takes the chosen rows and the person, works in one transaction on locked rows, changes all of them or none, and
returns how many really changed. A rule that stands in the way is a ServiceError that names the object.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import permissions
from catalog.models import Dataset, Discussion, Organization, Resource
from catalog.permissions import Actor
from catalog.services import derivation, reports, review_gate
from catalog.services.proposing import gate
from portal.lib.errors import ServiceError
from portal.models import User

type_of_rule = Callable[[Any], str]  # the reason to refuse an object, or an empty text


def deleted_column(model: type[models.Model]) -> str:
    """Return the column that dates the deletion; dataservices name it otherwise, as in udata's API."""
    return _column(model, "deleted", "deleted_at")


def archived_column(model: type[models.Model]) -> str:
    return _column(model, "archived", "archived_at")


@transaction.atomic
def publish(chosen: models.QuerySet, *, by: User) -> int:
    """Make drafts public. Refuses deleted objects, and those that a curator has to agree to."""
    rows = list(chosen)
    count = _apply(
        chosen,
        by=by,
        values={"private": False},
        rule=lambda row: not_deleted(row) or review_gate.refusal(row, by),
    )
    review_gate.settle(*rows, by=by)
    return count


def unpublish(chosen: models.QuerySet, *, by: User) -> int:
    """Turn objects back into drafts. Refuses deleted objects."""
    return _apply(chosen, by=by, values={"private": True}, rule=not_deleted)


def archive(chosen: models.QuerySet, *, by: User) -> int:
    """Take objects out of the lists; they stay readable. Refuses deleted objects."""
    return _apply(chosen, by=by, values={archived_column(chosen.model): timezone.now()}, rule=not_deleted)


def unarchive(chosen: models.QuerySet, *, by: User) -> int:
    """Put archived objects back in the lists. Refuses deleted objects."""
    return _apply(chosen, by=by, values={archived_column(chosen.model): None}, rule=not_deleted)


@transaction.atomic
def delete(chosen: models.QuerySet, *, by: User) -> int:
    """Mark objects as deleted: gone for everybody but their editors, who can restore them."""
    rows = list(chosen)
    count = _apply(chosen, by=by, values={deleted_column(chosen.model): timezone.now()}, action="delete")
    reports.subject_deleted(*rows, by=by)
    return count


@transaction.atomic
def restore(chosen: models.QuerySet, *, by: User) -> int:
    """Bring deleted objects back in the state they had: whoever may delete them may, too."""
    rows = list(chosen)
    count = _apply(chosen, by=by, values={deleted_column(chosen.model): None}, action=restoring(by, chosen.model))
    reports.subject_restored(*rows)
    return count


def restoring(by: User, model: type[models.Model]) -> str:
    """Return the action whose permission lets this person restore: moderators delete, and change nothing else."""
    return "delete" if permissions.curates(by, model, "delete") else "change"


def feature(chosen: models.QuerySet, *, by: User) -> int:
    """Put objects forward. Only curators may, and only what is in the lists."""
    _refuse_unless_curator(chosen.model, by)
    return _apply(chosen, by=by, values={"featured": True}, rule=listed, touch=False)


def unfeature(chosen: models.QuerySet, *, by: User) -> int:
    """Put objects forward no more. Only curators may."""
    _refuse_unless_curator(chosen.model, by)
    return _apply(chosen, by=by, values={"featured": False}, touch=False)


@transaction.atomic
def close_discussions(chosen: models.QuerySet, *, by: User) -> int:
    """Close discussions; nobody can answer them any more. Only curators may."""
    _refuse_unless_curator(Discussion, by)
    open_ones = Discussion.objects.filter(pk__in=chosen.order_by().values("pk"), closed__isnull=True)
    return open_ones.update(closed=timezone.now(), closed_by=by)


@transaction.atomic
def reopen_discussions(chosen: models.QuerySet, *, by: User) -> int:
    """Open closed discussions again. Only curators may."""
    _refuse_unless_curator(Discussion, by)
    closed_ones = Discussion.objects.filter(pk__in=chosen.order_by().values("pk"), closed__isnull=False)
    return closed_ones.update(closed=None, closed_by=None, closed_by_organization=None)


@transaction.atomic
def delete_files(chosen: models.QuerySet, *, by: User) -> int:
    """Remove resources or community resources for good: their rows, then their hosted files once that is certain."""
    belongs_to_dataset = chosen.model is Resource
    rows = list(chosen.select_related("dataset") if belongs_to_dataset else chosen)
    if not permissions.curates(by, chosen.model, "delete"):
        rule = partial(gate.refusal, by=by) if belongs_to_dataset else None
        _check([row.dataset for row in rows] if belongs_to_dataset else rows, by=by, action="change", rule=rule)
    for row in rows:
        if row.file:
            transaction.on_commit(partial(row.file.storage.delete, row.file.name))
    chosen.model.objects.filter(pk__in=[row.pk for row in rows]).delete()
    derivation.refresh(row.dataset_id for row in rows if belongs_to_dataset)
    return len(rows)


@transaction.atomic
def _apply(
    chosen: models.QuerySet,
    *,
    by: User,
    values: dict[str, Any],
    action: str = "change",
    rule: type_of_rule | None = None,
    touch: bool = True,
) -> int:
    model = chosen.model
    locked = model.objects.select_for_update(of=("self",)).filter(pk__in=chosen.order_by().values("pk")).order_by("pk")
    rows = list(locked)
    _check(rows, by=by, action=action, rule=rule)
    changing = [row.pk for row in rows if any(_differs(getattr(row, name), value) for name, value in values.items())]
    modified = {name: timezone.now() for name in [modified_column(model)] if touch and name}
    model.objects.filter(pk__in=changing).update(**values, **modified)
    if model is Dataset and touch:
        derivation.refresh(changing)
    return len(changing)


def _check(rows: list[Any], *, by: User, action: str, rule: type_of_rule | None) -> None:
    """Raise ServiceError for the first row that `by` may not change, or that the rule refuses."""
    for row, reason in refusals(rows, by=by, action=action, rule=rule).items():
        raise ServiceError(f"{row}: {reason}")


def refusals(rows: list[Any], *, by: User, action: str, rule: type_of_rule | None) -> dict[Any, str]:
    """Return the rows that `by` may not change, or that the rule refuses, with the reason."""
    everything = bool(rows) and permissions.curates(by, type(rows[0]), action)
    actor = Actor.of(by)
    reasons = {}
    for row in rows:
        may = everything or _may_edit(actor, row)
        reason = (rule(row) if rule else "") if may else _("you may not change it.")
        if reason:
            reasons[row] = reason
    return reasons


def _may_edit(actor: Actor, row: Any) -> bool:
    if isinstance(row, Organization):
        return permissions.can_administer(actor, row.pk)
    return permissions.can_edit(actor, row)


def _refuse_unless_curator(model: type[models.Model], by: User) -> None:
    if not permissions.curates(by, model):
        raise ServiceError(_("Only curators may do that."))


def not_deleted(row: Any) -> str:
    return _("it is deleted; restore it first.") if getattr(row, deleted_column(type(row))) else ""


def listed(row: Any) -> str:
    hidden = row.private or getattr(row, archived_column(type(row)))
    return not_deleted(row) or (_("only what is in the public lists can be featured.") if hidden else "")


def _differs(old: Any, new: Any) -> bool:
    """Tell a real change from a repetition: an archived object that is archived again keeps its date."""
    return bool(old) != bool(new)


def modified_column(model: type[models.Model]) -> str:
    return _column(model, "last_modified_internal", "metadata_modified_at", "last_modified")


def _column(model: type[models.Model], *names: str) -> str:
    """Return the first of `names` that is a column of `model`, or an empty text."""
    columns = {field.name for field in model._meta.concrete_fields}
    return next((name for name in names if name in columns), "")
