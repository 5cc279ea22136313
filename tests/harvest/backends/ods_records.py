"""Datasets of Opendatasoft for the tests, as Explore 2.1 gives them."""

from typing import Any

PORTAL = "https://data.example.org"


def dataset(number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a dataset with records; `default` and `metas` add to its metadata, other names to itself."""
    said = {"title": f"T {number}", "records_count": 3, **more.pop("default", {})}
    return {
        "dataset_id": f"d-{number:05}",
        "has_records": True,
        "data_visible": True,
        "features": [],
        "attachments": [],
        "fields": [],
        "metas": {"default": said, **more.pop("metas", {})},
        **more,
    }
