"""The index behind the lists: search routes, lists by `q`, dumps; and the database where there is no index."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from catalog.filters.dataset import DatasetSearchFilter
from catalog.filters.found import find
from catalog.models import Dataset, SearchMiss, Topic, TopicElement
from catalog.search import service
from catalog.search.service import Options, Page
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    MessageFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
    UserFactory,
)
from tests.marks import committed

pytestmark = pytest.mark.django_db
SEARCH = "/api/2/datasets/search/"


@pytest.fixture
def water(db) -> list[Dataset]:
    """Three datasets on water, newest last; the second one is the best match for "eau potable"."""
    made = [
        DatasetFactory(title="Qualité de l'eau de baignade", tags=["eau", "baignade"]),
        DatasetFactory(title="Eau potable", tags=["eau"]),
        DatasetFactory(title="Réseaux", description="Où l'eau dite potable circule"),
    ]
    for dataset, form in zip(made, ["csv", "json", "csv"], strict=True):
        ResourceFactory(dataset=dataset, format=form)
    return made


def titles(answer) -> list[str]:
    return [one["title"] for one in answer.json()["data"]]


def test_a_search_route_answers_best_first_with_facets(client, water, indexed):
    indexed()
    answer = client.get(SEARCH, {"q": "eaux potables"})
    assert titles(answer)[0] == "Eau potable"
    assert answer.json()["total"] == 2
    facets = answer.json()["facets"]
    assert facets["format"] == [
        {"name": "all", "count": 2},
        {"name": "csv", "count": 1},
        {"name": "json", "count": 1},
    ]
    assert set(facets) == {
        "format_family", "access_type", "producer_type", "organization_id_with_name", "last_update", "tag", "license",
        "format", "schema", "geozone", "granularity", "badge", "topics",
    }  # fmt: skip


def test_a_facet_leaves_its_own_filter_out(client, water, indexed):
    indexed()
    answer = client.get(SEARCH, {"q": "eau", "format": "csv"}).json()
    assert answer["total"] == 2
    assert {one["name"]: one["count"] for one in answer["facets"]["format"]} == {"all": 3, "csv": 2, "json": 1}


def test_without_an_index_the_database_answers(client, water, search_dir):
    answer = client.get(SEARCH, {"q": "eau potable"})
    assert answer.json()["facets"] == {}
    assert sorted(titles(answer)) == ["Eau potable", "Réseaux"]


def test_a_list_by_words_is_sorted_by_relevance_unless_it_says_otherwise(client, water, indexed):
    indexed()
    assert titles(client.get("/api/1/datasets/", {"q": "eau potable"}))[0] == "Eau potable"
    assert titles(client.get("/api/1/datasets/", {"q": "eau potable", "sort": "title"})) == ["Eau potable", "Réseaux"]
    assert titles(client.get("/api/1/datasets/", {"q": "eau potable", "sort": "-title"})) == ["Réseaux", "Eau potable"]
    assert "facets" not in client.get("/api/1/datasets/", {"q": "eau"}).json()


def test_a_publisher_finds_her_own_drafts_and_nobody_else_does(client, indexed):
    user, other = UserFactory(), UserFactory()
    draft = DatasetFactory(title="Eau de demain", private=True, owner=user, organization=None)
    shown = DatasetFactory(title="Eau d'hier")
    indexed()
    for reader, found in [(user, [draft.title, shown.title]), (other, [shown.title]), (None, [shown.title])]:
        client.logout()
        if reader:
            client.force_login(reader)
        answer = client.get("/api/1/datasets/", {"q": "eau"})
        assert titles(answer) == found
        assert answer.json()["total"] == len(found)
        assert titles(client.get(SEARCH, {"q": "eau"})) == [shown.title]


def test_what_the_index_does_not_know_is_left_to_the_database(client, water, indexed):
    service_ = DataserviceFactory()
    service_.datasets.add(water[0], water[1])
    indexed()
    answer = client.get("/api/2/datasets/search/", {"q": "l'eau", "dataservice": service_.pk})
    assert set(titles(answer)) == {water[0].title, water[1].title}
    assert client.get("/api/1/datasets/", {"q": "potables", "dataservice": service_.pk}).json()["total"] == 1


def test_what_was_just_hidden_is_not_shown_though_the_index_still_holds_it(client, water, indexed):
    indexed()
    Dataset.objects.filter(pk=water[1].pk).update(private=True)
    assert titles(client.get(SEARCH, {"q": "eau potable"})) == ["Réseaux"]


@committed
def test_a_kept_answer_is_not_older_than_the_index(client, water, indexed):
    portal = indexed()
    assert client.get(SEARCH, {"q": "bruit"}).json()["total"] == 0
    DatasetFactory(title="Bruit")
    assert client.get(SEARCH, {"q": "bruit"}).json()["total"] == 0  # kept for the database's new state, too
    portal.follow()
    assert client.get(SEARCH, {"q": "bruit"}).json()["total"] == 1


@pytest.mark.parametrize(
    "kind", ["datasets", "reuses", "dataservices", "organizations", "topics", "posts", "discussions"]
)
def test_every_kind_is_searched(client, indexed, kind):
    text = "Hydrographie"
    dataset = DatasetFactory(title=text)
    talk = DiscussionFactory(title=text, dataset=dataset)
    MessageFactory(discussion=talk, content="Altitude ?")
    made = {
        "datasets": dataset,
        "reuses": ReuseFactory(title=text),
        "dataservices": DataserviceFactory(title=text),
        "organizations": OrganizationFactory(name=text),
        "topics": Topic.objects.create(name=text),
        "posts": PostFactory(name=text, published=timezone.now() - timedelta(days=1)),
        "discussions": talk,
    }
    indexed()
    for version, path in [("2", "search/"), ("1" if kind != "topics" else "2", "")]:
        answer = client.get(f"/api/{version}/{kind}/{path}", {"q": "hydrographies"})
        assert answer.status_code == 200
        assert [one["id"] for one in answer.json()["data"]] == [str(made[kind].pk)]
        assert client.get(f"/api/{version}/{kind}/{path}", {"q": "introuvable"}).json()["total"] == 0
        assert bool(answer.json().get("facets")) == bool(path)


def test_the_words_of_a_dump_find_what_the_list_finds(client, water, indexed):
    indexed()
    text = b"".join(client.get("/datasets.csv", {"q": "eaux potables"})).decode()
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert {row["title"] for row in rows} == set(titles(client.get(SEARCH, {"q": "eaux potables"})))


def test_the_list_of_an_organization_is_searched_too(client, indexed):
    one, other = OrganizationFactory(), OrganizationFactory()
    mine = [DatasetFactory(title="Eau potable", organization=one), DatasetFactory(title="Eau", organization=one)]
    DatasetFactory(title="Eau potable", organization=other)
    indexed()
    answer = client.get(f"/api/1/organizations/{one.pk}/datasets/", {"q": "l'eau"}).json()
    assert {row["id"] for row in answer["data"]} == {row.pk for row in mine}
    assert answer["total"] == 2


def test_a_private_topic_lists_for_its_owner_alone(client, indexed):
    user = UserFactory()
    dataset = DatasetFactory()
    topic = Topic.objects.create(name="Secret", private=True, owner=user)
    TopicElement.objects.create(topic=topic, subject_class="Dataset", subject_id=dataset.pk)
    indexed()
    assert client.get(SEARCH, {"topic": topic.pk}).json()["total"] == 0
    client.force_login(user)
    assert client.get(SEARCH, {"topic": topic.pk}).json()["total"] == 1


def test_pages_go_on_beyond_the_deepest_by_a_cursor(client, indexed, monkeypatch):
    monkeypatch.setattr("catalog.api.searching.DEEPEST", 4)
    monkeypatch.setattr(service.Page.__init__, "__defaults__", (1, 20, "", 4, 0))
    made = {DatasetFactory(title=f"Eau {number}").pk for number in range(7)}
    indexed()
    seen: list[str] = []
    address = f"{SEARCH}?q=eau&page_size=2"
    while address:
        answer = client.get(address).json()
        seen += [one["id"] for one in answer["data"]]
        assert answer["total"] == 7
        address = answer["next_page"] and answer["next_page"].replace("http://testserver", "")
        assert len(seen) <= 7
    assert len(seen) == 7
    assert set(seen) == made
    assert client.get(f"{SEARCH}?q=eau&page_size=2&page=3").status_code == 400
    assert "cursor" in client.get(f"{SEARCH}?q=eau&page_size=2&cursor=zz").json()["errors"]


def test_find_tells_highlights_and_what_was_meant(indexed, water):
    indexed()
    request = RequestFactory().get("/", {"q": "potabel"})
    request.user = AnonymousUser()
    filterset = DatasetSearchFilter(request.GET, queryset=Dataset.objects.listed(), request=request)
    assert filterset.is_valid()
    found = find(filterset, Page(size=1), Options(facets=["format"], highlights=True))
    assert found.indexed
    assert (found.total, len(found.ids), found.relaxed) == (2, 1, "typo")
    assert list(found.facets) == ["format"]
    assert "<mark>" in str(found.highlights[found.ids[0]])


def test_what_finds_nothing_is_counted_and_what_was_filtered_away_is_not(client, water, indexed):
    indexed()
    for arguments in [{"q": "Crypto"}, {"q": "eau"}, {"q": "eau", "format": "ods"}, {}]:
        client.get(SEARCH, arguments)
    assert list(SearchMiss.objects.values_list("kind", "query", "count")) == [("dataset", "crypto", 1)]


@pytest.mark.parametrize("query", ["q=%00", "sort=zz", "format_family=zz", "page=0", "organization=zz", "cursor=%F0"])
def test_a_bad_argument_is_told(client, water, indexed, query):
    indexed()
    answer = client.get(f"{SEARCH}?{query}")
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_drafts_stand_before_what_the_index_finds_on_every_page(client, indexed):
    user = UserFactory()
    drafts = [DatasetFactory(title=f"Eau {n}", private=True, owner=user, organization=None) for n in range(3)]
    shown = {DatasetFactory(title=f"Eau potable {n}").pk for n in range(4)}
    indexed()
    client.force_login(user)
    pages = [client.get("/api/1/datasets/", {"q": "eau", "page_size": 2, "page": n}).json() for n in (1, 2, 3, 4)]
    ids = [row["id"] for page in pages for row in page["data"]]
    assert {page["total"] for page in pages} == {7}
    assert set(ids[:3]) == {draft.pk for draft in drafts}
    assert set(ids[3:]) == shown
    assert len(ids) == 7
    assert client.get("/api/1/datasets/", {"q": "eau", "sort": "title"}).json()["total"] == 7
