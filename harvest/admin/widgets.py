"""Fields of a source's form: the harvester with its buttons, secrets that are written and never shown again."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from harvest.backends.base import Option

YES, NO = ("1", "true", "yes", "oui", "vrai"), ("0", "false", "no", "non", "faux")
LONGEST = 2000  # characters of a value


class HarvesterSelect(forms.Select):
    """A list of harvesters with the buttons that show the settings of another one, and that recognize the address.

    Both send the form without saving it.
    """

    template_name = "admin/harvest/source/harvester_select.html"


class SecretInput(forms.PasswordInput):
    """Never holds the value: it says that there is one."""

    def __init__(self, *, is_set: bool) -> None:
        hint = _("Set: leave empty to keep it") if is_set else ""
        super().__init__(attrs={"autocomplete": "new-password", "class": "vTextField", "placeholder": hint})


def value_of(option: Option, text: str) -> Any:
    """Return the value that a person typed, in the option's type. Raises ValidationError."""
    text = text.strip()
    if option.type == "int":
        try:
            return int(text)
        except ValueError as error:
            raise ValidationError(_("“%(value)s” is not a whole number.") % {"value": text[:100]}) from error
    if option.type == "bool":
        if text.lower() not in (*YES, *NO):
            raise ValidationError(_("“%(value)s” is neither yes nor no.") % {"value": text[:100]})
        return text.lower() in YES
    if option.type == "url":
        URLValidator(["http", "https"])(text)
    if len(text) > LONGEST:
        raise ValidationError(_("A value is too long."))
    return text


class ValuesField(forms.CharField):
    """Values of a filter, one a line; cleaned, a list without repetitions."""

    def __init__(self, option: Option, **kwargs: Any) -> None:
        self.option = option
        super().__init__(required=False, widget=AdminTextareaWidget(attrs={"rows": 2, "cols": 40}), **kwargs)

    def clean(self, value: Any) -> list[Any]:
        lines = [line for line in str(super().clean(value) or "").splitlines() if line.strip()]
        return list(dict.fromkeys(value_of(self.option, line) for line in lines))


class SettingField(forms.CharField):
    """One setting, in its option's type; cleaned, None where nothing is typed."""

    def __init__(self, option: Option, **kwargs: Any) -> None:
        self.option = option
        super().__init__(required=False, max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value) or ""
        return value_of(self.option, text) if text.strip() else None
