"""Dataservices: reading."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import V2Mixin
from catalog.api.dataservice_write import DataserviceWriteMixin
from catalog.api.refs import (
    AccessAudienceSerializer,
    BadgeSerializer,
    ContactPointSerializer,
    LinkSerializer,
    OrganizationReferenceSerializer,
    OwnedPermissionsSerializer,
    UserReferenceSerializer,
)
from catalog.api.searching import SearchMixin, SearchRouteMixin
from catalog.documents.shapes import dataservice as shapes
from catalog.filters.dataservice import DataserviceFilter, DataserviceSearchFilter
from catalog.models import Dataservice
from catalog.models.vocabulary import AccessReason, AccessType, DataserviceFormat


class DataserviceSerializer(serializers.Serializer):
    id = serializers.CharField()
    owner = UserReferenceSerializer(allow_null=True)
    organization = OrganizationReferenceSerializer(allow_null=True)
    badges = BadgeSerializer(many=True)
    metrics = serializers.DictField()
    access_type = serializers.ChoiceField(AccessType.values)
    access_audiences = AccessAudienceSerializer(many=True)
    authorization_request_url = serializers.URLField(allow_null=True)
    access_type_reason_category = serializers.ChoiceField(AccessReason.values, allow_null=True)
    access_type_reason = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    acronym = serializers.CharField(allow_null=True)
    slug = serializers.CharField()
    description = serializers.CharField(help_text="Markdown.")
    base_api_url = serializers.URLField(allow_null=True)
    machine_documentation_url = serializers.URLField(allow_null=True, help_text="An OpenAPI document.")
    technical_documentation_url = serializers.URLField(allow_null=True)
    business_documentation_url = serializers.URLField(allow_null=True)
    rate_limiting = serializers.CharField(allow_null=True)
    rate_limiting_url = serializers.URLField(allow_null=True)
    availability = serializers.FloatField(allow_null=True, min_value=0, max_value=100, help_text="In percent.")
    availability_url = serializers.URLField(allow_null=True)
    format = serializers.ChoiceField(DataserviceFormat.values, allow_null=True)
    license = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    private = serializers.BooleanField()
    extras = serializers.DictField()
    featured = serializers.BooleanField(allow_null=True)
    contact_points = ContactPointSerializer(many=True)
    created_at = serializers.DateTimeField()
    metadata_modified_at = serializers.DateTimeField()
    deleted_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    datasets = LinkSerializer()
    harvest = serializers.DictField()
    self_api_url = serializers.URLField()
    self_web_url = serializers.URLField()
    permissions = OwnedPermissionsSerializer()


ROWS = Dataservice.objects.prefetch_related("badges", "tags", "contact_points")


def shaped(rows: list[Dataservice]) -> list[dict[str, Any]]:
    """Return the shapes of `rows`, with the number of public datasets of each, in one query."""
    public = Q(datasets__private=False, datasets__deleted=None)
    counted = Dataservice.objects.filter(pk__in=[row.pk for row in rows]).order_by().values("pk")
    counts = dict(counted.annotate(n=Count("datasets", filter=public)).values_list("pk", "n"))
    return [shapes.dataservice(row, counts.get(row.pk, 0)) for row in rows]


class DataserviceViewSet(SearchMixin, DataserviceWriteMixin):
    """Dataservices."""

    queryset = ROWS
    serializer_class = DataserviceSerializer
    filterset_class = DataserviceFilter

    def shape(self, item: Dataservice) -> dict[str, Any]:
        return shaped([ROWS.get(pk=item.pk)])[0]

    def page_of(self, dataservices: QuerySet[Dataservice]) -> list[dict[str, Any]]:
        return shaped(self.rows_of_page(dataservices))

    @extend_schema(operation_id="list_dataservices", tags=["dataservices"])
    def list(self, request: Request) -> Response:
        """List dataservices, newest first."""
        return self.get_paginated_response(self.page_of(ROWS.listed_to(request.user)))

    @extend_schema(operation_id="get_dataservice", tags=["dataservices"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one dataservice, by id or by slug."""
        return Response(shaped([self.get_object()])[0])


class DataserviceSearchViewSet(SearchRouteMixin, V2Mixin, DataserviceViewSet):
    """Search over dataservices."""

    filterset_class = DataserviceSearchFilter

    @extend_schema(operation_id="search_dataservices", tags=["dataservices"])
    def list(self, request: Request) -> Response:
        """Search dataservices."""
        return self.get_paginated_response(self.page_of(ROWS.listed()))
