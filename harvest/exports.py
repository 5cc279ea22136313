"""Columns of `harvests.csv`."""

from catalog.exports import cells
from catalog.exports.base import Columns, Export
from harvest.models import Source


def columns() -> Columns:
    return [
        ("id", cells.Text("id")),
        ("name", cells.text("name")),
        ("url", cells.text("public_url")),
        ("organization", cells.text("organization__name")),
        ("organization_id", cells.Text("organization_id")),
        ("backend", cells.Text("backend")),
        ("created_at", cells.DateTime("created_at")),
        ("validation", cells.Text("validation")),
        ("config", cells.Json("public_config")),
    ]


HARVESTS = Export(
    name="harvests",
    columns=columns,
    objects=lambda: Source.objects.listed().order_by("created_at", "pk"),
    kinds=("source", "organization"),
)
