"""The shape of posts."""

from typing import Any

from catalog.documents.marks import Document, Local, user_hole
from catalog.documents.shapes.common import media_address
from catalog.models import Post, Reuse
from portal.lib.pictures import POST, REUSE, thumbnail_address


def reuse_reference(item: Reuse) -> dict[str, Any]:
    image = media_address(item.image_address)
    return {
        "title": item.title,
        "image": image,
        "image_thumbnail": media_address(thumbnail_address(item.image_address, REUSE.thumbnails[0])),
        "page": Local(item.get_absolute_url()),
        "uri": Local(f"/api/1/reuses/{item.slug}/"),
        "id": item.pk,
        "class": "Reuse",
    }


def post(item: Post, documents: dict[str, bytes], reuses: set[str]) -> dict[str, Any]:
    """The shape of a post: `documents` and `reuses` are what the caller may read. Needs tags and both lists."""
    image = media_address(item.image_address)
    return {
        "id": item.pk,
        "name": item.name,
        "slug": item.slug,
        "headline": item.headline or None,
        "content": item.content,
        "blocs": item.blocs,
        "image": image,
        "image_thumbnail": media_address(thumbnail_address(item.image_address, POST.thumbnails[0])),
        "image_url": item.image_url or None,
        "credit_to": item.credit_to or None,
        "credit_url": item.credit_url or None,
        "tags": sorted(tag.name for tag in item.tags.all()),
        "datasets": [Document(documents[one.pk]) for one in item.datasets.all() if one.pk in documents],
        "reuses": [reuse_reference(one) for one in item.reuses.all() if one.pk in reuses],
        "owner": user_hole(item.owner_id),
        "published": item.published,
        "body_type": item.body_type,
        "kind": item.kind,
        "created_at": item.created_at,
        "last_modified": item.last_modified,
        "uri": Local(f"/api/1/posts/{item.slug}/"),
        "page": Local(item.get_absolute_url()),
    }
