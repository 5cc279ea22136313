"""Previews that a page waits for: a worker makes them, and the last one of each source is kept."""

import logging
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from harvest.models import PreviewState, Source, SourcePreview
from harvest.pipeline.previewing import Preview, PreviewItem, preview
from portal.lib.jobs import NoWorker, send
from portal.models import User

log = logging.getLogger(__name__)

TASK = "harvest.tasks.preview_source"
SECONDS = 60  # after which a preview says what it knows
SHOWN = 200  # items that are described; all are counted
MOST_MISSING = 100  # titles of what disappeared


@transaction.atomic
def ask(source: Source, *, by: User | None = None) -> SourcePreview:
    """Ask for a preview of a source; one that is being made is waited for instead."""
    Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    found = SourcePreview.objects.filter(source=source).first()
    if found is not None and found.is_awaited:
        return found
    asked, _created = SourcePreview.objects.update_or_create(
        source=source,
        defaults={
            "state": PreviewState.WAITING, "asked_at": timezone.now(), "started_at": None, "ended_at": None, "by": by,
        },
    )  # fmt: skip
    transaction.on_commit(lambda: _send(source.pk))
    return asked


def _send(pk: str) -> None:
    try:
        send(TASK, pk)
    except NoWorker:
        log.exception("the preview of %s cannot be sent to a worker", pk)
        _end(pk, {"error": _("No worker can be reached: the preview was not started.")})


def make(pk: str) -> None:
    """Make the preview that was asked for; nothing is done if it was made, or if a worker makes it."""
    now = timezone.now()
    waiting = SourcePreview.objects.filter(source=pk, state=PreviewState.WAITING)
    if not waiting.update(state=PreviewState.RUNNING, started_at=now):
        return
    source = Source.objects.filter(pk=pk).first()
    if source is None:
        return
    try:
        result = as_json(preview(source, seconds=SECONDS, shown=SHOWN))
    except Exception as error:  # a backend's own mistake: the page says so, instead of waiting for ever
        log.exception("the preview of %s failed", pk)
        result = {"error": _("The preview failed: %(error)s") % {"error": f"{type(error).__name__}: {error}"[:300]}}
    _end(pk, result)


def _end(pk: str, result: dict[str, Any]) -> None:
    rows = SourcePreview.objects.filter(source=pk).exclude(state=PreviewState.DONE)
    rows.update(state=PreviewState.DONE, ended_at=timezone.now(), result=result)


def as_json(found: Preview) -> dict[str, Any]:
    """Return a preview as it is kept: the fields of `Preview`, objects by their ids, and how many are missing."""
    return {
        "counters": {str(name): number for name, number in found.counters.items()},
        "items": [_item(item) for item in found.items],
        "total": found.total,
        "whole": found.whole,
        "missing": [str(title)[:300] for title in found.missing[:MOST_MISSING]],
        "missing_count": len(found.missing),
        "stopped": found.stopped,
        "error": str(found.error),
    }


def _item(item: PreviewItem) -> dict[str, Any]:
    return {
        "remote_id": item.remote_id,
        "title": item.title,
        "action": str(item.action),
        "url": item.url,
        "dataset": item.dataset.pk if item.dataset is not None else None,
        "differences": [asdict(difference) for difference in item.differences],
        "error": str(item.error),
        "warnings": [str(warning) for warning in item.warnings],
    }
