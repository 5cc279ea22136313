"""Resources and community resources as callers send them."""

from typing import Any, ClassVar

from rest_framework import serializers

from catalog.api.forms.base import Extras, Form, InputField, OwnedFields, Reference, RequiredText, Text, WebAddress
from catalog.api.forms.dataset import SchemaForm
from catalog.models.vocabulary import ChecksumType, FileType, ResourceType

MAX_FILESIZE = 2**63 - 1  # bytes: the column's limit
MAX_DESCRIPTION = 100_000  # characters


class ChecksumField(InputField):
    """`{type, value}`; null for none."""

    openapi: ClassVar[dict[str, Any]] = {"type": "object"}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def run_validation(self, data: Any = serializers.empty) -> dict[str, str]:
        found = super().run_validation(data)
        return {"type": "", "value": ""} if found is None else found

    def to_internal_value(self, data: Any) -> dict[str, str]:
        kind, value = (data.get(name) if isinstance(data, dict) else None for name in ("type", "value"))
        if kind not in ChecksumType.values or not isinstance(value, str) or not 0 < len(value) <= 255:
            raise serializers.ValidationError(
                f"Expected an object with a type ({', '.join(ChecksumType.values)}) and a value."
            )
        return {"type": kind, "value": value}


class ResourceForm(Form):
    title = RequiredText(max_length=350)
    description = Text(max_length=MAX_DESCRIPTION)
    url = WebAddress(required=True, allow_null=False, allow_blank=False)
    filetype = serializers.ChoiceField(FileType.values, required=False)
    type = serializers.ChoiceField(ResourceType.values, required=False, default=ResourceType.OTHER)
    format = Text(max_length=64)
    mime = Text(max_length=255)
    filesize = serializers.IntegerField(min_value=0, max_value=MAX_FILESIZE, required=False, allow_null=True)
    checksum = ChecksumField()
    schema = SchemaForm(required=False, allow_null=True)
    extras = Extras()

    def validate_format(self, value: str) -> str:
        return value.strip().lower()


class CommunityResourceForm(OwnedFields, ResourceForm):
    dataset = Reference("Dataset", required=True, allow_null=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Leave out the null that a client read where the dataset is gone, and sends back."""
        if self.partial and isinstance(data, dict) and data.get("dataset", data) is None:
            data = {key: value for key, value in data.items() if key != "dataset"}
        return super().to_internal_value(data)
