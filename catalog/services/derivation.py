"""Columns that follow from others: public dates, counts of resources, quality. Call after writing a dataset."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Prefetch

from catalog.models import Dataset, Resource
from catalog.services.batches import batches

DERIVED = ["created_at", "last_modified", "last_update", "update_due_at", "resources_count", "quality_flags"]
FACTS = ["id", "dataset", "format", "description", "type", "filetype", "extras", "last_modified"]
BATCH = 500


def refresh(dataset_ids: Iterable[str]) -> int:
    """Bring the derived columns of these datasets up to date; return how many rows changed.

    Works in batches of 500, each in one transaction with its rows locked; an unchanged row is not written.
    """
    return sum(_refresh_batch(ids) for ids in batches(dict.fromkeys(dataset_ids), BATCH))


def refresh_one(dataset: Dataset) -> None:
    """Bring one dataset up to date, in the database and in memory."""
    refresh([dataset.pk])
    dataset.refresh_from_db(fields=DERIVED)


@transaction.atomic
def _refresh_batch(ids: list[str]) -> int:
    zones = Prefetch("spatial_zones", queryset=Dataset.spatial_zones.rel.model.objects.only("pk"))
    datasets = list(Dataset.objects.select_for_update(of=("self",)).filter(pk__in=ids).prefetch_related(zones))
    facts: dict[str, list[Resource]] = defaultdict(list)
    for resource in Resource.objects.filter(dataset__in=ids).only(*FACTS).order_by():
        facts[resource.dataset_id].append(resource)
    changed = list(_changed(datasets, facts))
    Dataset.objects.bulk_update(changed, DERIVED)
    return len(changed)


def _changed(datasets: list[Dataset], facts: dict[str, list[Resource]]) -> Iterator[Dataset]:
    for dataset in datasets:
        before = [getattr(dataset, name) for name in DERIVED]
        dataset.derive(facts[dataset.pk])
        if before != [getattr(dataset, name) for name in DERIVED]:
            yield dataset
