"""Notifications: what a user should know or do, shown until she has handled it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NotificationKind(models.TextChoices):
    """udata's classes of details (`<kind>NotificationDetails` in its API), `Review` and `BrokenLinks` of ours."""

    MEMBERSHIP_REQUEST = "MembershipRequest", _("membership request")
    MEMBERSHIP_ACCEPTED = "MembershipAccepted", _("membership accepted")
    MEMBERSHIP_REFUSED = "MembershipRefused", _("membership refused")
    NEW_BADGE = "NewBadge", _("new badge")
    TRANSFER_REQUEST = "TransferRequest", _("transfer request")
    DISCUSSION = "Discussion", _("discussion")
    VALIDATE_HARVESTER = "ValidateHarvester", _("harvest source to validate")
    REUSE_CREATED = "ReuseCreated", _("new reuse")
    DATASERVICE_CREATED = "DataserviceCreated", _("new dataservice")
    REVIEW = "Review", _("answer to a submission")
    BROKEN_LINKS = "BrokenLinks", _("broken links")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unhandled(self) -> "NotificationQuerySet":
        return self.filter(handled_at__isnull=True)


class Notification(models.Model):
    """`details` hold ids and texts of the moment; the API shows the objects as they are when it is read.

    `cause` names the row that the notification is about (`MembershipRequest:<id>`), so that handling the one handles
    the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=32, choices=NotificationKind)
    details = models.JSONField(default=dict, blank=True)
    cause = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    last_modified = models.DateTimeField(_("last modified"), default=timezone.now)
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_of_user"),
            models.Index(fields=["user"], name="notification_unhandled", condition=Q(handled_at__isnull=True)),
            models.Index(fields=["cause"], name="notification_of_cause", condition=~Q(cause="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.user}"
