"""Roles: the groups made by a migration (`0008_roles`). Their names are for ever; these are the words for people.

Whoever is put into a group works in the administration: she becomes staff, with all that is asked of the staff (a
second factor, shorter sessions). Who leaves her last group enters it no more, unless she has powers of her own.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.models import User

ROLES: dict[str, tuple[str | Promise, str | Promise]] = {
    "curator": (
        _("Curator"),
        _("All objects of the catalogue: review, publish, feature, badges, merge, tags, moderate. No accounts."),
    ),
    "moderator": (
        _("Moderator"),
        _("Reports, discussions and accounts: hides and restores objects, closes accounts, changes no description."),
    ),
    "harvest-operator": (_("Harvest operator"), _("Harvest sources: validate, run, schedule, read their journals.")),
    "editor-in-chief": (
        _("Editor-in-chief"), _("News, editorial pages, topics, home page, menus and the portal's own words."),
    ),
}  # fmt: skip


def label_of(group: Group) -> str:
    """Return the name of a group for people: that of a role in their language, else as the operator named it."""
    return str(ROLES[group.name][0]) if group.name in ROLES else group.name


def description_of(group: Group) -> str:
    return str(ROLES[group.name][1]) if group.name in ROLES else ""


def follow_groups(
    sender: Any, instance: User | Group, action: str, reverse: bool, pk_set: set[Any] | None, **kwargs: Any
) -> None:
    """Receiver of `m2m_changed`: let people in as they join a group, and out as they leave their last one."""
    if action == "pre_clear" and reverse:
        instance._leaving = list(instance.user_set.values_list("pk", flat=True))
    if action not in ("post_add", "post_remove", "post_clear"):
        return
    people = [instance.pk] if not reverse else list(pk_set or getattr(instance, "_leaving", []))
    settle(people)
    if not reverse:
        instance.is_staff = User.objects.values_list("is_staff", flat=True).get(pk=instance.pk)


def settle(people: list[str]) -> None:
    """Give the administration to those of these people who are in a group; take it from those without any power."""
    rows = User.objects.filter(pk__in=people)
    rows.filter(is_staff=False, groups__isnull=False).update(is_staff=True)
    powerless = rows.filter(is_staff=True, is_superuser=False, groups__isnull=True, user_permissions__isnull=True)
    powerless.update(is_staff=False)
