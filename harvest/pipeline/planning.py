"""Deciding what becomes of each entry of a batch: reads only, so that a preview and a run decide alike."""

import logging
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Dataset
from catalog.models.vocabulary import DatasetBadgeKind
from harvest.drafts import DataserviceDraft, DatasetDraft
from harvest.errors import ItemError, ItemSkipped
from harvest.mapping.tags import tags as normalized_tags
from harvest.models import Action, HarvestRecord, RecordState
from harvest.pipeline import columns, matching
from harvest.pipeline.context import ContactKey, Context, key_of
from harvest.pipeline.entries import Entry
from harvest.pipeline.resources import ResourceChanges, changes_of

log = logging.getLogger(__name__)

RELATIONS = ("tags", "spatial_zones", "contact_points", "badges", "resources")
BADGES = frozenset(DatasetBadgeKind.values)


@dataclass(slots=True)
class Plan:
    """What is to be written for one entry that is a dataset."""

    entry: Entry
    dataset: Dataset
    is_new: bool
    values: dict[str, Any] = field(default_factory=dict)  # columns that change, with their new values
    tags: list[str] = field(default_factory=list)
    contacts: list[ContactKey] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    badges: list[str] = field(default_factory=list)  # those to add
    sets: dict[str, bool] = field(default_factory=dict)  # relation -> whether it changes
    resources: ResourceChanges = field(default_factory=ResourceChanges)
    written: dict[str, Any] = field(default_factory=dict)


def compare(entries: list[Entry], context: Context, seen: Any = None) -> list[Entry]:
    """Give each entry its record, and settle those that are as they were or listed twice; return the others.

    `seen` is a set of remote ids for a preview; a run knows them by its records.
    """
    rows = HarvestRecord.objects.filter(source=context.source, remote_id__in=[one.remote_id for one in entries])
    records = {row.remote_id: row for row in rows}
    here: dict[str, str] = {}
    left = []
    for entry in entries:
        record = entry.record = records.get(entry.remote_id)
        earlier = here.get(entry.remote_id) or _seen_before(record, context, seen, entry)
        if earlier:
            _settle_double(entry, earlier)
            continue
        here[entry.remote_id] = entry.content_hash
        if not _settle_known(entry, record, context):
            left.append(entry)
    return left


def _seen_before(record: HarvestRecord | None, context: Context, seen: Any, entry: Entry) -> str:
    if seen is not None:
        return seen.get(entry.remote_id, "")
    return record.content_hash if record and record.seen_job == context.job_id else ""


def _settle_double(entry: Entry, earlier: str) -> None:
    """Something listed twice is passed over if it says the same (pages that moved, a batch done again), else fails."""
    entry.record, entry.double = None, True
    if earlier != entry.content_hash:
        entry.fail(_("The identifier %(id)s is used twice in this source.") % {"id": entry.remote_id})


def _settle_known(entry: Entry, record: HarvestRecord | None, context: Context) -> bool:
    """Settle an entry that is as it was at the last run; tell whether it is one."""
    if record is None or entry.action is not None:
        return entry.action is not None
    same = record.content_hash == entry.content_hash and record.mapper == context.mapper
    if not same or record.missing_since is not None:
        return False
    if record.state == RecordState.GOOD and (record.dataset_id or record.dataservice_id):
        entry.action = Action.UNCHANGED
    elif record.state in (RecordState.SKIPPED, RecordState.MOVED):
        entry.skip(record.message or _("It is harvested by another source."))
    elif record.state == RecordState.INVALID:
        entry.fail(record.message)
    else:
        _bury(entry)
    return True


def _bury(entry: Entry) -> None:
    entry.buried = True
    entry.skip(_("It was deleted here: it is not made again."))


def map_entries(entries: Iterable[Entry], context: Context) -> list[Entry]:
    """Map what changed; return the entries that have a draft. What a mapper stumbles over costs its record alone."""
    mapped = []
    for entry in entries:
        record = entry.record
        if record and record.state == RecordState.GOOD and not (record.dataset_id or record.dataservice_id):
            _bury(entry)
            continue
        try:
            entry.draft = _drafted(entry, context)
            mapped.append(entry)
        except ItemSkipped as error:
            entry.skip(error.message)
        except ItemError as error:
            entry.fail(error.message)
        except Exception as error:
            log.exception("a record of %s cannot be mapped", context.source.pk)
            reason = f"{type(error).__name__}: {error}"[:300]
            text = _("The record cannot be mapped: %(reason)s") % {"reason": reason}
            entry.fail(text, details=traceback.format_exc(), lasting=False)
    return mapped


def _drafted(entry: Entry, context: Context) -> DatasetDraft | DataserviceDraft:
    draft = context.backend.map(entry.raw)
    if not isinstance(draft, DatasetDraft | DataserviceDraft):
        raise ItemSkipped(_("The backend makes nothing of this record."))
    if not draft.title.strip():
        raise ItemSkipped(_("The record has no title."))
    draft.tags = context.tag_names(normalized_tags(draft.tags))
    if isinstance(draft, DatasetDraft):
        context.zones.load(draft.zones)
    return draft


def plan(entries: list[Entry], context: Context, *, lock: bool) -> list[Plan]:
    """Return what is to be written for these mapped datasets; with `lock`, their rows are locked."""
    bound = [entry for entry in entries if entry.record and entry.record.dataset_id]
    matching.match([entry for entry in entries if not (entry.record and entry.record.dataset_id)], context)
    entries = [entry for entry in entries if entry.action is None]
    ids = {entry.record.dataset_id for entry in bound} | {entry.target.pk for entry in entries if entry.target}
    known = _load(ids, lock=lock)
    plans = []
    for entry in entries:
        pk = entry.target.pk if entry.target else entry.record.dataset_id if entry.record else None
        entry.target = known.get(pk) if pk else None
        is_gone = pk and (entry.target is None or entry.target.deleted is not None)
        if is_gone:
            _bury(entry)
        elif entry.target is not None and not context.owns(entry.target) and not _is_ours(entry):
            text = _("The dataset %(dataset)s belongs to somebody else.") % {"dataset": entry.target.pk}
            entry.fail(text, lasting=False)
        else:
            plans.append(plan_one(entry, context))
    return plans


def _is_ours(entry: Entry) -> bool:
    """Tell whether the source made the dataset, which was given to another organization since: it stays in its care."""
    return bool(entry.record and entry.record.dataset_id == entry.target.pk and entry.record.state == RecordState.GOOD)


def _load(ids: set[str], *, lock: bool) -> dict[str, Dataset]:
    if not ids:
        return {}
    rows = Dataset.objects.filter(pk__in=ids).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    related = ("tags", "spatial_zones", "contact_points", "badges", "resources")
    return {row.pk: row for row in rows.prefetch_related(*related)}


def plan_one(entry: Entry, context: Context) -> Plan:
    """Compare the draft of an entry with the dataset that it is; the entry gets its action and its changes."""
    draft, known = entry.draft, entry.target
    dataset = known or Dataset(**context.owner, created_at_internal=context.now, last_modified_internal=context.now)
    result = Plan(entry, dataset, is_new=known is None)
    written = entry.record.written if entry.record else {}
    result.tags, result.zones = draft.tags, context.zones.ids(draft.zones)
    result.contacts = list(dict.fromkeys(map(key_of, draft.contacts)))
    wanted = columns.columns_of(draft, context, known)
    current = _Current(known) if known else None
    kept = _edited_here(current, written.get("fields", {})) if current else set()
    for name in kept:
        entry.messages.append(_("Edited here, and kept: %(field)s") % {"field": name})
    _plan_columns(result, wanted, kept, current)
    _plan_relations(result, current, kept)
    _plan_rest(result, written, context)
    result.resources = changes_of(dataset, list(dataset.resources.all()) if known else [], draft, context)
    result.sets["resources"] = bool(result.resources)
    result.written = _remember(result, wanted, kept, written)
    _name_action(result)
    entry.messages += draft.warnings
    return result


class _Current:
    """What a dataset says now."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.tags = sorted(tag.name for tag in dataset.tags.all())
        self.zones = sorted(zone.pk for zone in dataset.spatial_zones.all())
        self.contacts = [(one.name, one.email, one.contact_form, one.role) for one in dataset.contact_points.all()]
        self.badges = {badge.kind for badge in dataset.badges.all()}

    def digests(self) -> dict[str, str]:
        return columns.digests(
            lambda name: getattr(self.dataset, name), self.tags, ["|".join(c) for c in self.contacts]
        )


def _edited_here(current: _Current, written: dict[str, str]) -> set[str]:
    """Return the fields that are not as the source wrote them last."""
    now = current.digests()
    return {name for name, digest in written.items() if name in now and now[name] != digest}


def _plan_columns(result: Plan, wanted: dict[str, Any], kept: set[str], current: _Current | None) -> None:
    for name, names in columns.FIELDS.items():
        if name in kept:
            continue
        changed = [one for one in names if current is None or getattr(current.dataset, one) != wanted[one]]
        result.values |= {one: wanted[one] for one in changed}
        if changed:
            result.entry.changes.append(name)
    if current and result.values.get("access_type", current.dataset.access_type) != "open":
        result.values.pop("license_id", None)
        if current.dataset.license_id:
            result.values["license_id"] = None


def _plan_relations(result: Plan, current: _Current | None, kept: set[str]) -> None:
    allowed = [kind for kind in dict.fromkeys(result.entry.draft.badges) if kind in BADGES]
    result.badges = [kind for kind in allowed if current is None or kind not in current.badges]
    sets = {
        "tags": "tags" not in kept and result.tags != (current.tags if current else []),
        "spatial_zones": bool(result.zones) and (current is None or result.zones != current.zones),
        "contact_points": "contact_points" not in kept
        and (sorted(result.contacts) != sorted(current.contacts if current else []))
        and bool(result.contacts or (result.entry.record and result.entry.record.written)),
        "badges": bool(result.badges),
    }
    result.sets |= sets
    result.entry.changes += [name for name, changes in sets.items() if changes]


def _plan_rest(result: Plan, written: dict[str, Any], context: Context) -> None:
    """The extras, and the harvest origin."""
    entry, dataset = result.entry, result.dataset
    extras = columns.extras_of(entry.draft, dataset.extras, written.get("extras", []))
    if extras != dataset.extras:
        result.values["extras"] = extras
        entry.changes.append("extras")
    origin = columns.origin_of(entry.draft, entry.draft.remote_id or entry.remote_id, context.source, context)
    if not columns.same_origin(dataset.harvest, origin):
        entry.changes.append("harvest")
        result.values["harvest"] = origin
    if not result.is_new and columns.is_archived_by_us(dataset.harvest) and dataset.archived is not None:
        result.values |= {"archived": None, "harvest": origin}
        entry.changes.append("archived")


def _remember(result: Plan, wanted: dict[str, Any], kept: set[str], written: dict[str, Any]) -> dict[str, Any]:
    """Return what the record keeps: digests of the fields as written, and which extras the source brought."""
    after = {**{name: getattr(result.dataset, name) for name in columns.COLUMNS}, **result.values}
    contacts = ["|".join(contact) for contact in result.contacts]
    fields = columns.digests(lambda name: after.get(name, wanted[name]), result.tags, contacts)
    fields |= {name: written["fields"][name] for name in kept}
    return {"fields": fields, "extras": sorted(map(str, result.entry.draft.extras))}


def _name_action(result: Plan) -> None:
    entry = result.entry
    if result.sets["resources"]:
        entry.changes.append("resources")
    if result.is_new:
        entry.action = Action.CREATED
        entry.changes.clear()
    elif "archived" in entry.changes:
        entry.action = Action.RESTORED
    else:
        entry.action = Action.UPDATED if entry.changes else Action.UNCHANGED
