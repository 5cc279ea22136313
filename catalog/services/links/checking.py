"""Checking links: batch by batch, politely, in constant memory.

A batch is taken by moving its rows' `due_at` on (a lease); each host's addresses are asked one after the other with a
pause, some hosts at the same time, and no host by two workers. What is found is written in one transaction. A worker
that dies leaves at most a batch, which is due again when the lease ends.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5
from random import random
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from catalog.models import Dataset, LinkCheck, Resource
from catalog.models.link_check import next_check
from catalog.models.vocabulary import FileType
from catalog.services import derivation
from catalog.services.batches import batches
from catalog.services.links.probing import Asked, Found, probe
from portal.lib.addresses import host_of

log = logging.getLogger(__name__)

BATCH = 200  # links taken at once
PER_HOST = 100  # links of one host asked in one batch; the others come later
LEASE = timedelta(minutes=30)
LATER = timedelta(minutes=2)  # for links whose host is asked by another worker, or had its share
PIECE = 2_000  # files that are enrolled at once
SUSPECT = 20  # results of a batch from which its failures are weighed
TASK = "catalog.tasks.check_links"
type_of_probe = Callable[[Asked], Found]


@dataclass(slots=True)
class Outcome:
    """What one run did."""

    asked: int = 0
    broken: int = 0
    put_off: int = 0
    suspected: bool = False


def candidates() -> QuerySet[Resource]:
    """The files whose links are checked: remote ones, of datasets in the public lists."""
    web = Q(url__startswith="http://") | Q(url__startswith="https://")
    return Resource.objects.in_listed_datasets().filter(web, filetype=FileType.REMOTE)


def enroll() -> int:
    """Give each file that has none its row, the first checks spread over LINKS_DAYS; return how many there were.

    Walks along the ids: each piece reads a stretch of the index of files, whatever is known already.
    """
    files = Resource.objects.order_by("pk").values_list("pk", flat=True)
    number, last = 0, UUID(int=0)
    while stretch := list(files.filter(pk__gt=last)[:PIECE]):
        last = stretch[-1]
        known = set(LinkCheck.objects.filter(pk__in=stretch).values_list("pk", flat=True))
        unknown = [pk for pk in stretch if pk not in known]
        piece = list(candidates().filter(pk__in=unknown).order_by().values_list("pk", flat=True))
        now, spread = timezone.now(), settings.LINKS_DAYS * 86_400
        rows = [LinkCheck(pk=pk, due_at=now + timedelta(seconds=random() * spread)) for pk in piece]  # noqa: S311
        LinkCheck.objects.bulk_create(rows, ignore_conflicts=True)
        number += len(piece)
    return number


def prune() -> int:
    """Forget the links of files that are gone, or that are no longer remote; return how many."""
    gone = LinkCheck.objects.filter(~Exists(Resource.objects.filter(pk=OuterRef("pk"), filetype=FileType.REMOTE)))
    ids, number = gone.order_by("pk").values_list("pk", flat=True), 0
    while piece := list(ids[:PIECE]):
        number += LinkCheck.objects.filter(pk__in=piece).delete()[0]
    return number


def ask_again(files: QuerySet[Resource]) -> int:
    """Make the links of these files due now, and forget none of their history; return how many are to be checked."""
    wanted = candidates().filter(pk__in=files.order_by().values("pk")).order_by("pk").values_list("pk", flat=True)
    number, last = 0, UUID(int=0)
    while piece := list(wanted.filter(pk__gt=last)[:PIECE]):
        LinkCheck.objects.bulk_create([LinkCheck(pk=pk) for pk in piece], ignore_conflicts=True)
        LinkCheck.objects.filter(pk__in=piece).update(due_at=timezone.now())
        number, last = number + len(piece), piece[-1]
    return number


def run(*, seconds: float | None = None, ask: type_of_probe = probe) -> Outcome:
    """Check what is due for so many seconds (LINKS_SECONDS), or until nothing is due."""
    done = Outcome()
    if not settings.LINKS_ENABLED:
        return done
    end = monotonic() + (settings.LINKS_SECONDS if seconds is None else seconds)
    while monotonic() < end and not done.suspected and (taken := take()):
        _batch(taken, end, ask, done)
    return done


@transaction.atomic
def take() -> list[LinkCheck]:
    """Take the next batch: its rows are nobody else's until the lease ends."""
    rows = list(LinkCheck.objects.due().select_for_update(skip_locked=True, of=("self",))[:BATCH])
    LinkCheck.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=timezone.now() + LEASE)
    return rows


def _batch(taken: list[LinkCheck], end: float, ask: type_of_probe, done: Outcome) -> None:
    urls = dict(candidates().filter(pk__in=[row.pk for row in taken]).values_list("pk", "url"))
    _rest([row.pk for row in taken if row.pk not in urls])
    by_host: dict[str, list[tuple[LinkCheck, Asked]]] = defaultdict(list)
    for row in taken:
        if row.pk in urls:
            by_host[host_of(urls[row.pk])].append((row, _asked(row, urls[row.pk])))
    held = [host for host in by_host if cache.add(_key(host), 1, LEASE.total_seconds())]
    found: dict[UUID, Found] = {}
    try:
        with ThreadPoolExecutor(settings.LINKS_HOSTS, thread_name_prefix="links") as pool:
            pause = done.asked > 0  # a host of the batch before may have been asked just now
            jobs = [pool.submit(_ask_host, by_host[host][:PER_HOST], end, ask, pause=pause) for host in held]
            for job in jobs:
                found.update(job.result())
    finally:
        cache.delete_many([_key(host) for host in held])
    if _suspicious(found.values()):
        log.warning("%d links of %d fail: the portal's own network may be at fault", len(found), len(found))
        done.suspected, found = True, {}
    pairs = {row.pk: asked.url for rows in by_host.values() for row, asked in rows}
    _put_off([pk for pk in pairs if pk not in found])
    done.put_off += len(pairs) - len(found)
    done.asked += len(found)
    done.broken += keep({pk: (pairs[pk], one) for pk, one in found.items()})


def _ask_host(rows: list[tuple[LinkCheck, Asked]], end: float, ask: type_of_probe, *, pause: bool) -> dict[UUID, Found]:
    """Ask the addresses of one host, one after the other; leave it alone when it asks for that, or time is up."""
    found: dict[UUID, Found] = {}
    for row, asked in rows:
        if found or pause:
            sleep(settings.LINKS_HOST_DELAY)
        if monotonic() >= end:
            break
        found[row.pk] = one = ask(asked)
        if one.available is None:
            break
    return found


def _suspicious(found: Iterable[Found]) -> bool:
    results = list(found)
    return len(results) >= SUSPECT and sum(one.is_ours for one in results) > 0.9 * len(results)


def _put_off(ids: list[UUID]) -> None:
    LinkCheck.objects.filter(pk__in=ids).update(due_at=timezone.now() + LATER)


def _rest(ids: list[UUID]) -> None:
    """Leave alone for a while what is not to be checked now (drafts, archived); it may come back."""
    LinkCheck.objects.filter(pk__in=ids).update(due_at=timezone.now() + next_check(0, settings.LINKS_DAYS))


def keep(found: dict[UUID, tuple[str, Found]]) -> int:
    """Write what was found, by file, with the address that was asked; return how many failed."""
    number = 0
    for piece in batches(sorted(found), 50):
        number += _keep({pk: found[pk] for pk in piece})
    return number


@transaction.atomic
def _keep(found: dict[UUID, tuple[str, Found]]) -> int:
    """Write a piece: the datasets are locked first, as by every other writer of their files."""
    ids = set(Resource.objects.filter(pk__in=found).order_by().values_list("dataset_id", flat=True))
    list(Dataset.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    rows = LinkCheck.objects.select_for_update(of=("self",)).in_bulk(found)
    files = Resource.objects.select_for_update(of=("self",)).in_bulk(found)
    now, changed, touched = timezone.now(), [], []
    for pk, (url, one) in found.items():
        if pk in rows and pk in files and files[pk].url == url:
            note(rows[pk], url, one, now)
            changed.append(rows[pk])
            if one.available is not None:
                files[pk].extras = {**_without_check(files[pk].extras), **extras_of(one, now)}
                touched.append(files[pk])
    columns = [column.name for column in LinkCheck._meta.concrete_fields if not column.primary_key]
    LinkCheck.objects.bulk_update(changed, columns)
    Resource.objects.bulk_update(touched, ["extras"])
    derivation.refresh(sorted({one.dataset_id for one in touched}))
    return sum(one.available is False for _url, one in found.values())


def note(row: LinkCheck, url: str, found: Found, now: Any) -> None:
    """Put what was found in the row of a link (not saved), with when it is asked next."""
    if row.url_hash != hash_of(url):
        row.url_hash, row.failures, row.told_at = hash_of(url), 0, None
    wait = timedelta(seconds=found.wait)
    if found.available is None:
        row.due_at = now + max(wait, timedelta(hours=1))
        return
    row.checked_at, row.available, row.status = now, found.available, found.status
    row.etag, row.modified = found.etag, found.modified
    row.failures = 0 if found.available else min(row.failures + 1, 1000)
    row.told_at = None if found.available else row.told_at
    row.due_at = now + max(wait, next_check(row.failures, settings.LINKS_DAYS) * (0.9 + random() / 5))  # noqa: S311
    row.remember([now.isoformat(timespec="seconds"), found.status, found.available, found.reason])


def extras_of(found: Found, now: Any) -> dict[str, Any]:
    """Return the extras by which udata's API tells of a check."""
    headers = {f"check:headers:{name}": value for name, value in found.headers}
    return {
        "check:available": found.available, "check:status": found.status, "check:date": now.isoformat(),
        "check:timeout": found.timeout, **headers,
    }  # fmt: skip


def _without_check(extras: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in extras.items() if not key.startswith("check:")}


def _asked(row: LinkCheck, url: str) -> Asked:
    """Return what to ask; the conditions of another address are worth nothing, nor those of a link that fails."""
    if row.url_hash != hash_of(url) or not row.available:
        return Asked(url)
    return Asked(url, row.etag, row.modified)


def hash_of(url: str) -> str:
    return md5(url.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _key(host: str) -> str:
    return f"links:{hash_of(host)}"
