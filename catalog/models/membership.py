"""How people join organizations: requests and invitations; and what partial editors were given to edit."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.organization import Organization
from catalog.models.subject import SubjectModel, SubjectQuerySet
from catalog.models.vocabulary import MemberRole
from portal.lib.ids import PublicIdModel

ASSIGNABLE = ("Dataset", "Dataservice", "Reuse")


class MembershipKind(models.TextChoices):
    REQUEST = "request", _("request")
    INVITATION = "invitation", _("invitation")


class MembershipStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")
    CANCELED = "canceled", _("canceled")


class MembershipQuerySet(models.QuerySet["MembershipRequest"]):
    def pending(self) -> "MembershipQuerySet":
        return self.filter(status=MembershipStatus.PENDING)


class MembershipRequest(models.Model):
    """A request of a user, or an invitation to a user or to an e-mail address that has no account yet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="membership_requests")
    kind = models.CharField(_("kind"), max_length=16, choices=MembershipKind, default=MembershipKind.REQUEST)
    status = models.CharField(_("status"), max_length=16, choices=MembershipStatus, default=MembershipStatus.PENDING)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="membership_requests"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=16, choices=MemberRole, default=MemberRole.EDITOR)
    comment = models.TextField(_("comment"), blank=True)
    refusal_comment = models.TextField(_("reason of the refusal"), blank=True)
    assignments = models.JSONField(default=list, blank=True)  # [{"class", "id"}], for partial editors
    created = models.DateTimeField(_("created at"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    handled_on = models.DateTimeField(_("handled at"), null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership request")
        verbose_name_plural = _("membership requests")
        ordering = ["created", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(email=""), name="membership_of_somebody"),
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=Q(status="pending", user__isnull=False),
                name="membership_pending_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(status="pending", user__isnull=True),
                name="membership_invited_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "status"], name="membership_of_organization"),
            models.Index(fields=["email"], name="membership_by_email", condition=Q(status="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.email} → {self.organization}"


class Assignment(PublicIdModel, SubjectModel):
    """One object that a partial editor of the owning organization may edit."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "subject_class", "subject_id"], name="assignment_once"),
            models.CheckConstraint(condition=Q(subject_class__in=ASSIGNABLE), name="assignment_class"),
        ]
        indexes = [models.Index(fields=["subject_class", "subject_id"], name="assignment_of_subject")]

    def __str__(self) -> str:
        return f"{self.user}: {self.subject_class} {self.subject_id}"
