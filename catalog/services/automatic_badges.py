"""Badges that follow from others: HVD and INSPIRE, from the tags of an object and from who publishes it."""

from typing import Any

from django.conf import settings
from django.db import models, transaction

from catalog.models import Dataservice, DataserviceBadge, Dataset, DatasetBadge, Organization
from catalog.models.vocabulary import DataserviceBadgeKind, DatasetBadgeKind, OrganizationBadgeKind


def refresh() -> int:
    """Give and take these badges; return how many changed hands. HVD_SUPPORT and INSPIRE_SUPPORT say which."""
    changed = 0
    if settings.HVD_SUPPORT:
        certified = _certified_services()
        datasets = Dataset.objects.filter(deleted=None, tags__name="hvd", organization__in=certified)
        changed += _sync(DatasetBadge, "dataset", DatasetBadgeKind.HVD, datasets)
        dataservices = Dataservice.objects.filter(deleted_at=None, tags__name="hvd", organization__in=certified)
        changed += _sync(DataserviceBadge, "dataservice", DataserviceBadgeKind.HVD, dataservices)
    if settings.INSPIRE_SUPPORT:
        datasets = Dataset.objects.filter(deleted=None, tags__name="inspire")
        changed += _sync(DatasetBadge, "dataset", DatasetBadgeKind.INSPIRE, datasets)
    return changed


def _certified_services() -> models.QuerySet[Organization]:
    """Public services that are certified."""
    services = Organization.objects.filter(badges__kind=OrganizationBadgeKind.PUBLIC_SERVICE)
    return services.filter(badges__kind=OrganizationBadgeKind.CERTIFIED, deleted=None).order_by().values("pk")


@transaction.atomic
def _sync(badges: Any, column: str, kind: str, wanted: models.QuerySet) -> int:
    """Give the badge to `wanted`, and take it from the others; return how many changed hands."""
    given = badges.objects.filter(kind=kind)
    taken = given.exclude(**{f"{column}__in": wanted.order_by().values("pk")}).delete()[0]
    missing = set(wanted.exclude(pk__in=given.values(f"{column}_id")).order_by().values_list("pk", flat=True))
    rows = [badges(**{f"{column}_id": pk, "kind": kind}) for pk in sorted(missing)]
    badges.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return taken + len(rows)
