"""Follows: who wants to hear of an object. Ended ones are kept as history."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.subject import SubjectModel, SubjectQuerySet
from portal.lib.ids import PublicIdModel

FOLLOWABLE = ("Dataset", "Reuse", "Dataservice", "Organization", "User", "Topic")


class FollowQuerySet(SubjectQuerySet):
    def current(self) -> "FollowQuerySet":
        """Follows that last."""
        return self.filter(until__isnull=True)


class Follow(PublicIdModel, SubjectModel):
    follower = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        ordering = ["-since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["follower", "subject_class", "subject_id"], condition=Q(until__isnull=True), name="follow_once"
            ),
            models.CheckConstraint(condition=Q(subject_class__in=FOLLOWABLE), name="follow_class"),
        ]
        indexes = [models.Index(fields=["subject_class", "subject_id", "until"], name="follow_of_subject")]

    def __str__(self) -> str:
        return f"{self.follower} → {self.subject_class} {self.subject_id}"
