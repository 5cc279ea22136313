"""Deciding about a pending change: approve (as it is, or amended), send back, reject; and taking it back.

Each locks the change's row and looks at its state there: of two curators who decide at once, the second is told so.
"""

import hashlib
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import PendingChange
from catalog.models.audit import AuditAction
from catalog.models.pending_change import UNDECIDED, ChangeStatus
from catalog.models.review import MAX_COMMENT
from catalog.models.subject import class_of, model_of
from catalog.services import curation, notifications, reverting, review_gate, submissions
from catalog.services.audit import log as audit
from catalog.services.history import putting
from catalog.services.history.actions import keys
from catalog.services.history.states import KINDS, changed, take, type_of_state
from catalog.services.proposing import proposed_files
from catalog.services.proposing.fields import STATES, laid_over, overtaken, type_of_fields
from portal.lib.errors import ServiceError
from portal.models import User

NOW, PROPOSED = "now", "proposed"  # what a curator chooses where a field was changed on both sides


def mark_of(change: PendingChange, obj: Any) -> str:
    """Return what changes with anything that a curator reads: the object as it is, and what is proposed."""
    read = [review_gate.mark_of(obj), change.values, change.status]
    return hashlib.sha256(orjson.dumps(read, option=orjson.OPT_SORT_KEYS)).hexdigest()[:40]


def overtaken_keys(change: PendingChange, now: type_of_state) -> list[str]:
    """Return the keys of the change that were changed on both sides since it was proposed."""
    return overtaken(change.base, change.values, now)


@transaction.atomic
def approve(
    pk: UUID,
    *,
    by: User,
    seen: str,
    amended: type_of_fields | None = None,
    choices: dict[str, str] | None = None,
    comment: str = "",
) -> PendingChange:
    """Write what is proposed, with other values for the keys of `amended`. Raises ServiceError.

    `seen` is the mark of what the curator read (`mark_of`). `choices` say by key what is left as it is (NOW); a field
    that was changed on both sides needs one (NOW or PROPOSED): nothing newer is lost unsaid.
    """
    change = submissions.to_decide(PendingChange, pk, by)
    obj = _locked(change)
    if mark_of(change, obj) != seen:
        raise ServiceError(_("It has been changed since you opened this page. Look at it again."))
    kind = KINDS[change.subject_class]
    before = take(kind.name, [obj.pk])[obj.pk]
    values = {**change.values, **{key: value for key, value in (amended or {}).items() if key in change.values}}
    choices = choices or {}
    if any(choices.get(key) not in (NOW, PROPOSED) for key in overtaken_keys(change, before)):
        raise ServiceError(_("Some fields were changed on both sides: choose for each of them."), field="choices")
    values = {key: value for key, value in values.items() if choices.get(key) != NOW}
    if not values:
        raise ServiceError(_("Nothing is left to approve: send it back, or reject it."))
    _check_restores(obj, values)
    _decide(change, ChangeStatus.APPROVED, by=by, comment=comment)
    change.applied = values if values != change.values else {}
    change.save()
    putting.put(kind, obj, laid_over(before, values), before)
    changes = keys(changed(before, take(kind.name, [obj.pk])[obj.pk]))
    reverting.follow(obj, before, changes, by=change.author or by)
    for unused in (change.base, change.values):
        proposed_files.forget_unused(kind.name, unused)
    audit.name(AuditAction.APPROVE, obj)
    audit.on_behalf(change.author_id, change.comment)
    _tell(change, obj, "approved", by=by)
    return change


@transaction.atomic
def send_back(pk: UUID, *, by: User, comment: str) -> PendingChange:
    """Give a change back to its author, who is told why and amends it. Raises ServiceError (field `comment`)."""
    return _refuse(pk, ChangeStatus.RETURNED, AuditAction.SEND_BACK, by=by, comment=comment)


@transaction.atomic
def reject(pk: UUID, *, by: User, comment: str) -> PendingChange:
    """Refuse a change for good; its author is told why. Raises ServiceError (field `comment`)."""
    change = _refuse(pk, ChangeStatus.REJECTED, AuditAction.REJECT, by=by, comment=comment)
    proposed_files.forget_unused(change.subject_class, change.values)
    return change


@transaction.atomic
def withdraw(pk: UUID, *, by: User) -> PendingChange:
    """Take one's own change back. Raises ServiceError where it is decided, or somebody else's."""
    change = _mine(pk, by)
    change.status = ChangeStatus.WITHDRAWN
    change.save()
    notifications.mark_handled(change)
    proposed_files.forget_unused(change.subject_class, change.values)
    audit.name(AuditAction.WITHDRAW, change)
    return change


@transaction.atomic
def resubmit(pk: UUID, *, by: User, comment: str = "") -> PendingChange:
    """Submit a change that was sent back once more, as it is. Raises ServiceError."""
    change = _mine(pk, by)
    if change.status != ChangeStatus.RETURNED:
        raise ServiceError(_("It is submitted already."))
    change.status, change.submitted_at = ChangeStatus.PENDING, timezone.now()
    change.comment = comment.strip()[:MAX_COMMENT] or change.comment
    change.decided_by, change.decided_at = None, None
    change.save()
    audit.name(AuditAction.PROPOSE, change)
    submissions.tell_curators(change)
    return change


def _refuse(pk: UUID, status: ChangeStatus, action: AuditAction, *, by: User, comment: str) -> PendingChange:
    change = submissions.to_decide(PendingChange, pk, by)
    if not comment.strip():
        raise ServiceError(_("Say why: the author reads it."), field="comment")
    _decide(change, status, by=by, comment=comment)
    change.save()
    audit.name(action, change)
    _tell(change, change.subject, str(status), by=by)
    return change


def _tell(change: PendingChange, obj: Any, verdict: str, *, by: User) -> None:
    submissions.tell_author(
        change,
        change.author,
        obj,
        by=by,
        template=f"change_{verdict}",
        status=f"change_{verdict}",
        change=str(change.pk),
        path=reverse("publish-change", args=[change.pk]),
    )


def _decide(change: PendingChange, status: ChangeStatus, *, by: User, comment: str) -> None:
    change.status, change.decided_by, change.decided_at = status, by, timezone.now()
    change.answer = comment.strip()[:MAX_COMMENT]


def _mine(pk: UUID, by: User) -> PendingChange:
    """Return one's own undecided change, locked. Raises ServiceError."""
    change = PendingChange.objects.select_for_update(of=("self",)).filter(pk=pk, author=by).first()
    if change is None or change.status not in UNDECIDED:
        raise ServiceError(_("It waits for nothing any more."))
    return change


def _locked(change: PendingChange) -> Any:
    """Return the object of a change, its row locked. Raises ServiceError if it is gone for good."""
    model = model_of(change.subject_class)
    obj = model._base_manager.select_for_update(of=("self",)).filter(pk=change.subject_id).first()
    if obj is None:
        raise ServiceError(_("It has been deleted."))
    return obj


def _check_restores(obj: Any, values: type_of_fields) -> None:
    """Raise ServiceError for a deleted object, unless the change brings it back."""
    column = curation.deleted_column(model_of(class_of(obj)))
    if getattr(obj, column) and not (column in values and values[column] is None and column in STATES):
        raise ServiceError(_("It has been deleted."))
