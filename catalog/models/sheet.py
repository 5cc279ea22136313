"""Spreadsheets that come back: what the lines of an imported CSV want, until they are applied."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Sheet(models.Model):
    """One file that somebody imported. Nothing of it is applied before she says so: that is `job`."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sheets", verbose_name=_("imported by")
    )
    name = models.CharField(_("file"), max_length=200, blank=True)
    created = models.DateTimeField(_("imported at"), default=timezone.now, db_index=True)
    ignored = models.JSONField(_("columns that are not read"), default=list)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    unchanged = models.PositiveIntegerField(_("lines without a change"), default=0)
    job = models.OneToOneField("catalog.BulkJob", models.SET_NULL, null=True, related_name="sheet")

    class Meta:
        verbose_name = _("imported spreadsheet")
        verbose_name_plural = _("imported spreadsheets")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class SheetLine(models.Model):
    """A line that wants something, or that has an error. `wanted` holds the new values by column, as JSON keeps them;
    `seen` the digests of what these columns had when the file was exported.
    """

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # in the file, as a spreadsheet counts
    object_id = models.CharField(max_length=24)
    wanted = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("line of a spreadsheet")
        verbose_name_plural = _("lines of spreadsheets")
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="sheet_line_once")]
        indexes = [models.Index(fields=["sheet", "object_id"], name="sheet_line_of_object")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.number}"
