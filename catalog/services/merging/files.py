"""The files of datasets that are merged: those that are kept, once each, and the way back."""

from collections.abc import Collection, Iterable
from typing import Any

from catalog.models import Resource
from catalog.services.batches import batches

BATCH = 500


def of(ids: list[str]) -> list[Resource]:
    """Return the files of these datasets, in the order of the datasets and of their files."""
    rank = {pk: number for number, pk in enumerate(ids)}
    return sorted(
        Resource.objects.filter(dataset__in=ids), key=lambda one: (rank[one.dataset_id], one.position, one.pk)
    )


def usual(files: Iterable[Resource]) -> set[str]:
    """Return the ids of the files that are kept unless somebody says otherwise: each content and address once."""
    kept, sums, urls = set(), set(), set()
    for one in files:
        if (one.checksum_value and one.checksum_value in sums) or one.url in urls:
            continue
        kept.add(str(one.pk))
        sums.add(one.checksum_value)
        urls.add(one.url)
    return kept


def gather(ids: list[str], kept: Collection[str] | None) -> list[dict[str, Any]]:
    """Give the files chosen to the first of these datasets, behind its own; return where each moved one was.

    A file of the first one that is not chosen goes to the second, which is deleted: nothing is lost for a split.
    """
    files = of(ids)
    kept = usual(files) if kept is None else kept
    moved, changed = [], []
    last = max((one.position for one in files if one.dataset_id == ids[0]), default=-1)
    for one in files:
        is_kept, is_first = str(one.pk) in kept, one.dataset_id == ids[0]
        if is_kept == is_first:
            continue
        moved.append({"id": str(one.pk), "dataset": one.dataset_id, "position": one.position})
        one.dataset_id = ids[0] if is_kept else ids[1]
        if is_kept:
            last = one.position = last + 1
        moved[-1]["to"] = one.dataset_id
        changed.append(one)
    Resource.objects.bulk_update(changed, ["dataset", "position"], batch_size=BATCH)
    return moved


def give_back(moved: list[dict[str, Any]]) -> None:
    """Undo `gather`, for the files that are still where it put them."""
    for batch in batches(moved, BATCH):
        rows = Resource.objects.in_bulk([one["id"] for one in batch])
        there = {str(pk): row for pk, row in rows.items()}
        back = [(there[one["id"]], one) for one in batch if one["id"] in there]
        back = [(row, one) for row, one in back if row.dataset_id == one["to"]]
        for row, one in back:
            row.dataset_id, row.position = one["dataset"], one["position"]
        Resource.objects.bulk_update([row for row, _one in back], ["dataset", "position"])
