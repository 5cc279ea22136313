"""Joining and leaving organizations: requests, invitations, roles, assignments. No organization loses its last
administrator (udata lets it happen).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Assignment, Member, MembershipRequest, Organization
from catalog.models.activity import ActivityKey
from catalog.models.membership import MembershipKind, MembershipStatus
from catalog.models.notification import NotificationKind
from catalog.models.subject import class_of, model_of
from catalog.models.vocabulary import MemberRole
from catalog.services import activity, metrics, notifications, outbox
from portal.lib.errors import ServiceError
from portal.models import User


class AlreadyHandled(ServiceError):
    """The request was answered before."""


@transaction.atomic
def ask(organization: Organization, *, by: User, comment: str) -> tuple[MembershipRequest, bool]:
    """Ask to join; return the request and whether it is new (a pending one is changed). Raises ServiceError."""
    if organization.members.filter(user=by).exists():
        raise ServiceError(_("You are already a member of this organization"), field="user")
    pending = organization.membership_requests.pending().filter(user=by, kind=MembershipKind.REQUEST).first()
    if pending:
        pending.comment = comment or pending.comment
        pending.save(update_fields=["comment"])
        return pending, False
    if organization.membership_requests.pending().filter(user=by).exists():
        raise ServiceError(_("You are already invited to this organization"), field="user")
    if not comment:
        raise ServiceError(_("Comment is required"), field="comment")
    request = MembershipRequest.objects.create(organization=organization, user=by, comment=comment, created_by=by)
    admins = notifications.administrators_of(organization)
    details = {"organization": organization.pk, "user": by.pk, "request": str(request.pk), "kind": request.kind}
    notifications.notify(admins, NotificationKind.MEMBERSHIP_REQUEST, details, cause=request)
    _mail(admins, "membership_request", organization, by=by.pk, comment=comment)
    return request, True


@transaction.atomic
def accept(request: MembershipRequest, *, by: User) -> Member:
    """Accept a request, or one's own invitation; return the member. Raises AlreadyHandled.

    The caller has locked the row of the request.
    """
    _handle(request, MembershipStatus.ACCEPTED, by)
    member, made = Member.objects.get_or_create(
        organization=request.organization, user=request.user, defaults={"role": request.role}
    )
    if made and member.role == MemberRole.PARTIAL_EDITOR:
        set_assignments(request.organization, request.user, _still_owned(request))
    details = {"organization": request.organization_id, "user": request.user_id, "kind": request.kind}
    told = [request.user] if request.kind == MembershipKind.REQUEST else [request.created_by]
    notifications.notify(filter(None, told), NotificationKind.MEMBERSHIP_ACCEPTED, details, cause=request)
    notifications.mark_handled(request)
    template = "membership_accepted" if request.kind == MembershipKind.REQUEST else "invitation_accepted"
    _mail(filter(None, told), template, request.organization, by=request.user_id)
    activity.record(by, ActivityKey.ORGANIZATION_UPDATED, request.organization, changes=["members"])
    metrics.refresh_organization_metrics([request.organization_id])
    return member


@transaction.atomic
def refuse(request: MembershipRequest, *, by: User, comment: str = "") -> MembershipRequest:
    """Refuse a request (with a reason) or one's own invitation. Raises ServiceError, AlreadyHandled."""
    if request.kind == MembershipKind.REQUEST and not comment:
        raise ServiceError(_("Comment is required"), field="comment")
    _handle(request, MembershipStatus.REFUSED, by, refusal_comment=comment)
    if request.kind == MembershipKind.REQUEST:
        details = {"organization": request.organization_id, "user": request.user_id, "comment": comment}
        notifications.notify([request.user], NotificationKind.MEMBERSHIP_REFUSED, details)
        _mail([request.user], "membership_refused", request.organization, comment=comment)
    elif request.created_by:
        _mail([request.created_by], "invitation_refused", request.organization, by=request.user_id)
    notifications.mark_handled(request)
    return request


@transaction.atomic
def cancel(request: MembershipRequest, *, by: User) -> MembershipRequest:
    """Take an invitation back. Raises ServiceError for a request, AlreadyHandled."""
    if request.kind != MembershipKind.INVITATION:
        raise ServiceError(_("Only invitations can be canceled"))
    _handle(request, MembershipStatus.CANCELED, by)
    notifications.mark_handled(request)
    context = {"organization": request.organization.name}
    to = [request.user_id or request.email]
    outbox.emit("mail", to=to, template="membership_invitation_canceled", context=context)
    return request


def _still_owned(request: MembershipRequest) -> list[dict[str, str]]:
    """Return the assignments of an invitation whose objects have not gone elsewhere since."""
    owned = {
        name: set(model_of(name).objects.filter(organization=request.organization_id).values_list("pk", flat=True))
        for name in {one["class"] for one in request.assignments}
    }
    return [one for one in request.assignments if one["id"] in owned[one["class"]]]


def _handle(request: MembershipRequest, status: str, by: User, **values: Any) -> None:
    if request.status != MembershipStatus.PENDING:
        raise AlreadyHandled(_("This request was already handled"))
    request.status, request.handled_on, request.handled_by = status, timezone.now(), by
    for name, value in values.items():
        setattr(request, name, value)
    request.save()


class Invitation(NamedTuple):
    """Who is invited (a user, or the owner of an e-mail address), as what, to edit which objects."""

    user: User | None = None
    email: str = ""
    role: str = MemberRole.EDITOR
    comment: str = ""
    assignments: Sequence[Any] = ()


@transaction.atomic
def invite(organization: Organization, wanted: Invitation, *, by: User) -> MembershipRequest:
    """Invite somebody; an address with an account is that account. Raises ServiceError (`user`, `assignments`)."""
    user, email = wanted.user, wanted.email.lower()
    if user is None and email:
        user = User.objects.active().filter(email=email).first()
    _check_invitation(organization, wanted, user, email)
    request = MembershipRequest.objects.create(
        organization=organization,
        kind=MembershipKind.INVITATION,
        user=user,
        email="" if user else email,
        role=wanted.role,
        comment=wanted.comment,
        created_by=by,
        assignments=[{"class": class_of(one), "id": one.pk} for one in wanted.assignments],
    )
    if user:
        _notify_invited(request)
    context = {"organization": organization.name, "path": organization.get_absolute_url(), "by": by.pk}
    context["comment"] = wanted.comment
    template = "membership_invitation" if user else "membership_invitation_new"
    outbox.emit("mail", to=[user.pk if user else email], template=template, context=context)
    return request


def _check_invitation(organization: Organization, wanted: Invitation, user: User | None, email: str) -> None:
    if user is None and not email:
        raise ServiceError(_("Either user or email is required"), field="user")
    if user and organization.members.filter(user=user).exists():
        raise ServiceError(_("User is already a member"), field="user")
    same = models.Q(user=user) if user else models.Q(user=None, email=email)
    if organization.membership_requests.pending().filter(same).exists():
        if user is None:
            raise ServiceError(_("An invitation is already pending for this email"), field="email")
        raise ServiceError(_("A request or invitation is already pending for this user"), field="user")
    if wanted.role != MemberRole.PARTIAL_EDITOR and wanted.assignments:
        raise ServiceError(_("Assignments can only be set for partial_editor role"), field="assignments")
    _check_assignable(organization, wanted.assignments)


def _notify_invited(request: MembershipRequest) -> None:
    details = {
        "organization": request.organization_id, "user": request.user_id, "request": str(request.pk),
        "kind": request.kind,
    }  # fmt: skip
    notifications.notify([request.user], NotificationKind.MEMBERSHIP_REQUEST, details, cause=request)


@transaction.atomic
def bind_invitations(user: User) -> int:
    """Give the invitations to this (confirmed) address to its account; return how many there were."""
    if not user.email:
        return 0
    found = MembershipRequest.objects.pending().filter(user=None, email=user.email)
    done = 0
    for request in found.exclude(organization__members__user=user):
        if MembershipRequest.objects.pending().filter(organization=request.organization_id, user=user).exists():
            continue
        request.user, request.email = user, ""
        request.save(update_fields=["user", "email"])
        _notify_invited(request)
        done += 1
    return done


@transaction.atomic
def set_role(member: Member, role: str, *, by: User) -> list[str]:
    """Give a member another role; return the changed paths. Raises ServiceError for the last administrator."""
    if member.role == role:
        return []
    _keep_an_admin(member)
    member.role = role
    member.save(update_fields=["role"])
    if role != MemberRole.PARTIAL_EDITOR:
        Assignment.objects.filter(organization=member.organization_id, user=member.user_id).delete()
    ids = list(Member.objects.filter(organization=member.organization_id).values_list("pk", flat=True))
    if member.user_id != by.pk:
        _mail([member.user], "membership_role", member.organization, role=role)
    changes = [f"members.{ids.index(member.pk)}.role"]
    activity.record(by, ActivityKey.ORGANIZATION_UPDATED, member.organization, changes=changes)
    return changes


@transaction.atomic
def remove(member: Member, *, by: User) -> None:
    """Remove a member. Raises ServiceError for the last administrator."""
    _keep_an_admin(member)
    organization = member.organization
    Assignment.objects.filter(organization=organization, user=member.user_id).delete()
    member.delete()
    if member.user_id != by.pk:
        _mail([member.user], "membership_ended", organization)
    activity.record(by, ActivityKey.ORGANIZATION_UPDATED, organization, changes=["members"])
    metrics.refresh_organization_metrics([organization.pk])


def _keep_an_admin(member: Member) -> None:
    """Refuse to lose the last administrator; the organization's row is locked, so that two can't leave at once."""
    Organization.objects.select_for_update(of=("self",)).get(pk=member.organization_id)
    admins = Member.objects.filter(organization=member.organization_id, role=MemberRole.ADMIN)
    if member.role == MemberRole.ADMIN and not admins.exclude(pk=member.pk).exists():
        raise ServiceError(_("An organization keeps at least one administrator"), field="role")


@transaction.atomic
def assign(organization: Organization, user: User, subjects: list[Any]) -> list[Assignment]:
    """Make the assignments of a partial editor those of `subjects`. Raises ServiceError."""
    member = organization.members.filter(user=user).first()
    if member is None or member.role != MemberRole.PARTIAL_EDITOR:
        raise ServiceError(_("Assignments can only be set for partial editors"), field="user")
    _check_assignable(organization, subjects)
    return set_assignments(organization, user, [{"class": class_of(one), "id": one.pk} for one in subjects])


def set_assignments(organization: Organization, user: User, references: Iterable[dict[str, str]]) -> list[Assignment]:
    """Replace the assignments of a user by these `{class, id}`; those that stay keep their id."""
    wanted = {(one["class"], one["id"]) for one in references}
    mine = Assignment.objects.filter(organization=organization, user=user)
    for name, pk in wanted:  # what another organization gave, when it owned the object
        Assignment.objects.filter(user=user, subject_class=name, subject_id=pk).exclude(pk__in=mine).delete()
    known = {(one.subject_class, one.subject_id): one for one in mine}
    mine.filter(pk__in=[one.pk for key, one in known.items() if key not in wanted]).delete()
    Assignment.objects.bulk_create(
        Assignment(organization=organization, user=user, subject_class=name, subject_id=pk)
        for name, pk in sorted(wanted - known.keys())
    )
    return list(mine.select_related("user").order_by(F("created_at"), "pk"))


def _check_assignable(organization: Organization, subjects: Sequence[Any]) -> None:
    if any(one.organization_id != organization.pk for one in subjects):
        raise ServiceError(_("Only objects of the organization can be assigned"), field="assignments")


def _mail(to: Iterable[User], template: str, organization: Organization, **context: Any) -> None:
    people = [user.pk for user in to]
    if people:
        context = {"organization": organization.name, "path": organization.get_absolute_url(), **context}
        outbox.emit("mail", to=people, template=template, context=context)
