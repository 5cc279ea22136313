"""Suggestions around datasets: titles, formats, media types."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.refs import TextSerializer
from catalog.api.suggest import SUGGEST_PARAMETERS, read_suggest, suggested
from catalog.documents.marks import Local
from catalog.documents.shapes.common import media_address
from catalog.models import Dataset
from catalog.models.formats import EXTENSIONS, MEDIA_TYPES

COLUMNS = ["title", "acronym", "slug", "organization__logo", "organization__logo_url"]


class DatasetSuggestionSerializer(serializers.Serializer):
    id = serializers.CharField()
    title = serializers.CharField()
    acronym = serializers.CharField(allow_null=True)
    slug = serializers.CharField()
    image_url = serializers.URLField(allow_null=True, help_text="The logo of the organization.")
    page = serializers.URLField()


def suggestion(dataset: Dataset) -> dict[str, Any]:
    """The shape of a suggested dataset; needs its organization."""
    organization = dataset.organization
    return {
        "id": dataset.pk,
        "title": dataset.title,
        "acronym": dataset.acronym or None,
        "slug": dataset.slug,
        "image_url": media_address(organization.logo_address) if organization else None,
        "page": Local(dataset.get_absolute_url()),
    }


def containing(text: str, words: Sequence[str], size: int) -> list[dict[str, str]]:
    """Return at most `size` of the `words` that contain `text`, the shortest first."""
    found = sorted((word for word in words if text.lower() in word), key=len)
    return [{"text": word} for word in found[:size]]


class DatasetSuggestViewSet(ApiView):
    queryset = Dataset.objects.select_related("organization").only(*COLUMNS)
    filterset_class = None
    pagination_class = None
    serializer_class = None

    @extend_schema(
        operation_id="suggest_datasets",
        tags=["datasets"],
        parameters=SUGGEST_PARAMETERS,
        responses=DatasetSuggestionSerializer(many=True),
    )
    def datasets(self, request: Request) -> Response:
        """Suggest datasets by the beginning of words of their title or acronym, the best known first."""
        rows = self.get_queryset().listed()
        return Response([suggestion(row) for row in suggested("dataset", rows, *read_suggest(request))])

    @extend_schema(
        operation_id="suggest_formats",
        tags=["datasets"],
        parameters=SUGGEST_PARAMETERS,
        responses=TextSerializer(many=True),
    )
    def formats(self, request: Request) -> Response:
        """Suggest formats of files."""
        text, size = read_suggest(request)
        return Response(containing(text, EXTENSIONS, size))

    @extend_schema(
        operation_id="suggest_mime",
        tags=["datasets"],
        parameters=SUGGEST_PARAMETERS,
        responses=TextSerializer(many=True),
    )
    def mime(self, request: Request) -> Response:
        """Suggest media types."""
        text, size = read_suggest(request)
        return Response(containing(text, MEDIA_TYPES, size))
