"""The outbox: what has to follow from a write, noted in its transaction, so that neither is ever without the other."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxQuerySet(models.QuerySet["OutboxEvent"]):
    def due(self) -> "OutboxQuerySet":
        """Events to run now: not done, not held back for a report, not waiting for another try."""
        return self.filter(done_at__isnull=True, held=False, run_after__lte=timezone.now())

    def failed(self) -> "OutboxQuerySet":
        """Events whose last try failed: they wait for another one, or for somebody who asks for it."""
        return self.filter(done_at__isnull=True).exclude(error="")


class OutboxEvent(models.Model):
    """One side effect: `name` is a handler registered in `catalog.services.outbox`, `payload` its JSON arguments."""

    name = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    run_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(_("last error"), blank=True)
    held = models.BooleanField(_("held back"), default=False)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("side effect")
        verbose_name_plural = _("side effects")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["run_after", "id"], name="outbox_due", condition=Q(done_at__isnull=True, held=False)),
            models.Index(fields=["done_at"], name="outbox_done"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
