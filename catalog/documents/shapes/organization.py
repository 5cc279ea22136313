"""The shapes of organizations and of their members."""

from typing import Any

from catalog.documents.marks import Hole, Local
from catalog.documents.shapes.common import badges_of, media_address, metrics_of, user_reference
from catalog.models import Member, Organization
from portal.lib.pictures import LOGO, thumbnail_address

METRICS = [
    "datasets", "datasets_by_months", "datasets_followers_by_months", "datasets_reuses_by_months", "dataservices",
    "dataservices_by_months", "followers", "members", "reuses", "reuses_by_months", "reuses_followers_by_months",
    "views",
]  # fmt: skip


def masked_email(email: str | None) -> str | None:
    """Return what a stranger may see of an address: its domain."""
    return f"***@{email.rpartition('@')[2]}" if email else None


def member(item: Member, *, trusted: bool) -> dict[str, Any]:
    """The shape of a member; only administrators (`trusted`) read the address and the last sign-in."""
    return {
        "user": {
            **user_reference(item.user),
            "email": item.user.email if trusted else masked_email(item.user.email),
            "last_login_at": item.user.last_login if trusted else None,
        },
        "role": item.role,
        "label": str(item.get_role_display()),
        "since": item.since,
    }


def organization(item: Organization, *, trusted: bool = False) -> dict[str, Any]:
    """The shape of an organization. Needs badges and members with their users prefetched."""
    logo = media_address(item.logo_address)
    return {
        "id": item.pk,
        "created_at": item.created_at,
        "last_modified": item.last_modified,
        "badges": badges_of(item),
        "metrics": metrics_of(item, METRICS),
        "name": item.name,
        "acronym": item.acronym or None,
        "slug": item.slug,
        "description": item.description,
        "url": item.url or None,
        "image_url": item.logo_url or None,
        "logo": logo,
        "logo_thumbnail": media_address(thumbnail_address(item.logo_address, LOGO.thumbnails[0])),
        "business_number_id": item.business_number_id or None,
        "members": [member(one, trusted=trusted) for one in item.members.all()],
        "teams": [],
        "ext": {},
        "zone": item.zone_id,
        "extras": item.extras,
        "deleted": item.deleted,
        "presentation_blocs_published_at": item.presentation_blocs_published_at,
        "page": Local(item.get_absolute_url()),
        "permissions": Hole(f"g{item.pk}"),
        "uri": Local(f"/api/1/organizations/{item.slug}/"),
    }


def suggestion(item: Organization) -> dict[str, Any]:
    return {
        "id": item.pk,
        "name": item.name,
        "acronym": item.acronym or None,
        "slug": item.slug,
        "image_url": media_address(item.logo_address),
        "page": Local(item.get_absolute_url()),
    }
