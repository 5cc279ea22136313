"""Maps of territories, drawn as SVG by the server: outlines in whole numbers, coloured by how many datasets each has.

The outlines come with the portal (docs/outlines.md), or from the geometry of a territory itself.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.functional import Promise

from catalog.models import GeoZone

FOLDER = Path(__file__).parent / "outlines"
STEPS = 5  # colours beside the one for none
MARGIN = 12  # around a part that is cut out, in units of the drawing
AROUND = 40  # at least, around what a dataset covers, in units of the drawing
SIDE = 600  # of a territory drawn from its own geometry, in units of the drawing
MOST_POINTS = 50_000  # of one geometry; what has more is not drawn
LEVELS = ("fr:region", "fr:departement", "country")  # those whose outlines come with the portal
MOVES = re.compile(r"M(-?\d+) ?(-?\d+)l([^z]*)z")
NUMBERS = re.compile(r"-?\d+")


class Frame(NamedTuple):
    """A box around territories that are drawn out of their place, in units of the drawing."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Outlines:
    """The outlines of a level: data of SVG paths by the ids of the zones, in a drawing of that size.

    `insets` are small zones once more, enlarged in a frame.
    """

    width: int
    height: int
    frames: tuple[Frame, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    insets: Mapping[str, str] = field(default_factory=dict)

    @property
    def view(self) -> str:
        return f"0 0 {self.width} {self.height}"

    def whole(self, zone_id: str) -> str:
        """Return the outline of a zone wherever it is in the drawing."""
        return self.paths[zone_id] + self.insets.get(zone_id, "")


class Place(NamedTuple):
    """What a map says of one zone."""

    name: str
    address: str
    number: int


class Area(NamedTuple):
    """One zone as it is drawn; `step` is its colour, 0 for none, `here` marks the zone that the page is about."""

    place: Place
    path: str
    step: int
    here: bool


class Step(NamedTuple):
    """A colour of the legend, and the numbers that it stands for."""

    step: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Map:
    """A map, ready to be drawn. `view` is the part of the drawing that is shown: x, y, width, height."""

    ident: str
    title: str | Promise
    view: str
    areas: tuple[Area, ...]
    frames: tuple[Frame, ...] = ()
    legend: tuple[Step, ...] = ()
    rows: tuple[Place, ...] = ()  # for the table, the largest number first
    ground: str = ""  # the outlines of what lies around


@cache
def outlines_of(level: str) -> Outlines | None:
    """Return the outlines of a level, if they come with the portal."""
    if level not in LEVELS:
        return None
    data = json.loads((FOLDER / f"{level.replace(':', '_')}.json").read_text(encoding="utf-8"))
    return Outlines(
        data["width"], data["height"], tuple(Frame(*one) for one in data["frames"]), data["zones"], data["insets"]
    )


def choropleth(ident: str, title: str | Promise, level: str, places: Mapping[str, Place]) -> Map | None:
    """Return the map of the zones of a level that are among `places` (by their ids), if its outlines are known."""
    known = outlines_of(level)
    shown = {pk: place for pk, place in places.items() if known and pk in known.paths}
    if known is None or not shown:
        return None
    steps = steps_of(place.number for place in shown.values())
    whole = len(shown) * 2 > len(known.paths)
    outline = known.whole if whole else known.paths.__getitem__
    return Map(
        ident=ident,
        title=title,
        view=known.view if whole else cut(known.paths[pk] for pk in shown),
        areas=tuple(Area(place, outline(pk), step_of(place.number, steps), here=False) for pk, place in shown.items()),
        frames=known.frames if whole else (),
        legend=tuple(steps),
        rows=tuple(sorted(places.values(), key=lambda place: (-place.number, place.name))),
    )


def locator(ident: str, title: str | Promise, zone_id: str, level: str, places: Mapping[str, Place]) -> Map | None:
    """Return the map of a level on which one zone is marked, if its outline is known."""
    known = outlines_of(level)
    if known is None or zone_id not in known.paths:
        return None
    drawn = [(pk, place) for pk, place in places.items() if pk in known.paths]
    areas = [Area(place, known.whole(pk), 0, here=pk == zone_id) for pk, place in drawn]
    return Map(ident, title, known.view, tuple(areas), frames=known.frames)


def coverage(ident: str, title: str | Promise, zones: Iterable[GeoZone], geometry: Any, address: str) -> Map | None:
    """Return the map of the zones of the widest level whose outlines are known, with what lies around them; else of
    the geometry (GeoJSON), drawn as a link to `address`; None for what can't be drawn.
    """
    zones = list(zones)
    for level in LEVELS:
        known = outlines_of(level)
        drawn = [zone for zone in zones if zone.level_id == level and zone.pk in known.paths]
        if drawn:
            view = _wider(cut(known.paths[zone.pk] for zone in drawn))
            areas = [_here(zone.name, zone.get_absolute_url(), known.paths[zone.pk]) for zone in drawn]
            return Map(ident, title, " ".join(map(str, view)), tuple(areas), ground=_ground(level, view))
    return own_map(ident, title, Place(str(title), address, 0), geometry)


def _here(name: str, address: str, path: str) -> Area:
    return Area(Place(name, address, 0), path, 0, here=True)


def _wider(view: str) -> tuple[int, int, int, int]:
    """Return a view with half as much around it, and never so close that nobody knows the place."""
    left, top, width, height = (int(one) for one in view.split())
    around = max(AROUND, max(width, height) // 2)
    return left - around, top - around, width + 2 * around, height + 2 * around


def _ground(level: str, view: tuple[int, int, int, int]) -> str:
    """Return the outlines that lie in the view: countries, or regions, which are drawn to the departments' scale."""
    known = outlines_of("country" if level == "country" else "fr:region")
    left, top, width, height = view

    def shows(path: str) -> bool:
        box = _box(path)
        return box[0] < left + width and box[2] > left and box[1] < top + height and box[3] > top

    return "".join(path for path in known.paths.values() if shows(path))


def own_map(ident: str, title: str | Promise, place: Place, geometry: Any) -> Map | None:
    """Return the map of one zone from its geometry (GeoJSON, degrees); None for what can't be drawn."""
    rings = list(_rings(geometry))
    points = [point for ring in rings for point in ring]
    if not points or len(points) > MOST_POINTS:
        return None
    left, right = min(x for x, _y in points), max(x for x, _y in points)
    low, high = min(y for _x, y in points), max(y for _x, y in points)
    narrower = max(0.1, 1 - abs((low + high) / 2 / 90) ** 2)  # about the cosine of the latitude
    factor = SIDE / (max((right - left) * narrower, high - low) or 1)
    lines = [[(round((x - left) * narrower * factor), round((high - y) * factor)) for x, y in ring] for ring in rings]
    path = "".join(f"M{'L'.join(f'{x} {y}' for x, y in _without_repeats(line))}z" for line in lines)
    width, height = round((right - left) * narrower * factor), round((high - low) * factor)
    view = f"{-MARGIN} {-MARGIN} {width + 2 * MARGIN} {height + 2 * MARGIN}"
    return Map(ident, title, view, (Area(place, path, 0, here=True),))


def _rings(geometry: Any) -> Iterable[list[tuple[float, float]]]:
    """Give the rings of a Polygon or MultiPolygon; nothing for what is no such thing."""
    if not isinstance(geometry, dict):
        return
    shapes = {"Polygon": lambda found: [found], "MultiPolygon": lambda found: found}.get(str(geometry.get("type")))
    if shapes is None:
        return
    try:
        for polygon in shapes(geometry["coordinates"]):
            for ring in polygon:
                line = [(float(point[0]), float(point[1])) for point in ring]
                if all(abs(x) <= 180 and abs(y) <= 90 for x, y in line):
                    yield line
    except (TypeError, ValueError, KeyError, IndexError):
        return


def _without_repeats(line: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [point for index, point in enumerate(line) if index == 0 or point != line[index - 1]]


def cut(paths: Iterable[str]) -> str:
    """Return the view that shows these paths with a margin around."""
    boxes = [_box(path) for path in paths]
    left, top = min(box[0] for box in boxes) - MARGIN, min(box[1] for box in boxes) - MARGIN
    right, bottom = max(box[2] for box in boxes) + MARGIN, max(box[3] for box in boxes) + MARGIN
    return f"{left} {top} {right - left} {bottom - top}"


@cache
def _box(path: str) -> tuple[int, int, int, int]:
    """Return the box (left, top, right, bottom) around the data of a path of ours: `Mx yldx dy…z`."""
    xs, ys = [], []
    for start_x, start_y, moves in MOVES.findall(path):
        x, y = int(start_x), int(start_y)
        numbers = [int(one) for one in NUMBERS.findall(moves)]
        xs.append(x)
        ys.append(y)
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            xs.append(x)
            ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)


def steps_of(numbers: Iterable[int]) -> list[Step]:
    """Return the colours of a map: as many zones in each as may be, zones without any apart."""
    values = sorted(number for number in numbers if number)
    if not values:
        return []
    most = sorted({values[(len(values) - 1) * step // STEPS] for step in range(1, STEPS + 1)})
    least = [values[0], *(bound + 1 for bound in most)]
    first = STEPS - len(most) + 1  # few colours are the strongest ones
    return [Step(first + index, least[index], bound) for index, bound in enumerate(most)]


def step_of(number: int, steps: list[Step]) -> int:
    """Return the colour of a number; 0 for none."""
    return next((one.step for one in steps if number and number <= one.most), 0)
