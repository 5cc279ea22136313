"""The run of `bench.search_kills`, inside Django."""

import os
import signal
import subprocess
import sys
import time

from bench.search_writes import Writer, hidden_ids
from catalog.search import rebuild, service
from catalog.search.engine import engine
from catalog.search.follower import Follower


def indexer() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "search", "index", "--follow"], stderr=subprocess.DEVNULL, env=os.environ
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def work(writes: int, kills: int) -> int:
    """Write, kill and start again; then compare. Return the exit status."""
    writer, started = Writer(seed=7), time.monotonic()
    every, killed, process = max(1, writes // kills), 0, indexer()
    for number in range(1, writes + 1):
        writer.write()
        if number % every == 0 and killed < kills:
            time.sleep(writer.chance.random() * 4)  # it dies while it starts, works or waits
            kill(process)
            killed, process = killed + 1, indexer()
    kill(process)
    follower = Follower(engine())
    follower.turn()
    follower.close()
    differences = rebuild.compare(engine())
    hidden, shown = hidden_ids(), set()
    cursor = ""
    while True:
        hits = service.search("dataset", page=service.Page(size=1000, cursor=cursor))
        shown |= set(hits.ids)
        cursor = hits.next_cursor
        if not cursor:
            break
    passed = not differences and not hidden & shown
    print(
        f"{writes} writes, {killed} kills in {time.monotonic() - started:.0f} s: {differences.checked} objects, "
        f"{len(differences)} differences, {len(hidden & shown)} hidden ones shown. {'PASS' if passed else 'FAIL'}"
    )
    return 0 if passed else 1
