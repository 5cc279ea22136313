"""A pending change side by side: what is published and what is proposed, field by field, word by word."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import ContactPoint, PendingChange, Resource
from catalog.services.history import words
from catalog.services.history.differences import MANY, NOTHING, Differences, label_of
from catalog.services.history.states import KINDS, take, type_of_state
from catalog.services.proposing.fields import FILES, laid_over, overtaken, read


@dataclass(slots=True)
class Row:
    """One field. `left` and `right` are the pieces of both texts; `base` what was there when it was proposed, where
    somebody has changed it since; `applied` what was agreed to, where it is not what was proposed.
    """

    key: str
    label: str
    left: list[words.Piece]
    right: list[words.Piece]
    is_overtaken: bool = False
    base: str = ""
    applied: str = ""
    is_left_out: bool = False


def rows_of(change: PendingChange) -> list[Row]:
    """Return the fields of a change: against what is published now, or once it is decided, against what was then.

    A constant number of queries.
    """
    now = take(change.subject_class, [change.subject_id]).get(change.subject_id)
    if now is None:
        now = {"columns": {}, "lists": {}, "parts": {}}
    telling = _Telling(change, now)
    is_open = change.status in ("pending", "returned")
    late = overtaken(change.base, change.values, now) if is_open else []
    found = []
    for key in sorted(change.values, key=telling.rank):
        before = read(now, key) if is_open else change.base.get(key)
        left, right = telling.text(key, before), telling.text(key, change.values[key])
        pieces = words.compare(left, right)
        row = Row(
            key,
            telling.label(key),
            [piece for piece in pieces if piece.kind != words.ADDED],
            [piece for piece in pieces if piece.kind != words.REMOVED],
            is_overtaken=key in late,
            base=telling.text(key, change.base.get(key)) if key in late else "",
        )
        if change.applied:
            row.is_left_out = key not in change.applied
            amended = not row.is_left_out and change.applied[key] != change.values[key]
            row.applied = telling.text(key, change.applied[key]) if amended else ""
        found.append(row)
    return found


class _Telling:
    """Puts the keys and values of one change into words."""

    def __init__(self, change: PendingChange, now: type_of_state) -> None:
        self.kind = KINDS[change.subject_class]
        base = laid_over(now, {key: value for key, value in change.base.items() if _is_plain(key)})
        proposed = laid_over(now, {key: value for key, value in change.values.items() if _is_plain(key)})
        applied = laid_over(now, {key: value for key, value in change.applied.items() if _is_plain(key)})
        self.differences = Differences(change.subject_class, [now, base, proposed, applied])
        people = {pk for state in (now, base, proposed, applied) for pk in state["lists"].get("contact_points", [])}
        self.contacts = {str(one.pk): str(one) for one in ContactPoint.objects.filter(pk__in=people)} if people else {}
        files = {row["id"]: row["title"] for row in now["parts"].get(FILES, [])}
        for values in (change.base, change.values):
            files |= {key.split("/")[1]: one["title"] for key, one in values.items() if _is_file(key) and one}
        self.files = files
        self.order = [*self.kind.columns, *self.kind.lists]

    def rank(self, key: str) -> tuple[int, str]:
        return (self.order.index(key) if key in self.order else len(self.order), key)

    def label(self, key: str) -> str:
        if _is_plain(key):
            return label_of(self.kind.model._meta.get_field(key), key)
        _files, pk, *name = key.split("/")
        title = self.files.get(pk, NOTHING)
        if not name:
            return _("File “%(title)s”") % {"title": title}
        field = label_of(Resource._meta.get_field(name[0]), name[0])
        return _("File “%(title)s”: %(field)s") % {"title": title, "field": field}

    def text(self, key: str, value: Any) -> str:
        if value in (None, "", {}, []):
            return NOTHING
        if key in self.kind.lists:
            return "\n".join(self._named(key, value)[:MANY])
        if _is_plain(key):
            return self.differences.text(self.kind.model._meta.get_field(key), value)
        if _is_file(key):
            return "\n".join(str(value.get(name)) for name in ("title", "url", "description") if value.get(name))
        return self.differences.text(Resource._meta.get_field(key.split("/")[2]), value)

    def _named(self, name: str, values: list[Any]) -> list[str]:
        if name == "tags":
            return sorted(values)
        if name == "contact_points":
            return [self.contacts.get(str(value), NOTHING) for value in values]
        model = self.kind.model._meta.get_field(name).related_model
        return [self.differences.names.get((model, str(value)), NOTHING) for value in values]


def _is_plain(key: str) -> bool:
    return not key.startswith(f"{FILES}/")


def _is_file(key: str) -> bool:
    """Tell whether a key stands for a whole file, added or removed."""
    return key.startswith(f"{FILES}/") and key.count("/") == 1
