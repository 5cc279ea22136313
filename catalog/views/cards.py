"""What the cards of lists show: rows read without their wide columns, all that hangs on them in few queries."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, QuerySet
from django.db.models.functions import Left

from catalog.models import Dataservice, Dataset, Organization, Post, Resource, Reuse, Topic

SUMMARY = 800  # characters of a description, enough for an excerpt
WIDE_OWNER = [
    *(f"organization__{name}" for name in ("description", "extras", "presentation_blocs", "metric_months")),
    *(f"owner__{name}" for name in ("about", "extras")),
]


def _cards(rows: QuerySet, *wide: str) -> QuerySet:
    """Return `rows` with their owner, her badges and the beginning of the description as `summary`."""
    owned = rows.select_related("organization", "owner").prefetch_related("organization__badges")
    return owned.defer("description", "extras", *wide, *WIDE_OWNER).annotate(summary=Left("description", SUMMARY))


def dataset_cards() -> QuerySet[Dataset]:
    return _cards(Dataset.objects.select_related("license"), "metric_months", "harvest", "spatial_geom")


def dataservice_cards() -> QuerySet[Dataservice]:
    return _cards(Dataservice.objects.all(), "metric_months", "harvest")


def reuse_cards() -> QuerySet[Reuse]:
    return _cards(Reuse.objects.all(), "metric_months")


def organization_cards() -> QuerySet[Organization]:
    rows = Organization.objects.prefetch_related("badges").annotate(summary=Left("description", SUMMARY))
    return rows.defer("description", "extras", "presentation_blocs", "metric_months")


def topic_cards() -> QuerySet[Topic]:
    return _cards(Topic.objects.annotate(elements_count=Count("elements")), "spatial_geom")


def post_cards() -> QuerySet[Post]:
    rows = Post.objects.select_related("owner").annotate(summary=Left("content", SUMMARY))
    return rows.defer("content", "blocs")


def add_formats(datasets: Iterable[Dataset]) -> None:
    """Set `formats` (sorted, each once) on these datasets; one query."""
    rows = list(datasets)
    if not rows:
        return
    found: dict[str, list[str]] = defaultdict(list)
    pairs = Resource.objects.filter(dataset__in=[row.pk for row in rows]).exclude(format="").order_by("format")
    for dataset_id, name in pairs.values_list("dataset_id", "format").distinct():
        found[dataset_id].append(name)
    for row in rows:
        row.formats = found[row.pk]
