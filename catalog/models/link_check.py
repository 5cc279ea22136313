"""What is known of the link of a remote file: whether it answers, since when not, and when it is asked next."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.resource import Resource

BROKEN = 3  # checks in a row without an answer, from which a link counts as broken and its producer is told
HISTORY = 20  # checks that are remembered


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def due(self) -> Self:
        """Those to ask now, the longest due first."""
        return self.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")

    def broken(self) -> Self:
        return self.filter(failures__gte=BROKEN)


class LinkCheck(models.Model):
    """One row for each remote file of a listed dataset. What the API tells stands in the file's extras (`check:…`).

    `due_at` is also the lease of who asks: whoever takes the row moves it on, so that a worker that dies leaves it to
    the next one. `told_at` says when its producer heard that it is broken; it is forgotten once the link works again.
    No constraint ties the row to its file: deleting files stays one statement; what is left over is pruned.
    """

    resource = models.OneToOneField(
        Resource, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="link"
    )
    url_hash = models.CharField(max_length=32, blank=True)  # of the address that was asked: another one begins anew
    due_at = models.DateTimeField(_("next check"), default=timezone.now)
    checked_at = models.DateTimeField(_("last check"), null=True)
    available = models.BooleanField(_("answers"), null=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=60, blank=True)
    told_at = models.DateTimeField(null=True)
    history = models.JSONField(default=list)  # newest last: [date, status or null, whether it answered, why not]

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a link")
        verbose_name_plural = _("checks of links")
        indexes = [
            models.Index(fields=["due_at", "resource"], name="link_due"),
            models.Index(fields=["resource"], name="link_broken", condition=Q(failures__gte=BROKEN)),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}: {self.status or '—'}"

    @property
    def is_broken(self) -> bool:
        return self.failures >= BROKEN

    def remember(self, entry: list[Any]) -> None:
        """Add a check to the history, which keeps the last ones."""
        self.history = [*self.history, entry][-HISTORY:]


def next_check(failures: int, days: float) -> timedelta:
    """Return after what time a link is asked again: soon after a failure, rarely once it keeps failing."""
    if not failures:
        return timedelta(days=days)
    return min(timedelta(hours=12) * 2 ** min(failures - 1, 10), timedelta(days=max(days, 28)))
