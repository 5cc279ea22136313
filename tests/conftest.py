"""What every test may ask for."""

import pytest
from rest_framework.test import APIClient


@pytest.fixture
def api() -> APIClient:
    """An anonymous client that asks for JSON, as udata's clients do."""
    return APIClient(headers={"accept": "application/json"})


@pytest.fixture(autouse=True)
def _fast_passwords(settings) -> None:
    """Hash passwords cheaply: their strength is Django's business, not these tests'."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
