"""The shape of charts (v1 alone)."""

from typing import Any

from catalog.documents.marks import organization_hole, permissions_hole, user_hole
from catalog.documents.shapes.common import media_address
from catalog.models import Visualization
from portal.lib.pictures import CHART, thumbnail_address

X_AXIS = ("column_x", "sort_x_by", "sort_x_direction", "type")
Y_AXIS = ("min", "max", "label", "unit", "unit_position")
SERIES = ("type", "column_y", "aggregate_y", "resource_id", "column_x_name_override", "filters")


def visualization(item: Visualization, readable: set[str]) -> dict[str, Any]:
    """The shape of a chart; a series whose resource is not in `readable` is left out, columns and filters too."""
    return {
        "id": item.pk,
        "owner": user_hole(item.owner_id),
        "organization": organization_hole(item.organization_id),
        "metrics": {"views": item.metric_views},
        "created_at": item.created_at,
        "last_modified": item.last_modified,
        "title": item.title,
        "slug": item.slug,
        "description": item.description,
        "private": item.private,
        "extras": item.extras,
        "image": media_address(item.image_address),
        "image_thumbnail": media_address(thumbnail_address(item.image_address, CHART.thumbnails[0])),
        "deleted_at": item.deleted_at,
        "x_axis": _part(item.x_axis, X_AXIS),
        "y_axis": _part(item.y_axis, Y_AXIS),
        "series": [_part(one, SERIES) for one in item.series if one["resource_id"] in readable],
        "permissions": permissions_hole("v", item.pk, item.owner_id, item.organization_id),
    }


def _part(values: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Return these keys of a part of the chart; udata names them all, null where nothing was said."""
    return {key: values.get(key) for key in keys}
