"""The peer of the bench: the dataset list as DRF's tutorial would write it (ModelSerializer, prefetch, count)."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework import generics, pagination, renderers, serializers

from catalog.models import Dataset, Organization, Resource


class OrganizationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Organization
        fields = ["id", "name", "acronym", "slug", "logo_url"]


class ResourceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Resource
        exclude = ["dataset", "position", "file"]


class DatasetSerializer(serializers.ModelSerializer):
    organization = OrganizationSerializer()
    tags = serializers.SlugRelatedField("name", many=True, read_only=True)
    badges = serializers.SlugRelatedField("kind", many=True, read_only=True)
    spatial_zones = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    resources = ResourceSerializer(many=True)

    class Meta:
        model = Dataset
        exclude = ["contact_points", "version", "quality_flags"]


class Pages(pagination.PageNumberPagination):
    page_size = 20


ROWS = Dataset.objects.listed().select_related("organization")


class DatasetList(generics.ListAPIView):
    queryset = ROWS.prefetch_related("tags", "badges", "spatial_zones", "resources")
    serializer_class = DatasetSerializer
    pagination_class = Pages
    renderer_classes = [renderers.JSONRenderer]
    authentication_classes = []
    filter_backends = []


class DatasetDetail(generics.RetrieveAPIView):
    queryset = DatasetList.queryset
    serializer_class = DatasetSerializer
    renderer_classes = [renderers.JSONRenderer]
    authentication_classes = []


def select_one(request: HttpRequest) -> HttpResponse:
    """The limit: one round trip to the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return HttpResponse(str(cursor.fetchone()[0]))


urlpatterns = [
    path("datasets/", DatasetList.as_view()),
    path("datasets/<str:pk>/", DatasetDetail.as_view()),
    path("select-one/", select_one),
]
