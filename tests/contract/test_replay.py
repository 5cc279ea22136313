"""Our portal answers as udata 17 did: every recorded GET, in the state of the catalogue at its moment."""

import re

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from rest_framework.test import APIClient

from catalog.services.udata_import import Refused
from tests.contract import world
from tests.contract.compare import compare
from tests.contract.recordings import Answer, Recording, load_all

RECORDINGS = load_all()

pytestmark = pytest.mark.django_db

# Path -> why it is not compared yet.
LATER = {
    r"/api/1/me/.*": "the account's own routes come with the write API",
    r"/api/1/notifications/.*": "notifications come with the write API",
    r"/api/1/activity/.*": "activities come with the write API",
    r"/api/1/transfer/.*": "transfers come with the write API",
    r"/api/1/reports/": "reports come with the write API",
    r"/api/1/workers/.*": "jobs come with the write API",
    r"/api/1/[a-z]+/[^/]+/followers/": "followers come with the write API",
    r"/api/1/organizations/[^/]+/(membership|assignments)/": "memberships come with the write API",
    r"/api/2/topics/.*": "topics come with the write API",
    r"/api/1/harvest/.*": "the API of the harvester comes with the harvester",
    r"/api/1/site/catalog.*": "RDF comes later",
    r"/get-csrf|/login/": "signing in from another site comes with the write API",
}
# Vocabularies: their answers are equal, not only alike.
VOCABULARIES = re.compile(
    r"/api/1/(datasets|organizations|reuses|dataservices)/(badges|frequencies|extensions|resource_types|topics|types)/"
    r"|/api/1/reports/reasons/|/api/1/access_type/reason_categories/"
)


def reason_to_skip(recording: Recording) -> str | None:
    if recording.method != "GET":
        return "the write API comes in a later issue"
    return next((reason for pattern, reason in LATER.items() if re.fullmatch(pattern, recording.path)), None)


def ask(recording: Recording, client: APIClient) -> Answer:
    """Send a recorded GET; a bug of ours becomes a 500."""
    with transaction.atomic():
        response = client.get(recording.url, headers=recording.sent_headers)
        body = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(response.status_code, dict(response.headers), body)


def write(recording: Recording) -> list[str]:
    """Write what a recording wrote; return why it could not be."""
    try:
        with transaction.atomic():
            world.apply(recording)
    except (Refused, LookupError, TypeError, ValueError, ObjectDoesNotExist, DatabaseError) as error:
        return [f"cannot be written: {error!r}"]
    return []


def walk() -> dict[int, list[str]]:
    """Go through the recordings in their order: write what they wrote, ask what they asked."""
    world.reference_data()
    users, by_number = world.people(RECORDINGS), {recording.number: recording for recording in RECORDINGS}
    differences: dict[int, list[str]] = {}
    before = 0
    for recording in RECORDINGS:
        world.fill_gaps(before, recording.number, by_number)
        before = recording.number
        if recording.is_write:
            differences[recording.number] = write(recording)
        elif not reason_to_skip(recording):
            client = APIClient(raise_request_exception=False)
            if recording.user:
                client.force_login(users[recording.user])
            exact = bool(VOCABULARIES.fullmatch(recording.path))
            differences[recording.number] = compare(recording, ask(recording, client), exact=exact)
    return differences


@pytest.fixture(scope="module")
def differences(django_db_setup, django_db_blocker) -> dict[int, list[str]]:
    """The differences of every recording, found in one transaction that is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = walk()
        transaction.set_rollback(True)
    return found


@pytest.mark.skipif(not RECORDINGS, reason="the recordings are not here (CONTRACT_DIR)")
@pytest.mark.parametrize("recording", RECORDINGS, ids=str)
def test_the_answer_is_as_recorded(recording, differences):
    found = differences.get(recording.number)
    assert not found, "\n".join(found)
    reason = reason_to_skip(recording)
    if reason:
        pytest.skip(reason)
