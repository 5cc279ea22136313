"""Who an object belongs to, its contact points, and the terms of access: what the catalogue's objects share."""

from typing import Any

from django.db import models

from catalog.models import ContactPoint, License
from catalog.models.dataset import AccessModel
from catalog.models.vocabulary import AccessReason, AccessType, ContactRole
from catalog.services.udata_import.columns import (
    Column,
    Json,
    Notes,
    as_list,
    as_object,
    object_id,
    read_columns,
    reference_id,
)
from catalog.services.udata_import.organizations import organization_at
from catalog.services.udata_import.users import user_at
from catalog.services.udata_import.values import Refused, choice, email, sequence, shown, text, url
from catalog.services.udata_import.writing import set_related, write

ACCESS_COLUMNS = (
    Column("access_type", choice(AccessType)),
    Column("access_audiences", sequence),
    Column("access_type_reason_category", choice(AccessReason)),
    Column("access_type_reason", text()),
    Column("authorization_request_url", url()),
)
CONTACT_COLUMNS = (
    Column("name", text(255), required=True),
    Column("email", email),
    Column("contact_form", url()),
    Column("role", choice(ContactRole)),
)


def read_owner(json: Json, notes: Notes) -> dict[str, Any]:
    """Return the owner columns: a user, or an organization, which wins where a record names both."""
    if "owner" not in json and "organization" not in json:
        return {}
    organization, owner = organization_at(json, "organization", notes), user_at(json, "owner", notes)
    if organization and owner:
        notes.append("owner: left out, since an organization owns it too")
        owner = None
    return {"organization_id": organization and organization.pk, "owner_id": owner and owner.pk}


def read_access(json: Json, model: type[AccessModel], notes: Notes) -> dict[str, Any]:
    """Return the columns of access and licence; only what is open has a licence (udata's rule)."""
    values = read_columns(model, ACCESS_COLUMNS, json, notes)
    if "license" in json:
        values["license_id"] = find_license(json["license"], notes)
    if values.get("access_type", AccessType.OPEN) != AccessType.OPEN:
        values["license_id"] = None
    return values


def find_license(value: Any, notes: Notes) -> str | None:
    """Return the id of the licence of that id, title or other title (of an object, its id then its title)."""
    words = [value.get("id"), value.get("title")] if isinstance(value, dict) else [value]
    wanted = [word.strip().casefold() for word in words if isinstance(word, str) and word.strip()]
    if not wanted:
        if value is not None:
            notes.append(f"license: {shown(value)} names none")
        return None
    for word in wanted:
        for license in License.objects.all():
            if word in {name.casefold() for name in (license.pk, license.title, *license.alternate_titles)}:
                return license.pk
    notes.append(f"license: no licence {shown(words[0] or words[-1])}")
    return None


def set_contact_points(row: models.Model, json: Json, notes: Notes) -> None:
    """Make the contact points of `row` those of the record."""
    if "contact_points" not in json:
        return
    found = [_contact_point(entry, row, notes) for entry in as_list(json, "contact_points", notes)]
    set_related(row, "contact_points", [contact for contact in found if contact])


def _contact_point(entry: Any, row: models.Model, notes: Notes) -> ContactPoint | None:
    """Return the contact point of the entry; one that says nothing of its owner belongs to the owner of `row`."""
    if not isinstance(entry, dict):
        known = ContactPoint.objects.filter(pk=reference_id(entry)).first()
        if known is None:
            notes.append(f"contact_points: no contact {shown(entry)}")
        return known
    inherited = {"owner_id": row.owner_id, "organization_id": row.organization_id}
    try:
        return upsert_contact_point(entry, notes, new=inherited)
    except Refused as refusal:
        notes.append(f"contact_points: {refusal}")
        return None


def upsert_contact_point(json: Any, notes: Notes, *, new: dict[str, Any] | None = None) -> ContactPoint:
    """Write a contact point; `new` are the columns of a new one that the record says nothing of. Raises Refused."""
    json = as_object(json)
    pk = object_id(json)
    values = read_columns(ContactPoint, CONTACT_COLUMNS, json, notes)
    owner = read_owner(json, notes)
    if any(owner.values()):
        values |= owner
    reachable = values.get("email") or values.get("contact_form")
    if values.get("role", ContactRole.CONTACT) == ContactRole.CONTACT and not reachable:
        raise Refused("a contact needs an e-mail address or a contact form")
    return write(ContactPoint, pk, values, new=new)
