"""The shapes of transfers, reports, activities and notifications."""

from collections.abc import Callable
from typing import Any, NamedTuple

from catalog.documents.marks import Local, organization_hole, user_hole
from catalog.documents.shapes.common import dataset_reference
from catalog.documents.shapes.dataservice import reference as dataservice_reference
from catalog.documents.shapes.discussion import discussion
from catalog.documents.shapes.post import reuse_reference
from catalog.models import Activity, Dataservice, Dataset, Discussion, Notification, Report, Reuse, Transfer
from catalog.permissions import Actor

Subjects = dict[tuple[str, str], Any]  # see catalog.models.subject.load_subjects


def owner_hole(organization_id: str | None, user_id: str | None) -> Any:
    return organization_hole(organization_id) or user_hole(user_id)


def subject_reference(subject: Any, name: str, pk: str) -> dict[str, Any]:
    """The short form of an object: with its title where its kind has one in the API."""
    if isinstance(subject, Dataset):
        return dataset_reference(subject)
    if isinstance(subject, Reuse):
        return reuse_reference(subject)
    if isinstance(subject, Dataservice):
        return dataservice_reference(subject)
    return {"class": name, "id": pk}


def transfer(item: Transfer, subjects: Subjects) -> dict[str, Any]:
    """The shape of a transfer; `reponse_comment` is udata's own spelling."""
    subject = subjects.get((item.subject_class, item.subject_id))
    return {
        "id": item.pk,
        "user": user_hole(item.user_id),
        "owner": owner_hole(item.owner_organization_id, item.owner_user_id),
        "recipient": owner_hole(item.recipient_organization_id, item.recipient_user_id),
        "subject": subject_reference(subject, item.subject_class, item.subject_id),
        "comment": item.comment,
        "created": item.created,
        "status": item.status,
        "responded": item.responded,
        "reponse_comment": item.response_comment or None,
    }


def report(item: Report) -> dict[str, Any]:
    return {
        "id": item.pk,
        "by": user_hole(item.by_id),
        "subject": {"class": item.subject_class, "id": item.subject_id},
        "subject_embed_id": str(item.subject_embed_id) if item.subject_embed_id else None,
        "subject_label": item.subject_label or None,
        "subject_deleted_at": item.subject_deleted_at,
        "subject_deleted_by": user_hole(item.subject_deleted_by_id),
        "reason": item.reason,
        "message": item.message or None,
        "reported_at": item.reported_at,
        "dismissed_at": item.dismissed_at,
        "dismissed_by": user_hole(item.dismissed_by_id),
        "callbacks_count": len(item.callbacks),
        "self_api_url": Local(f"/api/1/reports/{item.pk}/"),
    }


ICONS = {"created": "fa fa-plus", "updated": "fa fa-pencil", "deleted": "fa fa-remove", "discussed": "fa fa-comments",
         "followed": "fa fa-eye", "added": "fa fa-plus"}  # fmt: skip


def activity(item: Activity, subject: Any) -> dict[str, Any]:
    """The shape of an event on `subject`, which the reader may read."""
    return {
        "actor": user_hole(item.actor_id),
        "organization": organization_hole(item.organization_id),
        "related_to": str(subject),
        "related_to_id": item.subject_id,
        "related_to_kind": item.subject_class,
        "related_to_url": Local(subject.get_absolute_url()),
        "created_at": item.created_at,
        "label": str(item.get_key_display()),
        "key": item.key,
        "icon": ICONS[item.key.rpartition(":")[2]],
        "changes": item.changes,
        "extras": item.extras,
    }


class Related(NamedTuple):
    """What notifications are about, by id, and their reader."""

    transfers: dict[str, Transfer]
    discussions: dict[str, Discussion]
    actor: Actor
    made: Subjects  # reuses, dataservices and datasets that she may read
    sources: dict[str, Any]  # the shapes of harvest sources


# Shapes of what the catalogue does not know, by ids and reader: harvesting registers that of its sources.
type_of_loader = Callable[[list[str], Any, Actor], dict[str, Any]]
LOADERS: dict[str, type_of_loader] = {}


def notification(item: Notification, related: Related) -> dict[str, Any]:
    """The shape of a notification.

    `details` hold, by kind: MembershipRequest, MembershipAccepted, MembershipRefused `organization`, `user`, `kind`;
    NewBadge `organization`, `kind`; TransferRequest `transfer`; Discussion `discussion`, `status`, `user`; ReuseCreated
    and DataserviceCreated `subject`, `dataset`; ValidateHarvester `source`, `status`;
    Review `subject`, `status`; BrokenLinks `dataset` (the first one), `number` (of files).
    """
    return {
        "id": str(item.pk),
        "created_at": item.created_at,
        "last_modified": item.last_modified,
        "handled_at": item.handled_at,
        "user": user_hole(item.user_id),
        "details": {"class": f"{item.kind}NotificationDetails", **DETAILS[item.kind](item, related)},
    }


def _transfer_details(item: Notification, related: Related) -> dict[str, Any]:
    found = related.transfers.get(item.details.get("transfer", ""))
    if found is None:
        return {"transfer_owner": None, "transfer_recipient": None, "transfer_subject": None}
    return {
        "transfer_owner": owner_hole(found.owner_organization_id, found.owner_user_id),
        "transfer_recipient": owner_hole(found.recipient_organization_id, found.recipient_user_id),
        "transfer_subject": {"class": found.subject_class, "id": found.subject_id},
    }


def _discussion_details(item: Notification, related: Related) -> dict[str, Any]:
    found = related.discussions.get(item.details.get("discussion", ""))
    shape = discussion(found, related.actor) if found else None
    return {"status": item.details.get("status"), "discussion": shape, "message_id": item.details.get("message")}


def _request_details(item: Notification, related: Related) -> dict[str, Any]:
    return {
        "request_organization": organization_hole(item.details.get("organization")),
        "request_user": user_hole(item.details.get("user")),
        "kind": item.details.get("kind", "request"),
    }


def _organization_details(item: Notification, related: Related) -> dict[str, Any]:
    kind = {"kind": item.details.get("kind")} if item.kind == "NewBadge" else {}
    return {"organization": organization_hole(item.details.get("organization")), **kind}


def _made_details(item: Notification, related: Related) -> dict[str, Any]:
    name = item.kind.removesuffix("Created")
    made = related.made.get((name, item.details.get("subject", {}).get("id", "")))
    dataset = related.made.get(("Dataset", item.details.get("dataset", "")))
    return {
        name.lower(): subject_reference(made, name, made.pk) if made else None,
        "dataset": dataset_reference(dataset) if dataset else None,
    }


def _review_details(item: Notification, related: Related) -> dict[str, Any]:
    about = item.details.get("subject") or {}
    found = related.made.get((about.get("class", ""), about.get("id", "")))
    subject = subject_reference(found, about["class"], found.pk) if found else None
    return {"status": item.details.get("status"), "subject": subject}


def _links_details(item: Notification, related: Related) -> dict[str, Any]:
    dataset = related.made.get(("Dataset", item.details.get("dataset", "")))
    return {"dataset": dataset_reference(dataset) if dataset else None, "number": item.details.get("number", 1)}


def _source_details(item: Notification, related: Related) -> dict[str, Any]:
    source = related.sources.get(item.details.get("source", ""))
    return {"source": source, "status": item.details.get("status", "pending")}


DETAILS = {
    "TransferRequest": _transfer_details,
    "Discussion": _discussion_details,
    "Review": _review_details,
    "MembershipRequest": _request_details,
    "MembershipAccepted": _organization_details,
    "MembershipRefused": _organization_details,
    "NewBadge": _organization_details,
    "ReuseCreated": _made_details,
    "DataserviceCreated": _made_details,
    "ValidateHarvester": _source_details,
    "BrokenLinks": _links_details,
}
