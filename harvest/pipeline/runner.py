"""A run from its first page to its report, by one worker, which another may continue at any batch."""

import logging
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.services.batches import batches
from harvest.backends.base import Page
from harvest.errors import ConfigInvalid, HarvestError
from harvest.models import Action, HarvestRecord, Job, RecordState
from harvest.pipeline import finishing, leases, reports
from harvest.pipeline.batch import write, write_carefully
from harvest.pipeline.context import Context, backend_for
from harvest.pipeline.entries import Entry, counted, entries_of, fingerprint
from harvest.pipeline.leases import Cancelled, LeaseLost
from portal.lib.workers import worker_name

log = logging.getLogger(__name__)

BEAT = 15  # seconds between two signs of life while the remote is awaited
DATABASE_TRIES = 8  # of a batch, while the database is away: about two minutes
Progress = Callable[[Job], None]


def run(job_id: str, *, progress: Progress = lambda job: None) -> Job | None:
    """Take up a job and work on it until its end; None if another worker has it.

    `progress` is called after each batch. Whatever goes wrong ends in the job's report; what ends this process leaves
    the job to the next worker.
    """
    worker = worker_name()
    job = leases.claim(job_id, worker)
    if job is None:
        return None
    try:
        return _Run(job, worker, progress).work()
    except LeaseLost:
        log.warning("the harvest job %s was taken over", job_id)
        return None


class _Run:
    def __init__(self, job: Job, worker: str, progress: Progress) -> None:
        self.job, self.worker, self.progress = job, worker, progress
        self.source = job.source
        self.last_beat = time.monotonic()
        self.deadline = (job.started or timezone.now()) + timedelta(hours=settings.HARVEST_JOB_HOURS)
        self.late = False

    def work(self) -> Job:
        """Gather, then finish. Raises LeaseLost."""
        try:
            self._check()
            self.context = self._context()
            if not (self.job.cursor or {}).get("ended"):
                self._gather()
            finishing.finish(self.context, self.worker, self._hold_and_save)
        except Cancelled:
            return self._end(_("Cancelled."))
        except HarvestError as error:
            return self._end(str(error.message))
        except DatabaseError:
            raise
        except LeaseLost:
            raise
        except Exception as error:
            log.exception("the harvest job %s failed", self.job.pk)
            return self._end(f"{type(error).__name__}: {error}"[:500], details=traceback.format_exc())
        return self._end()

    def _check(self) -> None:
        """Ask again at each run whether the source may run. Raises ConfigInvalid."""
        if leases.has_stalled(self.job):
            raise ConfigInvalid(_("The run was interrupted several times at the same place."))
        if not self.source.is_runnable:
            raise ConfigInvalid(_("The source is not active, or not accepted."))

    def _context(self) -> Context:
        memory = self.source.memory if isinstance(self.source.memory, dict) else {}
        backend = backend_for(self.source, tick=self._tick, memory={"backend": memory.get("backend", {})})
        context = Context(self.source, backend, job_id=self.job.pk)
        context.key = fingerprint([context.mapper, self.source.url, self.source.config])
        if memory.get("key") == context.key:
            backend.client.validators.update(memory.get("validators", {}))
        return context

    # --- Gathering -----------------------------------------------------------------------------------------------

    def _gather(self) -> None:
        """Read the listing from the cursor on, and write it batch by batch."""
        cursor = (self.job.cursor or {}).get("at")
        for page in self.context.backend.pages(cursor):
            self._take(page, cursor)
            cursor = page.next_cursor
            if self._is_over():
                return
        self._commit([], {"ended": True})

    def _take(self, page: Page, cursor: Any) -> None:
        """Write one page; the cursor moves on with its last batch, or to the end of the listing."""
        if page.total is not None:
            self.job.total = min(max(page.total, 0), 2**31 - 1)
        read = ngettext("A page is read: %(number)d record.", "A page is read: %(number)d records.", len(page.records))
        reports.note(self.job, read % {"number": len(page.records)})
        if not page.complete or any(not listing_id for listing_id, _message in page.failures):
            self.job.complete = False  # what was not read may be anything that is known here
        if page.unchanged:
            self._commit_unchanged()
        after = {"at": page.next_cursor} if page.next_cursor is not None else {"ended": True}
        for batch, is_last in _marked(batches(entries_of(page, self.context), settings.HARVEST_BATCH)):
            self._commit(batch, after if is_last else {"at": cursor})

    def _is_over(self) -> bool:
        """Tell whether the run has to end before the listing does; then the listing is not complete."""
        limit = settings.HARVEST_MAX_ITEMS
        if limit and sum(self.job.counters.values()) >= limit:
            reports.complain(self.job, _("The run ends after %(number)d items.") % {"number": limit})
        elif timezone.now() > self.deadline:
            reports.complain(self.job, _("The run takes too long: it ends here."))
        else:
            return False
        self.job.complete = False
        self._commit([], {"ended": True})
        return True

    def _commit(self, entries: list[Entry], cursor: dict[str, Any]) -> None:
        """Write a batch, its report and the cursor in one transaction; wait for a database that is away.

        Raises LeaseLost, Cancelled.
        """
        for number in range(DATABASE_TRIES):
            try:
                self._try(entries, cursor)
                break
            except (OperationalError, InterfaceError):
                if number == DATABASE_TRIES - 1 or connection.in_atomic_block:
                    raise
                log.warning("the database is away: the batch is tried again")
                connection.close()
                self.context.forget()
                time.sleep(min(30, 2**number / 4))
        self.last_beat = time.monotonic()
        self.progress(self.job)

    def _try(self, entries: list[Entry], cursor: dict[str, Any]) -> None:
        try:
            self._write(entries, cursor, write)
        except (OperationalError, InterfaceError, LeaseLost, Cancelled):
            raise
        except Exception:
            log.exception("a batch of %s cannot be written: one by one", self.source.pk)
            self.context.forget()
            self._write(entries, cursor, write_carefully)

    @transaction.atomic
    def _write(self, entries: list[Entry], cursor: dict[str, Any], writer: Callable) -> None:
        self.context.forget_new()
        row = leases.hold(self.job.pk, self.worker)
        self.context.now = timezone.now()
        done = writer(entries, self.context) if entries else []
        self._count(row, counted(done), cursor)

    def _commit_unchanged(self) -> None:
        """Note that the whole catalogue is as it was."""
        with transaction.atomic():
            row = leases.hold(self.job.pk, self.worker)
            rows = HarvestRecord.objects.filter(source=self.source, missing_since=None)
            rows = rows.exclude(seen_job=self.job.pk)
            good = rows.filter(state=RecordState.GOOD).count()
            rows.update(seen_job=self.job.pk, last_seen=timezone.now())
            self._count(row, {str(Action.UNCHANGED): good}, row.cursor)

    def _count(self, row: Job, numbers: dict[str, int], cursor: Any) -> None:
        """Save what was done on the locked row of the job."""
        row.count(numbers)
        row.cursor, row.total, row.complete = cursor, self.job.total, self.job.complete
        row.errors, row.log = self.job.errors, self.job.log
        leases.progressed(row)
        row.save(update_fields=[
            "counters", "cursor", "total", "complete", "errors", "log", "stalled", "heartbeat_at", "lease_until",
        ])  # fmt: skip
        self.job = row

    def _hold_and_save(self, change: Callable[[Job], dict[str, int]]) -> Job:
        """Let `finishing` change the job and the catalogue in one transaction, which only its worker can commit."""
        with transaction.atomic():
            row = leases.hold(self.job.pk, self.worker)
            row.total = self.job.total
            numbers = change(row)
            self.job.errors, self.job.log, self.job.complete = row.errors, row.log, row.complete
            self._count(row, numbers, row.cursor)
            row.save(update_fields=["held"])
        self.progress(self.job)
        return self.job

    def _tick(self) -> None:
        """Give a sign of life while the remote is awaited."""
        if time.monotonic() - self.last_beat > BEAT and not connection.in_atomic_block:
            leases.beat(self.job.pk, self.worker)
            self.last_beat = time.monotonic()

    # --- Ending ----------------------------------------------------------------------------------------------------

    def _end(self, problem: str = "", *, details: str = "") -> Job:
        """Close the job, with the problem that ended it, if one did."""
        with transaction.atomic():
            row = Job.objects.select_for_update(of=("self",)).filter(pk=self.job.pk, worker=self.worker).first()
            if row is None:
                raise LeaseLost
            if problem:
                reports.complain(row, problem, details=details)
                row.complete = False
            reports.close(row, self.source, getattr(self, "context", None), failed=bool(problem))
        self.job = row
        self.progress(row)
        return row


def _marked(items: Iterable[Any]) -> Iterator[tuple[Any, bool]]:
    """Give each item, and whether it is the last one; nothing at all is one empty list, the last."""
    iterator = iter(items)
    current = next(iterator, [])
    for following in iterator:
        yield current, False
        current = following
    yield current, True
