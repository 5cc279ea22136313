"""Make the boundaries below the maps of GeoJSON files: `python -m bench.boundaries FOLDER`.

FOLDER is a `node_modules` with `world-atlas` 2.0.2 (Natural Earth 1:50m, public domain; the package: ISC, © 2013–2019
Michael Bostock). Each boundary is there once, as a line in degrees; what moves less than a pixel is left out.
"""

import json
import sys
from itertools import accumulate
from pathlib import Path

TARGET = Path(__file__).parent.parent / "portal/static/portal/boundaries.json"
LEAST = 0.2  # degrees between two points of a line
DECIMALS = 1


def lines(topology: dict) -> list[list[list[float]]]:
    """Return the arcs of a TopoJSON file in degrees, with fewer points (its format: github.com/topojson)."""
    (dx, dy), (left, low) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        xs, ys = accumulate(x for x, _y in arc), accumulate(y for _x, y in arc)
        points = [[round(x * dx + left, DECIMALS), round(y * dy + low, DECIMALS)] for x, y in zip(xs, ys, strict=True)]
        kept = points[:1]
        for point in points[1:-1]:
            if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= LEAST:
                kept.append(point)
        kept.append(points[-1])
        if len(kept) > 3 or kept[0] != kept[-1]:  # smaller islands are left out
            found.append(kept)
    return found


if __name__ == "__main__":
    source = Path(sys.argv[1]) / "world-atlas/countries-50m.json"
    made = {"type": "MultiLineString", "coordinates": lines(json.loads(source.read_text(encoding="utf-8")))}
    TARGET.write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")
