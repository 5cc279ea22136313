"""Side effects: noted in the transaction of the write, run after it by Celery, each until it succeeds.

`emit` in a service; `handler` on the function that does the work. Handlers may run twice (a worker killed between
the work and the note of it): they find out for themselves what is done already.
"""

import logging
import traceback
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import OutboxEvent

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=30)  # doubled at each failure
LEASE = timedelta(minutes=5)  # of an event that is run outside of a transaction; longer than a mail server takes
KEPT = timedelta(days=7)  # done events, for whoever looks into what happened
KEPT_HELD = timedelta(days=90)  # events that nobody released or tried again
BATCH = 100

HANDLERS: dict[str, Callable[..., None]] = {}
OUTSIDE: set[str] = set()
FORGOTTEN: dict[str, frozenset[str]] = {}
_held: ContextVar[list[int] | None] = ContextVar("held_events", default=None)


def handler(
    name: str, *, outside: bool = False, forget: Iterable[str] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register the function that runs events of that name; it is called with the payload as keywords.

    One that works in the database runs in a transaction with the note that it is done: exactly once. One that speaks
    to the `outside` keeps no transaction open meanwhile (SQLite has one writer): its event is claimed for some time.
    `forget` names what of the payload is not kept once it is done.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        HANDLERS[name] = function
        FORGOTTEN[name] = frozenset(forget)
        if outside:
            OUTSIDE.add(name)
        return function

    return register


def emit(name: str, /, **payload: Any) -> OutboxEvent:
    """Note a side effect in the current transaction; it runs once that is committed.

    `payload` is JSON (ids, texts, numbers). Inside `held()` the event waits until it is released.
    """
    return emit_all(name, [payload])[0]


def emit_all(name: str, payloads: Iterable[dict[str, Any]]) -> list[OutboxEvent]:
    """Note several side effects of one name, as `emit` does; one insert."""
    held = _held.get()
    rows = [OutboxEvent(name=name, payload=payload, held=held is not None) for payload in payloads]
    OutboxEvent.objects.bulk_create(rows)
    if held is not None:
        held.extend(row.pk for row in rows)
    elif rows:
        transaction.on_commit(wake, robust=True)
    return rows


def wake() -> None:
    """Ask a worker to run what is due; the schedule does so anyway, a minute later at most."""
    current_app.send_task("catalog.tasks.run_outbox", ignore_result=True, retry=False)


@contextmanager
def held():
    """Hold back the events emitted inside; gives the list of their ids, filled at the end (spam, see reports)."""
    ids: list[int] = []
    token = _held.set(ids)
    try:
        yield ids
    finally:
        _held.reset(token)


def is_holding() -> bool:
    """Tell whether this is inside `held()`: what would be written at once is then an event, too."""
    return _held.get() is not None


def release(ids: list[int]) -> int:
    """Let held events run; return how many there were."""
    count = OutboxEvent.objects.filter(pk__in=ids, held=True).update(held=False, run_after=timezone.now())
    if count:
        transaction.on_commit(wake, robust=True)
    return count


def retry(events: QuerySet[OutboxEvent]) -> int:
    """Try failed events again, now and with all their attempts; return how many there were."""
    failed = OutboxEvent.objects.failed().filter(pk__in=events.order_by().values("pk"))
    count = failed.update(held=False, attempts=0, run_after=timezone.now())
    if count:
        transaction.on_commit(wake, robust=True)
    return count


def run_due(limit: int = BATCH) -> int:
    """Run the events that are due, the oldest first; return how many succeeded. Several workers share the work."""
    due = OutboxEvent.objects.due().values_list("pk", "name")
    return sum(_run(pk, name) for pk, name in list(due[:limit]))


def _run(pk: int, name: str) -> bool:
    """Run one event, unless another worker has it."""
    try:
        return _run_claimed(pk) if name in OUTSIDE else _run_locked(pk)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises must not stop the others
        where = traceback.extract_tb(error.__traceback__)[-1]
        # The text stays in the row: it may hold an address, which is nothing for a log.
        log.error("side effect %s %s failed: %s at %s:%s", name, pk, type(error).__name__, where.filename, where.lineno)
        _postpone(pk, error)
        return False


def _run_locked(pk: int) -> bool:
    """Run one event in a transaction, its row locked."""
    with transaction.atomic():
        event = OutboxEvent.objects.due().select_for_update(**_skip_locked()).filter(pk=pk).first()
        if event is None:
            return False
        HANDLERS[event.name](**event.payload)
        _note_done(event)
    return True


def _run_claimed(pk: int) -> bool:
    """Run one event with no transaction open. It is due again later, were this worker to die meanwhile."""
    if not OutboxEvent.objects.due().filter(pk=pk).update(run_after=timezone.now() + LEASE):
        return False
    event = OutboxEvent.objects.get(pk=pk)
    HANDLERS[event.name](**event.payload)
    _note_done(event)
    return True


def _note_done(event: OutboxEvent) -> None:
    forgotten = FORGOTTEN.get(event.name, frozenset())
    event.payload = {key: value for key, value in event.payload.items() if key not in forgotten}
    event.done_at, event.error = timezone.now(), ""
    OutboxEvent.objects.filter(pk=event.pk).update(payload=event.payload, done_at=event.done_at, error="")


def _skip_locked() -> dict[str, bool]:
    return {"skip_locked": True} if connection.features.has_select_for_update_skip_locked else {}


def _postpone(pk: int, error: Exception) -> None:
    """Note the failure and try again later, at growing intervals, ten times in all."""
    event = OutboxEvent.objects.filter(pk=pk).first()
    if event is None:  # its account was deleted meanwhile
        return
    event.attempts += 1
    event.error = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
    event.run_after = timezone.now() + FIRST_DELAY * 2 ** (event.attempts - 1)
    event.held = event.attempts >= MAX_ATTEMPTS
    event.save(update_fields=["attempts", "error", "run_after", "held"])


def prune() -> int:
    """Delete events done a week ago, and those held back for three months; return how many."""
    now = timezone.now()
    done = OutboxEvent.objects.filter(done_at__lt=now - KEPT).delete()[0]
    return done + OutboxEvent.objects.filter(held=True, created_at__lt=now - KEPT_HELD).delete()[0]
