"""Organizations, in full (with a description) or as references."""

from typing import Any

from django.core.exceptions import ValidationError

from catalog.models import GeoZone, Member, Organization, OrganizationBadge
from catalog.models.business_number import validate_business_number
from catalog.models.vocabulary import MemberRole, OrganizationBadgeKind
from catalog.services.udata_import.badges import set_badges
from catalog.services.udata_import.columns import (
    Column,
    Json,
    Notes,
    as_list,
    as_object,
    object_id,
    read_columns,
    read_metrics,
    reference_id,
)
from catalog.services.udata_import.users import user_at
from catalog.services.udata_import.values import (
    Refused,
    Unusable,
    choice,
    image_url,
    mapping,
    moment,
    sequence,
    shown,
    text,
    url,
)
from catalog.services.udata_import.writing import ensure, settle_slug, write


def business_number(value: Any) -> str:
    """Read a SIRET; spaces between the digits are left out."""
    number = text()(value).replace(" ", "")
    try:
        if number:
            validate_business_number(number)
    except ValidationError as error:
        raise Unusable(f"{shown(number)} is not a SIRET") from error
    return number


COLUMNS = (
    Column("name", text(350), required=True),
    Column("acronym", text(128)),
    Column("description", text()),
    Column("url", url()),
    Column("logo_url", image_url(), ("logo",)),
    Column("business_number_id", business_number),
    Column("extras", mapping),
    Column("presentation_blocs", sequence),
    Column("presentation_blocs_published_at", moment),
    Column("created_at", moment),
    Column("last_modified", moment),
    Column("deleted", moment),
)


def upsert_organization(json: Any, notes: Notes | None = None) -> Organization:
    """Write an organization. A reference (no description) makes one, but never alters one that exists.

    Raises Refused.
    """
    json, notes = as_object(json), [] if notes is None else notes
    pk = object_id(json)
    if not isinstance(json.get("description"), str):
        known = Organization.objects.filter(pk=pk).first()
        if known:
            return known
    values = read_columns(Organization, COLUMNS, json, notes) | read_metrics(json, Organization, notes)
    values["slug"] = settle_slug(Organization, json, pk=pk, title=values["name"], notes=notes)
    if "zone" in json:
        values["zone_id"] = _zone(json["zone"], notes)
    organization = write(Organization, pk, values)
    set_badges(OrganizationBadge, "organization", organization, OrganizationBadgeKind, json, notes)
    if "members" in json:
        _set_members(organization, as_list(json, "members", notes), notes)
    return organization


def organization_at(json: Json, key: str, notes: Notes) -> Organization | None:
    """Return the organization under `key`, made from its reference where unknown, or None; a failure is noted."""
    reference = json.get(key)
    if reference is None:
        return None
    if isinstance(reference, dict):
        try:
            return upsert_organization(reference, notes)
        except Refused as refusal:
            notes.append(f"{key}: {refusal}")
            return None
    organization = Organization.objects.filter(pk=reference_id(reference)).first()
    if organization is None:
        notes.append(f"{key}: no organization {shown(reference)}")
    return organization


def _zone(value: Any, notes: Notes) -> str | None:
    if value is None:
        return None
    found = value.get("id") if isinstance(value, dict) else value
    zone = GeoZone.objects.filter(pk=GeoZone.canonical_id(found)).first() if isinstance(found, str) else None
    if zone is None:
        notes.append(f"zone: no territory {shown(found)}")
    return zone.pk if zone else None


def _set_members(organization: Organization, entries: list[Any], notes: Notes) -> None:
    """Make the members those of the list, with their roles."""
    kept = []
    for entry in entries:
        user = user_at(entry, "user", notes) if isinstance(entry, dict) else None
        if user is None:
            notes.append(f"members: {shown(entry)} names nobody")
            continue
        values = read_columns(Member, (Column("role", choice(MemberRole)), Column("since", moment)), entry, notes)
        ensure(Member, {"organization": organization, "user": user}, values)
        kept.append(user.pk)
    organization.members.exclude(user__in=kept).delete()
