"""The shapes of dataservices."""

from typing import Any

from catalog.documents.marks import Local, organization_hole, permissions_hole, user_hole
from catalog.documents.shapes.common import badges_of, contact_point, link, metrics_of
from catalog.models import Dataservice

METRICS = ["discussions", "discussions_open", "followers", "followers_by_months", "reuses", "views"]

# udata always gives this object, its values null where nothing was harvested.
HARVEST = [
    "backend", "domain", "source_id", "source_url", "remote_id", "remote_url", "uri", "created_at", "last_update",
    "archived_at", "archived_reason", "issued_at", "modified_at",
]  # fmt: skip


def reference(item: Dataservice) -> dict[str, Any]:
    return {
        "title": item.title,
        "self_api_url": Local(f"/api/1/dataservices/{item.slug}/"),
        "self_web_url": Local(item.get_absolute_url()),
        "id": item.pk,
        "class": "Dataservice",
    }


def dataservice(item: Dataservice, datasets_count: int) -> dict[str, Any]:
    """The shape of a dataservice. Needs badges, tags and contact points prefetched."""
    origin = item.harvest or {}
    return {
        "id": item.pk,
        "owner": user_hole(item.owner_id),
        "organization": organization_hole(item.organization_id),
        "badges": badges_of(item),
        "access_type": item.access_type,
        "access_audiences": item.access_audiences,
        "authorization_request_url": item.authorization_request_url or None,
        "access_type_reason_category": item.access_type_reason_category or None,
        "access_type_reason": item.access_type_reason or None,
        "metrics": metrics_of(item, METRICS),
        "title": item.title,
        "acronym": item.acronym or None,
        "slug": item.slug,
        "description": item.description,
        "base_api_url": item.base_api_url or None,
        "machine_documentation_url": item.machine_documentation_url or None,
        "technical_documentation_url": item.technical_documentation_url or None,
        "business_documentation_url": item.business_documentation_url or None,
        "rate_limiting": item.rate_limiting or None,
        "rate_limiting_url": item.rate_limiting_url or None,
        "availability": item.availability,
        "availability_url": item.availability_url or None,
        "format": item.format or None,
        "license": item.license_id,
        "tags": sorted(tag.name for tag in item.tags.all()),
        "private": item.private,
        "extras": item.extras,
        "featured": item.featured,
        "contact_points": [contact_point(one) for one in item.contact_points.all()],
        "created_at": item.created_at,
        "metadata_modified_at": item.metadata_modified_at,
        "deleted_at": item.deleted_at,
        "archived_at": item.archived_at,
        "datasets": link(f"/api/1/datasets/?dataservice={item.pk}", datasets_count),
        "harvest": {name: origin.get(name) for name in HARVEST},
        "self_api_url": Local(f"/api/1/dataservices/{item.slug}/"),
        "self_web_url": Local(item.get_absolute_url()),
        "permissions": permissions_hole("s", item.pk, item.owner_id, item.organization_id),
    }
