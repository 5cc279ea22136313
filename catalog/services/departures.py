"""The end of an account in the catalogue. What she published stays, under the name that the portal gives the deleted;
what told of her, what she was part of and what waited for her goes.
"""

from collections import defaultdict

from django.db import transaction
from django.db.models import CharField, Count, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from reversion.models import Revision

from catalog.models import (
    Assignment,
    AuditEntry,
    BulkJob,
    ContactPoint,
    Dataset,
    DatasetDocument,
    Discussion,
    EditorNote,
    Follow,
    Member,
    MembershipRequest,
    Message,
    Notification,
    OutboxEvent,
    PendingChange,
    Report,
    Review,
    Sheet,
    Transfer,
    WaitingMail,
)
from catalog.models.audit import AuditAction
from catalog.models.discussion import SUBJECTS
from catalog.models.membership import MembershipKind
from catalog.models.subject import model_of
from catalog.models.transfer import TransferStatus
from catalog.models.vocabulary import MemberRole
from catalog.services import discussions, mail_choices, metrics, notes, notifications, outbox, reports
from catalog.services.audit import log as audit
from portal.models import User

DELETED = "DELETED"  # udata's, in place of what she wrote


@transaction.atomic
def leave(user: User, *, delete_comments: bool = False) -> None:
    """Remove what is hers alone from the catalogue; with `delete_comments` what she wrote in discussions, too."""
    audit.name(AuditAction.DELETE, user)
    leave_organizations(user)
    end_requests(user)
    end_transfers(user)
    forget_reviews(user)
    end_follows(user)
    Assignment.objects.filter(user=user).delete()
    Notification.objects.filter(user=user).delete()
    mail_choices.forget(user)
    if delete_comments:
        erase_comments(user)
    forget_contacts(user)
    Report.objects.about(user).update(subject_label=DELETED)
    reports.subject_deleted(user, by=None)
    Report.objects.filter(email=user.email).exclude(email="").update(email="")
    forget_events(user)
    AuditEntry.objects.forget_words_of(user.pk)
    Revision.objects.filter(user=user).update(comment="")
    Sheet.objects.filter(by=user).delete()
    BulkJob.objects.asked_by(user.pk).update(comment="", by=None, stop_asked=True)


def leave_organizations(user: User) -> None:
    """End her memberships. Nothing keeps her; an organization left without administrator is told, and the portal's."""
    memberships = list(Member.objects.filter(user=user).select_related("organization"))
    Member.objects.filter(user=user).delete()
    for member in memberships:
        organization = member.organization
        if member.role == MemberRole.ADMIN and not notifications.administrators_of(organization):
            people = {one.pk for one in notifications.members_of(organization)}
            people |= set(User.objects.sysadmins().exclude(pk=user.pk).values_list("pk", flat=True))
            context = {"organization": organization.name, "path": organization.get_absolute_url()}
            outbox.emit("mail", to=sorted(people), template="last_admin_left", context=context)
    metrics.refresh_organization_metrics([member.organization_id for member in memberships])


def end_requests(user: User) -> None:
    """Take back what waits, and forget what she, or others to her, wrote in what was answered."""
    hers = MembershipRequest.objects.filter(Q(user=user) | (Q(email=user.email) & ~Q(email="")))
    for request in hers.pending():
        notifications.mark_handled(request)
    hers.pending().delete()
    hers.filter(user=None).delete()
    hers.update(comment="", refusal_comment="", email="")
    invitations = MembershipRequest.objects.filter(created_by=user, kind=MembershipKind.INVITATION)
    invitations.update(comment="")


def end_transfers(user: User) -> None:
    """Take back the transfers that wait for her or were hers to give, and forget what she wrote in the others."""
    waiting = Transfer.objects.filter(status=TransferStatus.PENDING)
    for transfer in waiting.filter(Q(user=user) | Q(recipient_user=user)):
        notifications.mark_handled(transfer)
        transfer.delete()
    Transfer.objects.filter(user=user).update(comment="")
    Transfer.objects.filter(responder=user).update(response_comment="")


def forget_reviews(user: User) -> None:
    """Forget what she wrote when she submitted, when she decided and in notes; what she submitted waits on."""
    Review.objects.filter(submitted_by=user).update(comment="", submitted_by=None)
    Review.objects.filter(decided_by=user).update(answer="", decided_by=None)
    PendingChange.objects.filter(author=user).update(comment="", author=None)
    PendingChange.objects.filter(decided_by=user).update(answer="", decided_by=None)
    for note in EditorNote.objects.filter(author=user):
        notes.remove(note)


def end_follows(user: User) -> None:
    """Remove whom and what she follows and who follows her, and count the followers anew: one query a class."""
    followed: dict[str, list[str]] = defaultdict(list)
    for name, pk in Follow.objects.current().filter(follower=user).values_list("subject_class", "subject_id"):
        followed[name].append(pk)
    followers = list(Follow.objects.current().about(user).values_list("follower_id", flat=True))
    Follow.objects.filter(follower=user).delete()
    Follow.objects.about(user).delete()
    for name, ids in followed.items():
        rows = model_of(name)._default_manager.filter(pk__in=ids)
        if hasattr(rows.model, "metric_followers"):
            same = Follow.objects.current().filter(
                subject_class=name, subject_id=Cast(OuterRef("pk"), CharField(max_length=36))
            )
            rows.update(metric_followers=_counted(same, "subject_id"))
    hers = Follow.objects.current().filter(follower=OuterRef("pk"))
    User.objects.filter(pk__in=followers).update(metric_following=_counted(hers, "follower"))
    User.objects.filter(pk=user.pk).update(metric_followers=0, metric_following=0)


def _counted(follows: Q, column: str) -> Coalesce:
    return Coalesce(Subquery(follows.order_by().values(column).annotate(n=Count("pk")).values("n")), 0)


def erase_comments(user: User) -> None:
    """Delete the discussions where only she wrote; in the others, put a word in place of hers."""
    mine = Discussion.objects.filter(Q(messages__posted_by=user) | Q(user=user)).distinct()
    spoken_with = Message.objects.exclude(posted_by=user).values("discussion")
    for discussion in mine.exclude(pk__in=spoken_with).select_related(*SUBJECTS.values()):
        discussions.delete(discussion, by=user)
    Message.objects.filter(posted_by=user).update(content=DELETED)
    hers = Discussion.objects.filter(user=user)
    WaitingMail.objects.filter(context__path__in=[one.get_absolute_url() for one in hers]).delete()  # they name it
    Report.objects.filter(subject_class="Discussion", subject_id__in=list(hers.values_list("pk", flat=True))).update(
        subject_label=DELETED
    )
    hers.update(title=DELETED)
    Report.objects.filter(subject_class="Discussion", subject_deleted_by=user).update(subject_label=DELETED)


def forget_contacts(user: User) -> None:
    """Delete the contact points that are hers, and the stored documents that show them."""
    contacts = ContactPoint.objects.filter(owner=user)
    shown = Dataset.objects.filter(contact_points__in=contacts).values("pk")
    DatasetDocument.objects.filter(dataset__in=list(shown.values_list("pk", flat=True))).delete()
    contacts.delete()


def forget_events(user: User) -> None:
    """Drop the side effects of her acts, and those that would write to her. Those done keep no texts (see `mails`)."""
    about = Q(payload__to=user.pk) | Q(payload__to=[user.pk]) | Q(payload__context__by=user.pk)
    about |= Q(payload__details__user=user.pk) | Q(payload__actor_id=user.pk)
    if user.email:
        about |= Q(payload__to=user.email) | Q(payload__to=[user.email]) | Q(error__contains=user.email)
    OutboxEvent.objects.filter(about).delete()
