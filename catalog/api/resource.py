"""Resources and community resources."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView, V2Mixin
from catalog.api.ids import read_uuid
from catalog.api.refs import (
    DatasetReferenceSerializer,
    InternalSerializer,
    OrganizationReferenceSerializer,
    OwnedPermissionsSerializer,
    SchemaSerializer,
    ShapeSerializer,
    UserReferenceSerializer,
)
from catalog.api.resource_write import CommunityResourceWriteMixin, ResourceExtrasMixin, ResourceWriteMixin
from catalog.documents.shapes import resource as shapes
from catalog.filters.community_resource import CommunityResourceFilter
from catalog.models import CommunityResource, Dataset, Resource
from catalog.models.resource import FileModel
from catalog.services.files import find_file, redirect_to
from portal.lib.api.pagination import envelope


class ChecksumSerializer(serializers.Serializer):
    type = serializers.CharField()
    value = serializers.CharField()


class ResourceSerializer(ShapeSerializer):
    shape = staticmethod(shapes.resource)

    id = serializers.UUIDField()
    title = serializers.CharField(max_length=350)
    description = serializers.CharField(allow_null=True)
    filetype = serializers.ChoiceField(["file", "remote"])
    type = serializers.ChoiceField(["main", "documentation", "update", "api", "code", "other"])
    format = serializers.CharField(allow_null=True)
    url = serializers.URLField()
    latest = serializers.URLField(help_text="The permanent address, whatever file stands behind.")
    checksum = ChecksumSerializer(allow_null=True)
    filesize = serializers.IntegerField(allow_null=True, min_value=0, help_text="In bytes.")
    mime = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_modified = serializers.DateTimeField()
    metrics = serializers.DictField(child=serializers.IntegerField())
    harvest = serializers.DictField(allow_null=True)
    extras = serializers.DictField()
    preview_url = serializers.URLField(allow_null=True)
    schema = SchemaSerializer(allow_null=True)
    internal = InternalSerializer()


class CommunityResourceSerializer(ResourceSerializer):
    shape = staticmethod(shapes.community_resource)

    dataset = DatasetReferenceSerializer(allow_null=True)
    owner = UserReferenceSerializer(allow_null=True)
    organization = OrganizationReferenceSerializer(allow_null=True)
    permissions = OwnedPermissionsSerializer()


class ResourceInDatasetSerializer(serializers.Serializer):
    resource = ResourceSerializer()
    dataset_id = serializers.CharField(allow_null=True)


class ResourceViewSet(ResourceWriteMixin):
    """A resource inside its dataset."""

    queryset = Resource.objects.all()
    serializer_class = ResourceSerializer
    filterset_class = None

    def dataset(self) -> Dataset:
        return self.find(Dataset, self.kwargs["key"])

    def get_object(self) -> Resource:
        """Return the resource of the path; 404 unless it belongs to the dataset of the path."""
        found = self.dataset().resources.filter(pk=read_uuid(self.kwargs["rid"])).first()
        if found is None:
            raise Http404
        self.note(found)
        return found

    @extend_schema(operation_id="get_resource", tags=["datasets"])
    def retrieve(self, request: Request, **kwargs: str) -> Response:
        """Read one resource of a dataset."""
        return Response(shapes.resource(self.get_object()))


def any_resource(rid: str, user: Any) -> FileModel:
    """Return the resource or community resource of that id which `user` may read. Raises Http404."""
    found = find_file(rid, user)
    if found is None:
        raise Http404
    return found


class ResourceRedirectViewSet(ApiView):
    queryset = Resource.objects.none()
    serializer_class = None
    filterset_class = None

    @extend_schema(operation_id="redirect_resource", tags=["datasets"], responses={302: None, 404: None}, filters=False)
    def retrieve(self, request: Request, rid: str) -> HttpResponse:
        """Go to the file: the permanent address of a resource or community resource."""
        response = redirect_to(any_resource(rid, request.user))
        if response is None:
            raise Http404
        return response


class ResourceV2ViewSet(V2Mixin, ResourceExtrasMixin, ResourceViewSet):
    page_size = 50

    @extend_schema(
        operation_id="list_resources",
        tags=["datasets"],
        parameters=[
            OpenApiParameter("type", str, description="The type of resources to fetch"),
            OpenApiParameter("q", str, description="query string to search through resources titles"),
        ],
    )
    def list(self, request: Request, **kwargs: str) -> Response:
        """Read the resources of a dataset, in its order."""
        wanted = self._wanted(self.dataset().resources.all())
        page, total = self.counted(wanted, default_size=self.page_size)
        ids = list(wanted.values_list("pk", flat=True)[page.offset : page.offset + page.size])
        rows = Resource.objects.in_bulk(ids)
        around = envelope(self.request, page, total)
        return Response(
            {
                "data": [shapes.resource(rows[pk]) for pk in ids if pk in rows],
                "next_page": around["next_page"],
                "previous_page": around["previous_page"],
                **around,
            }
        )

    def _wanted(self, resources: QuerySet[Resource]) -> QuerySet[Resource]:
        kind, words = self.request.GET.get("type"), self.request.GET.get("q")
        if kind:
            resources = resources.filter(type=kind)
        if words:
            resources = resources.filter(title__icontains=words)
        return resources

    @extend_schema(operation_id="get_dataset_schemas", tags=["datasets"], responses=SchemaSerializer(many=True))
    def schemas(self, request: Request, **kwargs: str) -> Response:
        """Read the distinct schemas that a dataset's resources follow."""
        rows = self.dataset().resources.exclude(schema_name="", schema_url="").order_by("schema_name", "schema_version")
        names = ["schema_name", "schema_url", "schema_version"]
        return Response(
            [
                {"name": name or None, "url": url or None, "version": version or None}
                for name, url, version in rows.values_list(*names).distinct()
            ]
        )

    @extend_schema(operation_id="get_resource_extras", tags=["datasets"], responses={200: dict})
    def extras(self, request: Request, **kwargs: str) -> Response:
        """Read the extras of a resource."""
        return Response(self.get_object().extras)


class AnyResourceV2ViewSet(V2Mixin, ApiView):
    queryset = Resource.objects.none()
    serializer_class = ResourceInDatasetSerializer
    filterset_class = None

    @extend_schema(operation_id="get_resource_by_id", tags=["datasets"], filters=False)
    def retrieve(self, request: Request, rid: str) -> Response:
        """Read a resource or a community resource by its id alone."""
        found = any_resource(rid, request.user)
        shape = shapes.resource if isinstance(found, Resource) else shapes.community_resource
        return Response({"resource": shape(found), "dataset_id": found.dataset_id})


class CommunityResourceViewSet(CommunityResourceWriteMixin):
    """Resources that others than the publisher attached to datasets."""

    queryset = CommunityResource.objects.select_related("dataset")
    serializer_class = CommunityResourceSerializer
    filterset_class = CommunityResourceFilter
    lookup_url_kwarg = "rid"

    def get_queryset(self) -> QuerySet[CommunityResource]:
        return super().get_queryset().visible_to(self.request.user)

    def get_object(self) -> CommunityResource:
        found = self.get_queryset().filter(pk=read_uuid(self.kwargs["rid"])).first()
        if found is None:
            raise Http404
        self.note(found)
        return found

    @extend_schema(operation_id="list_community_resources", tags=["datasets"])
    def list(self, request: Request) -> Response:
        """List community resources."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([shapes.community_resource(row) for row in rows])

    @extend_schema(operation_id="retrieve_community_resource", tags=["datasets"])
    def retrieve(self, request: Request, rid: str) -> Response:
        """Read one community resource."""
        return Response(shapes.community_resource(self.get_object()))
