"""Writing a batch: a constant number of statements, whatever the number of datasets in it."""

from collections.abc import Iterable
from typing import Any

from catalog.models import Dataset, DatasetBadge, Resource, SlugHistory
from catalog.models import quality as quality_rules
from catalog.services.derivation import DERIVED
from harvest.models import STATUS_OF, Action, HarvestRecord, ItemStatus, JobItem
from harvest.pipeline import images
from harvest.pipeline.columns import COLUMNS
from harvest.pipeline.context import Context
from harvest.pipeline.entries import Entry
from harvest.pipeline.inserting import insert, link
from harvest.pipeline.planning import Plan
from harvest.pipeline.resources import WRITTEN as RESOURCE_COLUMNS
from harvest.pipeline.slugs import free_slugs

WRITTEN = [
    *(name.removesuffix("_id") for name in COLUMNS), "extras", "harvest", "archived", "last_modified_internal",
    *DERIVED,
]  # fmt: skip
RECORD_COLUMNS = [
    "listing_id", "listed_version", "dataset", "dataservice", "content_hash", "mapper", "state", "message", "written",
    "last_seen", "seen_job", "changed_job", "missing_since", "missing_runs",
]  # fmt: skip
CHANGING = (Action.CREATED, Action.UPDATED, Action.RESTORED)


def write_datasets(plans: list[Plan], context: Context) -> None:
    """Write the datasets of these plans with all that hangs on them."""
    plans = [plan for plan in plans if plan.entry.action in CHANGING]
    if not plans:
        return
    new = [plan for plan in plans if plan.is_new]
    old = [plan for plan in plans if not plan.is_new]
    for plan in old:
        plan.entry.before = _before(plan)
    for plan in plans:
        _assign(plan, context)
    _name(new)
    _write_resources(plans)
    _write_relations(plans, context)
    # Last of all, for the database raises the version of a dataset, all its indexes included, with each thing that
    # comes to hang on it. The foreign keys are checked at the end of the transaction.
    insert([plan.dataset for plan in new])
    Dataset.objects.bulk_create(
        [plan.dataset for plan in old], update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )
    for plan in plans:
        plan.entry.target = plan.dataset


def _assign(plan: Plan, context: Context) -> None:
    dataset = plan.dataset
    for name, value in plan.values.items():
        setattr(dataset, name, value)
    dataset.last_modified_internal = context.now
    dataset.derive(plan.resources.kept)
    has_zones = bool(plan.zones) if plan.is_new or plan.sets["spatial_zones"] else bool(dataset.spatial_zones.all())
    if has_zones:
        dataset.quality_flags |= quality_rules.SPATIAL


def _name(new: list[Plan]) -> None:
    """Give new datasets their slugs; a live object wins over a redirect."""
    wished = [plan.entry.draft.slug or plan.dataset.title for plan in new]
    slugs = free_slugs(Dataset, wished)
    for plan, slug in zip(new, slugs, strict=True):
        plan.dataset.slug = slug
    if slugs:
        SlugHistory.objects.filter(kind=Dataset._meta.model_name, slug__in=slugs).delete()


def _write_resources(plans: list[Plan]) -> None:
    removed = [row.pk for plan in plans for row in plan.resources.removed]
    if removed:
        Resource.objects.filter(pk__in=removed).delete()
    insert([row for plan in plans for row in plan.resources.added])
    changed = [row for plan in plans for row in plan.resources.changed]
    if changed:
        Resource.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["id"], update_fields=list(RESOURCE_COLUMNS)
        )


def _write_relations(plans: list[Plan], context: Context) -> None:
    tags = context.tag_ids(name for plan in plans if plan.sets["tags"] for name in plan.tags)
    drafts = [draft for plan in plans if plan.sets["contact_points"] for draft in plan.entry.draft.contacts]
    contacts = context.contact_ids(drafts)
    _set(Dataset.tags.through, "tag_id", plans, "tags", {plan.dataset.pk: [tags[n] for n in plan.tags]
         for plan in plans if plan.sets["tags"]})  # fmt: skip
    _set(Dataset.spatial_zones.through, "geozone_id", plans, "spatial_zones", {plan.dataset.pk: plan.zones
         for plan in plans if plan.sets["spatial_zones"]})  # fmt: skip
    _set(Dataset.contact_points.through, "contactpoint_id", plans, "contact_points", {
        plan.dataset.pk: [contacts[key] for key in plan.contacts] for plan in plans if plan.sets["contact_points"]
    })  # fmt: skip
    DatasetBadge.objects.bulk_create(
        [DatasetBadge(dataset=plan.dataset, kind=kind, created=context.now) for plan in plans for kind in plan.badges],
        ignore_conflicts=True,
    )


def _set(through: Any, column: str, plans: list[Plan], relation: str, wanted: dict[str, list[Any]]) -> None:
    """Make the links of a relation those that are wanted, by dataset."""
    old = [plan.dataset.pk for plan in plans if not plan.is_new and plan.sets[relation]]
    have: dict[str, set[Any]] = {pk: set() for pk in old}
    gone = []
    for row in through.objects.filter(dataset__in=old) if old else []:
        if getattr(row, column) in wanted[row.dataset_id]:
            have[row.dataset_id].add(getattr(row, column))
        else:
            gone.append(row.pk)
    if gone:
        through.objects.filter(pk__in=gone).delete()
    pairs = (
        (pk, other) for pk, others in wanted.items() for other in dict.fromkeys(others) if other not in have.get(pk, ())
    )
    link(through, ("dataset_id", column), pairs)


def _before(plan: Plan) -> dict[str, Any]:
    """Return what undoing the change of a dataset that was there needs."""
    dataset, resources = plan.dataset, plan.resources
    names = {*plan.values, "last_modified_internal", "archived", *DERIVED}
    image: dict[str, Any] = {"dataset": images.as_json(dataset, names)}
    if plan.sets["tags"]:
        image["tags"] = [tag.pk for tag in dataset.tags.all()]
    if plan.sets["spatial_zones"]:
        image["spatial_zones"] = [zone.pk for zone in dataset.spatial_zones.all()]
    if plan.sets["contact_points"]:
        image["contact_points"] = [contact.pk for contact in dataset.contact_points.all()]
    if plan.badges:
        image["badges"] = plan.badges
    if resources:
        image["resources"] = {
            "added": [str(row.pk) for row in resources.added],
            "changed": {
                str(row.pk): images.plain(Resource, resources.before[str(row.pk)]) for row in resources.changed
            },
            "removed": [images.as_json(row) for row in resources.removed],
        }
    return image


# --- Records and items -------------------------------------------------------------------------------------------


def write_records(entries: list[Entry], written: dict[str, dict[str, Any]], context: Context) -> None:
    """Note what was seen, and what it became; one statement for what is as it was, one for the rest."""
    unchanged: list[int] = []
    rows: dict[str, HarvestRecord] = {}
    for entry in entries:
        if entry.action is None or entry.double:
            continue
        if entry.record and (entry.buried or _is_as_it_was(entry, context)):
            unchanged.append(entry.record.pk)
        else:
            rows[entry.remote_id] = _record(entry, written.get(entry.remote_id), context)
    if unchanged:
        HarvestRecord.objects.filter(pk__in=unchanged).update(last_seen=context.now, seen_job=context.job_id)
    known = {entry.remote_id for entry in entries if entry.record}
    insert([row for remote_id, row in rows.items() if remote_id not in known])
    HarvestRecord.objects.bulk_create(
        [row for remote_id, row in rows.items() if remote_id in known],
        update_conflicts=True, unique_fields=["source", "remote_id"], update_fields=RECORD_COLUMNS,
    )  # fmt: skip


def _is_as_it_was(entry: Entry, context: Context) -> bool:
    record = entry.record
    if record.missing_since is not None or record.mapper != context.mapper:
        return False
    same = record.content_hash == entry.content_hash and record.listed_version == entry.listed_version
    return same and entry.lasting and entry.action not in CHANGING


def _record(entry: Entry, written: dict[str, Any] | None, context: Context) -> HarvestRecord:
    old = entry.record
    target = entry.target
    dataset_id = target.pk if isinstance(target, Dataset) else old.dataset_id if old else None
    dataservice_id = (
        target.pk if target is not None and not isinstance(target, Dataset) else old.dataservice_id if old else None
    )
    return HarvestRecord(
        source=context.source,
        remote_id=entry.remote_id,
        listing_id=entry.listing_id,
        listed_version=entry.listed_version,
        dataset_id=dataset_id,
        dataservice_id=dataservice_id,
        content_hash="" if entry.buried else entry.content_hash,
        mapper=context.mapper if entry.lasting else "",
        state=old.state if entry.buried and old else entry.state,
        message=entry.error,
        written=written if written is not None else (old.written if old else {}),
        first_seen=old.first_seen if old else context.now,
        last_seen=context.now,
        seen_job=context.job_id,
        changed_job=context.job_id if entry.action in CHANGING else (old.changed_job if old else ""),
    )


def write_items(entries: Iterable[Entry], context: Context) -> None:
    """Note what became of each entry; those that are as they were are only counted."""
    rows = [_item(entry, context) for entry in entries if entry.action not in (None, Action.UNCHANGED)]
    if rows and context.new_contacts:
        rows[0].before = {**(rows[0].before or {}), "contacts_made": list(context.new_contacts)}
    context.new_contacts.clear()
    insert(rows)


def _item(entry: Entry, context: Context) -> JobItem:
    target = entry.target or (entry.record.dataset if entry.record and entry.action == Action.ARCHIVED else None)
    pk = target.pk if target is not None else None
    is_dataset = isinstance(target, Dataset)
    at = context.now.isoformat()
    if entry.action in (*CHANGING, Action.ARCHIVED):
        entry.before = {
            **(entry.before or {}),
            "record": images.as_json(entry.record) if entry.record else None,
            **({"written_at": target.last_modified_internal.isoformat()} if is_dataset else {}),
        }
    return JobItem(
        job_id=context.job_id,
        remote_id="" if entry.remote_id.startswith("#") else entry.remote_id,
        remote_url=(entry.draft.remote_url if entry.draft else "")[:2000],
        status=STATUS_OF.get(entry.action, ItemStatus.DONE),
        action=entry.action,
        changes=entry.changes,
        before=entry.before,
        dataset_id=pk if is_dataset else None,
        dataservice_id=None if is_dataset else pk,
        started=context.now,
        ended=context.clock(),
        errors=[{"message": entry.error, "details": entry.details or None, "created_at": at}] if entry.error else [],
        logs=[{"level": "warning", "message": message} for message in entry.messages[:50]],
    )
