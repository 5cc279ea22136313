"""Loading the whole demonstration."""

from collections import Counter

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import Dataservice, Dataset, Discussion, Reuse
from catalog.services import derivation, metrics
from catalog.services.demo import accounts, conversations, datasets, oddities, organizations, reuses, topics
from catalog.services.demo.names import object_id, read
from catalog.services.demo.plan import drafts, publishers
from catalog.services.demo.writer import Writer
from portal.models import User


@transaction.atomic
def load(*, with_accounts: bool) -> Counter[str]:
    """Add what is missing of the demonstration; return how many objects of each kind were added.

    A second call adds nothing and changes nothing. Files are written through the default storage (about 3 MB).
    """
    writer = Writer(timezone.now().replace(microsecond=0))
    organizations.add_people(writer)
    organizations.add_organizations(writer)
    datasets.add_datasets(writer)
    oddities.add_oddities(writer)
    reuses.add_reuses(writer)
    reuses.add_dataservices(writer)
    reuses.add_community_resources(writer)
    conversations.add_posts(writer)
    conversations.add_discussions(writer)
    topics.add_topics(writer)
    if with_accounts:
        writer.added["accounts"] += accounts.add_accounts()
    added = +writer.added
    if added:
        refresh()
    return added


def dataset_ids() -> list[str]:
    """Return the ids of all datasets of the demonstration."""
    keys = [*(draft.key for draft in drafts()), *(raw["key"] for raw in read("oddities"))]
    return [datasets.dataset_id(key) for key in keys]


def refresh() -> None:
    """Bring counters and derived columns of the demonstration up to date."""
    ids = dataset_ids()
    Dataset.objects.filter(pk__in=ids).update(
        metric_reuses=_count(Reuse.objects.listed(), "datasets"),
        metric_dataservices=_count(Dataservice.objects.listed(), "datasets"),
        **_discussions("dataset"),
    )
    Reuse.objects.filter(pk__in=_keys("reuse")).update(**_discussions("reuse"))
    Dataservice.objects.filter(pk__in=_keys("dataservice")).update(**_discussions("dataservice"))
    User.objects.filter(pk__in=[organizations.person_id(row[0]) for row in read("people")]).update(
        metric_datasets=_count(Dataset.objects.listed(), "owner"), metric_reuses=_count(Reuse.objects.listed(), "owner")
    )
    derivation.refresh(ids)
    metrics.refresh_organization_metrics(map(organizations.organization_id, publishers()))
    metrics.refresh_site_metrics()


def _keys(kind: str) -> list[str]:
    """Return the ids of the objects of that kind that our discussions are about."""
    return [object_id(kind, raw[kind]) for raw in read("discussions") if kind in raw]


def _discussions(column: str) -> dict[str, Coalesce]:
    opened = Discussion.objects.filter(closed__isnull=True)
    return {
        "metric_discussions": _count(Discussion.objects.all(), column),
        "metric_discussions_open": _count(opened, column),
    }


def _count(rows: QuerySet, column: str) -> Coalesce:
    """Return the number of `rows` that point by `column` to the object that is updated."""
    mine = rows.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Coalesce(Subquery(mine.annotate(found=Count("pk")).values("found")), 0)
