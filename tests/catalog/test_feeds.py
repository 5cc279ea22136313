"""The Atom feeds (recording 132)."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from catalog.models import Site
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    OrganizationFactory,
    PostFactory,
    ReuseFactory,
)

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
EVERY_FEED = ["datasets", "reuses", "dataservices", "posts"]


def read(api, address: str) -> ElementTree.Element:
    answer = api.get(address)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "application/atom+xml"
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own feed


def titles(feed: ElementTree.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


@pytest.fixture
def old():
    """The day before yesterday: moderation is over."""
    return timezone.now() - timedelta(days=2)


@pytest.mark.parametrize("name", EVERY_FEED)
def test_an_empty_feed_is_whole(api, name):
    feed = read(api, f"/api/1/{name}/recent.atom")
    assert feed.findtext(f"{ATOM}title") == f"Latest {name}"
    assert feed.findtext(f"{ATOM}updated")
    links = {link.get("rel"): link.get("href") for link in feed.iter(f"{ATOM}link")}
    assert links["self"] == f"http://127.0.0.1:8000/api/1/{name}/recent.atom"
    assert titles(feed) == []


def test_an_entry_says_what_is_new_and_from_whom(api, old):
    dataset = DatasetFactory(
        title="Water & air", description="**Bold**<script>x</script>\x0c", created_at_internal=old,
        organization__name="City",
    )  # fmt: skip
    (entry,) = read(api, "/api/1/datasets/recent.atom").iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Water & air"
    assert entry.find(f"{ATOM}link").get("href") == "http://127.0.0.1:8000/datasets/water-air/"
    assert entry.findtext(f"{ATOM}id") == f"http://127.0.0.1:8000/datasets/{dataset.pk}/"
    assert entry.findtext(f"{ATOM}published")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "City"
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") == "html"
    assert "<strong>Bold</strong>" in summary.text
    assert "<script" not in summary.text


def test_a_dataset_waits_for_moderation_unless_its_organization_is_certified(api, old):
    DatasetFactory(title="Old", created_at_internal=old)
    DatasetFactory(title="Fresh")
    DatasetFactory(title="Trusted", organization=OrganizationFactory(badges=["certified"]))
    assert titles(read(api, "/api/1/datasets/recent.atom")) == ["Trusted", "Old"]


def test_hidden_objects_are_in_no_feed(api, old):
    for state in ("draft", "gone", "shelved"):
        DatasetFactory(created_at_internal=old, **{state: True})
    ReuseFactory(created_at=old, private=True)
    DataserviceFactory(created_at=old, deleted_at=old)
    PostFactory(published=None)
    for name in EVERY_FEED:
        assert titles(read(api, f"/api/1/{name}/recent.atom")) == []


def test_each_kind_of_object_has_its_feed(api, old):
    ReuseFactory(title="Map", created_at=old)
    DataserviceFactory(title="Endpoint", created_at=old)
    PostFactory(name="News")
    assert titles(read(api, "/api/1/reuses/recent.atom")) == ["Map"]
    assert titles(read(api, "/api/1/dataservices/recent.atom")) == ["Endpoint"]
    assert titles(read(api, "/api/1/posts/recent.atom")) == ["News"]


def test_a_feed_takes_the_filters_of_the_list(api, old):
    DatasetFactory(title="Wet", tags=["water"], created_at_internal=old)
    DatasetFactory(title="Dry", created_at_internal=old)
    assert titles(read(api, "/api/1/datasets/recent.atom?tag=water")) == ["Wet"]
    assert api.get("/api/1/datasets/recent.atom?sort=zz").status_code == 400
    assert api.get("/api/1/datasets/recent.atom?private=true").status_code == 401


def test_the_portal_says_how_many_entries_a_feed_has(api, old):
    Site.objects.update_or_create(pk=Site.objects.current().pk, defaults={"feed_size": 2})
    DatasetFactory.create_batch(3, created_at_internal=old)
    assert len(titles(read(api, "/api/1/datasets/recent.atom"))) == 2


def test_a_feed_costs_three_queries_whatever_its_length(api, old, django_assert_max_num_queries):
    Site.objects.current()
    DatasetFactory.create_batch(6, created_at_internal=old)
    with django_assert_max_num_queries(3):
        api.get("/api/1/datasets/recent.atom")


@pytest.mark.parametrize("accept", ["application/atom+xml", "text/html", "image/png"])
def test_a_feed_reader_gets_the_feed_whatever_it_says_it_accepts(api, accept):
    assert api.get("/api/1/datasets/recent.atom", headers={"Accept": accept}).status_code == 200
    assert api.get("/api/1/datasets/", headers={"Accept": accept}).json()["total"] == 0
