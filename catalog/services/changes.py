"""Keeping the log of changes short."""

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from catalog.models import Change

KEPT = timedelta(hours=1)  # longer than any transaction should last: a change pruned unseen would be a stale 304


def prune() -> int:
    """Delete the old rows of the log, except the newest of each kind; return how many were deleted."""
    newest = Change.objects.order_by().values("kind").annotate(newest=Max("pk")).values("newest")
    old = Change.objects.filter(at__lt=timezone.now() - KEPT).exclude(pk__in=newest)
    return old.delete()[0]
