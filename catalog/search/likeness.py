"""Datasets that look like one: the same file, or the same words in their title. Publishers see them in time."""

from collections import Counter
from collections.abc import Iterable

from catalog.models import Dataset, Resource, Tag
from catalog.models.base import type_of_user
from catalog.search import suggestions
from catalog.search.service import SearchUnavailable

SHOWN = 5  # datasets
FILES = 50  # of the dataset, that are compared
SHORTEST = 2  # words of a title that say something
TAGS = 8


def alike(dataset: Dataset, user: type_of_user) -> list[Dataset]:
    """Return at most five other datasets that `user` may read: those with one of its files first."""
    files = list(dataset.resources.order_by("position").only("url", "checksum_value", "dataset")[:FILES])
    ids = [*_with_files(dataset, files), *_with_title(dataset)]
    rows = Dataset.objects.visible_to(user).filter(pk__in=ids, deleted=None).select_related("organization", "owner")
    found = {row.pk: row for row in rows.exclude(pk=dataset.pk)}
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found][:SHOWN]


def _with_files(dataset: Dataset, files: list[Resource]) -> list[str]:
    rows = (
        Resource.objects.same_file(files).exclude(dataset=dataset.pk).order_by() if files else Resource.objects.none()
    )
    return list(rows.values_list("dataset_id", flat=True).distinct()[: 4 * SHOWN])


def _with_title(dataset: Dataset) -> list[str]:
    if len(dataset.title.split()) < SHORTEST:
        return []
    try:
        return suggestions.suggest("dataset", dataset.title, SHOWN + 1)
    except SearchUnavailable:
        return []


def usual_tags(found: Iterable[Dataset]) -> list[str]:
    """Return the tags that these datasets have, the commonest first; one query."""
    rows = [row.pk for row in found]
    names = Tag.objects.filter(datasets__in=rows).order_by("name").values_list("name", flat=True) if rows else []
    return [name for name, _count in Counter(names).most_common(TAGS)]
