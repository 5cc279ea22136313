"""Transfers: giving an object to somebody else, who has to accept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.base import is_sysadmin, type_of_user
from catalog.models.organization import Member, Organization
from catalog.models.subject import SubjectModel, SubjectQuerySet
from catalog.models.vocabulary import MemberRole
from portal.lib.ids import PublicIdModel

TRANSFERABLE = ("Dataset", "Reuse", "Dataservice", "CommunityResource", "Topic")


class TransferStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")


class TransferQuerySet(SubjectQuerySet):
    def visible_to(self, user: type_of_user) -> "TransferQuerySet":
        """Transfers that `user` asked for or may answer; a system administrator sees all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if is_sysadmin(user):
            return self.all()
        administered = Member.objects.filter(user_id=user.pk, role=MemberRole.ADMIN).values("organization_id")
        return self.filter(
            Q(user_id=user.pk)
            | Q(recipient_user_id=user.pk)
            | Q(recipient_organization__in=administered)
            | Q(owner_organization__in=administered)
        )


class Transfer(PublicIdModel, SubjectModel):
    """A proposal of `user` to give the subject, owned by `owner_…`, to the recipient."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="asked_transfers")
    owner_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    owner_organization = models.ForeignKey(Organization, models.SET_NULL, null=True, related_name="+")
    recipient_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="transfers")
    recipient_organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="transfers")
    comment = models.TextField(_("comment"), blank=True)
    status = models.CharField(_("status"), max_length=16, choices=TransferStatus, default=TransferStatus.PENDING)
    response_comment = models.TextField(_("comment of the answer"), blank=True)
    created = models.DateTimeField(_("created at"), default=timezone.now)
    responded = models.DateTimeField(_("answered at"), null=True, blank=True)
    responder = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-created", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient_user__isnull=False) ^ Q(recipient_organization__isnull=False),
                name="transfer_one_recipient",
            ),
            models.CheckConstraint(condition=Q(subject_class__in=TRANSFERABLE), name="transfer_class"),
            models.UniqueConstraint(
                fields=["subject_class", "subject_id"], condition=Q(status="pending"), name="transfer_pending_once"
            ),
        ]
        indexes = [models.Index(fields=["subject_class", "subject_id"], name="transfer_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject_class} {self.subject_id} → {self.recipient}"

    @property
    def recipient(self) -> models.Model | None:
        return self.recipient_organization or self.recipient_user

    @property
    def owner(self) -> models.Model | None:
        """Who owned the subject when the transfer was asked for."""
        return self.owner_organization or self.owner_user
