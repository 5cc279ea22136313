"""Undoing a job: what it made goes, what it changed is put back as it was, byte for byte.

What somebody, or a later run, changed since is left as it is: undoing must not undo people's work.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import (
    Activity,
    ContactPoint,
    Dataservice,
    Dataset,
    DatasetBadge,
    Discussion,
    Follow,
    Resource,
    Reuse,
    SlugHistory,
)
from catalog.models.audit import AuditOrigin
from catalog.services import metrics
from catalog.services.batches import batches
from harvest.models import ENDED, Action, HarvestRecord, Job, JobItem
from harvest.pipeline import images, reports
from portal.lib.errors import ServiceError
from portal.lib.writes.scope import scope

BATCH = 100
UNDOABLE = (Action.CREATED, Action.UPDATED, Action.RESTORED, Action.ARCHIVED)


@dataclass
class Undone:
    """What undoing a job did: objects removed, put back, left alone (with the reason)."""

    removed: int = 0
    restored: int = 0
    kept: list[str] = field(default_factory=list)


def undo(job_id: str, *, progress: Callable[[int], object] = lambda number: None) -> Undone:
    """Undo a job, the newest change first, in batches. Raises ServiceError if it runs, or was undone.

    `progress` is told how many objects each batch had.
    """
    job = _begin(job_id)
    result = Undone()
    ids = list(JobItem.objects.filter(job=job, action__in=UNDOABLE).order_by("-pk").values_list("pk", flat=True))
    for batch in batches(ids, BATCH):
        with scope(AuditOrigin.HARVEST, credential=f"source:{job.source_id}", request_id=job.pk), transaction.atomic():
            items = JobItem.objects.select_for_update(of=("self",)).filter(pk__in=batch).order_by("-pk")
            for item in items:
                _undo_item(item, job, result)
        progress(len(batch))
    _forget_contacts(job)
    with transaction.atomic():
        row = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        numbers = {"removed": result.removed, "restored": result.restored, "kept": len(result.kept)}
        reports.note(row, _("Undone: %(removed)d removed, %(restored)d put back, %(kept)d left alone.") % numbers)
        row.save(update_fields=["log"])
    if job.source.organization_id:
        metrics.refresh_organization_metrics([job.source.organization_id])
    return result


@transaction.atomic
def _begin(job_id: str) -> Job:
    job = Job.objects.select_for_update(of=("self",)).select_related("source").filter(pk=job_id).first()
    if job is None:
        raise ServiceError(_("There is no such job."))
    if job.status not in ENDED:
        raise ServiceError(_("The job has not ended: cancel it first."))
    if Job.objects.running().filter(source=job.source).exists():
        raise ServiceError(_("The source is running: wait for its end, or cancel it."))
    if job.undone_at is None:
        job.undone_at = timezone.now()
        job.save(update_fields=["undone_at"])
    elif not JobItem.objects.filter(job=job, action__in=UNDOABLE).exclude(before=None).exists():
        raise ServiceError(_("The job was undone already."))
    return job


def _undo_item(item: JobItem, job: Job, result: Undone) -> None:
    """Undo one item; its image is forgotten with it, so that undoing again goes on where it stopped."""
    before = item.before
    if before is None:
        return
    record = HarvestRecord.objects.filter(source=job.source_id, remote_id=item.remote_id).first()
    if record is not None and record.changed_job not in ("", job.pk):
        result.kept.append(_("%(id)s: a later run changed it.") % {"id": item.remote_id})
    elif item.dataservice_id:
        _undo_dataservice(item, before, record, result)
    elif item.dataset_id:
        _undo_dataset(item, before, record, result)
    item.before = None if "contacts_made" not in before else {"contacts_made": before["contacts_made"]}
    item.save(update_fields=["before"])


def _undo_dataset(item: JobItem, before: dict[str, Any], record: HarvestRecord | None, result: Undone) -> None:
    dataset = Dataset.objects.select_for_update(of=("self",)).filter(pk=item.dataset_id).first()
    if dataset is None:
        return
    if _was_edited(dataset, item):
        result.kept.append(_("%(title)s: it was edited since.") % {"title": dataset.title})
        return
    if item.action == Action.CREATED:
        if _is_used(dataset):
            result.kept.append(_("%(title)s: people use it.") % {"title": dataset.title})
            return
        _remove(dataset, record)
        result.removed += 1
        return
    _put_back(dataset, before)
    _put_back_record(record, before.get("record"))
    result.restored += 1


def _was_edited(dataset: Dataset, item: JobItem) -> bool:
    """Tell whether somebody changed the dataset after the job did."""
    last = (item.before or {}).get("written_at")
    if last is None:
        return False
    return dataset.last_modified_internal.isoformat() != last


def _is_used(dataset: Dataset) -> bool:
    """Tell whether something of people's hangs on a dataset that a job made."""
    about = Q(subject_class="Dataset", subject_id=dataset.pk)
    return (
        Reuse.objects.filter(datasets=dataset).exists()
        or Discussion.objects.filter(dataset=dataset).exists()
        or Follow.objects.about(dataset).exists()
        or Activity.objects.filter(about).exists()
        or dataset.dataservices.exists()
        or dataset.community_resources.exists()
    )


def _remove(item: models.Model, record: HarvestRecord | None) -> None:
    if record is not None:
        record.delete()
    SlugHistory.objects.filter(kind=item._meta.model_name, object_id=item.pk).delete()
    item.delete()


def _put_back(dataset: Dataset, before: dict[str, Any]) -> None:
    """Put the dataset and what hangs on it back as they were."""
    names = images.put_back(dataset, before["dataset"])
    if "resources" in before:
        _put_back_resources(before["resources"])
    for name in ("tags", "spatial_zones", "contact_points"):
        if name in before:
            getattr(dataset, name).set(before[name])
    if "badges" in before:
        DatasetBadge.objects.filter(dataset=dataset, kind__in=before["badges"]).delete()
    Dataset.objects.filter(pk=dataset.pk).update(**{name: getattr(dataset, name) for name in names})


def _put_back_resources(image: dict[str, Any]) -> None:
    Resource.objects.filter(pk__in=image["added"]).delete()
    rows = Resource.objects.in_bulk(list(image["changed"]))
    for pk, columns in image["changed"].items():
        row = next((one for one in rows.values() if str(one.pk) == pk), None)
        if row is not None:
            images.put_back(row, columns)
            row.derive()
            row.save(force_update=True)
    Resource.objects.bulk_create([images.from_json(Resource, columns) for columns in image["removed"]])


def _put_back_record(record: HarvestRecord | None, image: dict[str, Any] | None) -> None:
    if record is None:
        return
    if image is None:
        record.delete()
        return
    names = images.put_back(record, {name: value for name, value in image.items() if name != "id"})
    record.save(update_fields=names)


def _undo_dataservice(item: JobItem, before: dict[str, Any], record: HarvestRecord | None, result: Undone) -> None:
    row = Dataservice.objects.select_for_update(of=("self",)).filter(pk=item.dataservice_id).first()
    if row is None:
        return
    if item.action == Action.CREATED:
        _remove(row, record)
        result.removed += 1
        return
    images.put_back(row, before["dataservice"])
    row.save()
    for name in ("tags", "contact_points", "datasets"):
        if name in before:
            getattr(row, name).set(before[name])
    _put_back_record(record, before.get("record"))
    result.restored += 1


@transaction.atomic
def _forget_contacts(job: Job) -> None:
    """Remove the contact points that the job made, where nothing names them any more."""
    items = JobItem.objects.filter(job=job, before__has_key="contacts_made")
    made = [pk for item in items for pk in item.before["contacts_made"]]
    rows = ContactPoint.objects.filter(pk__in=made, datasets=None, dataservices=None)
    rows.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()
    items.update(before=None)
