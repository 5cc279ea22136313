"""Telling producers of their broken links: one notification and one mail an organization (or person), once a week.

Each link is told of once, when it has failed three checks in a row; if it works again and breaks again, once more.
"""

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from catalog.models import LinkCheck, Notification, Organization, Resource
from catalog.models.notification import NotificationKind
from catalog.services import notifications, outbox
from portal.models import User

WEEK = timedelta(days=7)
NAMED = 20  # files that a mail names
MOST = 5_000  # links that one message is about


def waiting() -> models.QuerySet[Resource]:
    """Files whose link is broken and whose producer does not know it yet."""
    untold = LinkCheck.objects.broken().filter(told_at=None).values("pk")
    return Resource.objects.in_listed_datasets().filter(pk__in=untold).order_by()


def tell() -> int:
    """Tell every producer who was not told this week; return how many were. One transaction each: resumable."""
    number = 0
    for column, kind in (("organization", Organization), ("owner", User)):
        rows = waiting()
        if kind is User:
            rows = rows.filter(dataset__organization=None)
        ids = list(rows.values_list(f"dataset__{column}", flat=True).distinct())
        for pk in filter(None, ids):
            number += _tell(column, kind.objects.get(pk=pk))
    return number


@transaction.atomic
def _tell(column: str, producer: Organization | User) -> bool:
    recent = Notification.objects.filter(cause=notifications.cause_of(producer), kind=NotificationKind.BROKEN_LINKS)
    if recent.filter(created_at__gt=timezone.now() - WEEK).exists():
        return False
    rows = waiting().filter(**{f"dataset__{column}": producer.pk})
    if column == "owner":
        rows = rows.filter(dataset__organization=None)
    files = list(rows.select_related("dataset").order_by("dataset__title", "pk")[:MOST])
    if not files:
        return False
    people = [producer] if isinstance(producer, User) else notifications.editors_of(producer)
    LinkCheck.objects.filter(pk__in=[one.pk for one in files]).update(told_at=timezone.now())
    details: dict[str, Any] = {"dataset": files[0].dataset_id, "number": len(files)}
    if isinstance(producer, Organization):
        details["organization"] = producer.pk
    notifications.notify(people, NotificationKind.BROKEN_LINKS, details, cause=producer)
    named = [" ".join(f"{one.dataset.title} – {one.title}: {one.url}".split())[:500] for one in files[:NAMED]]
    context = {
        "number": len(files), "named": named, "more": max(0, len(files) - NAMED), "path": "/publish/",
        "organization": producer.name if isinstance(producer, Organization) else "",
    }  # fmt: skip
    outbox.emit("mail", to=[user.pk for user in people], template="links_broken", context=context)
    return True
