"""Reporting what is wrong with an object, and dismissing reports."""

from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import Report
from catalog.services import outbox
from portal.lib.references import new_reference
from portal.models import User

REFERENCE_GROUPS = 3  # enough that nobody guesses the report of somebody else


@transaction.atomic
def create(values: dict[str, Any], *, by: User | None) -> Report:
    """Note a report; anybody may make one. `values` may hold an `email`, which hears once how it ended."""
    subject = values["subject"]
    return Report.objects.create(
        subject=subject,
        subject_label=str(subject)[:350],
        subject_embed_id=values.get("subject_embed_id"),
        reason=values["reason"],
        message=values.get("message", ""),
        email=values.get("email", ""),
        reference=new_reference(REFERENCE_GROUPS),
        by=by,
    )


def subject_deleted(*subjects: models.Model, by: User | None) -> int:
    """Note in the reports on objects of one kind that these were deleted: nobody needs to look at them any more."""
    rows = Report.objects.about(*subjects).filter(subject_deleted_at=None)
    _tell_reporters(rows, removed=True)
    return rows.update(subject_deleted_at=timezone.now(), subject_deleted_by=by)


def message_deleted(discussion: models.Model, message: UUID, *, by: User) -> int:
    """Note in the reports on one message of `discussion` that it was deleted."""
    rows = Report.objects.about(discussion).filter(subject_embed_id=message, subject_deleted_at=None)
    _tell_reporters(rows, removed=True)
    return rows.update(subject_deleted_at=timezone.now(), subject_deleted_by=by)


def subject_restored(*subjects: models.Model) -> int:
    """Note in the reports on objects of one kind that these are there again."""
    rows = Report.objects.about(*subjects).exclude(subject_deleted_at=None)
    return rows.update(subject_deleted_at=None, subject_deleted_by=None)


@transaction.atomic
def dismiss(report: Report, *, by: User) -> None:
    """Dismiss a report; the side effects that it held back run."""
    if report.dismissed_at is None:
        report.dismissed_at, report.dismissed_by = timezone.now(), by
        report.save()
        outbox.release(report.callbacks)
        _tell_reporters(Report.objects.filter(pk=report.pk, subject_deleted_at=None), removed=False)
        report.email = ""


def _tell_reporters(rows: QuerySet[Report], *, removed: bool) -> None:
    """Write to who left an address with these reports, and forget the addresses."""
    waiting = list(rows.exclude(email=""))
    if not waiting:
        return
    for report in waiting:
        context = {
            "reference": report.reference,
            "title": report.subject_label,
            "removed": removed,
            "path": f"/report/{report.reference}/",
        }
        outbox.emit("mail", to=[report.email], template="report_handled", context=context)
    Report.objects.filter(pk__in=[report.pk for report in waiting]).update(email="")
