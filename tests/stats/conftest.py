"""What the tests of statistics share: counting turned on, a spool of their own."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from stats import middleware
from stats.spool import Spool
from stats.visitors import salts

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def spool(settings, tmp_path, monkeypatch) -> Spool:
    """Counting is on, and writes to a folder of this test."""
    settings.STATS_ENABLED = True
    settings.STATS_SPOOL_DIR = tmp_path / "spool"
    own = Spool()
    monkeypatch.setattr(middleware, "spool", own)
    salts.forget()
    yield own
    own.close()
    salts.forget()


@pytest.fixture
def lines(spool) -> Callable[[], list[dict[str, Any]]]:
    """Return a function to what was written so far."""

    def read() -> list[dict[str, Any]]:
        found = sorted(spool.folder.glob("*.ndjson")) if spool.folder.is_dir() else []
        return [orjson.loads(line) for path in found for line in path.read_bytes().splitlines()]

    return read


@pytest.fixture
def browse(client) -> Callable[..., Any]:
    """Return a function that gets an address as a browser does."""

    def get(path: str, method: str = "get", **headers: str) -> Any:
        sent = {"user-agent": BROWSER} | {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(client, method)(path, headers=sent)

    return get
