"""One batch, from listed records to committed rows."""

import logging
import traceback
from dataclasses import replace

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from catalog.models import Dataservice
from harvest.drafts import DataserviceDraft
from harvest.models import Action
from harvest.pipeline import dataservices, planning, traces, writing
from harvest.pipeline.context import Context
from harvest.pipeline.entries import Entry
from harvest.pipeline.matching import take_over

log = logging.getLogger(__name__)


def decide(
    entries: list[Entry], context: Context, *, seen: dict[str, str] | None = None, lock: bool = True
) -> list[planning.Plan]:
    """Give each entry its action; return what is to be written for those that are datasets. Reads only."""
    left = planning.map_entries(planning.compare(entries, context, seen), context)
    services = [entry for entry in left if isinstance(entry.draft, DataserviceDraft)]
    datasets = [entry for entry in left if not isinstance(entry.draft, DataserviceDraft)]
    plans = planning.plan(datasets, context, lock=lock)
    dataservices.plan(services, context, lock=lock)
    return plans


def write(entries: list[Entry], context: Context) -> list[Entry]:
    """Decide and write a batch, inside a transaction; return the entries as they ended."""
    work = [replace(entry, changes=[], messages=list(entry.messages)) for entry in entries]
    plans = decide(work, context)
    adopted = [entry for entry in work if entry.target is not None and entry.action not in (Action.FAILED, None)]
    new = [entry for entry in adopted if not entry.record or entry.record.dataset_id != entry.target.pk]
    before = traces.states_of([*(plan.dataset for plan in plans if not plan.is_new), *_services(work)])
    writing.write_datasets(plans, context)
    dataservices.write(work, context)
    traces.write(work, before, context)
    written = {plan.entry.remote_id: plan.written for plan in plans}
    writing.write_items(work, context)
    if new:
        take_over(new, context)
    writing.write_records(work, written, context)
    return work


def _services(entries: list[Entry]) -> list[Dataservice]:
    """Return the dataservices that are there and about to be written."""
    changing = [entry for entry in entries if entry.action in writing.CHANGING]
    return [entry.target for entry in changing if isinstance(entry.target, Dataservice)]


def write_carefully(entries: list[Entry], context: Context) -> list[Entry]:
    """Write a batch one record at a time, each in a savepoint: one that cannot be written costs itself alone."""
    done = []
    for entry in entries:
        context.forget()
        try:
            with transaction.atomic():
                done += write([entry], context)
        except (OperationalError, InterfaceError):  # the database, not the record
            raise
        except Exception as error:
            log.exception("a record of %s cannot be written", context.source.pk)
            context.forget()
            done += _write_failure(entry, error, context)
    return done


def _write_failure(entry: Entry, error: Exception, context: Context) -> list[Entry]:
    failed = replace(entry, changes=[], messages=[])
    reason = str(error).partition("\n")[0][:300]
    text = _("The record cannot be written: %(reason)s") % {"reason": f"{type(error).__name__}: {reason}"}
    failed.fail(text, details=traceback.format_exc(), lasting=False)
    with transaction.atomic():
        return write([failed], context)
