"""Reading the statistics: one row a period, without holes, in the numbers that are published.

Hours count hits; days and months count uses (a double click is one). People alone are counted as views; programs too as
downloads and API calls (`kinds.HEADLINE`), unless other agents are asked for.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from stats.counters import headline
from stats.kinds import HEADLINE, Agent, Channel, Kind, Span, Target
from stats.models import (
    Bucket,
    DayCount,
    HourCount,
    MonthCount,
    OrganizationDay,
    OrganizationMonth,
    SiteDay,
    StatsObject,
)
from stats.periods import HOUR, add_months, day_of, last_months, month_of, start_of

GRANULARITIES = {"hour": Span.HOUR, "day": Span.DAY, "month": Span.MONTH}
USUAL = {Span.HOUR: 48, Span.DAY: 30, Span.MONTH: 13}  # periods where none are asked for
MOST = {Span.HOUR: 24 * 400, Span.DAY: 366 * 3, Span.MONTH: 12 * 50}
# The columns of each kind of object: name -> which kinds of objects and what is counted. None: the object itself.
COLUMNS: dict[Target, dict[str, tuple[Target | None, Kind]]] = {
    Target.SITE: {
        "views": (None, Kind.VIEW),
        "dataset_views": (Target.DATASET, Kind.VIEW),
        "reuse_views": (Target.REUSE, Kind.VIEW),
        "dataservice_views": (Target.DATASERVICE, Kind.VIEW),
        "downloads": (Target.RESOURCE, Kind.DOWNLOAD),
        "dumps": (Target.SITE, Kind.DOWNLOAD),
        "api_calls": (None, Kind.API),
        "outlinks": (None, Kind.OUTLINK),
        "searches": (None, Kind.SEARCH),
        "previews": (None, Kind.PREVIEW),
    },
    Target.ORGANIZATION: {
        "dataset_views": (Target.DATASET, Kind.VIEW),
        "reuse_views": (Target.REUSE, Kind.VIEW),
        "dataservice_views": (Target.DATASERVICE, Kind.VIEW),
        "downloads": (Target.RESOURCE, Kind.DOWNLOAD),
        "api_calls": (None, Kind.API),
        "outlinks": (None, Kind.OUTLINK),
    },
    Target.DATASET: {
        "views": (None, Kind.VIEW),
        "downloads": (None, Kind.DOWNLOAD),
        "api_calls": (None, Kind.API),
        "previews": (None, Kind.PREVIEW),
    },
    Target.RESOURCE: {
        "downloads": (None, Kind.DOWNLOAD),
        "api_calls": (None, Kind.API),
        "previews": (None, Kind.PREVIEW),
    },
    Target.REUSE: {"views": (None, Kind.VIEW), "outlinks": (None, Kind.OUTLINK), "api_calls": (None, Kind.API)},
    Target.DATASERVICE: {"views": (None, Kind.VIEW), "api_calls": (None, Kind.API)},
}


class Point(NamedTuple):
    """The numbers of one period, which begins at `start`: a datetime for an hour, else a date."""

    start: Any
    numbers: dict[str, int]

    @property
    def label(self) -> str:
        """Return the period as the API writes it: `2026-11`, `2026-11-25` or `2026-11-25T10:00:00Z`."""
        if isinstance(self.start, datetime):
            return f"{self.start:%Y-%m-%dT%H:%M:%SZ}"
        return self.start.isoformat()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: of which object (by its kind and id), over which periods, of whom and through what."""

    target: Target
    ref: str
    span: Span = Span.MONTH
    starts: tuple[Any, ...] = ()
    agents: tuple[Agent, ...] = ()
    channels: tuple[Channel, ...] = field(default=())

    def periods(self) -> list[Any]:
        return list(self.starts) or usual_periods(self.span)


def usual_periods(span: Span) -> list[Any]:
    """Return the last periods, the oldest first, the present one included."""
    now = timezone.now()
    if span == Span.MONTH:
        return list(last_months(USUAL[span]))
    if span == Span.DAY:
        return [day_of(now) - timedelta(days=ago) for ago in range(USUAL[span] - 1, -1, -1)]
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [last - HOUR * ago for ago in range(USUAL[span] - 1, -1, -1)]


def periods_between(span: Span, first: date, last: date) -> list[Any]:
    """Return the periods of these days, both included. Raises ValueError for none, or too many."""
    found: list[Any] = []
    one: Any = month_of(first) if span == Span.MONTH else start_of(first) if span == Span.HOUR else first
    end: Any = start_of(last + timedelta(days=1)) - HOUR if span == Span.HOUR else last
    while one <= end:
        if len(found) >= MOST[span]:
            raise ValueError("too many periods")
        found.append(one)
        one = add_months(one, 1) if span == Span.MONTH else one + (HOUR if span == Span.HOUR else timedelta(days=1))
    if not found:
        raise ValueError("no period")
    return found


def read(question: Question) -> list[Point]:
    """Return one point for each period; three queries at most. Raises KeyError for a kind of object without numbers."""
    columns, starts = COLUMNS[question.target], question.periods()
    numbers: dict[Any, dict[str, int]] = defaultdict(lambda: dict.fromkeys(columns, 0))
    rows, column = source(question)
    if rows is not None:
        period = {Span.HOUR: "hour", Span.DAY: "day", Span.MONTH: "month"}[question.span]
        rows = selected(rows, question).filter(**{f"{period}__gte": starts[0], f"{period}__lte": starts[-1]}).order_by()
        amount = "hits" if question.span == Span.HOUR else "uses"
        for start, target, kind, number in rows.values_list(period, column, "kind").annotate(total=Sum(amount)):
            for name, (wanted, what) in columns.items():
                if what == kind and wanted in (None, target):
                    numbers[start][name] += number
    points = [Point(start, dict(numbers[start])) for start in starts]
    if question.target == Target.SITE and question.span != Span.HOUR:
        add_visitors(points, question)
    return points


def source(question: Question) -> tuple[QuerySet | None, str]:
    """Return the rows that the question is about, and the name of the column with the kind of object."""
    if question.target == Target.ORGANIZATION:
        if question.span == Span.HOUR or question.channels:
            raise ValueError("organizations are counted by day and month, not by hour or channel")
        model = OrganizationDay if question.span == Span.DAY else OrganizationMonth
        return model.objects.filter(organization__target=question.target, organization__ref=question.ref), "target_kind"
    counts = {Span.HOUR: HourCount, Span.DAY: DayCount, Span.MONTH: MonthCount}[question.span].objects.all()
    if question.target == Target.SITE:
        return counts, "target__target"
    one = StatsObject.objects.of(question.target, question.ref).first()
    if one is None:
        return None, ""
    return counts.of(one) if question.target == Target.DATASET else counts.filter(target=one), "target__target"


def selected(rows: QuerySet, question: Question) -> QuerySet:
    """Keep the agents and channels that are asked for."""
    rows = rows.filter(agent__in=question.agents) if question.agents else rows.filter(headline())
    return rows.filter(channel__in=question.channels) if question.channels else rows


def add_visitors(points: list[Point], question: Question) -> None:
    """Add `visitors`: of a day, how many; of a month, visitor-days."""
    first = points[0].start
    rows = SiteDay.objects.filter(day__gte=first, agent__in=question.agents or HEADLINE[Kind.VIEW])
    numbers: dict[date, int] = defaultdict(int)
    for day, number in rows.values_list("day", "visitors"):
        numbers[month_of(day) if question.span == Span.MONTH else day] += number
    for point in points:
        point.numbers["visitors"] = numbers[point.start]


class Top(NamedTuple):
    """An object and how often it was used."""

    ref: str
    number: int


def top(target: Target, kind: Kind, *, days: int = 30, limit: int = 10, within: Q | None = None) -> list[Top]:
    """Return the most used objects of a kind over the last days, the most used first; a dataset also by its files."""
    since = day_of(timezone.now()) - timedelta(days=days - 1)
    rows = DayCount.objects.filter(headline((kind,)), day__gte=since)
    column = "target__ref"
    if target == Target.DATASET and kind == Kind.DOWNLOAD:
        rows, column = rows.filter(target__parent__isnull=False), "target__parent__ref"
    else:
        rows = rows.filter(target__target=target)
    if within is not None:
        rows = rows.filter(within)
    found = rows.order_by().values_list(column).annotate(total=Sum("uses")).order_by("-total", column)
    return [Top(ref, number) for ref, number in found[:limit]]


def counted_until() -> datetime | None:
    """Return when the numbers were last brought up to date."""
    newest = Bucket.objects.filter(rolled_at__isnull=False).order_by("-rolled_at").values_list("rolled_at", flat=True)
    return newest.first()


def totals(points: Iterable[Point]) -> dict[str, int]:
    """Return the sums over all periods."""
    sums: dict[str, int] = defaultdict(int)
    for point in points:
        for name, number in point.numbers.items():
            sums[name] += number
    return dict(sums)
