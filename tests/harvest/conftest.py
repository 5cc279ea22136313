"""What every test of the harvester may count on: it calls loopback."""

import pytest


@pytest.fixture(autouse=True)
def _loopback(settings) -> None:
    """Let the harvester call the servers that tests start."""
    settings.OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1"]
