"""The vocabularies of the catalogue: what may be written in the fields that have a list of values."""

from typing import Any

from django.db.models import Choices
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.full_objects import license_shape
from catalog.api.refs import LabelSerializer
from catalog.models import License
from catalog.models.formats import EXTENSIONS
from catalog.models.vocabulary import AccessReason, DatasetBadgeKind, Frequency, ReportReason, ResourceType
from catalog.services import schema_catalog

SCHEMA_KEYS = [
    "name", "title", "description", "schema_url", "schema_type", "contact", "labels", "consolidation_dataset_id",
    "external_doc", "external_tool", "homepage", "datapackage_title", "datapackage_name", "datapackage_description",
]  # fmt: skip


class LicenseSerializer(serializers.Serializer):
    id = serializers.CharField()
    title = serializers.CharField()
    url = serializers.URLField(allow_null=True)
    maintainer = serializers.CharField(allow_null=True)
    flags = serializers.ListField(child=serializers.CharField())
    alternate_urls = serializers.ListField(child=serializers.URLField())
    alternate_titles = serializers.ListField(child=serializers.CharField())


class ValueSerializer(serializers.Serializer):
    """One value that a field takes, and how to show it."""

    value = serializers.CharField()
    label = serializers.CharField()


class ReasonCategorySerializer(ValueSerializer):
    definition = serializers.CharField()


class SchemaVersionSerializer(serializers.Serializer):
    version_name = serializers.CharField(allow_null=True)
    schema_url = serializers.URLField(allow_null=True)


class SchemaExampleSerializer(serializers.Serializer):
    title = serializers.CharField(allow_null=True)
    path = serializers.CharField(allow_null=True)


class CatalogSchemaSerializer(serializers.Serializer):
    """A data schema, as the catalogue of schemas describes it."""

    name = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    description = serializers.CharField(allow_null=True)
    schema_url = serializers.URLField(allow_null=True)
    schema_type = serializers.CharField(
        allow_null=True, help_text="`tableschema`, `datapackage`, `jsonschema` or `other`."
    )
    contact = serializers.CharField(allow_null=True)
    labels = serializers.ListField(child=serializers.CharField(), allow_null=True)
    consolidation_dataset_id = serializers.CharField(allow_null=True)
    external_doc = serializers.URLField(allow_null=True)
    external_tool = serializers.URLField(allow_null=True)
    homepage = serializers.URLField(allow_null=True)
    datapackage_title = serializers.CharField(allow_null=True)
    datapackage_name = serializers.CharField(allow_null=True)
    datapackage_description = serializers.CharField(allow_null=True)
    examples = SchemaExampleSerializer(many=True)
    versions = SchemaVersionSerializer(many=True)


def schema_shape(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of the remote catalogue with the keys that the API promises, whatever the remote left out."""
    return {
        **{key: schema.get(key) for key in SCHEMA_KEYS},
        "examples": [_only(item, "title", "path") for item in schema.get("examples") or []],
        "versions": [_only(item, "version_name", "schema_url") for item in schema.get("versions") or []],
    }


def _only(item: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: item.get(key) for key in keys}


def labels(choices: type[Choices]) -> list[dict[str, str]]:
    """Return a vocabulary as `[{"id", "label"}]`, in its own order."""
    return [{"id": value, "label": str(label)} for value, label in choices.choices]


class ReferenceViewSet(ApiView):
    """Lists of values, whole: none has pages."""

    queryset = License.objects.filter(active=True)
    filterset_class = None
    pagination_class = None
    serializer_class = None

    @extend_schema(operation_id="available_dataset_badges", tags=["datasets"], responses={200: dict[str, str]})
    def badges(self, request: Request) -> Response:
        """Read the badges that a dataset may get, with their labels."""
        return Response({value: str(label) for value, label in DatasetBadgeKind.choices})

    @extend_schema(operation_id="list_licenses", tags=["datasets"], responses=LicenseSerializer(many=True))
    def licenses(self, request: Request) -> Response:
        """Read the licences offered to publishers."""
        return Response([license_shape(license) for license in self.get_queryset()])

    @extend_schema(operation_id="list_frequencies", tags=["datasets"], responses=LabelSerializer(many=True))
    def frequencies(self, request: Request) -> Response:
        """Read the frequencies of update."""
        return Response(labels(Frequency))

    @extend_schema(operation_id="resource_types", tags=["datasets"], responses=LabelSerializer(many=True))
    def resource_types(self, request: Request) -> Response:
        """Read the types of resources."""
        return Response(labels(ResourceType))

    @extend_schema(operation_id="allowed_extensions", tags=["datasets"], responses={200: list[str]})
    def extensions(self, request: Request) -> Response:
        """Read the extensions of the files that may be uploaded."""
        return Response(list(EXTENSIONS))

    @extend_schema(operation_id="schemas", tags=["datasets"], responses=CatalogSchemaSerializer(many=True))
    def schemas(self, request: Request) -> Response:
        """Read the data schemas that a resource may follow."""
        return Response([schema_shape(schema) for schema in schema_catalog.schemas()])

    @extend_schema(
        operation_id="reason_categories", tags=["access_type"], responses=ReasonCategorySerializer(many=True)
    )
    def reason_categories(self, request: Request) -> Response:
        """Read the grounds for limiting access to data."""
        return Response(
            [
                {"value": reason.value, "label": str(reason.label), "definition": str(reason.definition)}
                for reason in AccessReason
            ]
        )

    @extend_schema(operation_id="list_reports_reasons", tags=["reports"], responses=ValueSerializer(many=True))
    def report_reasons(self, request: Request) -> Response:
        """Read the reasons for reporting an object to the portal's moderators."""
        return Response([{"value": reason.value, "label": str(reason.label)} for reason in sorted(ReportReason)])
