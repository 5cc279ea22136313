"""Counting anew who follows objects and how much they are discussed and used, where a counter has gone astray.

Each counter is written with what it counts; this mends what an import or a change by hand left behind. By batches,
with their rows locked; an unchanged row is not written.
"""

from collections import defaultdict

from django.db import models, transaction
from django.db.models import Count

from catalog.models import Dataservice, Dataset, Discussion, Follow, Organization, Reuse
from catalog.models.discussion import SUBJECTS
from catalog.services import metrics, relations
from catalog.services.batches import batches
from portal.models import User

BATCH = 500
COUNTED = (Dataset, Reuse, Dataservice, Organization, User)

type_of_counts = dict[str, dict[str, int]]  # column -> id -> number


def refresh() -> int:
    """Bring all counters up to date; return how many rows changed, but for those of uses."""
    changed = 0
    for model in COUNTED:
        ids = list(model._base_manager.order_by().values_list("pk", flat=True))
        changed += sum(refresh_batch(model, batch) for batch in batches(ids, BATCH))
    for batch in batches(list(Dataset.objects.order_by().values_list("pk", flat=True)), BATCH):
        relations.refresh_uses(datasets=batch)
    for batch in batches(list(Dataservice.objects.order_by().values_list("pk", flat=True)), BATCH):
        relations.refresh_uses(dataservices=batch)
    return changed + metrics.refresh_organization_metrics()


@transaction.atomic
def refresh_batch(model: type[models.Model], ids: list[str]) -> int:
    """Count anew for these rows of one kind, which are locked; return how many changed."""
    rows = list(model._base_manager.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    counts = _counts(model, ids)
    changed = [row for row in rows if _apply(row, counts)]
    model._base_manager.bulk_update(changed, list(counts))
    return len(changed)


def _apply(row: models.Model, counts: type_of_counts) -> bool:
    """Put the numbers on `row` (not saved); tell whether any changed."""
    before = [getattr(row, column) for column in counts]
    for column, numbers in counts.items():
        setattr(row, column, numbers[row.pk])
    return before != [getattr(row, column) for column in counts]


def _counts(model: type[models.Model], ids: list[str]) -> type_of_counts:
    name = model.__name__
    follows = Follow.objects.current().filter(subject_class=name, subject_id__in=ids).order_by()
    counts = {"metric_followers": _numbers(follows.values_list("subject_id").annotate(Count("pk")))}
    if model is User:
        hers = Follow.objects.current().filter(follower__in=ids).order_by()
        counts["metric_following"] = _numbers(hers.values_list("follower_id").annotate(Count("pk")))
    if name in SUBJECTS:
        column = SUBJECTS[name]
        threads = Discussion.objects.filter(**{f"{column}__in": ids}).order_by().values_list(f"{column}_id")
        counts["metric_discussions"] = _numbers(threads.annotate(Count("pk")))
        counts["metric_discussions_open"] = _numbers(threads.filter(closed=None).annotate(Count("pk")))
    return counts


def _numbers(pairs: models.QuerySet) -> dict[str, int]:
    return defaultdict(int, dict(pairs))
