"""Keeping the log of changes short."""

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from catalog.models import Change

KEPT = timedelta(minutes=10)  # longer than any transaction: a row committed late is never older than a pruned one


def prune() -> int:
    """Delete the old rows of the log, except the newest of each kind; return how many were deleted."""
    newest = Change.objects.order_by().values("kind").annotate(newest=Max("pk")).values("newest")
    old = Change.objects.filter(at__lt=timezone.now() - KEPT).exclude(pk__in=newest)
    return old.delete()[0]
