"""Datasets as callers send them."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.api.forms.access import AccessFields
from catalog.api.forms.base import (
    REFERENCE,
    Extras,
    Form,
    InputField,
    OwnedFields,
    References,
    RequiredText,
    Tags,
    Text,
    WebAddress,
)
from catalog.api.forms.spatial import PeriodField, SpatialField
from catalog.models.dataset import MAX_DESCRIPTION
from catalog.models.vocabulary import Frequency
from catalog.services import schema_catalog
from portal.lib.api.errors import BadRequest


class FrequencyField(InputField):
    """A frequency by its id (legacy ones included) or `{id, label}`; null means unknown."""

    openapi: ClassVar[dict[str, Any]] = REFERENCE

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def run_validation(self, data: Any = serializers.empty) -> Frequency:
        found = super().run_validation(data)
        return Frequency.UNKNOWN if found is None else found

    def to_internal_value(self, data: Any) -> Frequency:
        value = data.get("id") if isinstance(data, dict) else data
        try:
            return Frequency.parse(value)
        except (ValueError, TypeError):  # udata's own dialect for this one field
            raise BadRequest(f"{str(value)[:64]!r} is not a valid UpdateFrequency") from None


class SchemaForm(serializers.Serializer):
    """`{name, url, version}`; a name is one of the catalogue of schemas."""

    name = Text(max_length=255)
    url = WebAddress()
    version = Text(max_length=64)

    def validate_name(self, value: str) -> str:
        known = {str(one.get("name")) for one in schema_catalog.schemas()} if value else set()
        if value and known and value not in known:
            raise serializers.ValidationError(
                _('Schema name "%(name)s" is not an allowed value.') % {"name": value[:64]}
            )
        return value

    def validate(self, values: dict[str, str]) -> dict[str, str]:
        if not values.get("name") and not values.get("url"):
            if values.get("version"):
                raise serializers.ValidationError(
                    {"name": [_("A schema must contains a name or an URL when a version is provided.")]}
                )
            return {}
        return values


class DatasetForm(OwnedFields, AccessFields, Form):
    title = RequiredText(max_length=350)
    acronym = Text(max_length=128)
    description = RequiredText(max_length=MAX_DESCRIPTION, trim_whitespace=False)
    description_short = Text(max_length=200)
    tags = Tags()
    frequency = FrequencyField()
    frequency_date = serializers.DateTimeField(required=False, allow_null=True)
    temporal_coverage = PeriodField()
    spatial = SpatialField()
    contact_points = References("ContactPoint")
    schema = SchemaForm(required=False, allow_null=True)
    extras = Extras()
    private = serializers.BooleanField(required=False, allow_null=True)
    archived = serializers.DateTimeField(required=False, allow_null=True)
    deleted = serializers.DateTimeField(required=False, allow_null=True)

    def validate_private(self, value: bool | None) -> bool:
        return bool(value)
