"""Many clients at once, on a database that lets them in at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from catalog.models import Dataset
from portal.models import ApiToken, IdempotentRequest
from tests.catalog.factories import DatasetFactory, UserFactory

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time."),
]

URL = "/api/1/datasets/"
THREADS = 25  # connections at once; the database takes a hundred in all


def at_once(task, numbers):
    """Run `task` for each number, in threads that each have a connection of their own."""

    def run(number):
        try:
            return task(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, numbers))


@pytest.fixture
def token():
    return ApiToken.objects.issue(UserFactory(admin=True))[1]


def test_100_posts_under_one_key_make_one_object(token):
    body = {"title": "Trees", "description": "Of the streets"}
    headers = {"x-api-key": token, "idempotency-key": "one"}
    answers = at_once(lambda _one: APIClient().post(URL, body, format="json", headers=headers), range(100))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 99
    assert Dataset.objects.count() == IdempotentRequest.objects.count() == 1


def test_50_editors_with_if_match_lose_no_update(token):
    """Each adds her tag to what she read; a refused one reads again. Without If-Match, tags get lost."""
    dataset = DatasetFactory()
    url = f"{URL}{dataset.pk}/"

    def edit(number):
        client = APIClient(headers={"x-api-key": token})
        for refusals in range(500):
            read = client.get(url)
            tags = [*read.json()["tags"], f"editor-{number}"]
            answer = client.put(url, {"tags": tags}, format="json", headers={"if-match": read["ETag"]})
            if answer.status_code == 200:
                return refusals
            assert answer.status_code == 412, answer.content
        raise AssertionError("refused for ever")

    refusals = at_once(edit, range(50))
    read = APIClient().get(url).json()["tags"]
    assert {tag for tag in read if tag.startswith("editor-")} == {f"editor-{number}" for number in range(50)}
    assert sum(refusals) > 0  # they did meet
