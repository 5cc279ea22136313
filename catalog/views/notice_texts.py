"""Notifications in words: what happened, and where it can be seen. The names are those of this moment."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Discussion, Notification, Organization, Transfer
from catalog.models.discussion import SUBJECTS
from catalog.models.notification import NotificationKind
from catalog.models.subject import load_subjects, model_of
from catalog.models.vocabulary import OrganizationBadgeKind
from portal.models import User


class Place(NamedTuple):
    """The name of something and the path of its page, which is empty where the reader has none."""

    title: str
    address: str


class Told(NamedTuple):
    """A notification as its list shows it; `address` is empty where nothing is left to look at."""

    row: Notification
    text: str
    address: str


type_of_places = dict[tuple[str, str], Place]  # by name of the detail ("organization", "discussion"…) and id
type_of_loader = Callable[[list[str], User], dict[str, tuple[str, str]]]
# What the catalogue does not know, by the name of the detail: harvesting registers its sources.
LOADERS: dict[str, type_of_loader] = {}

DISCUSSION = {
    "new_discussion": _("%(user)s opened the discussion “%(discussion)s”."),
    "new_comment": _("%(user)s answered in the discussion “%(discussion)s”."),
    "closed": _("%(user)s closed the discussion “%(discussion)s”."),
}
SOURCE = {
    "pending": _("The harvest source “%(source)s” waits for its validation."),
    "accepted": _("The harvest source “%(source)s” is accepted."),
    "refused": _("The harvest source “%(source)s” is refused."),
}
REVIEW = {
    "published": _("“%(subject)s” is published."),
    "returned": _("“%(subject)s” was sent back: a curator asks for changes."),
    "scheduled": _("“%(subject)s” will be published at the date agreed."),
    "submitted": _("“%(subject)s” is submitted: a curator has to agree."),
    "proposed": _("A change of “%(subject)s” is proposed: a curator has to agree."),
    "noted": _("An editor left a note about “%(subject)s”."),
    "change_approved": _("Your change of “%(subject)s” is published."),
    "change_returned": _("Your change of “%(subject)s” was sent back: a curator asks for more."),
    "change_rejected": _("Your change of “%(subject)s” was rejected."),
}
QUEUES = {"submitted": "admin:catalog_review_changelist", "proposed": "admin:catalog_pendingchange_changelist"}
# Kind -> what it says, and the detail whose page it leads to.
TEXTS: dict[str, tuple[str | Promise, str]] = {
    NotificationKind.MEMBERSHIP_REQUEST: (
        _("%(user)s asks to join the organization “%(organization)s”."), "organization",
    ),
    NotificationKind.MEMBERSHIP_ACCEPTED: (_("%(user)s is now a member of “%(organization)s”."), "organization"),
    NotificationKind.MEMBERSHIP_REFUSED: (
        _("Your request to join the organization “%(organization)s” is refused."), "organization",
    ),
    NotificationKind.NEW_BADGE: (_("The organization “%(organization)s” has a new badge: %(badge)s."), "organization"),
    NotificationKind.TRANSFER_REQUEST: (_("You are offered “%(transfer)s”."), "transfer"),
    NotificationKind.DISCUSSION: ("", "discussion"),
    NotificationKind.VALIDATE_HARVESTER: ("", "source"),
    NotificationKind.REVIEW: ("", "subject"),
    NotificationKind.BROKEN_LINKS: (
        _("Links are broken (%(number)s): files did not answer three times in a row, of “%(dataset)s” first."),
        "dataset",
    ),
    NotificationKind.REUSE_CREATED: (_("%(user)s made the reuse “%(subject)s” of “%(dataset)s”."), "subject"),
    NotificationKind.DATASERVICE_CREATED: (
        _("%(user)s made the dataservice “%(subject)s” of “%(dataset)s”."), "subject",
    ),
}  # fmt: skip
INVITED = _("You are invited to join the organization “%(organization)s”.")
JOINED = _("You are now a member of the organization “%(organization)s”.")
GONE = _("What this was about is not there any more (%(kind)s).")
SOMEBODY = _("Somebody")


def tell(rows: Iterable[Notification], reader: User) -> list[Told]:
    """Put notifications into words for their reader; the same number of queries whatever their number."""
    listed = list(rows)
    places = _places(listed, reader)
    return [_told(row, places, reader) for row in listed]


def _told(row: Notification, places: type_of_places, reader: User) -> Told:
    text, main = _text(row, reader)
    known = {name: place for name in _names(row) if (place := places.get((name, _id(row, name))))}
    if not text or main not in known:
        return Told(row, GONE % {"kind": row.get_kind_display()}, "")
    facts = {
        "user": SOMEBODY,
        "dataset": "…",
        "badge": _badge(row),
        "number": row.details.get("number", 1),
        **{name: one.title for name, one in known.items()},
    }
    return Told(row, str(text) % facts, _address(row) or known[main].address)


def _address(row: Notification) -> str:
    """Return where a submission or a change is looked at, which is not the page of the object."""
    if row.kind != NotificationKind.REVIEW:
        return ""
    if queue := QUEUES.get(row.details.get("status", "")):
        return reverse(queue)
    if row.details.get("status") == "noted":
        name = str(row.details["subject"]["class"]).lower()
        return reverse(f"admin:catalog_{name}_change", args=[row.details["subject"]["id"]]) + "#notes"
    change = row.details.get("change")
    return reverse("publish-change", args=[change]) if change else ""


def _text(row: Notification, reader: User) -> tuple[str | Promise, str]:
    """Return the sentence of a notification, with gaps, and the detail that it leads to."""
    text, main = TEXTS[row.kind]
    if row.kind == NotificationKind.DISCUSSION:
        text = DISCUSSION.get(row.details.get("status", ""), "")
    elif row.kind == NotificationKind.VALIDATE_HARVESTER:
        text = SOURCE.get(row.details.get("status", ""), "")
    elif row.kind == NotificationKind.REVIEW:
        text = REVIEW.get(row.details.get("status", ""), "")
    elif row.kind == NotificationKind.MEMBERSHIP_REQUEST and row.details.get("kind") == "invitation":
        text = INVITED
    elif row.kind == NotificationKind.MEMBERSHIP_ACCEPTED and row.details.get("user") == reader.pk:
        text = JOINED
    return text, main


def _badge(row: Notification) -> str:
    return str(dict(OrganizationBadgeKind.choices).get(row.details.get("kind", ""), ""))


def _names(row: Notification) -> list[str]:
    return [name for name in ("user", "organization", "discussion", "transfer", "subject", "dataset", "source")
            if row.details.get(name)]  # fmt: skip


def _id(row: Notification, name: str) -> str:
    """Return the id of a detail; that of what was made stands beside its class."""
    value = row.details[name]
    return str(value.get("id", "")) if isinstance(value, dict) else str(value)


def _places(rows: list[Notification], reader: User) -> type_of_places:
    """Return what these notifications are about, as far as the reader may read it; a query or two for each kind."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for name in _names(row):
            wanted.setdefault(name, set()).add(_id(row, name))
    found: type_of_places = {}
    for name, load in {**CATALOGUE, **LOADERS}.items():
        if ids := sorted(wanted.get(name, ())):
            found |= {(name, pk): Place(*place) for pk, place in load(ids, reader).items()}
    return found | _made(rows, reader)


def _users(ids: list[str], reader: User) -> dict[str, tuple[str, str]]:
    return {one.pk: (str(one), one.get_absolute_url()) for one in User.objects.active().filter(pk__in=ids)}


def _organizations(ids: list[str], reader: User) -> dict[str, tuple[str, str]]:
    rows = Organization.objects.visible_to(reader).filter(pk__in=ids)
    return {one.pk: (one.name, one.get_absolute_url()) for one in rows}


def _discussions(ids: list[str], reader: User) -> dict[str, tuple[str, str]]:
    rows = Discussion.objects.visible_to(reader).filter(pk__in=ids).select_related(*SUBJECTS.values())
    return {one.pk: (f"{one.title} – {one.subject}", one.get_absolute_url()) for one in rows}


def _transfers(ids: list[str], reader: User) -> dict[str, tuple[str, str]]:
    rows = list(Transfer.objects.visible_to(reader).filter(pk__in=ids))
    subjects = load_subjects(rows)
    pairs = ((row.pk, subjects.get((row.subject_class, row.subject_id))) for row in rows)
    return {pk: (str(subject), subject.get_absolute_url()) for pk, subject in pairs if subject}


def _datasets(ids: list[str], reader: User) -> dict[str, tuple[str, str]]:
    rows = model_of("Dataset")._default_manager.visible_to(reader).filter(pk__in=ids)
    return {one.pk: (one.title, one.get_absolute_url()) for one in rows}


def _made(rows: list[Notification], reader: User) -> type_of_places:
    """Return the objects that were made, reviewed or noted."""
    wanted = [row.details["subject"] for row in rows if isinstance(row.details.get("subject"), dict)]
    found: type_of_places = {}
    for name in sorted({str(one.get("class")) for one in wanted} & {"Dataset", "Reuse", "Dataservice", "Organization"}):
        readable = model_of(name)._default_manager.visible_to(reader)
        made = readable.filter(pk__in=[one.get("id") for one in wanted if one.get("class") == name])
        found |= {("subject", one.pk): Place(str(one), one.get_absolute_url()) for one in made}
    return found


CATALOGUE: dict[str, type_of_loader] = {
    "user": _users,
    "organization": _organizations,
    "discussion": _discussions,
    "transfer": _transfers,
    "dataset": _datasets,
}
