"""Where and when: dct:spatial, dct:temporal, resolutions."""

import re
from datetime import date
from typing import Any

from harvest.dcat.node import Node, best, label_of
from harvest.drafts import DatasetDraft
from harvest.mapping import dates, spatial
from harvest.mapping.text import text

SHAPES = ("locn:geometry", "gsp:asWKT", "gsp:asGeoJSON", "gsp:hasGeometry", "schema:geo", "schema:polygon")
BOXES = ("dcat:bbox", "schema:box")
NOT_SHAPES = frozenset(["@id", "@type", "dcat:centroid", *BOXES])
STARTS = ("dcat:startDate", "schema:startDate", "scv:min", "time:hasBeginning")
ENDS = ("dcat:endDate", "schema:endDate", "scv:max", "time:hasEnd")
MOMENTS = ("time:inXSDDate", "time:inXSDDateTime", "time:inXSDDateTimeStamp", "time:inXSDgYear", "time:inXSDgYearMonth")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?")
IN_ADDRESS = re.compile(r"/id/(?:gregorian-)?(?:year|month|day)/(\d{4}(?:-\d\d){0,2})\Z")
SCALE, DISTANCE = "spatialResolutionAsScale", "spatialResolutionAsDistance"
MOST_ZONES = 50


def put_spatial(draft: DatasetDraft, node: Node) -> None:
    """Set geometry and hints of territories: all shapes of all locations in one geometry, a box where there is none."""
    shapes: list[spatial.MultiPolygon | None] = []
    for value in node.values("dct:spatial", "schema:spatialCoverage"):
        place = Node(value)
        if not place.data or "@value" in place.data:
            shape = _shape(text(value))
            if shape is None:
                draft.zones.append(text(value, 255))
            shapes.append(shape)
            continue
        shapes += _shapes(draft, place)
        draft.zones += [one for one in (place.iri, place.label(), *place.words("dct:identifier")) if one]
    draft.spatial_geom = spatial.merged(shapes)
    draft.zones = list(dict.fromkeys(one for one in draft.zones if one and len(one) <= 500))[:MOST_ZONES]


def _shapes(draft: DatasetDraft, place: Node) -> list[spatial.MultiPolygon | None]:
    """Return the shapes of one location. The same one in several notations is one, for `merged` drops doubles."""
    others = [name for name in place.data if name not in NOT_SHAPES and name not in SHAPES]
    drawn = [one for name in (*SHAPES, *others) for one in _notations(place, name)]
    boxes = [one for name in BOXES for one in _notations(place, name)]
    for notations in (drawn, boxes):
        found = [shape for one in notations if (shape := _shape(one)) is not None]
        if found:
            return list(found)
    if drawn or boxes:
        draft.warn("The geometry cannot be read, or is no polygon: left out.")
    return []


def _notations(place: Node, name: str) -> list[str]:
    """Return the texts under a property that look like a geometry, also those of a node in between."""
    inner = [one for node in place.nodes(name) for key in SHAPES for one in node.literals(key)]
    return [one for one in [*place.literals(name), *inner] if name in SHAPES + BOXES or _looks_drawn(one)]


def _looks_drawn(value: str) -> bool:
    return value.startswith(("{", "<http://www.opengis.net/def/crs")) or "POLYGON" in value[:40].upper()


def _shape(value: str) -> spatial.MultiPolygon | None:
    return None if value.lstrip().lower().startswith("<gml") else spatial.geometry(value)


def put_temporal(draft: DatasetDraft, node: Node) -> None:
    """Set the period covered; several ones are spanned from the first beginning to the last end."""
    periods = [_period(value) for value in node.values("dct:temporal", "schema:temporalCoverage")]
    found = [(first, last) for first, last in periods if first]
    if found:
        draft.temporal_start = min(first for first, _last in found)
        ends = [last for _first, last in found]
        draft.temporal_end = None if None in ends else max(last for last in ends if last)
    elif any(label_of(value) for value in node.values("dct:temporal")):
        draft.warn("The period covered cannot be read.")


def _period(value: Any) -> tuple[date | None, date | None]:
    """Return the days of one period. Moments count as the day that they are where they were written."""
    node = Node(value)
    if not node.data or "@value" in node.data:
        return dates.period_of(MOMENT.sub(r"\1", text(value)))
    first, last = (MOMENT.sub(r"\1", _moment(node, names)) for names in (STARTS, ENDS))
    if first or last:
        return dates.period(first, last)
    named = IN_ADDRESS.search(node.iri)
    return dates.period_of(named[1] if named else node.label())


def _moment(node: Node, names: tuple[str, ...]) -> str:
    """Return the first value of these properties, or the moment of an OWL-Time instant."""
    inner = [one for instant in node.nodes(*names) for one in instant.literals(*MOMENTS)]
    return next(iter([*node.literals(*names), *inner]), "")


def resolution_of(node: Node) -> str:
    """Return the finest grain that the data show: `10 m`, else `1/25000`; the largest, if there are several."""
    metres = numbers_of(node.values("dcat:spatialResolutionInMeters"))
    scales: list[float] = []
    for measure in node.nodes("dqv:hasQualityMeasurement"):
        of = measure.word("dqv:isMeasurementOf")
        numbers = numbers_of(measure.values("dqv:value"))
        metres += numbers if of.endswith(DISTANCE) else []
        scales += numbers if of.endswith(SCALE) else []
    if metres:
        return f"{max(metres):g} m"
    found = [one if one > 1 else 1 / one for one in scales]
    return f"1/{max(found):.0f}" if found else ""


def numbers_of(values: list[Any]) -> list[float]:
    """Return the positive numbers among some values, those beyond reason left out."""
    found = []
    for value in values:
        try:
            number = float(best([value]))
        except ValueError:
            continue
        if 1e-12 < number < 1e12:
            found.append(number)
    return found
