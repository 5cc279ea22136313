"""Which mails a user wants, how soon, and those that wait to be sent together."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MailKind(models.TextChoices):
    """What mails are about. Those of no kind (something of hers was deleted…) are always sent at once."""

    DISCUSSION = "discussion", _("Discussions")
    MADE = "made", _("Reuses and dataservices of my datasets")
    MEMBERSHIP = "membership", _("Members of organizations")
    TRANSFER = "transfer", _("Transfers of objects")
    BADGE = "badge", _("Badges of organizations")
    HARVEST = "harvest", _("Harvest sources")
    REVIEW = "review", _("Submissions to review")
    LINKS = "links", _("Broken links of my files")


class Pace(models.TextChoices):
    NOW = "now", _("At once")
    DAILY = "daily", _("Once a day, together")
    WEEKLY = "weekly", _("Once a week, together")
    NEVER = "never", _("Never")


class MailChoice(models.Model):
    """A choice of a user's own; without one, mails of a kind are sent at once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_choices")
    kind = models.CharField(_("kind"), max_length=16, choices=MailKind)
    pace = models.CharField(_("pace"), max_length=16, choices=Pace)

    class Meta:
        verbose_name = _("choice of mails")
        verbose_name_plural = _("choices of mails")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="mail_choice_once"),
            models.CheckConstraint(condition=Q(kind__in=MailKind.values), name="mail_choice_kind"),
            models.CheckConstraint(condition=Q(pace__in=Pace.values), name="mail_choice_pace"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_pace_display()}"


class WaitingMail(models.Model):
    """A mail that is sent together with others: `template` and `context` are those of `catalog.services.mails`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=MailKind)
    pace = models.CharField(_("pace"), max_length=16, choices=Pace)
    template = models.CharField(max_length=64)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("waiting mail")
        verbose_name_plural = _("waiting mails")
        ordering = ["id"]
        indexes = [models.Index(fields=["pace", "user"], name="waiting_mail_of_pace")]

    def __str__(self) -> str:
        return f"{self.template} → {self.user_id}"
