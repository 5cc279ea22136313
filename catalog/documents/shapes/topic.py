"""The shapes of topics and of their elements (v2 alone)."""

from typing import Any

from catalog.documents.marks import Local, organization_hole, user_hole
from catalog.documents.shapes.common import link
from catalog.models import Topic, TopicElement

PAGE = 20


def topic(item: Topic, elements: int) -> dict[str, Any]:
    """The shape of a topic with that many elements. Needs tags and zones prefetched."""
    zones = [zone.pk for zone in item.spatial_zones.all()]
    has_spatial = bool(zones or item.spatial_geom or item.spatial_granularity)
    spatial = {"geom": item.spatial_geom, "zones": zones, "granularity": item.spatial_granularity or "other"}
    return {
        "id": item.pk,
        "owner": user_hole(item.owner_id),
        "organization": organization_hole(item.organization_id),
        "created_at": item.created_at,
        "last_modified": item.last_modified,
        "name": item.name,
        "slug": item.slug,
        "description": item.description or None,
        "tags": sorted(tag.name for tag in item.tags.all()),
        "color": item.color or None,
        "featured": item.featured,
        "private": item.private,
        "extras": item.extras,
        "spatial": spatial if has_spatial else None,
        "uri": Local(f"/api/2/topics/{item.slug}/"),
        "elements": link(f"/api/2/topics/{item.pk}/elements/?page=1&page_size={PAGE}", elements),
    }


def element(item: TopicElement, readable: set[tuple[str, str]]) -> dict[str, Any]:
    """The shape of an element; an object that the caller may not read (not in `readable`) is left out. Needs tags."""
    subject = (item.subject_class, item.subject_id)
    return {
        "id": str(item.pk),
        "title": item.title or None,
        "description": item.description or None,
        "tags": sorted(tag.name for tag in item.tags.all()),
        "extras": item.extras,
        "element": {"class": item.subject_class, "id": item.subject_id} if subject in readable else None,
    }
