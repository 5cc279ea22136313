"""The shapes of datasets, in v1 and in v2. Keys stand in v2's order (v1 sorts them)."""

from typing import Any

from catalog.documents.marks import Hole, Local, organization_hole, permissions_hole, user_hole
from catalog.documents.shapes.common import badges_of, contact_point, link, metrics_of, schema_of
from catalog.documents.shapes.resource import resource
from catalog.models import Dataset, License, Resource
from catalog.models.vocabulary import AccessType

V2_RESOURCES_PAGE = 50

DATASET_METRICS = [
    "discussions", "discussions_open", "reuses", "reuses_by_months", "dataservices", "followers",
    "followers_by_months", "views", "resources_downloads",
]  # fmt: skip


def spatial_of(dataset: Dataset) -> dict[str, Any] | None:
    zones = [zone.pk for zone in dataset.spatial_zones.all()]
    if not (zones or dataset.spatial_geom or dataset.spatial_granularity):
        return None
    return {"geom": dataset.spatial_geom, "zones": zones, "granularity": dataset.spatial_granularity or "other"}


def temporal_of(dataset: Dataset) -> dict[str, Any] | None:
    if not dataset.temporal_start:
        return None
    return {"start": dataset.temporal_start, "end": dataset.temporal_end}


def quality_hole(dataset: Dataset) -> Hole:
    due = int(dataset.update_due_at.timestamp()) if dataset.update_due_at else ""
    return Hole(f"q{dataset.quality_flags}:{due}")


def links_of(dataset: Dataset, resources_count: int, community_count: int) -> dict[str, Any]:
    """The two lists as v2 gives them: addresses and counts."""
    page = f"page=1&page_size={V2_RESOURCES_PAGE}"
    community = f"/api/1/datasets/community_resources/?dataset={dataset.pk}&{page}"
    return {
        "resources": link(f"/api/2/datasets/{dataset.pk}/resources/?{page}", resources_count),
        "community_resources": link(community, community_count),
    }


def dataset(item: Dataset) -> dict[str, Any]:
    """The shape that both versions share, with room for the two lists that they give each in its way.

    Needs badges, tags, zones and contact points prefetched.
    """
    return {
        "id": item.pk,
        "title": item.title,
        "acronym": item.acronym or None,
        "slug": item.slug,
        "description": item.description,
        "description_short": item.description_short or None,
        "created_at": item.created_at,
        "last_modified": item.last_modified,
        "deleted": item.deleted,
        "private": item.private,
        "tags": sorted(tag.name for tag in item.tags.all()),
        "badges": badges_of(item),
        "resources": None,
        "community_resources": None,
        "frequency": item.frequency,
        "frequency_date": item.frequency_date,
        "extras": item.extras,
        "metrics": metrics_of(item, DATASET_METRICS),
        "organization": organization_hole(item.organization_id),
        "owner": user_hole(item.owner_id),
        "temporal_coverage": temporal_of(item),
        "spatial": spatial_of(item),
        "license": item.license_id or (License.NOT_SPECIFIED if item.access_type == AccessType.OPEN else None),
        "access_type": item.access_type,
        "access_audiences": item.access_audiences,
        "access_type_reason_category": item.access_type_reason_category or None,
        "access_type_reason": item.access_type_reason or None,
        "authorization_request_url": item.authorization_request_url or None,
        "uri": Local(f"/api/1/datasets/{item.slug}/"),
        "page": Local(f"/datasets/{item.slug}/"),
        "last_update": item.last_update,
        "archived": item.archived,
        "quality": quality_hole(item),
        "harvest": item.harvest,
        "internal": {
            "created_at_internal": item.created_at_internal,
            "last_modified_internal": item.last_modified_internal,
        },
        "contact_points": [contact_point(contact) for contact in item.contact_points.all()],
        "featured": item.featured,
        "permissions": permissions_hole("d", item.pk, item.owner_id, item.organization_id),
    }


def dataset_v1(shape: dict[str, Any], item: Dataset, resources: list[Resource]) -> dict[str, Any]:
    """v1 carries every resource; the community resources, shown on demand only, are read when asked."""
    shape = {**shape, "resources": [resource(one) for one in resources], "schema": schema_of(item)}
    del shape["community_resources"]
    return shape


def dataset_v2(shape: dict[str, Any], item: Dataset, resources_count: int, community_count: int) -> dict[str, Any]:
    return {**shape, **links_of(item, resources_count, community_count)}
