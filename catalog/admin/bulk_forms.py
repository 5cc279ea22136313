"""What each bulk action asks before it is done."""

from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import License, Organization
from catalog.models.tag import normalize_tags
from catalog.models.vocabulary import Frequency
from catalog.services import badges
from portal.lib.combobox import combobox_of
from portal.lib.writes.middleware import FIELD, MAX_COMMENT


class BulkForm(forms.Form):
    """Asks why, at least. `values` are the parameters of the job, as JSON keeps them."""

    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, model: type[models.Model], site: AdminSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare(model, site)
        text = forms.TextInput(attrs={"class": "vTextField"})
        self.fields[FIELD] = forms.CharField(label=_("Reason"), required=False, max_length=MAX_COMMENT, widget=text)

    def prepare(self, model: type[models.Model], site: AdminSite) -> None:
        """Complete the fields by what depends on the kind of object."""

    @property
    def values(self) -> dict[str, Any]:
        return {}


class TagsForm(BulkForm):
    tags = forms.CharField(
        label=_("Tags"), max_length=1000, widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Separated by commas."),
    )  # fmt: skip

    def clean_tags(self) -> list[str]:
        return normalize_tags(word for word in self.cleaned_data["tags"].split(",") if word.strip())

    @property
    def values(self) -> dict[str, Any]:
        return {"tags": self.cleaned_data["tags"]}


class LicenseForm(BulkForm):
    license = forms.ModelChoiceField(License.objects.filter(active=True), label=_("Licence"))

    @property
    def values(self) -> dict[str, Any]:
        return {"license": self.cleaned_data["license"].pk}


class FrequencyForm(BulkForm):
    frequency = forms.ChoiceField(label=_("Frequency"), choices=Frequency.choices)

    @property
    def values(self) -> dict[str, Any]:
        return {"frequency": self.cleaned_data["frequency"]}


class BadgeForm(BulkForm):
    badge = forms.ChoiceField(label=_("Badge"))

    def prepare(self, model: type[models.Model], site: AdminSite) -> None:
        self.fields["badge"].choices = list(badges.kinds_of(model).items())

    @property
    def values(self) -> dict[str, Any]:
        return {"badge": self.cleaned_data["badge"]}


class TransferForm(BulkForm):
    organization = forms.ModelChoiceField(
        Organization.objects.filter(deleted__isnull=True), label=_("Organization"),
        help_text=_("It becomes the owner at once, without being asked."),
    )  # fmt: skip

    def prepare(self, model: type[models.Model], site: AdminSite) -> None:
        field = self.fields["organization"]
        field.widget = combobox_of(model._meta.get_field("organization"), site)
        field.widget.choices = field.choices

    @property
    def values(self) -> dict[str, Any]:
        return {"organization": self.cleaned_data["organization"].pk}


FORMS: dict[str, type[BulkForm]] = {
    "add_tags": TagsForm,
    "remove_tags": TagsForm,
    "set_license": LicenseForm,
    "set_frequency": FrequencyForm,
    "give_badge": BadgeForm,
    "take_badge": BadgeForm,
    "transfer": TransferForm,
}
