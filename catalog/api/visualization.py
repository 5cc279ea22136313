"""Charts (udata's "visualizations"): reading, creating, changing, deleting."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_object
from catalog.api.forms.visualization import (
    AGGREGATES,
    DIRECTIONS,
    SERIES_TYPES,
    SORTS,
    UNIT_POSITIONS,
    X_TYPES,
    VisualizationForm,
)
from catalog.api.refs import OrganizationReferenceSerializer, OwnedPermissionsSerializer, UserReferenceSerializer
from catalog.api.writing import check_edit, refuse_deleted, service_errors
from catalog.documents.shapes import visualization as shapes
from catalog.filters.visualization import VisualizationFilter
from catalog.models import Visualization
from catalog.models.base import type_of_user
from catalog.models.visualization import files_of, readable_files
from catalog.services import visualizations
from portal.lib.api.errors import ModelErrors
from portal.lib.scopes import ORGANIZATION


class XAxisSerializer(serializers.Serializer):
    column_x = serializers.CharField()
    sort_x_by = serializers.ChoiceField(SORTS, allow_null=True)
    sort_x_direction = serializers.ChoiceField(DIRECTIONS, allow_null=True)
    type = serializers.ChoiceField(X_TYPES)


class YAxisSerializer(serializers.Serializer):
    min = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)
    label = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    unit_position = serializers.ChoiceField(UNIT_POSITIONS, allow_null=True)


class DataSeriesSerializer(serializers.Serializer):
    type = serializers.ChoiceField(SERIES_TYPES, allow_null=True)
    column_y = serializers.CharField(allow_null=True)
    aggregate_y = serializers.ChoiceField(AGGREGATES, allow_null=True)
    resource_id = serializers.UUIDField()
    column_x_name_override = serializers.CharField(allow_null=True)
    filters = serializers.DictField(allow_null=True)


class VisualizationSerializer(serializers.Serializer):
    id = serializers.CharField()
    owner = UserReferenceSerializer(allow_null=True)
    organization = OrganizationReferenceSerializer(allow_null=True)
    metrics = serializers.DictField()
    created_at = serializers.DateTimeField()
    last_modified = serializers.DateTimeField()
    title = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField(help_text="Markdown.")
    private = serializers.BooleanField()
    extras = serializers.DictField()
    image = serializers.URLField(allow_null=True)
    image_thumbnail = serializers.URLField(allow_null=True)
    deleted_at = serializers.DateTimeField(allow_null=True)
    x_axis = XAxisSerializer()
    y_axis = YAxisSerializer()
    series = DataSeriesSerializer(many=True, help_text="Those on resources that the caller may read.")
    permissions = OwnedPermissionsSerializer()


def shaped(charts: list[Visualization], user: type_of_user) -> list[dict[str, Any]]:
    """Return the shapes of `charts`, with the series that `user` may see; two queries."""
    readable = readable_files(files_of(charts), user)
    return [shapes.visualization(one, readable) for one in charts]


def sent_back(request: Request, chart: Visualization) -> dict[str, Any]:
    """Return the body without the empty list that stands for series of which the caller may see none."""
    data = json_object(request)
    if data.get("series") == [] and not readable_files(files_of([chart]), request.user):
        return {key: value for key, value in data.items() if key != "series"}
    return data


class VisualizationViewSet(ApiView):
    """Charts on columns of tabular resources."""

    narrow_scopes = frozenset([ORGANIZATION])
    queryset = Visualization.objects.all()
    serializer_class = VisualizationSerializer
    filterset_class = VisualizationFilter

    def answer(self, chart: Visualization, code: int = status.HTTP_200_OK) -> Response:
        return Response(shaped([chart], self.request.user)[0], status=code)

    def editable(self) -> Visualization:
        """Return the chart of the path, its row locked, if it is not deleted and the caller may edit it.

        As in udata, no body restores a deleted one: the administration does.
        """
        found = self.locked(Visualization)
        refuse_deleted(found)
        check_edit(self.request.actor, found)
        return found

    @extend_schema(operation_id="list_visualizations", tags=["visualizations"])
    def list(self, request: Request) -> Response:
        """List charts, newest first."""
        rows = self.paginate_queryset(self.filter_queryset(Visualization.objects.listed_to(request.user)))
        return self.get_paginated_response(shaped(rows, request.user))

    @extend_schema(operation_id="create_visualization", tags=["visualizations"], request=VisualizationForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Create a chart."""
        with service_errors(ModelErrors):
            values = VisualizationForm.read(json_object(request), user=request.user)
            chart = visualizations.create(values, by=request.user, actor=request.actor)
        return self.answer(chart, status.HTTP_201_CREATED)

    @extend_schema(operation_id="get_visualization", tags=["visualizations"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one chart, by id or by slug."""
        return self.answer(self.get_object())

    @extend_schema(operation_id="update_visualization", tags=["visualizations"], request=VisualizationForm)
    @transaction.atomic
    def partial_update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        chart = self.editable()
        with service_errors(ModelErrors):
            values = VisualizationForm.read(sent_back(request, chart), partial=True, user=request.user)
            visualizations.update(chart, values, by=request.user, actor=request.actor)
        return self.answer(chart)

    @extend_schema(operation_id="delete_visualization", tags=["visualizations"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete a chart."""
        visualizations.delete(self.editable())
        return Response(status=status.HTTP_204_NO_CONTENT)
