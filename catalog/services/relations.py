"""What reuses, dataservices, topics and posts share when they are written: plain columns, lists, changes noted."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Count, F, Q

from catalog.models import Assignment, Dataservice, Dataset, Reuse, Tag
from catalog.models.base import type_of_user


def assign(item: models.Model, columns: Iterable[str], values: dict[str, Any]) -> list[str]:
    """Put those of `columns` that `values` names; return those that changed."""
    changes = [name for name in columns if name in values and getattr(item, name) != values[name]]
    for name in changes:
        setattr(item, name, values[name])
    return changes


def relate(
    item: models.Model, names: Iterable[str], values: dict[str, Any], *, by: type_of_user | None = None
) -> list[str]:
    """Make the lists of `item` those of `values`, tags by their names; return the lists that changed.

    What `by` is not shown (a stranger's draft) stays: she sends back the list as she could read it.
    """
    changes = []
    for name in names:
        if name not in values:
            continue
        relation = getattr(item, name)
        before = set(relation.values_list("pk", flat=True))
        wanted = {one.pk for one in (Tag.objects.named(values[name]) if name == "tags" else values[name])}
        if by is not None and before - wanted:
            wanted |= before - set(shown_to(relation.model, by).filter(pk__in=before).values_list("pk", flat=True))
        relation.set(wanted)
        if before != wanted:
            changes.append(name)
    return changes


def shown_to(model: type[models.Model], user: type_of_user) -> models.QuerySet:
    """Return the objects of a kind that the API shows to `user` inside another one (see the shapes)."""
    rows = model._default_manager.all()
    if model is Dataset:
        return rows.visible_to(user).filter(deleted=None)
    if model is Dataservice:
        return rows.listed_to(user)
    return rows.visible_to(user) if hasattr(rows, "visible_to") else rows


def change_owner(item: models.Model, owner: dict[str, Any]) -> list[str]:
    """Put the columns of a new owner (see `ownership`); return those that changed. The assignments end with it."""
    changes = assign(item, owner, owner)
    if changes:
        Assignment.objects.about(item).delete()
    return changes


def refresh_uses(datasets: Iterable[str] = (), dataservices: Iterable[str] = ()) -> None:
    """Count anew by how many listed reuses and dataservices these objects are used."""
    listed_reuses, listed_services = Reuse.objects.listed().values("pk"), Dataservice.objects.listed().values("pk")
    rows = Dataset.objects.filter(pk__in=set(datasets)).order_by().values("pk")
    used = rows.annotate(
        reuses_now=Count("reuses", filter=Q(reuses__in=listed_reuses), distinct=True),
        services_now=Count("dataservices", filter=Q(dataservices__in=listed_services), distinct=True),
    )
    changed = used.exclude(metric_reuses=F("reuses_now"), metric_dataservices=F("services_now"))
    for row in changed:
        Dataset.objects.filter(pk=row["pk"]).update(
            metric_reuses=row["reuses_now"], metric_dataservices=row["services_now"]
        )
    services = Dataservice.objects.filter(pk__in=set(dataservices)).order_by().values("pk")
    counted = services.annotate(now=Count("reuses", filter=Q(reuses__in=listed_reuses), distinct=True))
    for row in counted.exclude(metric_reuses=F("now")):
        Dataservice.objects.filter(pk=row["pk"]).update(metric_reuses=row["now"])


def count_datasets(reuses: Iterable[str]) -> None:
    """Count anew the datasets that these reuses name."""
    rows = Reuse.objects.filter(pk__in=set(reuses)).order_by().values("pk").annotate(now=Count("datasets"))
    for row in rows.exclude(metric_datasets=F("now")):
        Reuse.objects.filter(pk=row["pk"]).update(metric_datasets=row["now"])
