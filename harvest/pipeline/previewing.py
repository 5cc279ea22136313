"""Previews: what a run would do, by the same decisions, and nothing written."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.models import Dataset
from catalog.services.batches import batches
from harvest.errors import HarvestError
from harvest.models import Action, HarvestRecord, RecordState, Source
from harvest.pipeline import batch, columns, finishing
from harvest.pipeline.context import Context, backend_for
from harvest.pipeline.entries import Entry, counted, entries_of
from harvest.pipeline.planning import Plan

SHORT = 300  # characters of a value that is shown
BATCH = 100


@dataclass(slots=True)
class Difference:
    """One field that would change: `before` is None where the object is new."""

    name: str
    before: Any
    after: Any


@dataclass(slots=True)
class PreviewItem:
    """What would become of one record."""

    remote_id: str
    title: str
    action: str
    url: str = ""
    dataset: Dataset | None = None
    differences: list[Difference] = field(default_factory=list)
    error: str = ""
    details: str = ""
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Preview:
    """What a run would do. `whole` tells whether the listing was read to its end; only then is what would be archived
    known: `missing` are titles of what has disappeared and is archived after the days of grace.
    """

    counters: dict[str, int] = field(default_factory=dict)
    items: list[PreviewItem] = field(default_factory=list)
    total: int | None = None
    whole: bool = False
    missing: list[str] = field(default_factory=list)
    stopped: bool = False  # so much would be archived that an administrator would be asked
    error: str = ""


def preview(source: Source, *, limit: int | None = None, seconds: float | None = None, shown: int = 1000) -> Preview:
    """Read the first `limit` records of a source (all, if None; HARVEST_PREVIEW_ITEMS is udata's custom) and return
    what a run would do with them. A source that is not saved may be previewed, too. What goes wrong is in the answer.

    After `seconds`, it answers with what it has. At most `shown` items are described; all are counted.
    """
    result, seen = Preview(), {}
    deadline = time.monotonic() + seconds if seconds else None
    try:
        context = Context(source, backend_for(source, memory={}), writes=False)
        entries = _listed(context, result)
        limited = entries if limit is None else islice(entries, limit)
        for some in batches(limited, min(BATCH, limit or BATCH)):
            _decide(some, context, result, seen, shown)
            if deadline is not None and time.monotonic() > deadline:
                break
        result.whole = result.whole and (limit is None or next(entries, None) is None)
    except HarvestError as error:
        result.error, result.whole = str(error.message), False
    if result.whole:
        _missing(source, result, seen)
    return result


def _listed(context: Context, result: Preview) -> Any:
    complete = True
    for page in context.backend.pages(None):
        result.total = page.total if page.total is not None else result.total
        complete = complete and page.complete
        yield from entries_of(page, context)
    result.whole = complete


def _decide(entries: list[Entry], context: Context, result: Preview, seen: dict[str, str], shown: int) -> None:
    plans = {id(plan.entry): plan for plan in batch.decide(entries, context, seen=seen, lock=False)}
    for entry in entries:
        seen.setdefault(entry.remote_id, entry.content_hash)
        if entry.action is not None and len(result.items) < shown:
            result.items.append(_item(entry, plans.get(id(entry)), context))
    for name, number in counted(entries).items():
        result.counters[name] = result.counters.get(name, 0) + number


def _item(entry: Entry, plan: Plan | None, context: Context) -> PreviewItem:
    known = entry.target if isinstance(entry.target, Dataset) else None
    title = entry.draft.title if entry.draft else (known.title if known else "")
    return PreviewItem(
        remote_id="" if entry.remote_id.startswith("#") else entry.remote_id,
        title=title[:SHORT],
        action=str(entry.action),
        url=entry.draft.remote_url if entry.draft else "",
        dataset=known,
        differences=list(_differences(plan)) if plan and entry.action != Action.UNCHANGED else [],
        error=entry.error,
        details=entry.details,
        warnings=entry.messages,
    )


def _differences(plan: Plan) -> Any:
    """Give the fields that would change, with both values, short enough to be read."""
    dataset = plan.dataset
    for name, value in plan.values.items():
        if name in ("harvest", "archived"):
            continue
        before = None if plan.is_new else getattr(dataset, name)
        if plan.is_new and value in (None, "", {}, [], False):
            continue
        label = "license" if name == "license_id" else name
        yield Difference(label, _short(before), _short(value))
    if plan.values.get("archived", "") is None:
        yield Difference("archived", _short(columns.plain(dataset.archived)), None)
    yield from _relations(plan)


def _relations(plan: Plan) -> Any:
    is_new, dataset = plan.is_new, plan.dataset
    if plan.sets["tags"]:
        yield Difference("tags", None if is_new else sorted(tag.name for tag in dataset.tags.all()), plan.tags)
    if plan.sets["spatial_zones"]:
        before = None if is_new else sorted(zone.pk for zone in dataset.spatial_zones.all())
        yield Difference("spatial_zones", before, plan.zones)
    if plan.sets["contact_points"]:
        before = None if is_new else sorted(contact.name for contact in dataset.contact_points.all())
        yield Difference("contact_points", before, sorted(contact[0] for contact in plan.contacts))
    if plan.badges:
        yield Difference("badges", None if is_new else sorted(b.kind for b in dataset.badges.all()), plan.badges)
    resources = plan.resources
    for name, rows in (("added", resources.added), ("changed", resources.changed), ("removed", resources.removed)):
        if rows:
            yield Difference(f"resources {name}", None, [f"{row.title[:100]} ({row.format})" for row in rows[:50]])


def _short(value: Any) -> Any:
    value = columns.plain(value)
    if isinstance(value, str):
        return value if len(value) <= SHORT else f"{value[: SHORT - 1]}…"
    if isinstance(value, dict | list) and len(str(value)) > SHORT:
        return f"{str(value)[: SHORT - 1]}…"
    return value


def _missing(source: Source, result: Preview, seen: dict[str, str]) -> None:
    """Say what has disappeared: what would be archived now, and the rest once the days of grace are over."""
    if source.pk is None or not seen:
        return
    records = HarvestRecord.objects.filter(source=source, state=RecordState.GOOD, dataset__archived=None)
    rows = records.exclude(dataset=None).values_list("pk", "remote_id", "dataset__title")
    gone = [(pk, title) for pk, remote_id, title in rows.iterator() if remote_id not in seen]
    result.missing = [title for _pk, title in gone]
    limit = timezone.now() - timedelta(days=settings.HARVEST_GRACE_DAYS)
    due = HarvestRecord.objects.filter(source=source, missing_since__lte=limit, missing_runs__gte=finishing.RUNS - 1)
    number = due.filter(pk__in=[pk for pk, _title in gone]).count()
    if number and source.autoarchive:
        result.stopped = finishing.is_too_many(source.pk, number)
        result.counters[str(Action.ARCHIVED)] = 0 if result.stopped else number
