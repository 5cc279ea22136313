"""A form field in which some of a few names are put in an order: a number for each, none for what is left out."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LARGEST = 99

Choices = list[tuple[str, str | Promise]]


class RanksWidget(forms.Widget):
    """A field of numbers for each name. Its value is `{name: rank}`, the ranks being texts."""

    template_name = "admin/catalog/ranks.html"
    use_fieldset = True

    def __init__(self, choices: Choices, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = choices

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        ranks = value if isinstance(value, Mapping) else {}
        context = super().get_context(name, value, attrs)
        context["rows"] = [
            {"name": f"{name}_{choice}", "label": label, "rank": ranks.get(choice, "")}
            for choice, label in self.choices
        ]
        context["largest"] = LARGEST
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {choice: str(data.get(f"{name}_{choice}", "")).strip() for choice, _label in self.choices}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}_{choice}" not in data for choice, _label in self.choices)

    def id_for_label(self, id_: str) -> str:
        return ""


class RanksField(forms.Field):
    """Gives the list of names in their order, or None for the usual one: what is added to it later then shows."""

    def __init__(self, *, choices: Choices, **options: Any) -> None:
        super().__init__(required=False, widget=RanksWidget(choices), **options)
        self.usual = [choice for choice, _label in choices]

    def prepare_value(self, value: Any) -> dict[str, Any]:
        if isinstance(value, Mapping):  # what was sent, shown again beside its error
            return dict(value)
        names = self.usual if value is None else value
        return {name: place for place, name in enumerate(names, 1)}

    def to_python(self, value: Mapping[str, str]) -> list[str] | None:
        ranks: dict[str, int] = {}
        for name, text in value.items():
            if not text:
                continue
            if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LARGEST):
                raise ValidationError(_("Give numbers from 1 to %(largest)d.") % {"largest": LARGEST})
            ranks[name] = int(text)
        chosen = sorted(ranks, key=lambda name: (ranks[name], self.usual.index(name)))
        return None if chosen == self.usual else chosen

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True
