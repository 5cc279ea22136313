"""An indexer killed again and again while everything changes: nothing is lost, nothing hidden is shown."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from bench.search_writes import Writer, hidden_ids
from catalog.search import rebuild
from catalog.search.follower import Follower

KILLS, WRITES = 5, 40

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a test's SQLite database is in memory"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def indexer(portal):
    """Return a function that starts the real process on this test's database and index."""
    started: list[subprocess.Popen[bytes]] = []
    database = connection.settings_dict
    address = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST'] or '127.0.0.1'}"
        f":{database['PORT'] or 5432}/{database['NAME']}"
    )
    names = ["SEARCH_DIR", "SEARCH_BACKEND", "OPENSEARCH_INDEX"]
    environment = {**os.environ, "DATABASE_URL": address, "DEBUG": "on"}
    environment |= {name: str(getattr(settings, name)) for name in names}

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "search", "index", "--follow"]
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_nothing_is_lost(portal, indexer):
    writer = Writer(seed=3)
    process = indexer()
    deadline = time.monotonic() + 60
    while not portal.backend.generation():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    for _kill in range(KILLS):
        for _number in range(WRITES):
            writer.write()
        time.sleep(writer.chance.random() * 3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = indexer()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) in (0, -signal.SIGTERM)
    follower = Follower(portal.backend)
    assert follower.turn()
    follower.close()
    assert not rebuild.compare(portal.backend)
    assert not set(portal.ids()) & hidden_ids()
    assert portal.ids()
