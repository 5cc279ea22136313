"""Who is told of submissions and changes: curators of what waits, authors of what was decided."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog import permissions
from catalog.models import Notification, PendingChange, Review
from catalog.models.notification import NotificationKind
from catalog.models.review import PENDING, Submission
from catalog.models.subject import class_of
from catalog.services import notifications, outbox
from portal.lib.errors import ServiceError
from portal.models import User


def curators() -> list[User]:
    """Return who may decide about submissions: system administrators, and who holds the permission on reviews."""
    return list(User.objects.who_may("catalog", "change_review"))


def tell_curators(row: PendingChange | Review) -> None:
    """Tell curators, once, that something waits; who has not looked at it yet is not told again."""
    submitter = row.author_id if isinstance(row, PendingChange) else row.submitted_by_id
    cause = notifications.cause_of(row)
    told = set(Notification.objects.unhandled().filter(cause=cause).values_list("user_id", flat=True))
    people = [one for one in curators() if one.pk not in told and one.pk != submitter]
    if not people:
        return
    details = {
        "subject": {"class": row.subject_class, "id": row.subject_id},
        "status": "proposed" if isinstance(row, PendingChange) else "submitted",
    }
    notifications.notify(people, NotificationKind.REVIEW, details, cause=row)
    context = {"subject": str(row.subject or ""), "by": submitter, "path": queue_of(row)}
    outbox.emit("mail", to=[one.pk for one in people], template="to_review", context=context)


def queue_of(row: PendingChange | Review) -> str:
    """Return the path of the page where curators decide about it."""
    return reverse(f"admin:catalog_{row._meta.model_name}_change", args=[row.pk])


def to_decide(model: type[Submission], pk: UUID, by: User) -> Submission:
    """Return what waits for a curator, locked. Raises ServiceError if it is decided, or not for `by` to decide."""
    if not permissions.reviews(by):
        raise ServiceError(_("Only curators may do that."))
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None or row.status != PENDING:
        raise ServiceError(_("Somebody has decided about it meanwhile."))
    return row


def tell_author(row: Submission, author: User | None, obj: Any, *, by: User, template: str, **details: str) -> None:
    """Tell the author what was decided, in the portal and by mail, unless she decided herself.

    `template` names the mail; `details` go into the notification, `path` (where it leads) into the mail.
    """
    notifications.mark_handled(row)
    if author is None or author.pk == by.pk or not author.is_active:
        return
    place = {"path": details.pop("path")} if "path" in details else {}
    about = {"class": class_of(obj), "id": obj.pk} if obj is not None else {}
    notifications.notify([author], NotificationKind.REVIEW, {"subject": about, **details}, cause=row)
    context = {"subject": str(obj or ""), "comment": row.answer, "by": by.pk, **place}
    outbox.emit("mail", to=[author.pk], template=template, context=context)
