"""The steps in which a dataset is published, and edited later."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from catalog.forms.base import DayField, LicenseChoice, Markdown, OwnerField, PublishForm, TagsField, WebAddressField
from catalog.forms.chosen import ZONES, ChosenField
from catalog.models import Dataset, GeoLevel
from catalog.models.formats import EXTENSIONS
from catalog.models.resource import MAX_URL
from catalog.models.spatial import OTHER, POINT_OF_INTEREST
from catalog.models.vocabulary import AccessReason, AccessType, FileType, Frequency, ResourceType

GIVE_ONE = _("Choose a file or give its address.")
NOT_BOTH = _("Give a file or an address, not both: the other can be added at the next step.")


class SourceForm(PublishForm):
    """A file, or where it is on the web."""

    file = forms.FileField(
        label=_("A file of yours"),
        required=False,
        max_length=255,
        help_text=_("CSV, XLSX, Parquet, JSON, GeoJSON, PDF… It is hosted here, at an address that stays."),
    )
    url = WebAddressField(
        label=_("or the address of a file on the web"), max_length=MAX_URL,
        help_text=_("The portal links to it. It is fetched once to look into it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].widget.attrs |= {"accept": ",".join(f".{one}" for one in EXTENSIONS), "data-drop": ""}

    def clean_file(self) -> UploadedFile | None:
        return self.cleaned_data["file"] or None  # an unchanged empty field gives False

    def given(self) -> bool:
        """Tell whether there is a file or an address."""
        return bool(self.cleaned_data.get("file") or self.cleaned_data.get("url"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("file") and cleaned.get("url"):
            raise ValidationError(NOT_BOTH)
        return cleaned


class StartForm(SourceForm):
    """The first step: whose it is, and the file to begin with; without one, a title."""

    organization = OwnerField()
    title = forms.CharField(
        label=_("Title"), required=False, max_length=350,
        help_text=_("Left empty, it is read off the file’s name."),
    )  # fmt: skip
    field_order: ClassVar = ["organization", "file", "url", "title"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not self.given() and not cleaned.get("title"):
            raise ValidationError(_("Choose a file, give an address, or at least a title to begin with."))
        return cleaned


class FileForm(SourceForm):
    """One more file."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not self.given():
            raise ValidationError(GIVE_ONE)
        return cleaned


class DescribeForm(PublishForm):
    """What the data are, and on what terms they may be used."""

    title = forms.CharField(label=_("Title"), max_length=350)
    acronym = forms.CharField(label=_("Acronym"), max_length=128, required=False)
    description = Markdown(
        label=_("Description"), required=False,
        help_text=_("What the data hold, how they are made, what they may be used for. Markdown works."),
    )  # fmt: skip
    tags = TagsField(help_text=_("Words set apart by commas."))
    license = LicenseChoice(help_text=_("Without a licence, nobody knows whether the data may be used."))
    frequency = forms.ChoiceField(label=_("Update frequency"), choices=Frequency.choices)
    access_type = forms.ChoiceField(label=_("Access"), choices=AccessType.choices)
    access_type_reason_category = forms.ChoiceField(
        label=_("Ground for limiting access"), choices=[("", "–"), *AccessReason.choices], required=False
    )
    access_type_reason = forms.CharField(label=_("Explanation"), required=False, max_length=10_000)
    authorization_request_url = WebAddressField(label=_("Where to ask for access"))

    limited: ClassVar = ("access_type_reason_category", "access_type_reason", "authorization_request_url")
    criteria: ClassVar = {
        "description": "dataset_description_quality",
        "license": "license",
        "frequency": "update_frequency",
    }

    @classmethod
    def initial_of(cls, dataset: Dataset) -> dict[str, Any]:
        """Return what the form shows of a dataset."""
        plain = ("title", "acronym", "description", "frequency", "access_type", *cls.limited)
        return {
            **{name: getattr(dataset, name) for name in plain},
            "license": dataset.license_id,
            "tags": [tag.name for tag in dataset.tags.all()],
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.item.private:
            self.fields["description"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("access_type") == AccessType.OPEN:  # the ground of a limit that is none says nothing
            cleaned |= dict.fromkeys(self.limited, "")
        return cleaned


class CoverageForm(PublishForm):
    """When and where the data are about."""

    temporal_start = DayField(label=_("Covers from"))
    temporal_end = DayField(label=_("Covers until"), help_text=_("Empty: until today."))
    spatial_zones = ChosenField(
        ZONES, label=_("Territories"), help_text=_("A country, a region, a town… Type its name or its code.")
    )
    spatial_granularity = forms.ChoiceField(
        label=_("Detail"), required=False, help_text=_("The smallest territory that one line is about.")
    )

    criteria: ClassVar = {"temporal_start": "temporal_coverage", "spatial_zones": "spatial"}

    @classmethod
    def initial_of(cls, dataset: Dataset) -> dict[str, Any]:
        """Return what the form shows of a dataset."""
        plain = ("temporal_start", "temporal_end", "spatial_granularity")
        zones = dataset.spatial_zones.order_by("level__admin_level", "name").values_list("pk", flat=True)
        return {**{name: getattr(dataset, name) for name in plain}, "spatial_zones": list(zones)}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        levels = list(GeoLevel.objects.values_list("id", "name"))
        own = [(POINT_OF_INTEREST, _("Point of interest")), (OTHER, _("Other"))]
        known = [("", _("Not specified")), *levels, *own]
        had = self.item.spatial_granularity
        self.fields["spatial_granularity"].choices = known if had in dict(known) else [*known, (had, had)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("temporal_start"), cleaned.get("temporal_end")
        if end and not start and "temporal_start" not in self.errors:
            self.add_error("temporal_start", _("A period covered needs a beginning."))
        elif start and end and start > end:
            self.add_error("temporal_end", _("The period covered ends before it begins."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the two keys of the API; a half that is wrong is left out whole."""
        found, values = super().values(), {}
        if {"temporal_start", "temporal_end"} <= found.keys():
            values["temporal_coverage"] = {name: found[name] for name in ("temporal_start", "temporal_end")}
        if {"spatial_zones", "spatial_granularity"} <= found.keys():
            values["spatial"] = {name: found[name] for name in ("spatial_zones", "spatial_granularity")}
        return values


class ResourceForm(PublishForm):
    """What is said of one file; a hosted one may be replaced by another."""

    title = forms.CharField(label=_("Title"), max_length=350)
    description = Markdown(
        label=_("Description"), required=False, rows=5, help_text=_("Its columns, their units, what is missing.")
    )
    type = forms.ChoiceField(label=_("Type"), choices=ResourceType.choices)
    url = WebAddressField(label=_("Address"), max_length=MAX_URL, required=True)
    format = forms.CharField(label=_("Format"), max_length=64, required=False, help_text=_("csv, json, pdf…"))
    file = forms.FileField(
        label=_("Replace the file"), required=False, max_length=255,
        help_text=_("The address of the file stays the same."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        hosted = self.item.filetype == FileType.FILE
        for name in ("url", "format") if hosted else ("file",):
            del self.fields[name]

    @classmethod
    def initial_of(cls, resource: Any) -> dict[str, Any]:
        """Return what the form shows of a file."""
        return {name: getattr(resource, name) for name in ("title", "description", "type", "url", "format")}

    def clean_format(self) -> str:
        return self.cleaned_data["format"].strip().lower()

    def values(self) -> dict[str, Any]:
        """Return what the services take; the new file is uploaded beside."""
        return {name: value for name, value in super().values().items() if name != "file"}
