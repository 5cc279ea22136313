"""Reading Matomo's numbers of a day, which are shown beside our own and never added to them.

A day is replaced as a whole, in one transaction, once all its reports are read and found complete: whatever fails, what
was stored stays. Today is read each hour; yesterday, once more, when it is over.
"""

import logging
from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stats import dimension, partitions
from stats.matomo import addresses
from stats.matomo.client import MatomoError, report, rows_of
from stats.models import ExternalValue, StatsObject
from stats.periods import day_of

log = logging.getLogger(__name__)

SOURCE = "matomo"
REPORTS = {"Actions.getPageUrls": "views", "Actions.getDownloads": "downloads", "Actions.getOutlinks": "outlinks"}
SUMMARY = {"nb_visits": "visits", "nb_actions": "actions", "nb_uniq_visitors": "visitors"}
Values = dict[tuple[int, str], int]  # number of the object, metric


def pull_recent() -> list[date]:
    """Read today and yesterday, and return the days that could be read; what failed is logged."""
    if not (settings.STATS_MATOMO_URL and settings.STATS_MATOMO_PULL):
        return []
    today = day_of(timezone.now())
    done = []
    for day in (today - timedelta(days=1), today):
        try:
            pull(day)
        except MatomoError as error:
            log.error("the numbers of Matomo for %s are not read: %s", day, error.message)
        else:
            done.append(day)
    return done


def pull(day: date) -> int:
    """Replace the numbers of that day; return how many there are. Raises MatomoError, and then nothing changed."""
    check_time_zone()
    when: dict[str, str] = {"period": "day", "date": day.isoformat()}
    summary = report("VisitsSummary.get", **when)
    if not isinstance(summary, dict):
        raise MatomoError("VisitsSummary.get: an object was expected.")
    counted = {name: read(method, when) for method, name in REPORTS.items()}
    return store(day, {SUMMARY[name]: number(summary.get(name)) for name in SUMMARY}, counted)


def check_time_zone() -> None:
    """Raise MatomoError if Matomo's days are not ours."""
    found = report("SitesManager.getSiteFromId")
    site = found[0] if isinstance(found, list) and found else found
    zone = site.get("timezone") if isinstance(site, dict) else None
    if zone != settings.TIME_ZONE:
        raise MatomoError(f"The site of Matomo has the time zone {zone}, the portal {settings.TIME_ZONE}.")


def read(method: str, when: dict[str, str]) -> Counter[dimension.Key]:
    """Return the hits of one report, by what they were about."""
    hits: Counter[dimension.Key] = Counter()
    for row in rows_of(method, flat=1, **when):
        key = addresses.key_of(str(row.get("url") or row.get("label") or ""))
        if key is not None:
            hits[key] += number(row.get("nb_hits"))
    return hits


def number(value: Any) -> int:
    """Return a count of Matomo's. Raises MatomoError for what is none."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not str(value).isdigit():
        raise MatomoError("A number was expected.")
    return int(value)


@transaction.atomic
def store(day: date, summary: dict[str, int], counted: dict[str, Counter[dimension.Key]]) -> int:
    partitions.lock()
    places = dimension.places({key for hits in counted.values() for key in hits})
    values: Counter[tuple[int, str]] = Counter()
    for metric, hits in counted.items():
        for key, value in hits.items():
            if key in places:
                values[places[key].target, metric] += value
    site = StatsObject.objects.site_id()
    values.update({(site, metric): value for metric, value in summary.items()})
    ExternalValue.objects.filter(source=SOURCE, day=day).delete()
    rows = [ExternalValue(source=SOURCE, day=day, target_id=pk, metric=metric, value=value)
            for (pk, metric), value in values.items()]  # fmt: skip
    ExternalValue.objects.bulk_create(rows, batch_size=500)
    return len(rows)
