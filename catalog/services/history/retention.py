"""How long revisions are kept: all of the last months, then the last one of each month; the newest ones always."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone
from reversion.models import Revision, Version

from catalog.services.batches import batches
from catalog.services.history import revisions
from catalog.services.history.states import KINDS

ALWAYS = 20  # the newest revisions of an object, whatever their age
BATCH = 500


def purge(now: datetime | None = None) -> int:
    """Remove the revisions that are not kept any more, and all those of objects that are gone; return how many."""
    limit = (now or timezone.now()) - timedelta(days=settings.HISTORY_FULL_DAYS)
    return sum(_purge_gone(kind) + _thin(kind, limit) for kind in KINDS)


def _purge_gone(kind: str) -> int:
    rows = _versions(kind).exclude(object_id__in=KINDS[kind].model._base_manager.values("pk"))
    return _delete(list(rows.values_list("revision_id", flat=True)))


def _thin(kind: str, limit: datetime) -> int:
    long = _versions(kind).order_by().values("object_id").annotate(number=Count("pk")).filter(number__gt=ALWAYS)
    done = 0
    for pk in long.values_list("object_id", flat=True).iterator():
        rows = list(revisions.of(kind, pk).values_list("revision_id", "revision__date_created")[ALWAYS:])
        kept: set[tuple[int, int]] = set()
        gone = []
        for number, date in rows:
            if date >= limit:
                continue
            if (month := (date.year, date.month)) in kept:
                gone.append(number)
            kept.add(month)
        done += _delete(gone)
    return done


def _versions(kind: str) -> QuerySet[Version]:
    return Version.objects.filter(content_type=revisions.content_type(kind), db="default", format=revisions.FORMAT)


def _delete(numbers: list[int]) -> int:
    """Delete revisions with their versions: each holds one object."""
    for batch in batches(numbers, BATCH):
        Revision.objects.filter(pk__in=batch).delete()
    return len(numbers)
