"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.db import connection
from django.test import override_settings
from rest_framework.test import APIClient


@pytest.fixture
def api() -> APIClient:
    """An anonymous client that asks for JSON, as udata's clients do."""
    return APIClient(headers={"accept": "application/json"})


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Give the reference data back at the end: tests with real transactions flush it, and `--reuse-db` keeps that."""
    yield
    contents = getattr(connection, "_test_serialized_contents", None)  # absent when no test asked for it
    if contents is not None:
        with django_db_blocker.unblock():
            connection.creation.deserialize_db_from_string(contents)


@pytest.fixture(scope="session", autouse=True)
def _no_index(tmp_path_factory) -> Iterator[None]:
    """Leave the search index of the developer's own portal alone: a test that wants one makes it."""
    with override_settings(SEARCH_DIR=tmp_path_factory.mktemp("search") / "none"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_redis(worker_id) -> Iterator[None]:
    """Give each process of pytest-xdist a database of Redis: one that empties its cache empties nobody else's."""
    if not project.REDIS_URL:
        yield
        return
    parts = urlsplit(project.REDIS_URL)
    number = (int(parts.path.strip("/") or 0) + int(worker_id.removeprefix("gw").replace("master", "0"))) % 16
    address = parts._replace(path=f"/{number}").geturl()
    caches = project.CACHES | {"default": project.CACHES["default"] | {"LOCATION": address}}
    with override_settings(REDIS_URL=address, CACHES=caches):
        yield


@pytest.fixture(autouse=True)
def _fast_passwords(settings) -> None:
    """Hash passwords cheaply: their strength is Django's business, not these tests'."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_pauses(settings) -> None:
    """Ask remote catalogues once and at once: the tests that are about patience set their own."""
    settings.HARVEST_HOST_DELAY = settings.HARVEST_RETRIES = 0


@pytest.fixture
def portal_folder(db, tmp_path) -> Path:
    """A folder for a portal in a process of its own: it holds a copy of this test's database (of SQLite, else skip)."""
    if connection.vendor != "sqlite":
        pytest.skip("one file of SQLite is what this portal runs on")
    connection.ensure_connection()
    (tmp_path / "portal.sqlite3").write_bytes(connection.connection.serialize())
    return tmp_path


@pytest.fixture(autouse=True)
def _no_rates(settings) -> None:
    """Count no requests: the tests that are about rates set their own, and none knows what another run counted."""
    settings.API_RATES, settings.API_RATES_PREFIX = {}, f"test:{uuid4()}"


@pytest.fixture(autouse=True)
def _no_statistics(settings) -> None:
    """Count no visits: the tests of statistics turn them on, and no other has their queries."""
    settings.STATS_ENABLED = False
