"""Reports: what visitors, or the spam filter, find wrong with an object; an administrator dismisses or acts."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.subject import SubjectModel, SubjectQuerySet
from catalog.models.vocabulary import ReportReason
from portal.lib.ids import PublicIdModel

REPORTABLE = ("Dataset", "Reuse", "Discussion", "Organization", "Dataservice", "User")


class ReportQuerySet(SubjectQuerySet):
    def open(self) -> "ReportQuerySet":
        """Reports that wait for somebody: neither dismissed nor about something since deleted."""
        return self.filter(dismissed_at__isnull=True, subject_deleted_at__isnull=True)

    def handled(self) -> "ReportQuerySet":
        return self.exclude(pk__in=self.open().values("pk"))


class Report(PublicIdModel, SubjectModel):
    """`callbacks` are the ids of the outbox events held back until the report is dismissed (spam).

    `reference` lets whoever made the report follow it: who knows it reads its state. Older ones have none. `email` is
    kept until the report is handled.
    """

    reference = models.CharField(_("reference"), max_length=20, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)

    subject_embed_id = models.UUIDField(_("message"), null=True, blank=True)
    subject_label = models.CharField(max_length=350, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="reports")
    reason = models.CharField(_("reason"), max_length=32, choices=ReportReason)
    message = models.TextField(_("message"), blank=True)
    reported_at = models.DateTimeField(_("reported at"), default=timezone.now)
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True, blank=True)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    subject_deleted_at = models.DateTimeField(null=True, blank=True)
    subject_deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    callbacks = models.JSONField(default=list, blank=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-reported_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(subject_class__in=REPORTABLE), name="report_class"),
            models.CheckConstraint(condition=Q(reason__in=ReportReason.values), name="report_reason"),
            models.UniqueConstraint(fields=["reference"], name="report_reference", condition=~Q(reference="")),
        ]
        indexes = [
            models.Index(fields=["-reported_at", "id"], name="report_newest"),
            models.Index(fields=["subject_class", "subject_id"], name="report_of_subject"),
        ]

    @property
    def state(self) -> str:
        """`open`, `dismissed`, or `removed` when its subject was deleted."""
        if self.subject_deleted_at:
            return "removed"
        return "dismissed" if self.dismissed_at else "open"

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.subject_label or self.subject_id}"
