"""Reviews: a draft's way to its publication, asked for by an editor, decided by a curator, perhaps at a later date."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.organization import Organization
from catalog.models.subject import SubjectModel, SubjectQuerySet

REVIEWED = ("Dataset", "Reuse", "Dataservice")
MAX_COMMENT = 2000  # characters
PENDING = "pending"  # the status of what waits for a curator, draft or change


class Submission(SubjectModel):
    """What somebody asks of curators about one object, and what they answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), default=timezone.now)
    comment = models.TextField(_("comment"), max_length=MAX_COMMENT, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.TextField(_("comment of the curator"), max_length=MAX_COMMENT, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.subject or self.subject_id}: {self.get_status_display()}"


class ReviewStatus(models.TextChoices):
    PENDING = "pending", _("to review")
    SCHEDULED = "scheduled", _("scheduled")
    PUBLISHED = "published", _("published")
    RETURNED = "returned", _("sent back")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN = (ReviewStatus.PENDING, ReviewStatus.SCHEDULED)


class ReviewQuerySet(SubjectQuerySet):
    def open(self) -> "ReviewQuerySet":
        """Those that wait for a curator or for their date: at most one for each object."""
        return self.filter(status__in=OPEN)

    def due(self, now: datetime) -> "ReviewQuerySet":
        """Those whose date of publication has come, the oldest first."""
        return self.filter(status=ReviewStatus.SCHEDULED, publish_at__lte=now).order_by("publish_at", "pk")


class Review(Submission):
    """One attempt to publish a draft.

    `seen` is the mark of the draft that the curator agreed to (see `catalog.services.marks`): a scheduled draft that
    was changed since is reviewed again. It is empty where no review was needed.
    """

    status = models.CharField(_("status"), max_length=16, choices=ReviewStatus, default=ReviewStatus.PENDING)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("submitted by")
    )
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    seen = models.CharField(max_length=40, blank=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-submitted_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(subject_class__in=REVIEWED), name="review_class"),
            models.CheckConstraint(condition=Q(status__in=ReviewStatus.values), name="review_status"),
            models.CheckConstraint(
                condition=~Q(status=ReviewStatus.SCHEDULED) | Q(publish_at__isnull=False), name="review_scheduled_date"
            ),
            models.UniqueConstraint(
                fields=["subject_class", "subject_id"], condition=Q(status__in=OPEN), name="review_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_class", "subject_id", "-submitted_at"], name="review_of_subject"),
            models.Index(fields=["status", "submitted_at"], name="review_by_status"),
            models.Index(fields=["publish_at"], condition=Q(status=ReviewStatus.SCHEDULED), name="review_due"),
        ]


class TrustedOrganization(models.Model):
    """An organization whose editors publish at once, where publications are reviewed."""

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="trust")
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("trust")
        verbose_name_plural = _("publishes without a review")

    def __str__(self) -> str:
        return str(self.organization)
