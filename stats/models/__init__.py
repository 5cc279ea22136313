"""The tables of the statistics: from what came in, through hours, days and months, to what is published."""

from stats.models.event import Cursor, Event, Salt, Tally
from stats.models.external import ExternalValue, MatomoBatch
from stats.models.target import StatsObject
from stats.models.totals import (
    Bucket,
    DayCount,
    HourCount,
    MonthCount,
    OrganizationDay,
    OrganizationMonth,
    SearchDay,
    SiteDay,
)

__all__ = [
    "Bucket",
    "Cursor",
    "DayCount",
    "Event",
    "ExternalValue",
    "HourCount",
    "MatomoBatch",
    "MonthCount",
    "OrganizationDay",
    "OrganizationMonth",
    "Salt",
    "SearchDay",
    "SiteDay",
    "StatsObject",
    "Tally",
]
