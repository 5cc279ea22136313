"""Groups of datasets that look like the same: found by the database, looked through page by page, and dismissed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, Concat, DenseRank, Left, Lower, Trim
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Dataset, NotDuplicate, Resource
from catalog.models.dataset import harvested_key
from catalog.models.merge import KEY_LENGTH, Likeness
from catalog.models.resource import url_key
from portal.lib.errors import ServiceError
from portal.models import User

SHOWN = 5  # datasets of a group that are named: as many as are merged at once


def groups(reason: str, datasets: QuerySet[Dataset]) -> QuerySet:
    """Return rows with `key` (what they share) and `size` of the groups among `datasets`, the largest first.

    What was dismissed is left out, as long as the group has not grown.
    """
    rows, name = _keyed(reason, datasets)
    dismissed = NotDuplicate.objects.filter(reason=reason, key=OuterRef("key")).values("size")
    sized = rows.values("key").annotate(size=Count(name, distinct=True), known=Coalesce(Subquery(dismissed), Value(1)))
    return sized.filter(size__gt=F("known")).order_by("-size", "key")


def members(reason: str, datasets: QuerySet[Dataset], keys: Iterable[str]) -> dict[str, list[Dataset]]:
    """Return the first five datasets of each of these groups, the oldest ids first; two queries."""
    rows, name = _keyed(reason, datasets)
    rank = Window(DenseRank(), partition_by=[F("key")], order_by=name)
    pairs = rows.filter(key__in=list(keys)).annotate(rank=rank).filter(rank__lte=SHOWN)
    named: dict[str, dict[str, None]] = defaultdict(dict)
    for key, pk in pairs.values_list("key", name).order_by("key", name):
        named[key][pk] = None
    ids = {pk for group in named.values() for pk in group}
    found = Dataset.objects.select_related("organization", "owner").in_bulk(ids)
    return {key: [found[pk] for pk in group if pk in found] for key, group in named.items()}


@transaction.atomic
def dismiss(reason: str, key: str, datasets: QuerySet[Dataset], *, by: User) -> NotDuplicate:
    """Remember that a group is no group of duplicates. Raises ServiceError if there is none such."""
    found = groups(reason, datasets).filter(key=key).first() if reason in Likeness.values else None
    if found is None:
        raise ServiceError(_("There is no such group any more."))
    values: dict[str, Any] = {"size": found["size"], "by": by, "at": timezone.now()}
    return NotDuplicate.objects.update_or_create(reason=reason, key=key, defaults=values)[0]


def _keyed(reason: str, datasets: QuerySet[Dataset]) -> tuple[QuerySet, str]:
    """Return rows with their `key`, and the name of the column that tells the dataset."""
    living = datasets.filter(deleted=None).order_by()
    if reason in (Likeness.CHECKSUM, Likeness.URL):
        files = Resource.objects.filter(dataset__in=living.values("pk")).order_by()
        if reason == Likeness.CHECKSUM:
            return files.exclude(checksum_value="").annotate(key=F("checksum_value")), "dataset_id"
        return files.exclude(url="").annotate(key=url_key()), "dataset_id"
    if reason == Likeness.REMOTE:
        named = living.annotate(key=harvested_key("remote_id"))
        return named.exclude(key=None).exclude(key=""), "pk"
    owner = Coalesce("organization_id", "owner_id", Value(""))
    title = Concat(owner, Value(" "), Lower(Trim("title")), output_field=models.CharField())
    return living.annotate(key=Left(title, KEY_LENGTH)), "pk"
