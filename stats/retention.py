"""Forgetting: hits after days, salts after two, hours and days after months. Months hold no person, and stay."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stats import loader, partitions, visitors
from stats.kinds import Span
from stats.models import Bucket, DayCount, ExternalValue, HourCount, OrganizationDay, SearchDay, SiteDay
from stats.periods import add_months, day_of, milliseconds, month_of, oldest_day, start_of

AHEAD = 7  # days whose partitions are made before they come


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows (or partitions) went."""

    salts: int
    hits: int
    hours: int
    days: int
    cursors: int

    def summary(self) -> str:
        return " ".join(f"{name}={number}" for name, number in asdict(self).items())


def purge() -> Purged:
    """Forget what is older than it may be kept. Hits that are not counted yet wait for the next time."""
    hours = HourCount.objects.filter(hour__lt=timezone.now() - timedelta(days=settings.STATS_HOUR_DAYS)).delete()[0]
    month = add_months(month_of(day_of(timezone.now())), -settings.STATS_DAY_MONTHS)
    days = sum(
        model.objects.filter(day__lt=month).delete()[0]
        for model in (DayCount, OrganizationDay, SiteDay, SearchDay, ExternalValue)
    )
    rare = day_of(timezone.now()) - timedelta(days=settings.SEARCH_MISSES_DAYS)
    SearchDay.objects.filter(day__lt=rare, visitors__lt=settings.STATS_LEAST_VISITORS).delete()
    return Purged(visitors.destroy(), purge_hits(), hours, days, loader.forget_cursors())


@transaction.atomic
def purge_hits() -> int:
    """Forget the hits of the days before the oldest one that is kept, unless one of these still waits to be counted."""
    partitions.lock()
    first = start_of(oldest_day())
    waiting = Bucket.objects.filter(span__in=[Span.HOUR, Span.DAY], dirty=True).order_by("start").first()
    if waiting is not None:
        first = min(first, start_of(day_of(waiting.start)))
    gone = partitions.drop_before(milliseconds(first))
    now = milliseconds(timezone.now())
    partitions.make(range(now, now + AHEAD * partitions.DAY_MS, partitions.DAY_MS))
    return gone
