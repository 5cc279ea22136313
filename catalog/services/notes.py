"""Notes between editors, for those who may change the object that they are about."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog import permissions
from catalog.models import EditorNote, Organization
from catalog.models.note import MAX_TEXT
from catalog.models.notification import NotificationKind
from catalog.models.subject import class_of
from catalog.services import notifications
from portal.lib.errors import ServiceError
from portal.models import User

LEFT = "noted"  # what the notification says of the object


@transaction.atomic
def add(subject: Any, text: str, *, by: User) -> EditorNote:
    """Leave a note, and tell the object's editors and whoever left one before. Raises ServiceError."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise ServiceError(_("Write something."), field="text")
    if len(text) > MAX_TEXT:
        raise ServiceError(_("A note has at most %(limit)d characters.") % {"limit": MAX_TEXT}, field="text")
    note = EditorNote.objects.create(subject=subject, author=by, text=text)
    before = EditorNote.objects.about(subject).exclude(author=None).exclude(author=by).values("author")
    people = {one.pk: one for one in [*_editors_of(subject), *User.objects.active().filter(pk__in=before)]}
    told = [one for one in people.values() if one.pk != by.pk and _reads(one, subject)]
    details = {"subject": {"class": class_of(subject), "id": subject.pk}, "status": LEFT}
    notifications.notify(told, NotificationKind.REVIEW, details, cause=note)
    return note


def _editors_of(subject: Any) -> list[User]:
    """Return who answers for the object; curators are left out: they would hear of every note."""
    is_organization = isinstance(subject, Organization)
    return notifications.administrators_of(subject) if is_organization else notifications.owners_of(subject)


def _reads(user: User, subject: Any) -> bool:
    """Tell whether the user still opens the object's form in the administration, where its notes are."""
    if permissions.curates(user, type(subject)):
        return True
    actor = permissions.Actor.of(user)
    if isinstance(subject, Organization):
        return permissions.can_administer(actor, subject.pk)
    return actor.is_editor and permissions.can_edit(actor, subject)


def may_remove(note: EditorNote, user: User, subject: Any) -> bool:
    """Tell whether it is the user's own note, or the object is hers to curate."""
    return note.author_id == user.pk or permissions.curates(user, type(subject))


@transaction.atomic
def remove(note: EditorNote) -> None:
    """Take a note away, and what was told of it."""
    notifications.mark_handled(note)
    note.delete()
