"""Pages of errors that help: what is close to the address, a search of its words, a reference of the request."""

import logging

import pytest
from django.db import DatabaseError
from django.utils import timezone

from catalog.views import nearest as module
from portal.lib.request_ids import RequestIdFilter
from tests.catalog.factories import DatasetFactory, OrganizationFactory, PostFactory, ReuseFactory

pytestmark = pytest.mark.django_db


def near(client, path, status=404):
    answer = client.get(path)
    assert answer.status_code == status
    return [one.address for one in answer.context["nearest"]]


def test_what_has_almost_this_address_is_offered(client):
    DatasetFactory(title="Air quality of the towns")
    DatasetFactory(title="Airports")
    ReuseFactory(title="Air quality of towns")
    assert near(client, "/datasets/air-qualty-of-the-town/") == ["/datasets/air-quality-of-the-towns/"]
    text = client.get("/datasets/air-qualty-of-the-town/").content.decode()
    assert '<a href="/datasets/air-quality-of-the-towns/">Air quality of the towns</a>' in text
    assert 'value="air qualty of the town"' in text


def test_only_what_everybody_may_list_is_offered(client):
    now = timezone.now()
    for name, state in (("a", {"draft": True}), ("b", {"deleted": now}), ("c", {"archived": now})):
        DatasetFactory(title=f"Air quality {name}", **state)
    assert near(client, "/datasets/air-quality/") == []


@pytest.mark.parametrize(
    ("factory", "column", "folder"),
    [(OrganizationFactory, "name", "organizations"), (PostFactory, "name", "posts"), (ReuseFactory, "title", "reuses")],
)
def test_each_kind_is_looked_for_among_its_own(client, factory, column, folder):
    item = factory(**{column: "Ville de Port-Serein"})
    assert near(client, f"/{folder}/ville-de-port-sereine/") == [item.get_absolute_url()]


def test_editorial_pages_are_offered_too(client):
    assert near(client, "/pages/legal-notices/") == ["/pages/legal-notice/"]


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/datasets/%00/", "/datasets/" + "a" * 24 + "/", "/x/y/", "/datasets/%ff%fe/", "/users/ada/"]
)
def test_an_address_without_a_kind_or_a_slug_is_plainly_not_there(client, path):
    assert near(client, path) == []


def test_suggestions_cost_the_same_queries_whatever_there_is(client, django_assert_num_queries):
    for number, many in ((0, 2), (1, 30)):
        for _ in range(many):
            DatasetFactory(title=f"Air quality {number}")
        client.get("/datasets/air-qualit/")
        with django_assert_num_queries(6):  # five for the object, one for the close ones
            client.get("/datasets/air-qualit/")


def test_a_database_that_fails_does_not_make_it_a_500(client, monkeypatch):
    def broken(*args):
        raise DatabaseError

    monkeypatch.setattr(module, "_objects", broken)
    assert near(client, "/datasets/air-quality/") == []


def test_who_asks_too_much_is_offered_nothing(client, settings):
    DatasetFactory(title="Air quality")
    settings.API_RATES = {"searches": "1/minute"}
    assert near(client, "/datasets/air-qualit/") == ["/datasets/air-quality/"]
    assert near(client, "/datasets/air-qualit/") == []


def test_a_deleted_object_leads_to_what_is_like_it(client):
    gone = DatasetFactory(title="Air quality 2024", deleted=timezone.now())
    DatasetFactory(title="Air quality 2025")
    assert near(client, gone.get_absolute_url(), 410) == ["/datasets/air-quality-2025/"]


def test_each_answer_names_its_request_and_so_does_the_page(client, settings):
    answer = client.get("/nowhere/", headers={"x-request-id": "made-by-the-client"})
    name = answer["X-Request-Id"]
    assert name != "made-by-the-client"
    assert f"<code>{name}</code>" in answer.content.decode()
    assert client.get("/api/1/datasets/")["X-Request-Id"] != name
    settings.TRUST_PROXY = True
    assert client.get("/nowhere/", headers={"x-request-id": "made-by-the-proxy"})["X-Request-Id"] == "made-by-the-proxy"
    assert client.get("/nowhere/", headers={"x-request-id": "<script>"})["X-Request-Id"] != "<script>"


def test_a_crash_names_its_request_on_the_page_and_in_the_log(client, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError

    client.raise_request_exception = False
    monkeypatch.setattr("portal.views.home.Home.get", crash)
    answer = client.get("/")
    assert answer.status_code == 500
    assert f"<code>{answer['X-Request-Id']}</code>" in answer.content.decode()
    record = logging.makeLogRecord({"request": answer.wsgi_request})
    assert RequestIdFilter().filter(record)
    assert record.request_id == answer["X-Request-Id"]
