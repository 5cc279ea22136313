"""The charts of the desk: how the catalogue grows, and how well it is described. Editors see their own datasets."""

from datetime import date, datetime

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from catalog.admin.desk import listed
from catalog.models import Dataset, quality
from portal.lib import charts, desk
from portal.lib.charts import Chart

MONTHS = 12


def shown(request: HttpRequest) -> QuerySet | None:
    """The published datasets among those that the caller may see in the administration."""
    rows = listed(Dataset, request)
    return None if rows is None else rows.listed().order_by()


@desk.chart("new-datasets")
def new_datasets(request: HttpRequest) -> Chart | None:
    """Draw how many datasets came in each of the last twelve months, the present one included."""
    rows = shown(request)
    if rows is None:
        return None
    months = last_months(timezone.localdate())
    found = desk.kept(request, f"new:{months[-1]:%Y-%m}", desk.DRAWN, lambda: _by_month(rows, months[0]))
    if not any(found.values()):
        return None
    drawn = [(date_format(month, "M Y"), found.get((month.year, month.month), 0)) for month in months]
    return charts.bars("new-datasets", _("New datasets by month"), _("Datasets"), drawn)


@desk.chart("quality")
def quality_chart(request: HttpRequest) -> Chart | None:
    """Draw how many datasets meet none, one… nine of the criteria of quality."""
    rows = shown(request)
    if rows is None:
        return None
    found = desk.kept(request, "quality", desk.DRAWN, lambda: _by_score(rows, timezone.now()))
    if not found:
        return None
    drawn = [(f"{met}/{quality.CRITERIA}", found.get(met, 0)) for met in range(quality.CRITERIA + 1)]
    return charts.bars("quality", _("Datasets by quality (criteria met)"), _("Datasets"), drawn)


def last_months(today: date) -> list[date]:
    """Return the first days of the last `MONTHS` months, the oldest first."""
    number = today.year * 12 + today.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number - MONTHS + 1, number + 1)]


def _by_month(rows: QuerySet, since: date) -> dict[tuple[int, int], int]:
    start = timezone.make_aware(datetime(since.year, since.month, 1))  # noqa: DTZ001 - made aware at once
    recent = rows.filter(created_at__gte=start, created_at__lte=timezone.now())
    counts = recent.values(month=TruncMonth("created_at")).annotate(count=Count("pk")).values_list("month", "count")
    return {(month.year, month.month): count for month, count in counts}


def _by_score(rows: QuerySet, now: datetime) -> dict[int, int]:
    """Count datasets by criteria met. The database groups by flags, of which there are few."""
    late = Case(When(Q(update_due_at__lt=now), then=Value(True)), default=Value(False), output_field=BooleanField())
    counts = (
        rows.values("quality_flags", late=late)
        .annotate(count=Count("pk"))
        .values_list("quality_flags", "late", "count")
    )
    found: dict[int, int] = {}
    for flags, is_late, count in counts.values_list("quality_flags", "late", "count"):
        met = round(quality.score(flags, late=is_late) * quality.CRITERIA)
        found[met] = found.get(met, 0) + count
    return found
