"""Columns of `tags.csv`: live counts of public objects."""

from catalog.exports import cells
from catalog.exports.base import Columns, Export
from catalog.models import Tag


def columns() -> Columns:
    return [
        ("name", cells.Text("name")),
        ("datasets", cells.Number("datasets_count")),
        ("reuses", cells.Number("reuses_count")),
        ("total", cells.Number("total")),
    ]


TAGS = Export(name="tags", columns=columns, objects=Tag.objects.with_usage, kinds=("tag", "dataset", "reuse"))
