"""Choices among many rows in the administration: a combobox of ours (WAI-ARIA 1.2) in the place of jQuery's select2.

It asks the same address, which suggests what the form accepts. Without JavaScript, ids are typed into a plain field.
"""

from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import Field
from django.urls import reverse
from django.utils.http import urlencode

TYPED = "__ids"  # after a field's name: ids that were typed, where no script runs


class ComboboxMixin(AutocompleteMixin):
    """A select that holds what is chosen, followed by the element that lets choose."""

    template_name = "admin/widgets/combobox.html"

    def build_attrs(self, base_attrs: dict, extra_attrs: dict | None = None) -> dict[str, Any]:
        return {**base_attrs, **(extra_attrs or {})}

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        asked = self.field.model._meta
        query = {"app_label": asked.app_label, "model_name": asked.model_name, "field_name": self.field.name}
        chosen = [option for _group, options, _index in context["widget"]["optgroups"] for option in options]
        context["widget"] |= {
            "suggest": f"{reverse(f'{self.admin_site.name}:autocomplete')}?{urlencode(query)}",
            "typed_name": name + TYPED,
            "typed": ", ".join(str(option["value"]) for option in chosen if option["value"] != ""),
            "is_many": self.allow_multiple_selected,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the ids that were typed, where there is a field for them, else what is chosen."""
        if name + TYPED not in data:
            return super().value_from_datadict(data, files, name)
        ids = [one for one in data[name + TYPED].replace(",", " ").split() if one]
        if self.allow_multiple_selected:
            return ids
        return " ".join(ids) or None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name + TYPED not in data and super().value_omitted_from_data(data, files, name)

    @property
    def media(self) -> forms.Media:
        return forms.Media(js=["portal/suggest.js", "portal/admin/combobox.js"])


class Combobox(ComboboxMixin, AutocompleteSelect):
    """One row."""


class ComboboxMany(ComboboxMixin, AutocompleteSelectMultiple):
    """Several rows."""


def combobox_of(field: Field, site: AdminSite, *, using: str | None = None) -> ComboboxMixin:
    """Return the widget for a foreign key or a many-to-many field."""
    return (ComboboxMany if field.many_to_many else Combobox)(field, site, using=using)
