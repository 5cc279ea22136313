"""People: udata's JSON shows them as references (id, names, slug, avatar), never with what signs them in."""

from typing import Any

from catalog.services.udata_import.columns import (
    Column,
    Json,
    Notes,
    as_object,
    object_id,
    read_columns,
    reference_id,
)
from catalog.services.udata_import.values import Refused, image_url, moment, shown, text, url
from catalog.services.udata_import.writing import settle_slug
from portal.models import User

COLUMNS = (
    Column("first_name", text(255)),
    Column("last_name", text(255)),
    Column("avatar_url", image_url(), ("avatar",)),
    Column("website", url()),
    Column("about", text()),
    Column("created_at", moment, ("since",)),
)


def upsert_user(json: Any, notes: Notes) -> User:
    """Return the account of this id, made without e-mail and password if it is unknown.

    A known account is left as it is: a file must not change who somebody is. Raises Refused.
    """
    json = as_object(json)
    pk = object_id(json)
    user = User.objects.filter(pk=pk).first()
    if user:
        return user
    user = User(pk=pk, **read_columns(User, COLUMNS, json, notes))
    user.slug = settle_slug(User, json, pk=pk, title=user.full_name or "user", notes=notes)
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def user_at(json: Json, key: str, notes: Notes) -> User | None:
    """Return the person under `key`, or None; what cannot be resolved is noted."""
    reference = json.get(key)
    if reference is None:
        return None
    if isinstance(reference, dict):
        try:
            return upsert_user(reference, notes)
        except Refused as refusal:
            notes.append(f"{key}: {refusal}")
            return None
    user = User.objects.filter(pk=reference_id(reference)).first()
    if user is None:
        notes.append(f"{key}: no user {shown(reference)}")
    return user
