"""Discussions and their messages."""

import uuid
from typing import Any

from django.apps import apps

from catalog.models import Dataset, Discussion, Message
from catalog.models.discussion import MAX_CONTENT, SUBJECTS
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
from catalog.services.udata_import.values import Refused, mapping, moment, shown, text
from catalog.services.udata_import.writing import write

COLUMNS = (
    Column("title", text(255), required=True),
    Column("created", moment),
    Column("closed", moment),
    Column("extras", mapping),
)
MESSAGE_COLUMNS = (
    Column("content", text(MAX_CONTENT), required=True),
    Column("posted_on", moment),
    Column("last_modified_at", moment),
)
# Messages of older files have no id: theirs is made of the discussion's and of their rank, so that it never changes.
MESSAGES = uuid.UUID("5b4be3a5-7d5e-4c5c-9f0e-7a3c3d2f1e60")


def upsert_discussion(json: Any, notes: Notes | None = None, *, dataset: Dataset | None = None) -> Discussion:
    """Write a discussion with its messages; `dataset` is its subject where the record names none. Raises Refused."""
    json, notes = as_object(json), [] if notes is None else notes
    pk = object_id(json)
    values = read_columns(Discussion, COLUMNS, json, notes) | _subject(json, dataset)
    people = {
        "user": user_at(json, "user", notes),
        "organization": organization_at(json, "organization", notes),
        "closed_by": user_at(json, "closed_by", notes),
        "closed_by_organization": organization_at(json, "closed_by_organization", notes),
    }
    values |= {f"{name}_id": person and person.pk for name, person in people.items() if name in json}
    discussion = write(Discussion, pk, values)
    for rank, entry in enumerate(as_list(json, "discussion", notes)):
        try:
            _upsert_message(discussion, entry, rank, notes)
        except Refused as refusal:
            notes.append(f"discussion.{rank}: {refusal}")
    return discussion


def _subject(json: Json, dataset: Dataset | None) -> dict[str, Any]:
    """Return the column of the subject's kind, the others empty. Raises Refused where there is no such object."""
    subject = json.get("subject")
    empty = {f"{name}_id": None for name in SUBJECTS.values()}
    if not isinstance(subject, dict):
        if dataset is None:
            raise Refused("subject: missing")
        return {**empty, "dataset_id": dataset.pk}
    kind = subject.get("class")
    column = SUBJECTS.get(kind) if isinstance(kind, str) else None
    if column is None:
        raise Refused(f"subject: no kind {shown(kind)}")
    pk = reference_id(subject)
    if not apps.get_model("catalog", kind).objects.filter(pk=pk).exists():
        raise Refused(f"subject: no {column} {shown(subject.get('id'))}")
    return {**empty, f"{column}_id": pk}


def _upsert_message(discussion: Discussion, entry: Any, rank: int, notes: Notes) -> Message:
    json = as_object(entry)
    pk = _message_id(discussion, json, rank)
    if Message.objects.filter(pk=pk).exclude(discussion=discussion).exists():
        raise Refused("id: a message of another discussion has it")
    values = read_columns(Message, MESSAGE_COLUMNS, json, notes)
    author = user_at(json, "posted_by", notes)
    organization = organization_at(json, "posted_by_organization", notes)
    values |= {"posted_by_id": author and author.pk, "posted_by_organization_id": organization and organization.pk}
    return write(Message, pk, values, new={"discussion": discussion, "posted_on": discussion.created})


def _message_id(discussion: Discussion, json: Json, rank: int) -> uuid.UUID:
    try:
        return uuid.UUID(json.get("id"))
    except (ValueError, TypeError, AttributeError):
        return uuid.uuid5(MESSAGES, f"{discussion.pk}/{rank}")
