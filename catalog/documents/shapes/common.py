"""Pieces that the shapes of several objects share. Keys stand in v2's order (v1 sorts them)."""

from typing import Any, Protocol

from catalog.documents.marks import Local, organization_hole, user_hole
from catalog.models import ContactPoint, Dataset
from portal.lib.pictures import AVATAR, LOGO, thumbnail_address
from portal.models import User


def metrics_of(instance: Any, names: list[str]) -> dict[str, Any]:
    """Return the counters of `names`; those by month are 0 until they are first computed (udata's form)."""
    months = instance.metric_months
    return {
        name: months.get(name) or 0 if name.endswith("_by_months") else getattr(instance, f"metric_{name}")
        for name in names
    }


def media_address(address: str) -> str | None:
    """Return the address of an image or hosted file, marked as this portal's own where it is."""
    return Local(address) if address.startswith("/") else address or None


def badges_of(instance: Any) -> list[dict[str, str]]:
    return [{"kind": badge.kind} for badge in instance.badges.all()]


class Organizational(Protocol):
    """An organization, or a row with what its short form shows."""

    pk: str
    name: str
    acronym: str
    slug: str
    logo_address: str


def organization_reference(
    organization: Organizational, badges: list[str], permissions: dict[str, bool]
) -> dict[str, Any]:
    logo = media_address(organization.logo_address)
    return {
        "badges": [{"kind": kind} for kind in badges],
        "name": organization.name,
        "acronym": organization.acronym or None,
        "slug": organization.slug,
        "logo": logo,
        "logo_thumbnail": media_address(thumbnail_address(organization.logo_address, LOGO.thumbnails[0])),
        "page": Local(f"/organizations/{organization.slug}/"),
        "permissions": permissions,
        "uri": Local(f"/api/1/organizations/{organization.slug}/"),
        "id": organization.pk,
        "class": "Organization",
    }


def user_reference(user: User) -> dict[str, Any]:
    avatar = media_address(user.avatar_address)
    return {
        "slug": user.slug,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "avatar": avatar,
        "avatar_thumbnail": media_address(thumbnail_address(user.avatar_address, AVATAR.thumbnails[0])),
        "page": Local(f"/users/{user.slug}/"),
        "uri": Local(f"/api/1/users/{user.slug}/"),
        "id": user.pk,
        "class": "User",
    }


def schema_of(instance: Any) -> dict[str, Any] | None:
    schema = {
        "name": instance.schema_name or None,
        "url": instance.schema_url or None,
        "version": instance.schema_version or None,
    }
    return schema if any(schema.values()) else None


def contact_point(contact: ContactPoint) -> dict[str, Any]:
    return {
        "id": contact.pk,
        "name": contact.name,
        "email": contact.email or None,
        "contact_form": contact.contact_form or None,
        "role": contact.role,
        "organization": organization_hole(contact.organization_id),
        "owner": user_hole(contact.owner_id),
    }


def dataset_reference(dataset: Dataset) -> dict[str, Any]:
    return {
        "title": dataset.title,
        "acronym": dataset.acronym or None,
        "page": Local(f"/datasets/{dataset.slug}/"),
        "uri": Local(f"/api/1/datasets/{dataset.slug}/"),
        "id": dataset.pk,
        "class": "Dataset",
    }


def link(path: str, total: int) -> dict[str, Any]:
    """The shape of a long list's place: where it is read, and how long it is."""
    return {"rel": "subsection", "href": Local(path), "type": "GET", "total": total}
