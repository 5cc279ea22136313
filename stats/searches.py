"""What readers searched for: shown only where several of them asked for the same."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from stats.models import SearchDay
from stats.periods import day_of


def common(days: int) -> QuerySet:
    """Return (term, times) of the last days: of at least STATS_LEAST_VISITORS visitor-days, the commonest first."""
    since = day_of(timezone.now()) - timedelta(days=days - 1)
    rows = SearchDay.objects.filter(day__gte=since).order_by().values("term")
    sums = rows.annotate(times=Sum("hits"), visitors=Sum("visitors"))
    return (
        sums.filter(visitors__gte=settings.STATS_LEAST_VISITORS).order_by("-times", "term").values_list("term", "times")
    )


def top(*, days: int, limit: int) -> list[tuple[str, int]]:
    """Return the commonest searches."""
    return list(common(days)[:limit])


def without_result(misses: list[dict[str, Any]], *, days: int, limit: int) -> list[tuple[str, int]]:
    """Return, of the searches that found nothing (`search_misses.top`), those that enough readers asked for."""
    asked = [miss["query"] for miss in misses]
    shown = set(common(days).filter(term__in=asked).values_list("term", flat=True))
    times: dict[str, int] = {}
    for miss in misses:
        if miss["query"] in shown:
            times[miss["query"]] = times.get(miss["query"], 0) + miss["times"]
    return sorted(times.items(), key=lambda one: (-one[1], one[0]))[:limit]
