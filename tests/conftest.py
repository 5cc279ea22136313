"""What every test may ask for."""

from collections.abc import Iterator

import pytest
from django.db import connection
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


@pytest.fixture(autouse=True)
def _fast_passwords(settings) -> None:
    """Hash passwords cheaply: their strength is Django's business, not these tests'."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
