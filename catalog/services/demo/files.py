"""Hosted files: tables as CSV, JSON or GeoJSON, written through the default storage."""

import csv
import io
import json
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from catalog.services.demo.tables import Row

FOLDER = "resources/demo"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in its place, as a resource describes it."""

    name: str
    size: int  # bytes
    sha1: str


def to_csv(rows: list[Row]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def to_json(rows: list[Row]) -> str:
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n"


def to_geojson(rows: list[Row]) -> str:
    """Return a FeatureCollection of points (RFC 7946: longitude first); rows without position have no geometry."""
    features = [
        {
            "type": "Feature",
            "geometry": _point(row),
            "properties": {name: value for name, value in row.items() if name not in {"latitude", "longitude"}},
        }
        for row in rows
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def _point(row: Row) -> dict[str, Any] | None:
    if "latitude" not in row:
        return None
    return {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}


ENCODERS = {"csv": to_csv, "json": to_json, "geojson": to_geojson}
MEDIA_TYPES = {
    "csv": "text/csv", "json": "application/json", "geojson": "application/geo+json", "txt": "text/plain",
    "pdf": "application/pdf", "shp": "application/zip", "zip": "application/zip", "gtfs": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "tiff": "image/tiff",
}  # fmt: skip


def store(name: str, content: bytes) -> Stored:
    """Write a file under that very name, over one that a former demonstration left there."""
    if default_storage.exists(name):
        default_storage.delete(name)
    saved = default_storage.save(name, ContentFile(content))
    return Stored(saved, len(content), sha1(content, usedforsecurity=False).hexdigest())
