"""Looking after the statistics: what waits, what was lost, and whether the tables agree with each other."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db.models import Model, QuerySet, Sum
from django.utils import timezone

from stats.kinds import Span
from stats.models import (
    Bucket,
    DayCount,
    Event,
    HourCount,
    MonthCount,
    OrganizationDay,
    OrganizationMonth,
    Salt,
    Tally,
)
from stats.periods import add_months, bounds, day_of, month_of, oldest_day, start_of
from stats.spool import files
from stats.visitors import KEPT

TALLIES = ("dropped", "late", "unknown", "unreadable", "matomo_unknown_batches", "matomo_lost_hits")
WAITING = {
    Span.HOUR: "stats_dirty_hours",
    Span.DAY: "stats_dirty_days",
    Span.MONTH: "stats_dirty_months",
    Span.COUNTERS: "stats_dirty_counters",
}
MONTHS: tuple[tuple[type[Model], type[Model]], ...] = (
    (MonthCount, DayCount),
    (OrganizationMonth, OrganizationDay),
)


class Gauge(NamedTuple):
    """A number for operators, as Prometheus wants it."""

    name: str
    kind: str  # gauge or counter
    help: str
    value: float


def gauges() -> list[Gauge]:
    """Return what an operator watches; costs four queries and a look into the spool."""
    dirty = list(Bucket.objects.filter(dirty=True).values_list("span", flat=True))
    tallies = dict(Tally.objects.values_list("name", "value"))
    spool = files(settings.STATS_SPOOL_DIR)
    return [
        Gauge("stats_lag_seconds", "gauge", "Age of the oldest hour or day that waits to be counted.", lag()),
        Gauge("stats_spool_bytes", "gauge", "Size of the spool of this host.", sum(map(size_of, spool))),
        Gauge("stats_spool_files", "gauge", "Files of the spool of this host.", len(spool)),
        Gauge("stats_last_rollup_timestamp_seconds", "gauge", "When an hour was last counted.", last_roll_up()),
        *(
            Gauge(name, "gauge", "Periods that wait to be counted.", dirty.count(span))
            for span, name in WAITING.items()
        ),
        *(
            Gauge(f"stats_{name}_total", "counter", "Hits or batches since the installation.", tallies.get(name, 0))
            for name in TALLIES
        ),
    ]


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # loaded meanwhile
        return 0


def lag() -> float:
    """Return how many seconds ago the oldest dirty hour or day began; 0 if none waits."""
    oldest = Bucket.objects.filter(dirty=True, span__in=[Span.HOUR, Span.DAY]).order_by("start").first()
    return max(0.0, (timezone.now() - oldest.start).total_seconds()) if oldest else 0.0


def last_roll_up() -> float:
    """Return when an hour was last counted, in seconds since 1970; 0 for never."""
    newest = Bucket.objects.filter(span=Span.HOUR, rolled_at__isnull=False).order_by("-rolled_at").first()
    return newest.rolled_at.timestamp() if newest else 0.0


def check() -> list[str]:
    """Return what does not agree: days with hits and hours, months with days, salts that outlived their days."""
    problems = []
    for start in clean(Span.DAY):
        if day_of(start) >= oldest_day() and not is_waiting(start):
            problems += check_day(day_of(start))
    dirty = {
        month_of(day_of(start))
        for start in Bucket.objects.filter(span=Span.DAY, dirty=True).values_list("start", flat=True)
    }
    first = add_months(month_of(day_of(timezone.now())), -settings.STATS_DAY_MONTHS)
    for month in (day_of(start) for start in clean(Span.MONTH)):
        if month >= first and month not in dirty:
            problems += check_month(month)
    old = Salt.objects.filter(day__lte=day_of(timezone.now()) - timedelta(days=KEPT)).count()
    return [*problems, f"{old} salts should be destroyed: run manage.py stats purge"] if old else problems


def clean(span: Span) -> list[datetime]:
    return list(Bucket.objects.filter(span=span, dirty=False).order_by("start").values_list("start", flat=True))


def is_waiting(start: datetime) -> bool:
    """Tell whether an hour of the day that begins then waits to be counted."""
    end = start_of(day_of(start) + timedelta(days=1))
    return Bucket.objects.filter(span=Span.HOUR, dirty=True, start__gte=start, start__lt=end).exists()


def check_day(day: date) -> list[str]:
    """Compare a day with its hits, and with its hours where the day begins with one."""
    first, end = bounds(day)
    days = hits(DayCount.objects.filter(day=day))
    events = Event.objects.filter(at__gte=first, at__lt=end).count()
    hours = hits(HourCount.objects.filter(hour__gte=start_of(day), hour__lt=start_of(day + timedelta(days=1))))
    problems = [f"{day}: {days} in the day, {events} hits"] if days != events else []
    return (
        [*problems, f"{day}: {days} in the day, {hours} in its hours"]
        if days != hours and first % 3_600_000 == 0
        else problems
    )


def check_month(month: date) -> list[str]:
    """Compare a month with its days."""
    problems = []
    for months, days in MONTHS:
        whole = hits(months.objects.filter(month=month))
        parts = hits(days.objects.filter(day__gte=month, day__lt=add_months(month, 1)))
        if whole != parts:
            problems.append(f"{month:%Y-%m}: {whole} in {months.__name__}, {parts} in its days")
    return problems


def hits(rows: QuerySet) -> int:
    return rows.aggregate(total=Sum("hits"))["total"] or 0
