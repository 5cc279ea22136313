"""The shape of accounts."""

from typing import Any

from catalog.documents.marks import Local, organization_hole
from catalog.documents.shapes.common import media_address
from catalog.documents.shapes.organization import masked_email
from portal.lib.pictures import AVATAR, thumbnail_address
from portal.models import User

METRICS = ["datasets", "reuses", "dataservices", "following", "followers"]


def user(item: User, *, trusted: bool = False) -> dict[str, Any]:
    """The shape of an account; she and system administrators (`trusted`) read all of it. Needs memberships."""
    avatar = media_address(item.avatar_address)
    return {
        "id": item.pk,
        "slug": item.slug,
        "first_name": item.first_name,
        "last_name": item.last_name,
        "email": item.email if trusted else None,
        "avatar": avatar,
        "avatar_thumbnail": media_address(thumbnail_address(item.avatar_address, AVATAR.thumbnails[0])),
        "website": item.website or None,
        "about": item.about or None,
        "roles": ["admin"] if item.is_superuser else [],
        "active": item.is_active,
        "organizations": [organization_hole(one.organization_id) for one in item.memberships.all()],
        "since": item.created_at,
        "last_login_at": item.last_login if trusted else None,
        "password_rotation_demanded": item.password_rotation_demanded if trusted else None,
        "password_rotation_performed": item.password_rotation_performed if trusted else None,
        "page": Local(item.get_absolute_url()),
        "uri": Local(f"/api/1/users/{item.slug}/"),
        "metrics": {name: getattr(item, f"metric_{name}") for name in METRICS},
    }


def suggestion(item: User, *, trusted: bool) -> dict[str, Any]:
    return {
        "id": item.pk,
        "first_name": item.first_name,
        "last_name": item.last_name,
        "avatar_url": media_address(item.avatar_address),
        "email": item.email if trusted else masked_email(item.email),
        "slug": item.slug,
    }
