"""What no reader of the API is told, whoever she is: hashes of passwords and tokens, keys of sessions (T06, T08)."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session

from portal.models import ApiToken, User
from tests.permissions.asking import ask, make_once
from tests.permissions.expected import find
from tests.permissions.matrix import Endpoint, endpoints, fill
from tests.permissions.test_matrix import fixed_path, parts
from tests.permissions.world import CANARY, World

READS = [endpoint for endpoint in endpoints() if endpoint.is_api and endpoint.method == "GET"]
READERS = ("anonymous", "user", "editor", "admin", "sysadmin", "token_write")

pytestmark = [pytest.mark.django_db, pytest.mark.once]
world = make_once()


@pytest.fixture(scope="module")
def secrets(world: World) -> dict[str, str]:
    """What must stay in the database, and what it is."""
    found = dict.fromkeys(User.objects.values_list("password", flat=True), "the hash of a password")
    found |= dict.fromkeys(ApiToken.objects.values_list("token_hash", flat=True), "the hash of a token")
    found |= dict.fromkeys(Session.objects.values_list("session_key", flat=True), "the key of a session")
    assert len(found) > 50
    return found


def read(endpoint: Endpoint, world: World, role: str) -> str:
    path = fixed_path(endpoint.route, world) or fill(endpoint.route, address_parts(endpoint, world, role))
    return ask(world.callers[role], "GET", path).body


def address_parts(endpoint: Endpoint, world: World, role: str) -> dict[str, Any]:
    line = find("GET", endpoint.route)
    assert line, endpoint
    return parts(line, world, role, "public")


@pytest.mark.parametrize("endpoint", READS, ids=str)
def test_secrets_stay_secret(endpoint, world, secrets):
    for role in READERS:
        body = read(endpoint, world, role)
        told = [what for secret, what in secrets.items() if secret in body]
        assert not told, f"{role}: {endpoint} tells {told[0]}"


def test_requests_to_join_are_for_administrators(world):
    """Those who decide read the comment of the world's request, so that its absence means something."""
    path = f"/api/1/organizations/{world.get('organization').pk}/membership/"
    told = {role: CANARY in ask(world.callers[role], "GET", path).body for role in READERS}
    assert told == {**dict.fromkeys(READERS, False), "admin": True, "sysadmin": True}
