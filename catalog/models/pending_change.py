"""Pending changes: what an editor would change in something published, until a curator agrees."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.review import REVIEWED, Submission
from catalog.models.subject import SubjectQuerySet


class ChangeStatus(models.TextChoices):
    PENDING = "pending", _("to review")
    RETURNED = "returned", _("sent back")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


UNDECIDED = (ChangeStatus.PENDING, ChangeStatus.RETURNED)


class PendingChangeQuerySet(SubjectQuerySet):
    def undecided(self) -> "PendingChangeQuerySet":
        """Those that wait for a curator or for their author: at most one for each object and author."""
        return self.filter(status__in=UNDECIDED)

    def to_review(self) -> "PendingChangeQuerySet":
        return self.filter(status=ChangeStatus.PENDING)


class PendingChange(Submission):
    """What one author would change in one published object, in her last words.

    `values` are by the keys of `services.proposing.fields`: `{"title": …, "tags": […], "resources/<id>/url": …}`;
    `base` what was there when she proposed it; `base_mark` the digest of that whole state (`review_gate.mark_of`);
    `applied` what a curator agreed to, where it is not what was proposed. `schema` is that of the states
    (`history.revisions`).
    """

    status = models.CharField(_("status"), max_length=16, choices=ChangeStatus, default=ChangeStatus.PENDING)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    schema = models.PositiveSmallIntegerField(default=1, editable=False)
    values = models.JSONField(_("values"), default=dict)
    base = models.JSONField(_("values before"), default=dict)
    base_mark = models.CharField(max_length=40, blank=True, editable=False)
    applied = models.JSONField(_("values that were agreed to"), default=dict, blank=True)

    objects = PendingChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pending change")
        verbose_name_plural = _("pending changes")
        ordering = ["-submitted_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(subject_class__in=REVIEWED), name="pending_change_class"),
            models.CheckConstraint(condition=Q(status__in=ChangeStatus.values), name="pending_change_status"),
            models.UniqueConstraint(
                fields=["subject_class", "subject_id", "author"],
                condition=Q(status__in=UNDECIDED),
                name="pending_change_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_class", "subject_id", "-submitted_at"], name="pending_change_of_subject"),
            models.Index(fields=["status", "submitted_at"], name="pending_change_by_status"),
            models.Index(fields=["author", "-submitted_at"], name="pending_change_by_author"),
        ]
