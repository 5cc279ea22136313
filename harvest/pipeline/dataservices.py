"""Dataservices: few beside datasets, so that each is written by itself."""

from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Dataservice, Dataset, Tag
from catalog.models.dataset import KEY_LENGTH, harvested_key
from catalog.models.vocabulary import AccessReason, AccessType, DataserviceBadgeKind, DataserviceFormat
from harvest.drafts import DataserviceDraft
from harvest.mapping.text import text, title
from harvest.mapping.urls import web_address
from harvest.models import Action, HarvestRecord
from harvest.pipeline import images
from harvest.pipeline.columns import MAX_DESCRIPTION, extras_of, is_archived_by_us, origin_of, same_origin
from harvest.pipeline.context import Context, key_of
from harvest.pipeline.entries import Entry
from harvest.pipeline.slugs import free_slugs

ADDRESSES = ("base_api_url", "machine_documentation_url", "technical_documentation_url")


def plan(entries: list[Entry], context: Context, *, lock: bool) -> None:
    """Give these mapped entries their objects and their actions."""
    ids = {entry.record.dataservice_id for entry in entries if entry.record} - {None}
    rows = Dataservice.objects.filter(pk__in=ids).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    known = {row.pk: row for row in rows}
    for entry in entries:
        row = known.get(entry.record.dataservice_id) if entry.record else _adopted(entry, context)
        entry.target = row
        if row is not None and row.deleted_at is not None:
            entry.buried = True
            entry.skip(_("It was deleted here: it is not made again."))
        elif row is None:
            entry.action = Action.CREATED
        else:
            _compare(entry, row, context)


def _adopted(entry: Entry, context: Context) -> Dataservice | None:
    """Return the dataservice that this source made before it kept records."""
    rows = Dataservice.objects.filter(harvest__remote_id=entry.remote_id, harvest__source_id=context.source.pk)
    return rows.first()


def _compare(entry: Entry, row: Dataservice, context: Context) -> None:
    values = _columns(entry.draft, entry, context, row)
    for name, value in values.items():
        same = same_origin(row.harvest, value) if name == "harvest" else getattr(row, name) == value
        if not same:
            entry.changes.append(name.removesuffix("_id"))
    draft = entry.draft
    if draft.tags != sorted(tag.name for tag in row.tags.all()):
        entry.changes.append("tags")
    if {key_of(one) for one in draft.contacts} != {
        (one.name, one.email, one.contact_form, one.role) for one in row.contact_points.all()
    }:
        entry.changes.append("contact_points")
    served = {one.pk for one in _served(draft, context)}
    if not served <= {one.pk for one in row.datasets.all()}:
        entry.changes.append("datasets")
    entry.action = Action.UPDATED if entry.changes else Action.UNCHANGED
    if is_archived_by_us(row.harvest) and row.archived_at is not None:
        entry.changes.append("archived_at")
        entry.action = Action.RESTORED


def _columns(draft: DataserviceDraft, entry: Entry, context: Context, row: Dataservice | None) -> dict[str, Any]:
    access = draft.access_type if draft.access_type in AccessType.values else AccessType.OPEN.value
    license_id = context.licenses.guess(draft.licenses) or (row.license_id if row else None)
    reason = draft.access_type_reason_category
    written = entry.record.written.get("extras", []) if entry.record else []
    return {
        "title": title(draft.title),
        "acronym": text(draft.acronym, 128),
        "description": text(draft.description, MAX_DESCRIPTION),
        **{name: web_address(getattr(draft, name)) for name in ADDRESSES},
        "format": draft.format if draft.format in DataserviceFormat.values else "",
        "access_type": access,
        "access_type_reason_category": reason if reason in AccessReason.values else "",
        "license_id": license_id if access == AccessType.OPEN else None,
        "extras": extras_of(draft, row.extras if row else {}, written),
        "harvest": origin_of(draft, draft.remote_id or entry.remote_id, context.source, context),
        "private": bool(draft.private),
    }


def _served(draft: DataserviceDraft, context: Context) -> list[Dataset]:
    """Return the datasets that it serves, among those of the source: by remote id or URI."""
    wanted = [one[:500] for one in draft.datasets[:1000] if one]
    if not wanted:
        return []
    ids = HarvestRecord.objects.filter(source=context.source, remote_id__in=wanted).values("dataset")
    by_id = list(Dataset.objects.filter(pk__in=ids))
    by_uri = Dataset.objects.annotate(key=harvested_key("uri")).filter(key__in=[one[:KEY_LENGTH] for one in wanted])
    return list({one.pk: one for one in [*by_id, *by_uri.filter(harvest__source_id=context.source.pk)]}.values())


def write(entries: list[Entry], context: Context) -> None:
    """Write those of these entries that are dataservices, with what hangs on them."""
    for entry in entries:
        if isinstance(entry.draft, DataserviceDraft) and entry.action in (
            Action.CREATED, Action.UPDATED, Action.RESTORED,
        ):  # fmt: skip
            _write(entry, context)


def _write(entry: Entry, context: Context) -> None:
    draft, row = entry.draft, entry.target
    is_new = row is None
    if row is None:
        row = Dataservice(**context.owner, created_at=context.now)
        row.slug = free_slugs(Dataservice, [draft.slug or draft.title])[0]
    else:
        entry.before = {
            "dataservice": images.as_json(row),
            **{name: [one.pk for one in getattr(row, name).all()] for name in ("tags", "contact_points", "datasets")},
        }
    for name, value in _columns(draft, entry, context, row if not is_new else None).items():
        setattr(row, name, value)
    if entry.action == Action.RESTORED:
        row.archived_at = None
    row.metadata_modified_at = context.now
    row.save(force_insert=is_new)
    row.tags.set(Tag.objects.named(draft.tags))
    contacts = context.contact_ids(draft.contacts)
    row.contact_points.set([contacts[key_of(one)] for one in draft.contacts])
    row.datasets.add(*_served(draft, context))
    for kind in draft.badges:
        if kind in DataserviceBadgeKind.values:
            row.badges.get_or_create(kind=kind)
    entry.target = row
