"""Counters of the portal and of organizations, computed by whole sets: a constant number of queries each.

Counters by month say how many objects arrived in each of the last 13 months, `{"2026-11": 3, …}`, the present one
included (udata's form). Views, downloads and followers are counted elsewhere and left as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from catalog.models import Dataservice, Dataset, Discussion, Member, Organization, Reuse, Site
from catalog.models.vocabulary import OrganizationBadgeKind
from catalog.services.batches import batches
from portal.models import User

MONTHS = 13
BATCH = 500

# Counters of the portal, all of which its API shows; those that nobody computed yet are 0.
SITE_METRICS = (
    "dataservices", "datasets", "datasets_by_months", "datasets_visits_by_months", "discussions",
    "discussions_by_months", "followers", "harvesters", "harvesters_by_months", "max_dataset_followers",
    "max_dataset_reuses", "max_org_datasets", "max_org_followers", "max_org_reuses", "max_reuse_datasets",
    "max_reuse_followers", "organizations", "organizations_by_months", "public-service", "resources",
    "resources_downloads_by_months", "reuses", "reuses_by_months", "users", "users_by_months",
)  # fmt: skip

Months = dict[str, int]


def month_names(now: datetime | None = None) -> list[str]:
    """Return the last 13 months (UTC), the oldest first, as `YYYY-MM`."""
    now = (now or timezone.now()).astimezone(UTC)
    last = now.year * 12 + now.month - 1
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(last - MONTHS + 1, last + 1)]


def _by_month(rows: QuerySet, column: str, months: list[str]) -> QuerySet:
    """Group `rows` by the month of `column`, from the oldest of `months` on."""
    start = datetime.fromisoformat(f"{months[0]}-01").replace(tzinfo=UTC)
    return rows.filter(**{f"{column}__gte": start}).order_by().annotate(month=TruncMonth(column, tzinfo=UTC))


def arrivals(rows: QuerySet, column: str) -> Months:
    """Return how many of `rows` arrived (by the date in `column`) in each of the last 13 months; one query."""
    months = month_names()
    counts = _by_month(rows, column, months).values_list("month").annotate(Count("pk"))
    found = {f"{month:%Y-%m}": number for month, number in counts}
    return {month: found.get(month, 0) for month in months}


def refresh_site_metrics() -> Site:
    """Compute the portal's counters, store and return them; what others count (visits, harvesters) is kept."""
    datasets, reuses = Dataset.objects.listed(), Reuse.objects.listed()
    organizations = Organization.objects.filter(deleted__isnull=True)
    public_services = organizations.filter(badges__kind=OrganizationBadgeKind.PUBLIC_SERVICE)
    counts: dict[str, Any] = {
        **datasets.order_by().aggregate(
            datasets=Count("pk"),
            resources=Sum("resources_count"),
            max_dataset_followers=Max("metric_followers"),
            max_dataset_reuses=Max("metric_reuses"),
        ),
        **reuses.order_by().aggregate(
            reuses=Count("pk"), max_reuse_datasets=Max("metric_datasets"), max_reuse_followers=Max("metric_followers")
        ),
        **organizations.order_by().aggregate(
            organizations=Count("pk"),
            max_org_datasets=Max("metric_datasets"),
            max_org_followers=Max("metric_followers"),
            max_org_reuses=Max("metric_reuses"),
        ),
        "public-service": public_services.count(),
        "users": User.objects.active().count(),
        "dataservices": Dataservice.objects.listed().count(),
        "discussions": Discussion.objects.count(),
    }
    counts = {name: number or 0 for name, number in counts.items()}
    counts |= {
        "datasets_by_months": arrivals(datasets, "created_at_internal"),
        "reuses_by_months": arrivals(reuses, "created_at"),
        "organizations_by_months": arrivals(organizations, "created_at"),
        "users_by_months": arrivals(User.objects.active(), "created_at"),
        "discussions_by_months": arrivals(Discussion.objects.all(), "created"),
    }
    return _store(counts)


@transaction.atomic
def _store(counts: dict[str, Any]) -> Site:
    site = Site.objects.select_for_update().get(pk=Site.objects.current().pk)
    site.metrics = {**site.metrics, **counts}
    site.save(update_fields=["metrics"])
    return site


def refresh_organization_metrics(ids: Iterable[str] | None = None) -> int:
    """Bring the counters of these organizations (or of all) up to date; return how many rows changed.

    Works in batches of 500, each in one transaction with its rows locked; an unchanged row is not written.
    """
    if ids is None:
        ids = Organization.objects.order_by().values_list("pk", flat=True)
    return sum(_refresh_batch(batch) for batch in batches(list(dict.fromkeys(ids)), BATCH))


@transaction.atomic
def _refresh_batch(ids: list[str]) -> int:
    organizations = list(Organization.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by())
    counters = OrganizationCounters(ids)
    changed = [one for one in organizations if counters.apply(one)]
    Organization.objects.bulk_update(changed, [*OrganizationCounters.COLUMNS, "metric_months"])
    return len(changed)


class OrganizationCounters:
    """The counters of a batch of organizations: eight queries, whatever their number."""

    COLUMNS = ("metric_datasets", "metric_reuses", "metric_dataservices", "metric_members")

    def __init__(self, ids: list[str]) -> None:
        self.months = month_names()
        owned = {
            "datasets": (Dataset.objects.listed(), "created_at_internal"),
            "reuses": (Reuse.objects.listed(), "created_at"),
            "dataservices": (Dataservice.objects.listed(), "created_at"),
        }
        self.totals = {name: self._count(rows, ids) for name, (rows, _column) in owned.items()}
        self.totals["members"] = self._count(Member.objects.all(), ids)
        self.arrived = {name: self._arrived(rows, column, ids) for name, (rows, column) in owned.items()}
        uses = Reuse.datasets.through.objects.filter(
            reuse__in=Reuse.objects.listed().values("pk"), dataset__in=Dataset.objects.listed().values("pk")
        )
        self.arrived["datasets_reuses"] = self._arrived(
            uses, "reuse__created_at", ids, key="dataset__organization_id", counted="reuse_id"
        )

    @staticmethod
    def _count(rows: QuerySet, ids: list[str]) -> dict[str, int]:
        rows = rows.filter(organization_id__in=ids).order_by()
        return dict(rows.values_list("organization_id").annotate(Count("pk")))

    def _arrived(
        self, rows: QuerySet, column: str, ids: list[str], *, key: str = "organization_id", counted: str = "pk"
    ) -> dict[str, dict[str, int]]:
        """Return how many arrived in each month, by organization; months without any are left out."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        rows = _by_month(rows.filter(**{f"{key}__in": ids}), column, self.months).annotate(key=F(key))
        for pk, month, number in rows.values_list("key", "month").annotate(Count(counted, distinct=True)):
            found[pk][f"{month:%Y-%m}"] = number
        return found

    def apply(self, organization: Organization) -> bool:
        """Write the counters on `organization` (not saved); tell whether anything changed."""
        before = [*(getattr(organization, name) for name in self.COLUMNS), dict(organization.metric_months)]
        for column in self.COLUMNS:
            setattr(organization, column, self.totals[column.removeprefix("metric_")].get(organization.pk, 0))
        organization.metric_months = {**organization.metric_months, **dict(self._maps(organization.pk))}
        return before != [*(getattr(organization, name) for name in self.COLUMNS), organization.metric_months]

    def _maps(self, pk: str) -> Iterator[tuple[str, Months]]:
        """Give the maps by month, only of the kinds that the organization has (udata's rule)."""
        for kind, totals in self.totals.items():
            if kind == "members" or not totals.get(pk):
                continue
            for name in (kind, "datasets_reuses") if kind == "datasets" else (kind,):
                numbers = self.arrived[name].get(pk, {})
                yield f"{name}_by_months", {month: numbers.get(month, 0) for month in self.months}
