"""The Atom feeds of the lists, other forms of a page, and what its header `Link` says."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.urls import resolve
from django.utils import timezone

from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    LicenseFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
KINDS = ["datasets", "reuses", "dataservices", "organizations", "topics", "posts"]


@pytest.fixture
def old():
    """The day before yesterday: moderation is over."""
    return timezone.now() - timedelta(days=2)


def read(answer) -> ElementTree.Element:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/atom+xml"
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own feed


def titles(feed: ElementTree.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


def one_of_each(old):
    organization = OrganizationFactory(name="Town", created_at=old)
    DatasetFactory(title="Trees", created_at_internal=old, organization=organization)
    ReuseFactory(title="Map", created_at=old)
    DataserviceFactory(title="Endpoint", created_at=old)
    TopicFactory(name="Climate", created_at=old)
    PostFactory(name="News")


@pytest.mark.parametrize("kind", KINDS)
def test_each_list_has_a_feed_with_all_that_atom_asks_for(client, old, settings, kind):
    """RFC 4287, section 4.1: id, title and updated in feed and entries, one author, absolute links."""
    one_of_each(old)
    feed = read(client.get(f"/{kind}/recent.atom"))
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    for part in [feed, *entries]:
        for name in ("id", "title", "updated"):
            assert part.findtext(f"{ATOM}{name}"), name
        for link in part.findall(f"{ATOM}link"):
            assert link.get("href").startswith(settings.SITE_URL)
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_leads_to_its_feed(client, kind):
    body = client.get(f"/{kind}/").content.decode()
    assert f'type="application/atom+xml" href="http://127.0.0.1:8000/{kind}/recent.atom"' in body
    assert resolve(f"/{kind}/recent.atom")


def test_a_search_has_its_feed(client, old):
    DatasetFactory(title="Water of the river", created_at_internal=old, tags=["water"])
    DatasetFactory(title="Trees", created_at_internal=old)
    assert 'href="/datasets/recent.atom?tag=water"' in client.get("/datasets/?tag=water&sort=title").content.decode()
    feed = read(client.get("/datasets/recent.atom?tag=water"))
    assert titles(feed) == ["Water of the river"]
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["alternate"] == "http://127.0.0.1:8000/datasets/?tag=water"
    assert titles(read(client.get("/datasets/recent.atom?q=trees"))) == ["Trees"]


def test_a_feed_shows_nobody_what_is_not_public(client, old, admin_client):
    DatasetFactory(title="Draft", private=True, created_at_internal=old)
    TopicFactory(name="Private", private=True, created_at=old)
    OrganizationFactory(deleted=old, created_at=old)
    PostFactory(published=None)
    for reader in (client, admin_client):
        for kind in KINDS:
            assert titles(read(reader.get(f"/{kind}/recent.atom"))) == []


def test_what_waits_for_moderators_is_in_no_feed_unless_it_is_certified(client):
    OrganizationFactory(name="New")
    OrganizationFactory(name="Known", badges=["certified"])
    assert titles(read(client.get("/organizations/recent.atom"))) == ["Known"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("organization=nowhere", 400), ("badge=zz", 400), ("private=true", 403), (f"q={'a' * 400}", 400), ("x=y", 200)],
)
def test_a_feed_says_what_is_wrong_with_its_arguments(client, query, status):
    answer = client.get(f"/datasets/recent.atom?{query}")
    assert answer.status_code == status
    assert answer.content.strip()


def test_a_feed_is_not_sent_twice(client, old):
    DatasetFactory(created_at_internal=old)
    answer = client.get("/datasets/recent.atom")
    again = client.get("/datasets/recent.atom", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    DatasetFactory(created_at_internal=old)
    assert client.get("/datasets/recent.atom", headers={"If-None-Match": answer["ETag"]}).status_code == 200


@pytest.mark.parametrize("number", [1, 6])
def test_a_feed_costs_the_same_queries_at_any_length(client, old, django_assert_max_num_queries, number):
    client.get("/datasets/recent.atom")  # the portal's own line is read
    DatasetFactory.create_batch(number, created_at_internal=old)
    with django_assert_max_num_queries(3):
        client.get("/datasets/recent.atom")


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml;q=0.9, text/html;q=0.1", "rdf"),
    ],
)
def test_a_program_that_asks_for_rdf_is_sent_there(client, accept, ending):
    dataset = DatasetFactory(title="Trees")
    answer = client.get(dataset.get_absolute_url(), headers={"Accept": accept})
    assert (answer.status_code, answer["Location"]) == (303, f"/api/1/datasets/trees/rdf.{ending}")
    assert "Accept" in answer["Vary"].split(", ")
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("accept", ["", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png", "a;;q=b"])
def test_a_browser_gets_the_page(client, accept):
    answer = client.get(DatasetFactory().get_absolute_url(), headers={"Accept": accept})
    assert answer.status_code == 200
    assert "Accept" in answer["Vary"].split(", ")


def test_rdf_of_a_draft_is_nowhere(client):
    draft = DatasetFactory(private=True)
    assert client.get(draft.get_absolute_url(), headers={"Accept": "text/turtle"}).status_code == 404


def test_the_header_says_what_to_cite_and_where_the_files_are(client):
    license_ = LicenseFactory(id="odd", url="https://licence.example/a b>\r\nSet-Cookie: x")
    dataset = DatasetFactory(title="Trees", license=license_)
    files = ResourceFactory.create_batch(12, dataset=dataset)
    header = client.get(dataset.get_absolute_url())["Link"]
    assert f'<http://127.0.0.1:8000/datasets/{dataset.pk}/>; rel="cite-as"' in header
    assert '<http://127.0.0.1:8000/api/1/datasets/trees/rdf.ttl>; rel="describedby"; type="text/turtle"' in header
    assert '<https://schema.org/Dataset>; rel="type"' in header
    assert '<https://licence.example/a%20b%3E%0D%0ASet-Cookie:%20x>; rel="license"' in header
    assert header.count('rel="item"') == 10
    assert any(f"/datasets/r/{one.pk}" in header for one in files)


def test_agents_are_told_where_the_data_are(client):
    answer = client.get("/llms.txt")
    assert answer["Content-Type"].startswith("text/markdown")
    assert answer.content.decode().startswith("# ")
    assert "http://127.0.0.1:8000/api/1/datasets/" in answer.content.decode()
