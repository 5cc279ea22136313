"""Giving an object to somebody else: asked by its owner, answered by the recipient."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Assignment, Dataset, Organization, Transfer
from catalog.models.notification import NotificationKind
from catalog.models.transfer import TransferStatus
from catalog.permissions import Actor, can_administer
from catalog.services import activity, derivation, metrics, notifications, outbox
from portal.lib.errors import ServiceError
from portal.models import User

HANDLED = "Cannot update transfer after accepting/refusing"  # udata's words


def can_answer(actor: Actor, transfer: Transfer) -> bool:
    """The recipient answers: the user herself, or an administrator of the organization."""
    if transfer.recipient_organization_id:
        return can_administer(actor, transfer.recipient_organization_id)
    return actor.is_sysadmin or (actor.user_id is not None and actor.user_id == transfer.recipient_user_id)


@transaction.atomic
def ask(subject: Any, recipient: models.Model, *, by: User, comment: str) -> Transfer:
    """Propose to give `subject` to `recipient`, who is notified. Raises ServiceError."""
    if recipient == (subject.organization or subject.owner):
        raise ServiceError(_("The recipient is already the owner of this object"), field="recipient")
    if Transfer.objects.about(subject).filter(status=TransferStatus.PENDING).exists():
        raise ServiceError(_("A transfer of this object is already pending"), field="subject")
    to_organization = isinstance(recipient, Organization)
    transfer = Transfer.objects.create(
        subject=subject,
        user=by,
        comment=comment,
        owner_user=subject.owner,
        owner_organization=subject.organization,
        recipient_organization=recipient if to_organization else None,
        recipient_user=None if to_organization else recipient,
    )
    people = notifications.administrators_of(recipient) if to_organization else [recipient]
    notifications.notify(people, NotificationKind.TRANSFER_REQUEST, {"transfer": transfer.pk}, cause=transfer)
    context = {"subject": str(subject), "by": by.pk, "comment": comment, "path": subject.get_absolute_url()}
    outbox.emit("mail", to=[user.pk for user in people], template="transfer_request", context=context)
    return transfer


@transaction.atomic
def respond(transfer: Transfer, *, accept: bool, comment: str, by: User) -> Transfer:
    """Accept (the recipient becomes the owner) or refuse; the row is locked. Raises ServiceError if it was answered."""
    if transfer.status != TransferStatus.PENDING:
        raise ServiceError(_(HANDLED))
    transfer.status = TransferStatus.ACCEPTED if accept else TransferStatus.REFUSED
    transfer.response_comment, transfer.responded, transfer.responder = comment, timezone.now(), by
    transfer.save()
    notifications.mark_handled(transfer)
    if accept:
        _hand_over(transfer, by)
    _tell_asker(transfer, by)
    return transfer


def _tell_asker(transfer: Transfer, by: User) -> None:
    if transfer.user_id is None or transfer.user_id == by.pk:
        return
    subject = transfer.subject
    context = {"subject": str(subject or ""), "by": by.pk, "comment": transfer.response_comment}
    if subject is not None:
        context["path"] = subject.get_absolute_url()
    outbox.emit("mail", to=[transfer.user_id], template=f"transfer_{transfer.status}", context=context)


def _hand_over(transfer: Transfer, by: User) -> None:
    if transfer.subject is None:
        raise ServiceError(_("The object of this transfer no longer exists"))
    subject = type(transfer.subject).objects.select_for_update(of=("self",)).get(pk=transfer.subject_id)
    before = subject.organization_id
    subject.organization, subject.owner = transfer.recipient_organization, transfer.recipient_user
    subject.save()
    Assignment.objects.about(subject).delete()
    if isinstance(subject, Dataset):
        derivation.refresh_one(subject)
    key = f"{transfer.subject_class.lower()}:updated"
    if transfer.subject_class != "CommunityResource":
        activity.record(by, key, subject, changes=["owner", "organization"])
    metrics.refresh_organization_metrics(filter(None, {before, subject.organization_id}))
