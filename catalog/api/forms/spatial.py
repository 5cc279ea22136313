"""A territory in a body: zones or a geometry, and a granularity; and a period of time."""

import math
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.api.forms.base import InputField
from catalog.models import GeoLevel, GeoZone
from catalog.models.spatial import OTHER, POINT_OF_INTEREST
from catalog.services.udata_import.values import Unusable, day

MAX_POINTS = 100_000  # of a geometry
MAX_ZONES = 2_000


class SpatialField(InputField):
    """`{zones: [id or object], geom, granularity}`; null for none.

    Becomes `{"spatial_zones": [GeoZone], "spatial_geom": …, "spatial_granularity": …}`.
    """

    openapi: ClassVar[dict[str, Any]] = {"type": "object"}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def run_validation(self, data: Any = serializers.empty) -> dict[str, Any]:
        found = super().run_validation(data)
        return {"spatial_zones": [], "spatial_geom": None, "spatial_granularity": ""} if found is None else found

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("Expected an object."))
        return {
            "spatial_zones": self._zones(data.get("zones")),
            "spatial_geom": self._geometry(data.get("geom")),
            "spatial_granularity": self._granularity(data.get("granularity")),
        }

    def _zones(self, entries: Any) -> list[GeoZone]:
        if entries is None:
            return []
        if not isinstance(entries, list) or len(entries) > MAX_ZONES:
            raise serializers.ValidationError({"zones": [_("Expected a list of territories.")]})
        ids = [one.get("id") if isinstance(one, dict) else one for one in entries]
        if not all(isinstance(one, str) for one in ids):
            raise serializers.ValidationError({"zones": [_("Expected a list of territories.")]})
        wanted = {GeoZone.canonical_id(one): one for one in ids}
        zones = list(GeoZone.objects.filter(pk__in=wanted))
        unknown = [wanted[pk] for pk in wanted.keys() - {zone.pk for zone in zones}]
        if unknown:
            raise serializers.ValidationError({"zones": [f"Unknown geoid(s): {', '.join(sorted(unknown)[:20])}"]})
        return zones

    def _geometry(self, value: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in ("Polygon", "MultiPolygon"):
            raise serializers.ValidationError({"geom": [_("Expected a GeoJSON Polygon or MultiPolygon.")]})
        coordinates = [value.get("coordinates")] if kind == "Polygon" else value.get("coordinates")
        if not are_polygons(coordinates):
            raise serializers.ValidationError({"geom": [_("The coordinates of the geometry are not valid.")]})
        return {"type": "MultiPolygon", "coordinates": coordinates}

    def _granularity(self, value: Any) -> str:
        value = value.get("id") if isinstance(value, dict) else value
        if value is None or value in ("", OTHER, POINT_OF_INTEREST):
            return value or ""
        if not isinstance(value, str) or not GeoLevel.objects.filter(pk=value).exists():
            raise serializers.ValidationError({"granularity": [_("Unknown granularity.")]})
        return value


def are_polygons(polygons: Any) -> bool:
    """Tell whether `polygons` has the form of a MultiPolygon's coordinates (RFC 7946), of at most 100,000 points."""
    if not isinstance(polygons, list):
        return False
    points = 0
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            return False
        for ring in polygon:
            if not isinstance(ring, list) or len(ring) < 4 or not all(_is_position(point) for point in ring):
                return False
            points += len(ring)
    return 0 < points <= MAX_POINTS


def _is_position(point: Any) -> bool:
    return (
        isinstance(point, list)
        and 2 <= len(point) <= 4
        and all(isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in point)
    )


class PeriodField(InputField):
    """`{start, end}`, days (a bare year begins on 1 January, or ends on 31 December); null for none.

    Becomes `{"temporal_start": date, "temporal_end": date or None}`; one given backwards is turned round.
    """

    openapi: ClassVar[dict[str, Any]] = {"type": "object"}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def run_validation(self, data: Any = serializers.empty) -> dict[str, date | None]:
        found = super().run_validation(data)
        return {"temporal_start": None, "temporal_end": None} if found is None else found

    def to_internal_value(self, data: Any) -> dict[str, date | None]:
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("Expected an object with start and end."))
        start, end = data.get("start"), data.get("end")
        if start in (None, "") and end in (None, ""):
            return {"temporal_start": None, "temporal_end": None}
        first = self._day("start", start)
        last = None if end in (None, "") else self._day("end", end, last=True)
        if last and last < first:
            first, last = self._day("end", end), self._day("start", start, last=True)
        return {"temporal_start": first, "temporal_end": last}

    def _day(self, name: str, value: Any, *, last: bool = False) -> date:
        try:
            return day(value, last=last)
        except Unusable:
            raise serializers.ValidationError({name: [_("Unable to parse date.")]}) from None
