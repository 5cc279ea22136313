"""Territories: levels, zones as GeoJSON, and the datasets that cover them."""

from typing import Any

from django.db.models import Count
from django.http import Http404
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.refs import DatasetReferenceSerializer
from catalog.api.suggest import MAX_SIZE, SUGGEST_PARAMETERS, read_size, read_suggest
from catalog.documents.shapes.common import dataset_reference
from catalog.filters.places import zones_named
from catalog.models import Dataset, GeoLevel, GeoZone
from catalog.models.spatial import OTHER, POINT_OF_INTEREST

ZONE_DATASETS = 25
DATASETS_SIZE = "The amount of datasets to fetch"
MAX_ZONES = 200  # in one request


class LevelSerializer(serializers.Serializer):
    """A kind of territory, or how fine the data is."""

    id = serializers.CharField()
    name = serializers.CharField()


class GeometrySerializer(serializers.Serializer):
    type = serializers.CharField(allow_null=True)
    coordinates = serializers.ListField(allow_null=True)


class ZonePropertiesSerializer(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()
    code = serializers.CharField()
    uri = serializers.URLField(allow_null=True)
    level = serializers.CharField()


class ZoneFeatureSerializer(serializers.Serializer):
    """A territory as a GeoJSON feature."""

    id = serializers.CharField()
    type = serializers.ChoiceField(["Feature"])
    geometry = GeometrySerializer()
    properties = ZonePropertiesSerializer()


class ZoneCollectionSerializer(serializers.Serializer):
    type = serializers.ChoiceField(["FeatureCollection"])
    features = ZoneFeatureSerializer(many=True)


class CoveragePropertiesSerializer(serializers.Serializer):
    name = serializers.CharField()
    code = serializers.CharField()
    uri = serializers.URLField(allow_null=True)
    datasets = serializers.IntegerField(min_value=0)


class CoverageFeatureSerializer(ZoneFeatureSerializer):
    properties = CoveragePropertiesSerializer()


class CoverageCollectionSerializer(serializers.Serializer):
    type = serializers.ChoiceField(["FeatureCollection"])
    features = CoverageFeatureSerializer(many=True)


class ZoneSuggestionSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    code = serializers.CharField()
    level = serializers.CharField()
    uri = serializers.URLField(allow_null=True)


def feature(zone: GeoZone, properties: dict[str, Any]) -> dict[str, Any]:
    """Return a GeoJSON feature; a zone without an outline has a geometry of nulls, as in udata."""
    geometry = zone.geometry or {"type": None, "coordinates": None}
    return {"id": zone.pk, "type": "Feature", "geometry": geometry, "properties": properties}


def zone_feature(zone: GeoZone) -> dict[str, Any]:
    names = {"slug": zone.slug, "name": zone.name, "code": zone.code}
    return feature(zone, {**names, "uri": zone.uri or None, "level": zone.level_id})


def coverage_feature(zone: GeoZone, datasets: int) -> dict[str, Any]:
    return feature(zone, {"name": zone.name, "code": zone.code, "uri": zone.uri or None, "datasets": datasets})


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


class SpatialViewSet(ApiView):
    """Territories and granularities."""

    queryset = GeoZone.objects.all()
    filterset_class = None
    pagination_class = None
    serializer_class = None

    def zone(self) -> GeoZone:
        """Return the zone of the path. Raises Http404."""
        found = GeoZone.objects.filter(pk=GeoZone.canonical_id(self.kwargs["zone"])).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(operation_id="spatial_levels", tags=["spatial"], responses=LevelSerializer(many=True))
    def levels(self, request: Request) -> Response:
        """Read the levels of territories, the widest first."""
        return Response(list(GeoLevel.objects.values("id", "name")))

    @extend_schema(operation_id="spatial_granularities", tags=["spatial"], responses=LevelSerializer(many=True))
    def granularities(self, request: Request) -> Response:
        """Read how fine data may be: the levels, points of interest, other."""
        finer = [{"id": POINT_OF_INTEREST, "name": gettext("POI")}, {"id": OTHER, "name": gettext("Other")}]
        return Response([*GeoLevel.objects.values("id", "name"), *finer])

    @extend_schema(
        operation_id="suggest_zones",
        tags=["spatial"],
        parameters=SUGGEST_PARAMETERS,
        responses=ZoneSuggestionSerializer(many=True),
    )
    def suggest(self, request: Request) -> Response:
        """Suggest territories by their name or their code: the very name first, then beginnings, the widest first."""
        words, size = read_suggest(request)
        return Response(
            [
                {"id": zone.pk, "name": zone.name, "code": zone.code, "level": zone.level_id, "uri": zone.uri or None}
                for zone in zones_named(words)[:size]
            ]
        )

    @extend_schema(
        operation_id="spatial_zones",
        tags=["spatial"],
        parameters=[OpenApiParameter("zones", str, OpenApiParameter.PATH, description="Ids of zones, by commas.")],
        responses=ZoneCollectionSerializer,
    )
    def zones(self, request: Request, zones: str) -> Response:
        """Read several territories as GeoJSON; unknown ones are left out."""
        ids = [GeoZone.canonical_id(zone) for zone in zones.split(",")[:MAX_ZONES]]
        found = GeoZone.objects.in_bulk(ids)
        if not found:
            raise Http404
        return Response(collection([zone_feature(found[pk]) for pk in ids if pk in found]))

    @extend_schema(operation_id="spatial_zone", tags=["spatial"], responses=ZoneFeatureSerializer)
    def retrieve(self, request: Request, zone: str) -> Response:
        """Read one territory as GeoJSON."""
        return Response(zone_feature(self.zone()))

    @extend_schema(
        operation_id="spatial_zone_datasets",
        tags=["spatial"],
        parameters=[
            OpenApiParameter("dynamic", bool, description="Accepted for udata's clients; changes nothing."),
            OpenApiParameter(
                "size",
                {"type": "integer", "minimum": 0, "maximum": MAX_SIZE, "default": ZONE_DATASETS},
                description=DATASETS_SIZE,
            ),
        ],
        responses=DatasetReferenceSerializer(many=True),
    )
    def datasets(self, request: Request, zone: str) -> Response:
        """Read references to the datasets that cover a territory, newest first."""
        rows = Dataset.objects.listed().filter(spatial_zones=self.zone())
        size = read_size(request, default=ZONE_DATASETS, label=DATASETS_SIZE)
        return Response([dataset_reference(row) for row in rows.only("title", "acronym", "slug")[:size]])

    @extend_schema(operation_id="spatial_coverage", tags=["spatial"], responses=CoverageCollectionSerializer)
    def coverage(self, request: Request, level: str) -> Response:
        """Read the territories of a level, each with the number of datasets that cover it."""
        if not GeoLevel.objects.filter(pk=level).exists():
            raise Http404
        pairs = Dataset.objects.listed().filter(spatial_zones__level=level).order_by().values_list("spatial_zones")
        counts = dict(pairs.annotate(Count("pk", distinct=True)))
        zones = GeoZone.objects.filter(level=level)
        return Response(collection([coverage_feature(zone, counts.get(zone.pk, 0)) for zone in zones]))
