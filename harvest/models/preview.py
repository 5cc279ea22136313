"""The last preview of each source: asked for, being made, or ready to be read."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harvest.models.source import Source

LOST_AFTER = timedelta(minutes=15)  # without an end: its worker died, or no worker is there


class PreviewState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class SourcePreview(models.Model):
    """What a run of the source would do, as it was when somebody asked; the next preview takes its place.

    `result` is what `harvest.previews.as_json` makes of a `harvest.pipeline.previewing.Preview`.
    """

    source = models.OneToOneField(Source, models.CASCADE, primary_key=True, related_name="last_preview")
    state = models.CharField(_("status"), max_length=8, choices=PreviewState, default=PreviewState.WAITING)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("preview")
        verbose_name_plural = _("previews")
        constraints = [models.CheckConstraint(condition=Q(state__in=PreviewState.values), name="preview_state")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_lost(self) -> bool:
        """Tell whether it is not worth waiting for any more."""
        return self.state != PreviewState.DONE and self.asked_at < timezone.now() - LOST_AFTER

    @property
    def is_awaited(self) -> bool:
        """Tell whether it is being made."""
        return self.state != PreviewState.DONE and not self.is_lost
