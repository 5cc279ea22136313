"""The numbers shown on the objects themselves: `metric_views` and its kin, and the portal's own by month.

A counter is what the object had when it was first seen (brought along by an import), and all that was counted since. It
is always written as a whole, never added to; an unchanged row is not written, so that its API document stays.
"""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.db.models import Model, Q, QuerySet, Sum

from catalog.models import CommunityResource, Dataservice, Dataset, Organization, Resource, Reuse, Site
from catalog.services.batches import batches
from catalog.services.metrics import MONTHS
from stats.kinds import HEADLINE, Kind, Target
from stats.models import MonthCount, OrganizationMonth, StatsObject
from stats.periods import last_months

BATCH = 500
VIEWS, DOWNLOADS = "views", "downloads"
# target -> models, column -> what it counts
COLUMNS: dict[Target, tuple[tuple[type[Model], ...], dict[str, str]]] = {
    Target.DATASET: ((Dataset,), {"metric_views": VIEWS, "metric_resources_downloads": DOWNLOADS}),
    Target.RESOURCE: ((Resource, CommunityResource), {"metric_views": DOWNLOADS}),
    Target.REUSE: ((Reuse,), {"metric_views": VIEWS}),
    Target.DATASERVICE: ((Dataservice,), {"metric_views": VIEWS}),
    Target.ORGANIZATION: ((Organization,), {"metric_views": VIEWS}),
}
type_of_counts = dict[int, dict[str, int]]  # number of the object -> what -> how often


def headline(kinds: tuple[Kind, ...] = tuple(HEADLINE)) -> Q:
    """Return the condition for what the published numbers count."""
    condition = Q()
    for kind in kinds:
        condition |= Q(kind=kind, agent__in=HEADLINE[kind])
    return condition


def refresh(month: date) -> int:
    """Bring the counters of all that was used in that month up to date; return how many rows changed."""
    used = StatsObject.objects.filter(pk__in=MonthCount.objects.filter(month=month).values("target"))
    owners = OrganizationMonth.objects.filter(month=month).values("organization")
    changed = 0
    for target in COLUMNS:
        rows = used if target != Target.ORGANIZATION else StatsObject.objects.filter(pk__in=owners)
        if target == Target.DATASET:  # a dataset is used by its files, too
            rows = StatsObject.objects.filter(Q(pk__in=used.values("pk")) | Q(pk__in=used.values("parent")))
        ids = list(rows.filter(target=target).order_by("pk").values_list("pk", flat=True))
        changed += sum(refresh_objects(target, batch) for batch in batches(ids, BATCH))
    refresh_site()
    return changed


@transaction.atomic
def refresh_objects(target: Target, ids: list[int]) -> int:
    """Write the counters of these objects of one kind; return how many rows changed."""
    counted = organization_counts(ids) if target == Target.ORGANIZATION else counts(ids)
    wanted = {
        one.ref: {
            VIEWS: one.base_views + counted[one.pk][VIEWS],
            DOWNLOADS: one.base_downloads + counted[one.pk][DOWNLOADS],
        }
        for one in StatsObject.objects.filter(pk__in=ids)
    }
    models, columns = COLUMNS[target]
    return sum(_write(model, columns, wanted) for model in models)


def _write(model: type[Model], columns: dict[str, str], wanted: dict[str, dict[str, int]]) -> int:
    rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=list(wanted)).only("pk", *columns)
    changed = []
    for row in rows.order_by("pk"):
        values = {column: wanted[str(row.pk)][what] for column, what in columns.items()}
        if any(getattr(row, column) != value for column, value in values.items()):
            for column, value in values.items():
                setattr(row, column, value)
            changed.append(row)
    model._base_manager.bulk_update(changed, list(columns))
    return len(changed)


def counts(ids: list[int]) -> type_of_counts:
    """Return how often these objects were looked at and downloaded in all; a dataset's files are its downloads."""
    found: type_of_counts = defaultdict(lambda: {VIEWS: 0, DOWNLOADS: 0})
    for column in ("target", "target__parent"):
        rows = MonthCount.objects.filter(headline((Kind.VIEW, Kind.DOWNLOAD)), **{f"{column}__in": ids})
        for pk, kind, number in totals(rows, column):
            if kind == Kind.DOWNLOAD or column == "target":
                found[pk][VIEWS if kind == Kind.VIEW else DOWNLOADS] += number
    return found


def organization_counts(ids: list[int]) -> type_of_counts:
    """Return how often the datasets of these organizations were looked at (udata's `views` of an organization)."""
    found: type_of_counts = defaultdict(lambda: {VIEWS: 0, DOWNLOADS: 0})
    rows = OrganizationMonth.objects.filter(headline((Kind.VIEW,)), organization__in=ids, target_kind=Target.DATASET)
    for pk, _kind, number in totals(rows, "organization"):
        found[pk][VIEWS] = number
    return found


def totals(rows: QuerySet, column: str) -> QuerySet:
    """Group by object and kind: (number of the object, kind, uses)."""
    return rows.order_by().values_list(column, "kind").annotate(total=Sum("uses"))


def site_months(target: Target, kind: Kind, months: list[date]) -> dict[date, int]:
    """Return the uses of all objects of that kind, by month."""
    rows = MonthCount.objects.filter(headline((kind,)), target__target=target, month__in=months).order_by()
    found = dict(rows.values_list("month").annotate(total=Sum("uses")))
    return {month: found.get(month, 0) for month in months}


@transaction.atomic
def refresh_site() -> None:
    """Write the portal's visits of datasets and downloads of files, by month (udata's form)."""
    months = last_months(MONTHS)
    wanted = {
        "datasets_visits_by_months": site_months(Target.DATASET, Kind.VIEW, months),
        "resources_downloads_by_months": site_months(Target.RESOURCE, Kind.DOWNLOAD, months),
    }
    values = {name: {f"{month:%Y-%m}": number for month, number in rows.items()} for name, rows in wanted.items()}
    site = Site.objects.select_for_update().get(pk=Site.objects.current().pk)
    if any(site.metrics.get(name) != value for name, value in values.items()):
        site.metrics = {**site.metrics, **values}
        site.save(update_fields=["metrics"])
