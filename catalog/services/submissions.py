"""Who is told of submissions and changes: curators of what waits, authors of what was decided."""

from typing import Any

from django.urls import reverse

from catalog.models import Notification, PendingChange, Review
from catalog.models.notification import NotificationKind
from catalog.models.subject import class_of
from catalog.services import notifications, outbox
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


def tell_author(change: PendingChange, obj: Any, *, verdict: str, by: User) -> None:
    """Tell the author what was decided, in the portal and by mail, unless she decided herself."""
    notifications.mark_handled(change)
    author = change.author
    if author is None or author.pk == by.pk or not author.is_active:
        return
    about = {"class": class_of(obj), "id": obj.pk} if obj is not None else {}
    details = {"subject": about, "status": f"change_{verdict}", "change": str(change.pk)}
    notifications.notify([author], NotificationKind.REVIEW, details, cause=change)
    context = {
        "subject": str(obj or ""),
        "comment": change.answer,
        "by": by.pk,
        "path": reverse("publish-change", args=[change.pk]),
    }
    outbox.emit("mail", to=[author.pk], template=f"change_{verdict}", context=context)
