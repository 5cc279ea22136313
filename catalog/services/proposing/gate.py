"""The gate before what is published: an edit by somebody who needs a review becomes a pending change.

The edit is done as always, looked at, and taken back: what it changed is kept as values (see `fields`). So whatever a
service, a form or a revert may write is held by the same few lines, and no way in is a side door. The author's open
change is laid under each further edit of hers, which amends it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import PendingChange
from catalog.models.audit import AuditAction
from catalog.models.base import SluggedModel
from catalog.models.pending_change import ChangeStatus
from catalog.models.review import REVIEWED
from catalog.models.subject import class_of
from catalog.services import notifications, review_gate, submissions
from catalog.services.audit import log as audit
from catalog.services.history import putting, revisions
from catalog.services.history.states import KINDS, take, type_of_state
from catalog.services.proposing import proposed_files
from catalog.services.proposing.fields import STATES, difference, laid_over, type_of_fields
from portal.lib.errors import ServiceError
from portal.models import User

_passing: ContextVar[bool] = ContextVar("inside an edit that is held", default=False)
Result = TypeVar("Result")


def applies(obj: Any, by: User) -> bool:
    """Tell whether an edit of `obj` by that person is held: of what is published, or would be if it were restored."""
    if not settings.PUBLICATION_REVIEW or class_of(obj) not in REVIEWED:
        return False
    return not (obj._state.adding or obj.private) and review_gate.needed(obj, by)


def refusal(obj: Any, by: User) -> str:
    """Return why `by` may not change that object together with others, or an empty text."""
    return _("a curator has to agree; change it on its own page.") if applies(obj, by) else ""


def open_change(obj: Any, by: User) -> PendingChange | None:
    """Return the change that this person has open about an object."""
    return PendingChange.objects.about(obj).undecided().filter(author=by.pk).first()


def was_held(obj: Any) -> bool:
    """Tell whether the last edit of this instance waits for a curator."""
    return getattr(obj, "held_change", None) is not None


def held(
    subject_of: Callable[[Any], Any] = lambda item: item, answer: Callable[[Any, Any], Any] = lambda item, result: []
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Hold what a service writes: its first argument is the object (or a part, of which `subject_of` gives it).

    `answer` makes what the service returns, of the item as it is and of what the edit returned.
    """

    def wrap(service: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(service)
        def guarded(item: Any, *args: Any, by: User, **options: Any) -> Any:
            subject = subject_of(item)
            if _passing.get() or not applies(subject, by):
                return service(item, *args, by=by, **options)
            result, is_held = propose(subject, lambda: service(item, *args, by=by, **options), by=by, part=item)
            return answer(item, result) if is_held else result

        return guarded

    return wrap


@transaction.atomic
def propose(subject: Any, edit: Callable[[], Result], *, by: User, part: Any = None) -> tuple[Result, bool]:
    """Do an edit of `subject`, whose row is locked, and take it back; return what it gave, and whether it is held.

    What makes it a draft, deletes it or (un)archives it, and nothing else, needs no curator: that is done.
    """
    subject.held_change = None
    kind, pk = class_of(subject), subject.pk
    items = [subject] if part is None or part is subject else [subject, part]
    before = take(kind, [pk])[pk]
    change = PendingChange.objects.select_for_update().about(subject).undecided().filter(author=by.pk).first()
    token = _passing.set(True)
    try:
        with _taken_back(items):
            middle = _lay(subject, change, before, items)
            result = edit()
            after = take(kind, [pk])[pk]
        _base, step = difference(middle, after)
        if (step and step.keys() <= STATES) or after["columns"].get("private"):
            return edit(), False
    finally:
        _passing.reset(token)
    base, values = difference(before, after)
    if change is not None:
        base |= {key: value for key, value in change.base.items() if key in STATES and key not in values}
        values |= {key: value for key, value in change.values.items() if key in STATES and key not in values}
    subject.held_change = _keep(subject, change, base, values, by=by) if step else change if values else None
    return result, True


@contextmanager
def as_proposed(subject: Any, by: Any, *parts: Any) -> Iterator[PendingChange | None]:
    """Show an object to the author of its open change as she would have it; outside, it is what it was.

    The values are written and taken back: whatever reads the object inside (forms, lists of files) sees them. `parts`
    are files of it that are shown so, too.
    """
    wanted = settings.PUBLICATION_REVIEW and not settings.READ_ONLY_MODE and by.is_authenticated and not subject.private
    change = open_change(subject, by) if wanted else None
    if change is None:
        yield None
        return
    token = _passing.set(True)
    try:
        with transaction.atomic(), _taken_back([subject, *parts]):
            pk = subject.pk
            _lay(subject, change, take(class_of(subject), [pk])[pk], [subject, *parts])
            yield change
    finally:
        _passing.reset(token)


@contextmanager
def _taken_back(items: list[Any]) -> Iterator[None]:
    """Take back, in the database and in these instances, whatever is written inside."""
    keys = [item.pk for item in items]
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for item, pk in zip(items, keys, strict=True):
        item.pk = pk  # deleting took it
        _read_anew(item, items[0])


def _read_anew(item: models.Model, subject: Any) -> None:
    """Make an instance what is in the database, with what it remembers of its title and address."""
    if not type(item)._base_manager.filter(pk=item.pk).exists():
        return
    item.refresh_from_db()
    if item is not subject:
        item.dataset = subject
    elif isinstance(item, SluggedModel):
        item._loaded_slug, item._loaded_title = item.slug, getattr(item, item.slug_source)


def _lay(subject: Any, change: PendingChange | None, before: type_of_state, items: list[Any]) -> type_of_state:
    """Write the values of the open change; return the state that comes of it."""
    if change is None:
        return before
    kind = KINDS[class_of(subject)]
    values = {key: value for key, value in change.values.items() if key not in STATES}  # those may be done meanwhile
    putting.put(kind, subject, laid_over(before, values), before)
    for item in items:
        _read_anew(item, subject)
    return take(kind.name, [subject.pk])[subject.pk]


def _keep(
    subject: Any, change: PendingChange | None, base: type_of_fields, values: type_of_fields, *, by: User
) -> PendingChange | None:
    """Keep what the author would have now; a change that changes nothing any more is withdrawn. Raises ServiceError."""
    change = change or PendingChange(subject=subject, author=by)
    former = change.values
    if not values:
        change.status = ChangeStatus.WITHDRAWN
    else:
        change.status, change.submitted_at, change.schema = ChangeStatus.PENDING, timezone.now(), revisions.SCHEMA
        change.values, change.base, change.base_mark = values, base, review_gate.mark_of(subject)
        change.comment = audit.words() or change.comment
        change.decided_by, change.decided_at = None, None
    try:
        with transaction.atomic():
            change.save()
    except IntegrityError as error:
        raise ServiceError(_("You are changing it at another place just now: try again.")) from error
    audit.name(AuditAction.PROPOSE if values else AuditAction.WITHDRAW, change)
    dropped = {key: value for key, value in former.items() if key not in values or values[key] != value}
    proposed_files.forget_unused(change.subject_class, dropped)
    if values:
        submissions.tell_curators(change)
    else:
        notifications.mark_handled(change)
    return change if values else None
