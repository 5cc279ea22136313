"""Geometries: GeoJSON, WKT and boxes to the MultiPolygons that the portal keeps (longitude first, WGS 84)."""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from harvest.mapping.text import text

MOST_POINTS = 10_000
MAX_TEXT = 2_000_000  # characters of a geometry written as text
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?"
WKT = re.compile(
    r"(?:<[^>]*>\s*)?(?:SRID=\d+;)?\s*(MULTIPOLYGON|POLYGON|ENVELOPE|BBOX)\s*(?:ZM|Z|M)?\s*(\(.*\))", re.I | re.S
)
BOX = re.compile(rf"\s*\[?\s*({NUMBER})[\s,;]+({NUMBER})[\s,;]+({NUMBER})[\s,;]+({NUMBER})\s*\]?\s*")

Ring = list[list[float]]
Polygon = list[Ring]
MultiPolygon = dict[str, Any]


def geometry(value: Any) -> MultiPolygon | None:
    """Return the GeoJSON MultiPolygon of a value, or None: GeoJSON (object or text; collections too), WKT polygons,
    `west,south,east,north`. Points and lines, numbers out of range and over 10,000 points are none.
    """
    if isinstance(value, str):
        value = value.strip()
        if len(value) > MAX_TEXT:
            return None
        if not value.startswith("{"):
            return _from_text(value)
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    return _multi(_polygons(value, 0)) if isinstance(value, dict) else None


def box(west: Any, south: Any, east: Any, north: Any) -> MultiPolygon | None:
    """Return a box (degrees) as a MultiPolygon, or None; one that crosses the antimeridian gets two parts."""
    try:
        w, s, e, n = (float(text(side)) for side in (west, south, east, north))
    except ValueError:
        return None
    if not all(math.isfinite(side) for side in (w, s, e, n)) or s > n:
        return None
    if w > e:
        return _multi([_rectangle(w, s, 180.0, n), _rectangle(-180.0, s, e, n)])
    return _multi([_rectangle(w, s, e, n)])


def merged(values: Iterable[MultiPolygon | None]) -> MultiPolygon | None:
    """Return one MultiPolygon of several, each polygon once."""
    found: list[Polygon] = []
    for value in values:
        for polygon in value["coordinates"] if value else []:
            if polygon not in found:
                found.append(polygon)
    return _multi(found)


def _from_text(value: str) -> MultiPolygon | None:
    sides = BOX.fullmatch(value)
    if sides:
        return box(*sides.groups())
    match = WKT.fullmatch(value)
    if not match:
        return None
    kind, body = match[1].upper(), match[2]
    if kind in ("ENVELOPE", "BBOX"):
        sides = BOX.fullmatch(body.strip("() "))
        if not sides:
            return None
        first, second, third, fourth = sides.groups()
        # ENVELOPE(west, east, north, south) is the OGC's order.
        return box(first, fourth, second, third) if kind == "ENVELOPE" else box(first, second, third, fourth)
    return _multi(_wkt_polygons(kind, body))


def _wkt_polygons(kind: str, body: str) -> list[Polygon]:
    inner = body[1:-1]
    groups = re.findall(r"\((\s*\(.*?\)\s*)\)", inner, re.S) if kind == "MULTIPOLYGON" else [inner]
    return [
        [[part.split() for part in ring.split(",")] for ring in re.findall(r"\(([^()]*)\)", group)]  # type: ignore[misc]
        for group in groups
    ]


def _polygons(value: Any, depth: int) -> list[Any]:
    """Return the polygons in a GeoJSON object, whatever it wraps them in."""
    if not isinstance(value, dict) or depth > 5:
        return []
    kind, coordinates = value.get("type"), value.get("coordinates")
    if kind == "Polygon":
        return [coordinates]
    if kind == "MultiPolygon":
        return coordinates if isinstance(coordinates, list) else []
    if kind == "Feature":
        return _polygons(value.get("geometry"), depth + 1)
    members = value.get("features" if kind == "FeatureCollection" else "geometries")
    if not isinstance(members, list):
        return []
    return [polygon for member in members[:MOST_POINTS] for polygon in _polygons(member, depth + 1)]


def _multi(polygons: list[Any]) -> MultiPolygon | None:
    """Return a MultiPolygon of what was read, or None if any of it is wrong."""
    try:
        found = [list(_rings(polygon)) for polygon in polygons]
    except (ValueError, TypeError):
        return None
    count = sum(len(ring) for polygon in found for ring in polygon)
    if not found or not all(found) or count > MOST_POINTS:
        return None
    return {"type": "MultiPolygon", "coordinates": found}


def _rings(polygon: Any) -> Iterator[Ring]:
    if not isinstance(polygon, list) or len(polygon) > MOST_POINTS:
        raise TypeError
    for ring in polygon:
        if not isinstance(ring, list) or len(ring) > MOST_POINTS:
            raise TypeError
        points = [_point(point) for point in ring]
        if points and points[0] != points[-1]:
            points.append(points[0])
        if len(points) < 4:
            raise ValueError
        yield points


def _point(value: Any) -> list[float]:
    """Return a position; its height is left out. Raises ValueError, TypeError."""
    longitude, latitude = float(value[0]), float(value[1])
    if isinstance(value[0], bool) or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError
    return [longitude, latitude]


def _rectangle(w: float, s: float, e: float, n: float) -> Polygon:
    return [[[w, s], [w, n], [e, n], [e, s], [w, s]]]
