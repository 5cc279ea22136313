"""What every test may ask for."""

import pytest
from rest_framework.test import APIClient


@pytest.fixture
def api() -> APIClient:
    """An anonymous client that asks for JSON, as udata's clients do."""
    return APIClient(headers={"accept": "application/json"})
