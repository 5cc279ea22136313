"""Telling publishers that somebody made something of their datasets."""

from collections import defaultdict
from typing import Any

from catalog.models import Member
from catalog.models.subject import class_of
from catalog.models.vocabulary import MemberRole
from catalog.services import notifications, outbox
from portal.models import User


def publishers_of(item: Any) -> dict[str, str]:
    """Return the ids of who answers for the datasets of `item` (owners, administrators, editors), each with the id of
    the first dataset that is hers.
    """
    datasets = list(item.datasets.order_by("pk").values_list("pk", "owner_id", "organization_id"))
    members: dict[str, list[str]] = defaultdict(list)
    rows = Member.objects.filter(
        organization__in={organization for _pk, _owner, organization in datasets},
        organization__deleted=None,
        role__in=[MemberRole.ADMIN, MemberRole.EDITOR],
    )
    for organization, user in rows.order_by("pk").values_list("organization_id", "user_id"):
        members[organization].append(user)
    found: dict[str, str] = {}
    for pk, owner, organization in datasets:
        for user in [owner, *members[organization]]:
            if user:
                found.setdefault(user, pk)
    return found


def tell_publishers(item: Any, kind: str, *, by: User, template: str = "") -> None:
    """Notify the publishers of the datasets of `item`, and write to them if there is a template; not to `by`.

    Once in all, when `item` is public: nobody hears of a draft.
    """
    if item.private or notifications.were_made(item):
        return
    concerned = publishers_of(item)
    concerned.pop(by.pk, None)
    people = User.objects.active().in_bulk(concerned)
    by_dataset: dict[str, list[User]] = defaultdict(list)
    for user in people.values():
        by_dataset[concerned[user.pk]].append(user)
    for dataset, users in by_dataset.items():
        details = {"subject": {"class": class_of(item), "id": item.pk}, "dataset": dataset, "user": by.pk}
        notifications.notify(users, kind, details, cause=item)
    if people and template:
        context = {"title": item.title, "path": item.get_absolute_url(), "by": by.pk}
        outbox.emit("mail", to=sorted(people), template=template, context=context)
