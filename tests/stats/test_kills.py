"""The loader and the roll-up are killed (kill -9) fifty times each: nothing is lost and nothing counts twice.

A child forked from this process dies at a random moment of its work, on a connection of its own.
"""

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest
from django.db import connections
from django.utils import timezone

from stats import loader, rollup
from stats.models import Bucket, Event
from stats.spool import files
from tests.marks import POSTGRESQL
from tests.stats.test_rollup import expected, found, objects, some_hits, written

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.skipif(not POSTGRESQL, reason="children need a database that several processes write"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    # The child of a process with threads: it touches none of theirs, and dies.
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]
KILLS, HITS = 50, 200_000
LIVES = 0.005, 0.1  # seconds


def killed(work: Callable[[], object], after: float) -> bool:
    """Do `work` in a child, killed after so many seconds; tell whether it was killed before its end."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_nothing_is_lost_or_doubled_when_loader_and_roll_up_are_killed(tmp_path, monkeypatch):
    clock, chance = datetime.now(UTC), Random(3)  # noqa: S311
    monkeypatch.setattr(timezone, "now", lambda: clock)
    monkeypatch.setattr(loader, "CHUNK", 128 * 1024)  # a transaction for 1,500 hits or so
    hits = some_hits(objects(), HITS, clock)
    written(hits, tmp_path, pieces=4)
    deaths = {"load": 0, "roll": 0}
    for _number in range(KILLS * 4):
        if deaths["load"] < KILLS:
            deaths["load"] += killed(lambda: loader.load(tmp_path), chance.uniform(*LIVES))
        if deaths["roll"] < KILLS:
            Bucket.objects.update(dirty=True)
            deaths["roll"] += killed(rollup.roll_up, chance.uniform(*LIVES))
        if min(deaths.values()) >= KILLS:
            break
    loader.load(tmp_path)
    rollup.roll_up()
    assert deaths == {"load": KILLS, "roll": KILLS}
    assert Event.objects.count() == HITS
    assert files(tmp_path) == []
    assert found() == expected(hits)
