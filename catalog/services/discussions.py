"""Opening, answering, closing, editing and deleting discussions; their counters, activity and notifications."""

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Discussion, Message, Organization
from catalog.models.discussion import SUBJECTS
from catalog.models.notification import NotificationKind
from catalog.models.subject import class_of
from catalog.permissions import Actor, can_edit, can_own
from catalog.services import activity, notifications, outbox, reports, spam
from portal.lib.addresses import host_of
from portal.lib.errors import ServiceError
from portal.models import User

DISCUSSED = ("Dataset", "Reuse", "Dataservice")  # whose discussions are activity


class NotAllowed(ServiceError):
    """The caller may read the discussion, but not do this to it."""


def speaks_for(actor: Actor, user_id: str | None, organization_id: str | None) -> bool:
    """Tell whether the caller wrote it, or edits for the organization in whose name it was written."""
    if actor.is_sysadmin or (actor.user_id is not None and actor.user_id == user_id):
        return True
    return organization_id is not None and can_own(actor, organization_id)


@transaction.atomic
def start(values: dict[str, Any], *, by: User, actor: Actor) -> Discussion:
    """Open a discussion on `values["subject"]` with a first message. Raises ServiceError (field `organization`)."""
    subject, organization = values["subject"], _organization(values, actor)
    discussion = Discussion.objects.create(
        title=values["title"], user=by, organization=organization, extras=values.get("extras", {}),
        **{SUBJECTS[class_of(subject)]: subject},
    )  # fmt: skip
    _post(discussion, values["comment"], by, organization)
    count(subject)
    with spam.screened(discussion, [discussion.title, values["comment"]], by=by):
        _note(discussion, by)
        _tell(discussion, "new_discussion", by)
    return discussion


@transaction.atomic
def answer(discussion: Discussion, values: dict[str, Any], *, by: User, actor: Actor) -> None:
    """Add a message, close the discussion, or both; its row is locked. Raises NotAllowed, ServiceError."""
    if discussion.closed:
        raise NotAllowed("Can't add comments on a closed discussion")
    organization = _organization(values, actor)
    if values.get("close"):
        if not can_close(discussion, actor):
            raise NotAllowed(_("You do not have the permission to close that discussion."))
        discussion.closed, discussion.closed_by = timezone.now(), by
        discussion.closed_by_organization = organization
        discussion.save()
    comment = values.get("comment")
    message = _post(discussion, comment, by, organization) if comment else None
    count(discussion.subject)
    with spam.screened(discussion, [comment or ""], by=by, part=message and message.pk):
        if message:
            _note(discussion, by)
        _tell(discussion, "closed" if values.get("close") else "new_comment", by)


def can_close(discussion: Discussion, actor: Actor) -> bool:
    """The author closes, and whoever may edit the subject."""
    if speaks_for(actor, discussion.user_id, discussion.organization_id):
        return True
    return hasattr(discussion.subject, "organization_id") and can_edit(actor, discussion.subject)


@transaction.atomic
def delete(discussion: Discussion, *, by: User) -> None:
    """Delete a discussion with its messages for good."""
    subject = discussion.subject
    reports.subject_deleted(discussion, by=by)
    discussion.delete()
    count(subject)


@transaction.atomic
def rename(discussion: Discussion, title: str, *, by: User) -> None:
    """Change the title of a discussion."""
    if title != discussion.title:
        discussion.title = title
        discussion.save(update_fields=["title"])
        with spam.screened(discussion, [title], by=by):
            pass


@transaction.atomic
def edit_message(message: Message, content: str, *, by: User) -> None:
    """Change what a message says."""
    is_new = content != message.content
    message.content, message.last_modified_at = content, timezone.now()
    message.save()
    with spam.screened(message.discussion, [content] if is_new else [], by=by, part=message.pk):
        pass


def is_opening(message: Message) -> bool:
    """Tell whether this is the first message of its discussion, which stays as long as the discussion."""
    return message.discussion.messages.order_by("posted_on", "id").values_list("pk", flat=True).first() == message.pk


@transaction.atomic
def delete_message(message: Message, *, by: User) -> None:
    """Delete one message for good."""
    reports.message_deleted(message.discussion, message.pk, by=by)
    message.delete()


def count(subject: models.Model) -> None:
    """Bring the counters of the subject up to date."""
    if not hasattr(subject, "metric_discussions"):
        return
    rows = Discussion.objects.filter(**{SUBJECTS[class_of(subject)]: subject})
    type(subject).objects.filter(pk=subject.pk).update(
        metric_discussions=rows.count(), metric_discussions_open=rows.filter(closed=None).count()
    )


def _organization(values: dict[str, Any], actor: Actor) -> Organization | None:
    organization = values.get("organization")
    if organization is not None and not can_own(actor, organization.pk):
        raise ServiceError(_("You do not have the permission to speak for that organization."), field="organization")
    return organization


def _post(discussion: Discussion, content: str, by: User, organization: Organization | None) -> Message:
    return Message.objects.create(
        discussion=discussion, content=content, posted_by=by, posted_by_organization=organization
    )


def _note(discussion: Discussion, by: User) -> None:
    name = discussion.subject_class
    if name in DISCUSSED:
        activity.record(by, f"{name.lower()}:discussed", discussion.subject, extras={"discussion_id": discussion.pk})


def _tell(discussion: Discussion, what: str, by: User) -> None:
    """Tell the subject's publishers and those who wrote before, but not the writer."""
    subject = discussion.subject
    people = {user.pk: user for user in notifications.owners_of(subject)}
    writers = User.objects.active().filter(messages__discussion=discussion)
    people |= {user.pk: user for user in writers.distinct()}
    people.pop(by.pk, None)
    details = {"discussion": discussion.pk, "status": what, "user": by.pk}
    notifications.notify(people.values(), NotificationKind.DISCUSSION, details, cause=discussion)
    if people:
        context = {"title": discussion.title, "subject": str(subject), "by": by.pk, **_address(discussion)}
        outbox.emit("mail", to=sorted(people), template=f"discussion_{what}", context=context)


def _address(discussion: Discussion) -> dict[str, str]:
    """Return where mails lead: a site on the list that discusses by our API and says where, else its own page."""
    notification = discussion.extras.get("notification")
    address = notification.get("external_url") if isinstance(notification, dict) else None
    if isinstance(address, str) and host_of(address) in settings.DISCUSSION_ALLOWED_EXTERNAL_DOMAINS:
        return {"url": address}
    return {"path": discussion.get_absolute_url()}
