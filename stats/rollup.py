"""From hits to hours, from hits to days, from days to months: each period replaced as a whole, in one transaction.

A period is counted while its bucket's row is held. Whoever adds to it marks the same row in the transaction of the
addition, so that no bucket is ever clean while something that was committed is not counted. Counting twice, in any
order, gives the same numbers.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from stats import counters
from stats.agents import LISTS
from stats.kinds import Agent, Kind, Span
from stats.models import Bucket
from stats.periods import HOUR, add_months, bounds, day_of, days_of_hour, milliseconds, month_of, oldest_day, start_of

DOUBLE_CLICK = 30_000  # milliseconds within which the same visitor's hits on one object are one use (COUNTER)
WORK_MEMORY = "128MB"  # of PostgreSQL, to sort the hits of one day

HOURS = """
    INSERT INTO stats_hourcount (hour, target_id, kind, channel, agent, hits)
    SELECT %(start)s, target_id, kind, channel, agent, COUNT(*) FROM stats_event
    WHERE at >= %(first)s AND at < %(end)s
    GROUP BY target_id, kind, channel, agent ORDER BY target_id, kind, channel, agent
"""
# A visitor counts where she first came in, so that channels can be added up.
CELLS = """
    CREATE TEMPORARY TABLE stats_cells AS
    SELECT target_id, organization_id, kind, channel, agent,
        COUNT(*) AS hits, SUM(is_use) AS uses, SUM(is_new) AS uniques
    FROM (
        SELECT target_id, organization_id, kind, channel, agent,
            CASE WHEN visitor IS NOT NULL AND at - LAG(at) OVER visits <= %(gap)s THEN 0 ELSE 1 END AS is_use,
            CASE WHEN visitor IS NOT NULL AND ROW_NUMBER() OVER visits = 1 THEN 1 ELSE 0 END AS is_new
        FROM stats_event WHERE at >= %(first)s AND at < %(end)s
        WINDOW visits AS (PARTITION BY target_id, kind, visitor ORDER BY at, channel, agent, organization_id)
    ) AS visited
    GROUP BY target_id, organization_id, kind, channel, agent
"""
DAYS = """
    INSERT INTO stats_daycount (day, target_id, kind, channel, agent, hits, uses, uniques)
    SELECT %(day)s, target_id, kind, channel, agent, SUM(hits), SUM(uses), SUM(uniques) FROM stats_cells
    GROUP BY target_id, kind, channel, agent ORDER BY target_id, kind, channel, agent
"""
ORGANIZATION_DAYS = """
    INSERT INTO stats_organizationday (day, organization_id, target_kind, kind, agent, hits, uses)
    SELECT %(day)s, cells.organization_id, stats_statsobject.target, cells.kind, cells.agent, SUM(hits), SUM(uses)
    FROM stats_cells AS cells JOIN stats_statsobject ON stats_statsobject.id = cells.target_id
    WHERE cells.organization_id IS NOT NULL
    GROUP BY cells.organization_id, stats_statsobject.target, cells.kind, cells.agent
"""
SITE_DAYS = """
    INSERT INTO stats_siteday (day, agent, visitors)
    SELECT %(day)s, agent, COUNT(*) FROM (
        SELECT DISTINCT agent, visitor FROM stats_event
        WHERE at >= %(first)s AND at < %(end)s AND visitor IS NOT NULL
    ) AS visitors GROUP BY agent
"""
SEARCH_DAYS = """
    INSERT INTO stats_searchday (day, term, hits, visitors)
    SELECT %(day)s, term, COUNT(*), COUNT(DISTINCT visitor) FROM stats_event
    WHERE at >= %(first)s AND at < %(end)s AND kind = %(search)s AND agent = %(human)s AND term <> ''
    GROUP BY term
"""
MONTHS = """
    INSERT INTO stats_monthcount (month, target_id, kind, channel, agent, hits, uses, uniques)
    SELECT %(month)s, target_id, kind, channel, agent, SUM(hits), SUM(uses), SUM(uniques) FROM stats_daycount
    WHERE day >= %(month)s AND day < %(next)s
    GROUP BY target_id, kind, channel, agent ORDER BY target_id, kind, channel, agent
"""
ORGANIZATION_MONTHS = """
    INSERT INTO stats_organizationmonth (month, organization_id, target_kind, kind, agent, hits, uses)
    SELECT %(month)s, organization_id, target_kind, kind, agent, SUM(hits), SUM(uses) FROM stats_organizationday
    WHERE day >= %(month)s AND day < %(next)s GROUP BY organization_id, target_kind, kind, agent
"""


def roll_up(spans: Iterable[Span] = (Span.HOUR, Span.DAY, Span.MONTH)) -> int:
    """Count all dirty periods anew; return how many were counted. Safe to run anywhere, at any time, twice at once."""
    done = 0
    for span in spans:
        waiting = Bucket.objects.filter(span=span, dirty=True).order_by("start").values_list("start", flat=True)
        done += sum(roll(span, start) for start in list(waiting))
    return done


@transaction.atomic
def roll(span: Span, start: datetime) -> bool:
    """Count one period anew; tell whether it was dirty (another process may hold it, or have done it)."""
    rows = Bucket.objects.select_for_update(skip_locked=True).filter(span=span, start=start, dirty=True)
    bucket = rows.first()
    if bucket is None:
        return False
    STEPS[span](start)
    bucket.dirty, bucket.rolled_at, bucket.robots = False, timezone.now(), LISTS
    bucket.save(update_fields=["dirty", "rolled_at", "robots"])
    return True


def mark(span: Span, starts: Iterable[datetime]) -> None:
    """Have these periods counted anew, in the transaction of whatever changed them."""
    Bucket.objects.bulk_create(
        [Bucket(span=span, start=start) for start in sorted(set(starts))],
        update_conflicts=True, unique_fields=["span", "start"], update_fields=["dirty"],
    )  # fmt: skip


def mark_since(day: Any) -> int:
    """Have the hours from that day on counted anew, as far back as their hits are kept; return how many."""
    first = start_of(max(day, oldest_day()))
    return Bucket.objects.filter(span=Span.HOUR, start__gte=first).update(dirty=True)


def _roll_hour(start: datetime) -> None:
    values = {"start": moment(start), "first": milliseconds(start), "end": milliseconds(start + HOUR)}
    run("DELETE FROM stats_hourcount WHERE hour = %(start)s", values)
    run(HOURS, values)
    mark(Span.DAY, (start_of(day) for day in days_of_hour(start)))


def _roll_day(start: datetime) -> None:
    day = day_of(start)
    first, end = bounds(day)
    values = {
        "day": connection.ops.adapt_datefield_value(day), "first": first, "end": end, "gap": DOUBLE_CLICK,
        "search": Kind.SEARCH.value, "human": Agent.HUMAN.value,
    }  # fmt: skip
    if connection.vendor == "postgresql":
        run(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
    for table in ("daycount", "organizationday", "siteday", "searchday"):
        run(f"DELETE FROM stats_{table} WHERE day = %(day)s", values)  # noqa: S608 - our own names
    run(CELLS, values)
    for statement in (DAYS, ORGANIZATION_DAYS, SITE_DAYS, SEARCH_DAYS):
        run(statement, values)
    run("DROP TABLE stats_cells")
    mark(Span.MONTH, [start_of(month_of(day))])


def _roll_month(start: datetime) -> None:
    month = day_of(start)
    adapt = connection.ops.adapt_datefield_value
    values = {"month": adapt(month), "next": adapt(add_months(month, 1))}
    for table in ("monthcount", "organizationmonth"):
        run(f"DELETE FROM stats_{table} WHERE month = %(month)s", values)  # noqa: S608 - our own names
    run(MONTHS, values)
    run(ORGANIZATION_MONTHS, values)
    mark(Span.COUNTERS, [start])


def _roll_counters(start: datetime) -> None:
    counters.refresh(day_of(start))


STEPS: dict[Span, Callable[[datetime], None]] = {
    Span.HOUR: _roll_hour,
    Span.DAY: _roll_day,
    Span.MONTH: _roll_month,
    Span.COUNTERS: _roll_counters,
}


def moment(start: datetime) -> Any:
    """Return a moment as the database wants it in a statement of ours."""
    return connection.ops.adapt_datetimefield_value(start.astimezone(UTC))


def run(statement: str, values: dict[str, Any] | None = None) -> None:
    """Run a statement; SQLite is only given the values that it names."""
    named = {name: value for name, value in (values or {}).items() if f"%({name})s" in statement}
    with connection.cursor() as cursor:
        cursor.execute(statement, named or None)
