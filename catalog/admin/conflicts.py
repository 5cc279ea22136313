"""Two people in one form: nobody overwrites what another saved since she opened the page.

Each page says what every field was when it was opened, as a short digest. When it comes back, the fields that somebody
else has changed meanwhile are shown with both values; she chooses, field by field, and saves again.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.utils.crypto import salted_hmac
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

OPENED, KEEP = "_opened", "_keep_"  # names of what the page sends
THEIRS = "theirs"
LENGTH = 12  # hexadecimal characters of a digest
SHOWN = 2_000  # characters of a value


class Conflict(NamedTuple):
    """A field that somebody else has changed. `is_untouched` tells that the person herself left it as it was."""

    name: str
    label: str
    theirs: str
    mine: str
    is_untouched: bool


def mark(value: Any) -> str:
    """Return a digest of the value of a field, the same for what a form shows and what it reads."""
    if isinstance(value, Model):
        value = value.pk
    elif isinstance(value, datetime):
        value = value.astimezone(UTC) if value.tzinfo else value
    elif isinstance(value, str):
        value = value.replace("\r\n", "\n").strip()
    elif isinstance(value, Iterable) and not isinstance(value, dict):
        value = sorted(str(one.pk if isinstance(one, Model) else one) for one in value)
    text = "" if value is None else json.dumps(value, sort_keys=True, default=str)
    return salted_hmac("portal.opened", text).hexdigest()[:LENGTH]  # keyed: a digest lets nobody guess a secret value


def marks_of(form: forms.BaseForm) -> dict[str, str]:
    """Return the digest of each field of a form as the database has it; files are left out."""
    return {
        name: mark(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
        if not isinstance(field, forms.FileField) and not field.disabled
    }


def read_marks(text: str) -> dict[str, str]:
    """Return the digests that a page sent back; none where it sent none, or nonsense."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def shown(field: forms.Field, value: Any) -> str:
    """Return the value of a field as text."""
    if isinstance(value, str | Model) or value is None or not isinstance(value, Iterable):
        choices = getattr(field, "choices", ()) if not isinstance(field, forms.ModelChoiceField) else ()
        return str(dict(choices).get(value, "" if value is None else value))[:SHOWN]
    return (json.dumps(value, default=str) if isinstance(value, dict) else ", ".join(str(one) for one in value))[:SHOWN]


class GuardedForm(forms.ModelForm):
    """Put before the form of an object that exists."""

    conflicts: tuple[Conflict, ...] = ()

    @property
    def opened(self) -> str:
        """What the page sends back: the digests of the fields, as JSON."""
        return json.dumps(marks_of(self), separators=(",", ":"))

    def clean(self) -> dict[str, Any]:
        """Refuse to overwrite; put what is stored where she chose it. Raises ValidationError."""
        super().clean()
        opened, now = read_marks(self.data.get(OPENED, "")), marks_of(self)
        changed = [name for name in now if name in self.changed_data and name in self.cleaned_data]
        overtaken = [name for name in changed if opened.get(name, now[name]) != now[name]]
        if overtaken:
            self.conflicts = tuple(self._conflict(name, opened[name]) for name in overtaken)
            raise ValidationError(
                _("Somebody else saved this since you opened the page. Choose below what is kept, then save again."),
                code="overtaken",
            )
        for name in changed:
            if self.data.get(KEEP + name) == THEIRS:
                self.cleaned_data[name] = self._stored(name)
        return self.cleaned_data

    def _stored(self, name: str) -> Any:
        if not hasattr(self.instance, name):
            return self.fields[name].clean(self.get_initial_for_field(self.fields[name], name))
        found = getattr(self.instance, name)
        return list(found.all()) if hasattr(found, "all") else found

    def _conflict(self, name: str, was: str) -> Conflict:
        field, mine = self.fields[name], self.cleaned_data[name]
        label = str(capfirst(field.label or name))
        return Conflict(name, label, shown(field, self._stored(name)), shown(field, mine), mark(mine) == was)


class GuardedRows(BaseInlineFormSet):
    """Rows of a table below a form: a row that somebody else has changed is not overwritten unseen."""

    @property
    def opened(self) -> str:
        """The digest of each row by its key, as JSON."""
        return json.dumps({str(form.instance.pk): mark(marks_of(form).values()) for form in self.initial_forms})

    def clean(self) -> None:
        """Put an error on each such row, with what is stored now."""
        super().clean()
        opened = read_marks(self.data.get(f"{self.prefix}-{OPENED}", ""))
        for form in self.initial_forms:
            now = mark(marks_of(form).values())
            if form.has_changed() and opened.get(str(form.instance.pk), now) != now:
                form.add_error(None, self._told(form))

    def _told(self, form: forms.ModelForm) -> str:
        stored = [
            f"{capfirst(form.fields[name].label or name)}: {form.get_initial_for_field(form.fields[name], name)}"
            for name in form.changed_data
            if name in form.fields and name != "DELETE"
        ]
        text = _(
            "Somebody else changed this row since you opened the page. Stored now: %(values)s. Save again for yours."
        )
        return text % {"values": "; ".join(stored)[:SHOWN] or "–"}
