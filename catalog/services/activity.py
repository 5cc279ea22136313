"""Noting what people do, for the activity lists."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from catalog.models import Activity, Organization
from catalog.models.subject import class_of
from catalog.services import outbox
from catalog.services.audit import log as audit
from portal.models import User


def record(
    by: User | None, key: str, subject: models.Model, *, changes: Iterable[str] = (), extras: dict | None = None
) -> Activity | None:
    """Note that `by` did `key` (see ActivityKey) to `subject`, in the current transaction.

    `changes` are the paths of the fields that changed, in udata's form (`title`, `members.1.role`). What happens to
    a draft is noted too: lists show only what their reader may read. Nothing is noted without an actor.
    """
    changes = list(changes)
    audit.note(subject, changes)
    if by is None or not by.pk:
        return None
    facts = {**_facts(by, key, subject), "changes": changes, "extras": extras or {}}
    return None if _hold([facts]) else Activity.objects.create(**facts)


def record_all(by: User, key: str, subject: models.Model, extras: Iterable[dict[str, Any]]) -> None:
    """Note that `by` did `key` to several parts of `subject`, which `extras` name, one a part; one insert."""
    rows = [{**_facts(by, key, subject), "extras": one} for one in extras]
    if not _hold(rows):
        Activity.objects.bulk_create(Activity(**row) for row in rows)


def _hold(rows: list[dict[str, Any]]) -> bool:
    """Put these rows off, if the side effects of what is being done are held back; tell whether they are."""
    if outbox.is_holding():
        now = timezone.now().isoformat()
        outbox.emit_all("activity", [{**row, "key": str(row["key"]), "created_at": now} for row in rows])
    return outbox.is_holding()


@outbox.handler("activity")
def write(*, created_at: str, organization_id: str | None, **facts: Any) -> None:
    """Write a row that was put off."""
    organization = Organization.objects.filter(pk=organization_id).first()
    Activity.objects.create(created_at=datetime.fromisoformat(created_at), organization=organization, **facts)


def _facts(by: User, key: str, subject: models.Model) -> dict[str, Any]:
    organization_id = subject.pk if isinstance(subject, Organization) else getattr(subject, "organization_id", None)
    return {
        "actor_id": by.pk,
        "key": key,
        "subject_class": class_of(subject),
        "subject_id": str(subject.pk),
        "organization_id": organization_id,
    }
