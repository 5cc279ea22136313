"""After a complete listing: what disappeared is marked, and archived once it has been gone long enough.

Nothing is archived after a listing that is not known to be complete, nor when so much would be that a fault of the
remote is likelier: then an administrator is asked.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Dataservice, Dataset
from catalog.services.batches import batches
from harvest.models import Action, HarvestRecord, Job, RecordState
from harvest.pipeline import images, reports, traces, writing
from harvest.pipeline.columns import NOT_ON_REMOTE
from harvest.pipeline.context import Context
from harvest.pipeline.entries import Entry

RUNS = 2  # complete runs without it
TOLERANCE = 0.02  # of the announced total that may be lacking: things come and go while the pages are read
BATCH = 250

Save = Callable[[Callable[[Job], dict[str, int]]], Job]


def finish(context: Context, worker: str, save: Save) -> None:
    """Mark what disappeared and archive what is due, in transactions that `save` makes."""
    job = save(lambda row: _judge(row, context))
    if not job.complete or not context.source.autoarchive:
        return
    due = list(to_archive(context.source.pk, context.now).values_list("pk", flat=True))
    if due and is_too_many(context.source.pk, len(due)):
        save(lambda row: _hold_back(row, len(due)))
        return
    for ids in batches(due, BATCH):
        save(lambda row, ids=ids: archive(ids, context))


def _judge(job: Job, context: Context) -> dict[str, int]:
    """Say whether the listing is complete, and if it is, mark what it lacks. Done once, however often it is asked."""
    if job.complete is not None:
        return {}
    seen = HarvestRecord.objects.filter(source=context.source, seen_job=job.pk).count()
    known = HarvestRecord.objects.filter(source=context.source, state=RecordState.GOOD, missing_since=None).exists()
    if job.total and seen < job.total * (1 - TOLERANCE):
        text = _("The remote announces %(total)d records and lists %(seen)d: nothing is archived.")
        reports.complain(job, text % {"total": job.total, "seen": seen})
    elif not seen and known:
        reports.complain(job, _("The remote lists nothing any more: nothing is archived."))
    else:
        job.complete = True
        mark_missing(job, context)
        return {}
    job.complete = False
    return {}


def mark_missing(job: Job, context: Context) -> None:
    """Note what a complete listing lacks; forget what became of nothing."""
    unseen = HarvestRecord.objects.filter(source=context.source).exclude(seen_job=job.pk)
    unseen.exclude(state__in=[RecordState.GOOD, RecordState.MOVED]).filter(dataset=None, dataservice=None).delete()
    unseen.filter(missing_since=None).update(missing_since=context.now, missing_runs=0)
    unseen.update(missing_runs=F("missing_runs") + 1)


def to_archive(source: str, now: datetime) -> QuerySet[HarvestRecord]:
    """Return the records that have been missing long enough, whose objects are not archived yet."""
    limit = now - timedelta(days=settings.HARVEST_GRACE_DAYS)
    lives = Q(dataset__archived=None, dataset__deleted=None, dataset__isnull=False) | Q(
        dataservice__archived_at=None, dataservice__deleted_at=None, dataservice__isnull=False
    )
    rows = HarvestRecord.objects.filter(source=source, missing_since__lte=limit, missing_runs__gte=RUNS)
    return rows.exclude(state=RecordState.MOVED).filter(lives).order_by("pk")


def is_too_many(source: str, number: int) -> bool:
    """Tell whether so many may not be archived without an administrator's word."""
    records = HarvestRecord.objects.filter(source=source).exclude(state=RecordState.MOVED)
    lives = Q(dataset__archived=None, dataset__isnull=False)
    lives |= Q(dataservice__archived_at=None, dataservice__isnull=False)
    total = records.filter(lives).count()
    return number > settings.HARVEST_STOP_DATASETS or number > total * settings.HARVEST_STOP_PERCENT / 100


def _hold_back(job: Job, number: int) -> dict[str, int]:
    if job.held != number:
        job.held = number
        text = _("%(number)d objects have disappeared from the remote: an administrator has to confirm that they go.")
        reports.complain(job, text % {"number": number})
    return {}


def archive(ids: list[int], context: Context) -> dict[str, int]:
    """Archive the objects of these records, with an item each; return how many."""
    rows = HarvestRecord.objects.filter(pk__in=ids).order_by("pk")
    records = list(rows.select_related("dataservice"))
    locked = Dataset.objects.select_for_update(of=("self",)).order_by("pk")
    datasets = locked.filter(archived=None).in_bulk([one.dataset_id for one in records if one.dataset_id])
    before = traces.states_of([*datasets.values(), *(one.dataservice for one in records if one.dataservice_id)])
    entries = []
    for record in records:
        target = datasets.get(record.dataset_id) if record.dataset_id else record.dataservice
        if target is not None:
            entries.append(_archived(record, target, context))
    changed = [entry.target for entry in entries if isinstance(entry.target, Dataset)]
    Dataset.objects.bulk_update(changed, ["archived", "harvest"])
    traces.write(entries, before, context)
    writing.write_items(entries, context)
    HarvestRecord.objects.filter(pk__in=[entry.record.pk for entry in entries]).update(changed_job=context.job_id)
    return {str(Action.ARCHIVED): len(entries)} if entries else {}


def _archived(record: HarvestRecord, target: Any, context: Context) -> Entry:
    """Archive one object (a dataservice is saved, a dataset is not) and return its entry."""
    entry = Entry(remote_id=record.remote_id, record=record, target=target, action=Action.ARCHIVED)
    now = timezone.now()
    origin = {**(target.harvest or {}), "archived_at": now.isoformat()}
    if isinstance(target, Dataservice):
        entry.before = {"dataservice": images.as_json(target, ["archived_at", "harvest"])}
        target.archived_at, target.harvest = now, {**origin, "archived_reason": NOT_ON_REMOTE}
        target.save(update_fields=["archived_at", "harvest"])
    else:
        entry.before = {"dataset": images.as_json(target, ["archived", "harvest"])}
        target.archived, target.harvest = now, {**origin, "archived": NOT_ON_REMOTE}
    return entry
