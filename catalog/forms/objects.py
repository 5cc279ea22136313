"""Reuses, dataservices and organizations as people fill them in."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from catalog.forms.base import LicenseChoice, Markdown, OwnerField, PublishForm, TagsField, WebAddressField
from catalog.forms.chosen import DATASERVICES, DATASETS, ChosenField
from catalog.models.business_number import validate_business_number
from catalog.models.vocabulary import AccessReason, AccessType, DataserviceFormat, ReuseTopic, ReuseType
from portal.lib.pictures import LOGO, REUSE, drawn


class PictureField(forms.FileField):
    """A picture, checked and drawn anew as `kind` says; None without one."""

    def __init__(self, kind: Any, **options: Any) -> None:
        help_text = _("PNG, JPEG, GIF or WebP, 5 MB at most.")
        super().__init__(**{"required": False, "max_length": 255, "help_text": help_text, **options})
        self.kind = kind
        self.widget.attrs["accept"] = "image/png,image/jpeg,image/gif,image/webp"

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = super().clean(data, initial)
        return drawn(given, self.kind) if isinstance(given, UploadedFile) else None


class ObjectForm(PublishForm):
    """`plain` are the columns shown as they are, `lists` the relations; `picture` is the field that holds one."""

    plain: ClassVar[tuple[str, ...]] = ()
    lists: ClassVar[tuple[str, ...]] = ()
    picture: ClassVar[str] = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.item is not None and "organization" in self.fields:  # who owns it changes by a transfer
            del self.fields["organization"]

    @classmethod
    def initial_of(cls, item: Any) -> dict[str, Any]:
        """Return what the form shows of an object."""
        found = {name: getattr(item, name) for name in cls.plain}
        if hasattr(item, "tags"):
            found["tags"] = [tag.name for tag in item.tags.all()]
        return found | {name: list(getattr(item, name).values_list("pk", flat=True)) for name in cls.lists}

    def values(self) -> dict[str, Any]:
        """Return what the services take; the picture goes apart."""
        return {name: value for name, value in super().values().items() if name != self.picture}

    @property
    def drawn_picture(self) -> Any:
        """The new picture, or None."""
        return self.cleaned_data.get(self.picture) if self.picture else None


class ReuseForm(ObjectForm):
    organization = OwnerField()
    title = forms.CharField(label=_("Title"), max_length=350)
    url = WebAddressField(label=_("Address"), required=True, help_text=_("Where it can be seen or used."))
    type = forms.ChoiceField(label=_("Type"), choices=ReuseType.choices)
    topic = forms.ChoiceField(label=_("Topic"), choices=ReuseTopic.choices)
    description = Markdown(label=_("Description"), help_text=_("What it does with the data. Markdown works."))
    image = PictureField(REUSE, label=_("Image"))
    datasets = ChosenField(DATASETS, label=_("Datasets used"), help_text=_("The title or the address of one."))
    dataservices = ChosenField(DATASERVICES, label=_("Dataservices used"))
    tags = TagsField(help_text=_("Words set apart by commas."))

    plain = ("title", "url", "type", "topic", "description")
    lists = ("datasets", "dataservices")
    picture = "image"


class DataserviceForm(ObjectForm):
    organization = OwnerField()
    title = forms.CharField(label=_("Title"), max_length=350)
    acronym = forms.CharField(label=_("Acronym"), max_length=128, required=False)
    description = Markdown(label=_("Description"), required=False, help_text=_("What it answers. Markdown works."))
    base_api_url = WebAddressField(label=_("Base address"))
    machine_documentation_url = WebAddressField(label=_("OpenAPI document"))
    technical_documentation_url = WebAddressField(label=_("Technical documentation"))
    business_documentation_url = WebAddressField(label=_("Business documentation"))
    format = forms.ChoiceField(label=_("Format"), required=False, choices=[("", "–"), *DataserviceFormat.choices])
    rate_limiting = forms.CharField(label=_("Rate limit"), required=False, max_length=2000)
    availability = forms.FloatField(label=_("Availability (%)"), required=False, min_value=0, max_value=100)
    access_type = forms.ChoiceField(label=_("Access"), choices=AccessType.choices)
    access_type_reason_category = forms.ChoiceField(
        label=_("Ground for limiting access"), choices=[("", "–"), *AccessReason.choices], required=False
    )
    authorization_request_url = WebAddressField(label=_("Where to ask for access"))
    license = LicenseChoice()
    datasets = ChosenField(DATASETS, label=_("Datasets served"), help_text=_("The title or the address of one."))
    tags = TagsField(help_text=_("Words set apart by commas."))

    plain = (
        "title", "acronym", "description", "base_api_url", "machine_documentation_url", "technical_documentation_url",
        "business_documentation_url", "format", "rate_limiting", "availability", "access_type",
        "access_type_reason_category", "authorization_request_url", "license",
    )  # fmt: skip
    lists = ("datasets",)


class OrganizationForm(ObjectForm):
    name = forms.CharField(label=_("Name"), max_length=350)
    acronym = forms.CharField(label=_("Acronym"), max_length=128, required=False)
    business_number_id = forms.CharField(
        label=_("SIRET"), max_length=30, required=False, help_text=_("14 digits, for a French organization.")
    )
    description = Markdown(label=_("Presentation"), help_text=_("What it does, and which data it holds."))
    url = WebAddressField(label=_("Website"))
    logo = PictureField(LOGO, label=_("Logo"))

    plain = ("name", "acronym", "business_number_id", "description", "url")
    picture = "logo"

    def clean_business_number_id(self) -> str:
        """Take a SIRET with the spaces that people write in it."""
        number = "".join(self.cleaned_data["business_number_id"].split())
        if number:
            validate_business_number(number)
        return number

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            raise ValidationError(_("An organization has a name."))
        return name
