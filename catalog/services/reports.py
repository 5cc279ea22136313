"""Reporting what is wrong with an object, and dismissing reports."""

from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from catalog.models import Report
from catalog.services import outbox
from portal.models import User


@transaction.atomic
def create(values: dict[str, Any], *, by: User | None) -> Report:
    """Note a report; anybody may make one."""
    subject = values["subject"]
    return Report.objects.create(
        subject=subject,
        subject_label=str(subject)[:350],
        subject_embed_id=values.get("subject_embed_id"),
        reason=values["reason"],
        message=values.get("message", ""),
        by=by,
    )


def subject_deleted(subject: models.Model, *, by: User | None) -> int:
    """Note in the reports on `subject` that it was deleted: nobody needs to look at them any more."""
    rows = Report.objects.about(subject).filter(subject_deleted_at=None)
    return rows.update(subject_deleted_at=timezone.now(), subject_deleted_by=by)


def message_deleted(discussion: models.Model, message: UUID, *, by: User) -> int:
    """Note in the reports on one message of `discussion` that it was deleted."""
    rows = Report.objects.about(discussion).filter(subject_embed_id=message, subject_deleted_at=None)
    return rows.update(subject_deleted_at=timezone.now(), subject_deleted_by=by)


def subject_restored(subject: models.Model) -> int:
    """Note in the reports on `subject` that it is there again."""
    rows = Report.objects.about(subject).exclude(subject_deleted_at=None)
    return rows.update(subject_deleted_at=None, subject_deleted_by=None)


@transaction.atomic
def dismiss(report: Report, *, by: User) -> None:
    """Dismiss a report; the side effects that it held back run."""
    if report.dismissed_at is None:
        report.dismissed_at, report.dismissed_by = timezone.now(), by
        report.save()
        outbox.release(report.callbacks)
