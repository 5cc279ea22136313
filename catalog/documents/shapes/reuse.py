"""The shapes of reuses, in v1 and in v2."""

from typing import Any

from catalog.documents.marks import Document, Local, organization_hole, permissions_hole, user_hole
from catalog.documents.shapes.common import link, media_address, metrics_of
from catalog.documents.shapes.dataservice import reference as dataservice_reference
from catalog.models import Reuse
from portal.lib.pictures import REUSE, thumbnail_address

METRICS = ["discussions", "discussions_open", "datasets", "followers", "followers_by_months", "views"]


def reuse(item: Reuse, datasets: Any, dataservices: Any) -> dict[str, Any]:
    """The shape that both versions share, given the two lists in the version's form. Needs tags prefetched."""
    image = media_address(item.image_address)
    return {
        "id": item.pk,
        "owner": user_hole(item.owner_id),
        "organization": organization_hole(item.organization_id),
        "badges": [],
        "metrics": metrics_of(item, METRICS),
        "created_at": item.created_at,
        "last_modified": item.last_modified,
        "title": item.title,
        "slug": item.slug,
        "description": item.description,
        "type": item.type,
        "url": item.url,
        "image": image,
        "image_thumbnail": media_address(thumbnail_address(item.image_address, REUSE.thumbnails[0])),
        "datasets": datasets,
        "dataservices": dataservices,
        "tags": sorted(tag.name for tag in item.tags.all()),
        "topic": item.topic,
        "private": item.private,
        "extras": item.extras,
        "featured": item.featured,
        "deleted": item.deleted,
        "archived": item.archived,
        "page": Local(item.get_absolute_url()),
        "permissions": permissions_hole("r", item.pk, item.owner_id, item.organization_id),
        "uri": Local(f"/api/1/reuses/{item.slug}/"),
    }


def reuse_v1(item: Reuse, documents: dict[str, bytes]) -> dict[str, Any]:
    """v1 nests whole datasets: `documents` are those that the caller may read, by id. Needs both lists prefetched."""
    datasets = [Document(documents[one.pk]) for one in item.datasets.all() if one.pk in documents]
    return reuse(item, datasets, [dataservice_reference(one) for one in item.dataservices.all()])


def reuse_v2(item: Reuse, datasets_count: int, dataservices_count: int) -> dict[str, Any]:
    page = "page=1&page_size=50"
    return reuse(
        item,
        link(f"/api/2/datasets/?reuse={item.pk}&{page}", datasets_count),
        link(f"/api/1/dataservices/?reuse={item.pk}&{page}", dataservices_count),
    )


def suggestion(item: Reuse) -> dict[str, Any]:
    return {
        "id": item.pk,
        "title": item.title,
        "slug": item.slug,
        "image_url": media_address(item.image_address),
        "page": Local(item.get_absolute_url()),
    }
