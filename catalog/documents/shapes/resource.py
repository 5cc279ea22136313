"""The shapes of resources and community resources."""

from typing import Any

from django.conf import settings

from catalog.documents.marks import Local, organization_hole, permissions_hole, user_hole
from catalog.documents.shapes.common import dataset_reference, media_address, schema_of
from catalog.models import CommunityResource
from catalog.models.resource import FileModel


def preview_address(resource: FileModel) -> str | None:
    """Return the page that explores a tabular resource, once the analyser has loaded it."""
    if settings.TABULAR_EXPLORE_URL and resource.extras.get("analysis:parsing:parsing_table"):
        return f"{settings.TABULAR_EXPLORE_URL}/resources/{resource.pk}"
    return None


def resource(item: FileModel) -> dict[str, Any]:
    """The shape of a resource, also the beginning of a community resource's."""
    has_checksum = bool(item.checksum_type)
    return {
        "id": str(item.pk),
        "title": item.title,
        "description": item.description or None,
        "filetype": item.filetype,
        "type": item.type,
        "format": item.format or None,
        "url": media_address(item.file.url) if item.file else item.url,
        "latest": Local(f"/api/1/datasets/r/{item.pk}"),
        "checksum": {"type": item.checksum_type, "value": item.checksum_value} if has_checksum else None,
        "filesize": item.filesize,
        "mime": item.mime or None,
        "created_at": item.created_at,
        "last_modified": item.last_modified,
        "metrics": {} if item.metric_views is None else {"views": item.metric_views},
        "harvest": item.harvest,
        "extras": item.extras,
        "preview_url": preview_address(item),
        "schema": schema_of(item),
        "internal": {
            "created_at_internal": item.created_at_internal,
            "last_modified_internal": item.last_modified_internal,
        },
    }


def community_resource(item: CommunityResource) -> dict[str, Any]:
    return {
        **resource(item),
        "dataset": dataset_reference(item.dataset) if item.dataset else None,
        "owner": user_hole(item.owner_id),
        "organization": organization_hole(item.organization_id),
        "permissions": permissions_hole("c", str(item.pk), item.owner_id, item.organization_id),
    }
