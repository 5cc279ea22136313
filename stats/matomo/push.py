"""Sending hits to Matomo, without what could tell of a person: no address, no user agent, no account.

Matomo knows no idempotent request, so that exactly once is impossible: a batch is noted as `sending` before it leaves
and as `sent` once Matomo said so. What is found `sending` at the next start is unknown; by default it is not sent
again, so that nothing counts twice (STATS_MATOMO_ON_UNKNOWN).
"""

import hmac
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, transaction

from portal.lib.locks import lock
from stats import loader
from stats.kinds import Agent, Kind, Target
from stats.matomo import addresses
from stats.matomo.client import MatomoError, NotRecorded, track
from stats.models import Event, MatomoBatch, StatsObject
from stats.models.external import BatchState
from stats.periods import moment_of

log = logging.getLogger(__name__)

BATCH = 200  # hits in one request
BATCHES = 500  # in one run
ATTEMPTS = 50  # of a batch that is refused, before it is given up
SENT_AGENTS = (Agent.HUMAN, Agent.MACHINE)
LABEL = b"matomo"
LOCK = 7_338_202  # of the advisory lock that one push holds


def push() -> int:
    """Send the hits that were not sent yet, and return how many Matomo recorded. Stops at the first failure."""
    if not (settings.STATS_MATOMO_URL and settings.STATS_MATOMO_PUSH):
        return 0
    with alone() as is_alone:
        return _push() if is_alone else 0


@contextmanager
def alone() -> Iterator[bool]:
    """Tell whether nobody else pushes, and keep it so: what another run is sending is not of unknown outcome."""
    if connection.vendor != "postgresql":
        try:
            with lock(settings.STATS_SPOOL_DIR / "matomo.lock"):
                yield True
        except BlockingIOError:
            yield False
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _push() -> int:
    sent = 0
    if not settle():
        return sent
    for _number in range(BATCHES):
        batch = begin()
        if batch is None or not send(batch):
            break
        sent += batch.tracked
    return sent


def settle() -> bool:
    """Decide on the batches that another run left without an outcome; tell whether new ones may follow."""
    for batch in MatomoBatch.objects.filter(state=BatchState.SENDING).order_by("first"):
        if settings.STATS_MATOMO_ON_UNKNOWN == "resend":
            if not send(batch):
                return False
            continue
        loader.add({"matomo_unknown_batches": 1})
        give_up(batch)
    for batch in MatomoBatch.objects.filter(state=BatchState.REFUSED).order_by("first"):
        if batch.attempts >= ATTEMPTS:  # Matomo will never take it: the others must not wait for it
            give_up(batch)
        elif not send(batch):
            return False
    return True


def give_up(batch: MatomoBatch) -> None:
    loader.add({"matomo_lost_hits": batch.size})
    batch.state = BatchState.SKIPPED
    batch.save(update_fields=["state"])


@transaction.atomic
def begin() -> MatomoBatch | None:
    """Note the next batch as about to be sent, or return None if there is nothing to send."""
    newest = MatomoBatch.objects.order_by("-last").first()
    ids = list(hits(newest.last if newest else 0).values_list("pk", flat=True)[:BATCH])
    return MatomoBatch.objects.create(first=ids[0], last=ids[-1], size=len(ids)) if ids else None


def hits(after: int, until: int | None = None) -> Any:
    """The hits that Matomo is told of, in the order in which they came in."""
    rows = Event.objects.filter(pk__gt=after, agent__in=SENT_AGENTS).exclude(kind=Kind.API).order_by("pk")
    return rows if until is None else rows.filter(pk__lte=until)


def send(batch: MatomoBatch) -> bool:
    """Send one batch; tell whether Matomo recorded it. A surely refused one is tried again at the next run."""
    rows = list(hits(batch.first - 1, batch.last).select_related("target", "target__parent"))
    batch.state, batch.attempts = BatchState.SENDING, batch.attempts + 1
    batch.save(update_fields=["state", "attempts"])
    try:
        batch.tracked = track(list(as_requests(sorted(rows, key=lambda row: (row.at, row.pk))))) if rows else 0
    except NotRecorded as error:
        batch.state = BatchState.REFUSED
        log.warning("Matomo refused hits: %s", error.message)
    except MatomoError as error:
        log.warning("nobody knows whether Matomo recorded hits: %s", error.message)
    else:
        batch.state = BatchState.SENT
        if batch.tracked < len(rows):
            loader.add({"matomo_lost_hits": len(rows) - batch.tracked})
    batch.save(update_fields=["state", "tracked"])
    return batch.state == BatchState.SENT


def as_requests(rows: Iterable[Event]) -> Iterable[str]:
    """Give each hit as Matomo's tracking API reads it."""
    rows = list(rows)
    known = addresses.of({row.target for row in rows})
    for row in rows:
        address = known.get(row.target_id, settings.SITE_URL + "/")
        yield "?" + urlencode(fields(row, row.target, address))


def fields(row: Event, target: StatsObject, address: str) -> dict[str, str | int]:
    """Return the parameters of one hit: when, which page, and a hash of the visitor of that day for Matomo alone."""
    values: dict[str, str | int] = {
        "idsite": settings.STATS_MATOMO_SITE, "rec": 1, "bots": 1, "cdt": int(moment_of(row.at).timestamp()),
        "url": address,
    }  # fmt: skip
    if row.visitor:
        values["cid"] = hmac.digest(settings.SECRET_KEY.encode(), LABEL + bytes(row.visitor), "sha256")[:8].hex()
    if row.kind == Kind.DOWNLOAD and target.target == Target.RESOURCE:
        values["download"] = address
    elif row.kind == Kind.OUTLINK:
        values["link"] = address
    elif row.kind == Kind.SEARCH:
        values["search"] = row.term
    return values
