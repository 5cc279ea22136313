"""Probes: what an orchestrator learns of the portal, and what it does not."""

import pytest
from django.db import OperationalError

from portal.views import health


@pytest.fixture(autouse=True)
def nothing_known():
    health.readiness.forget()
    yield
    health.readiness.forget()


def failing(error):
    def check():
        raise error

    return check


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_a_probe_is_never_cached_and_only_read(client, db, address):
    response = client.get(address)
    assert "no-store" in response["Cache-Control"]
    assert client.head(address).status_code == response.status_code
    assert client.post(address).status_code == 405


def test_a_live_process_answers_without_the_database(client, django_assert_num_queries):
    response = client.get("/health/live")  # no `db` fixture: a query would fail
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_portal_with_its_services_is_ready(client, db):
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "error", [OperationalError("host 10.0.0.1 refused"), OSError("disk"), health.RedisError("10.0.0.1")]
)
def test_a_lost_service_is_named_but_not_its_address(client, monkeypatch, error):
    monkeypatch.setattr(health.readiness, "checks", (("database", failing(error)), ("cache", lambda: True)))
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response.json() == {"status": "unavailable", "failed": ["database"]}


def test_a_missing_migration_makes_the_portal_not_ready(client, db, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    assert client.get("/health/ready").json()["failed"] == ["database"]


def test_a_cache_that_forgets_makes_the_portal_not_ready(client, db, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert client.get("/health/ready").json()["failed"] == ["cache"]


def test_missing_storage_makes_the_portal_not_ready(client, db, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "lost"
    assert client.get("/health/ready").json()["failed"] == ["storage"]


def test_remote_storage_is_not_asked(db, monkeypatch):
    monkeypatch.setattr(health, "default_storage", object())
    assert health.storage_answers()


def test_probing_again_within_a_second_checks_nothing(client, monkeypatch):
    asked = []
    monkeypatch.setattr(health.readiness, "checks", (("cache", lambda: asked.append(1) or True),))
    client.get("/health/ready")
    client.get("/health/ready")
    assert asked == [1]
