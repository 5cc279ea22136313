"""What a curator may make of a pending change before she agrees: other values, or none, field by field."""

from typing import Any

import orjson
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.forms.base import TagsField
from catalog.models import License, PendingChange, Resource
from catalog.services.history.states import KINDS
from catalog.services.pending_changes import NOW, PROPOSED
from catalog.services.proposing.comparison import Row
from catalog.services.proposing.fields import FILES

OWNERS = ("owner_id", "organization_id")
FIXED = ("position", "file", "filetype", "checksum_type", "checksum_value", "created_at_internal")
CHOICES = ((NOW, _("Leave what is published now")), (PROPOSED, _("Take what is proposed")))


class AmendForm(forms.Form):
    """One choice for each field that was changed on both sides, one box for each other; and the values themselves."""

    comment = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "cols": 60}))

    def __init__(self, *args: Any, change: PendingChange, rows: list[Row], **options: Any) -> None:
        super().__init__(*args, **options)
        self.change = change
        self.keys = [row.key for row in rows]
        for number, row in enumerate(rows):
            if row.is_overtaken:
                self.fields[f"choice-{number}"] = forms.ChoiceField(
                    label=row.label, choices=CHOICES, widget=forms.RadioSelect, required=False
                )
            else:
                self.fields[f"leave-{number}"] = forms.BooleanField(label=_("Leave as it is"), required=False)
            field = value_field(change, row.key)
            if field is not None:
                field.label, field.help_text, field.required = row.label, "", False
                field.initial = initial_of(row.key, change.values[row.key])
                self.fields[f"value-{number}"] = field

    def amendable(self) -> list[tuple[Any, Any]]:
        """Return, for the page, the bound field of each value (or None) with that of its box (or None)."""
        return [
            (
                self[f"value-{number}"] if f"value-{number}" in self.fields else None,
                self[f"leave-{number}"] if f"leave-{number}" in self.fields else None,
            )
            for number in range(len(self.keys))
        ]

    def conflicts(self) -> list[Any]:
        """Return the bound fields of the choices that have to be made."""
        return [self[name] for name in self.fields if name.startswith("choice-")]

    def choices(self, *, with_boxes: bool) -> dict[str, str]:
        """Return what was chosen by key; the boxes count where the curator amends."""
        found = {}
        for number, key in enumerate(self.keys):
            if f"choice-{number}" in self.fields:
                found[key] = self.cleaned_data.get(f"choice-{number}", "")
            elif with_boxes and self.cleaned_data.get(f"leave-{number}"):
                found[key] = NOW
        return found

    def amended(self) -> dict[str, Any]:
        """Return the values that are not those proposed, by key, as a state has them."""
        names = {f"value-{number}": key for number, key in enumerate(self.keys)}
        written = {names[name]: as_state(value) for name, value in self.cleaned_data.items() if name in names}
        return {key: value for key, value in written.items() if value != self.change.values[key]}


def value_field(change: PendingChange, key: str) -> forms.Field | None:
    """Return the field for a value that a curator may write herself; None for what she only takes or leaves."""
    kind = KINDS[change.subject_class]
    if key == "tags":
        return TagsField(max_length=None)
    if key.startswith(f"{FILES}/"):
        _files, _pk, *name = key.split("/")
        return _of_column(Resource, name[0]) if name and name[0] not in FIXED else None
    if key in kind.lists or key in OWNERS:
        return None
    if key == "license_id":
        return forms.ModelChoiceField(License.objects.order_by("title"), empty_label=_("Not specified"))
    return _of_column(kind.model, key)


def _of_column(model: type[models.Model], name: str) -> forms.Field | None:
    column = model._meta.get_field(name)
    if isinstance(column, models.FileField | models.ForeignKey):
        return None
    options = {"assume_scheme": "https"} if isinstance(column, models.URLField) else {}
    field = column.formfield(**options)
    if isinstance(column, models.TextField) and field is not None:
        field.widget.attrs.update(rows=8, cols=60)
    return field


def initial_of(key: str, value: Any) -> Any:
    """Return a value as its form field shows it."""
    return ", ".join(sorted(value or [])) if key == "tags" else value


def as_state(value: Any) -> Any:
    """Return a cleaned value as the states keep it."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    return orjson.loads(orjson.dumps(value, default=str))
