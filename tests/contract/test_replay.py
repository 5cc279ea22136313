"""Our portal answers as udata 17 did: every recording, writes included, sent in its order over HTTP."""

import re

import pytest
from django.db import transaction

from tests.contract.compare import compare
from tests.contract.recordings import Recording, load_all
from tests.contract.replay import Replay

RECORDINGS = load_all()

pytestmark = pytest.mark.django_db

# Path -> why it is not compared yet.
LATER: dict[str, str] = {}
# Number -> the fault of udata that we do not repeat.
FAULTS = {
    97: "the number of events: udata forgets some writes of resources and topics",
    102: "filters: the harvesters that udata does not have are held against its first one",
    1: "permissions of the organization just made: udata still says false (api.md §12)",
}
# Vocabularies: their answers are equal, not only alike.
VOCABULARIES = re.compile(
    r"/api/1/(datasets|organizations|reuses|dataservices)/(badges|frequencies|extensions|resource_types|topics|types)/"
    r"|/api/1/reports/reasons/|/api/1/access_type/reason_categories/"
)


def reason_to_skip(recording: Recording) -> str | None:
    return next((reason for pattern, reason in LATER.items() if re.fullmatch(pattern, recording.path)), None)


def walk() -> dict[int, list[str]]:
    """Go through the recordings in their order; return the differences of each."""
    replay, differences = Replay(RECORDINGS), {}
    for theirs, answer in replay.run():
        found = compare(theirs, answer, exact=bool(VOCABULARIES.fullmatch(theirs.path)))
        differences[theirs.number] = [*replay.failures, *found]
        replay.failures.clear()
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
    reason = reason_to_skip(recording)
    if reason:
        pytest.skip(reason)
    found = differences[recording.number]
    if recording.number in FAULTS:
        assert len(found) <= 5, "\n".join(found)
        return
    assert not found, "\n".join(found)
