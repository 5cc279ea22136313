"""The pages of tags: how often each is used, and what bears it."""

import pytest
from django.core.cache import caches
from django.utils import timezone

from catalog.models import Tag
from tests.catalog.factories import DataserviceFactory, DatasetFactory, PostFactory, ReuseFactory

pytestmark = pytest.mark.django_db
LIST = "/tags/"


def page(response) -> str:
    return response.content.decode()


@pytest.fixture(autouse=True)
def _nothing_kept():
    caches["pages"].clear()


def bearing(name, *items):
    for item in items:
        item.tags.set(Tag.objects.named([name]))


def names(response) -> list[str]:
    return [bar.label for bar in response.context["bars"]]


@pytest.fixture
def tagged():
    DatasetFactory(tags=["eau", "qualite"])
    DatasetFactory(tags=["eau", "riviere"])
    bearing("eau", ReuseFactory())


def test_tags_are_listed_the_most_used_first(client, tagged):
    answer = client.get(LIST)
    assert [(bar.label, bar.number) for bar in answer.context["bars"]] == [("eau", 3), ("qualite", 1), ("riviere", 1)]
    assert [bar.length for bar in answer.context["bars"]] == [1000, 333, 333]
    assert 'href="/tags/eau/"' in page(answer)


def test_a_part_of_the_name_is_looked_for_in_any_spelling(client, tagged):
    assert names(client.get(f"{LIST}?q=RiviÈ")) == ["riviere"]
    assert names(client.get(f"{LIST}?q=!!")) == []
    assert client.get(f"{LIST}?q=eau")["X-Robots-Tag"] == "noindex, follow"
    assert client.get(f"{LIST}?q={'e' * 400}").status_code == 400


@pytest.mark.parametrize("state", [{"private": True}, {"archived": timezone.now()}, {"deleted": timezone.now()}])
def test_what_is_in_no_list_does_not_count(client, tagged, state):
    DatasetFactory(tags=["eau", "secret"], **state)
    assert "secret" not in page(client.get(LIST))
    assert client.get("/tags/secret/").status_code == 404
    answer = client.get("/tags/eau/")
    assert "secret" not in page(answer)
    assert [use.number for use in answer.context["uses"]] == [2, 1]


def test_a_tag_has_its_page(client, tagged):
    DatasetFactory(title="Niveaux", tags=["eau"])
    bearing("eau", DataserviceFactory(), PostFactory(), PostFactory(kind="page"))
    answer = client.get("/tags/eau/")
    assert [(str(use.label), use.number, use.address) for use in answer.context["uses"]] == [
        ("Datasets", 3, "/datasets/?tag=eau"),
        ("Dataservices", 1, "/dataservices/?tag=eau"),
        ("Reuses", 1, "/reuses/?tag=eau"),
        ("News", 1, "/posts/?tag=eau"),
    ]
    assert [(bar.label, bar.number) for bar in answer.context["companions"]] == [("qualite", 1), ("riviere", 1)]
    text = page(answer)
    assert "Niveaux" in text
    assert text.count("<h1") == 1
    assert 'type="application/atom+xml" href="http://127.0.0.1:8000/datasets/recent.atom?tag=eau"' in text
    assert "BreadcrumbList" in text
    assert client.get("/datasets/recent.atom?tag=eau").status_code == 200


@pytest.mark.parametrize("spelling", ["Eau", "EAU", "%C3%A9au"])
def test_another_spelling_leads_to_the_tag(client, tagged, spelling):
    answer = client.get(f"/tags/{spelling}/?a=b")
    assert (answer.status_code, answer["Location"]) == (301, "/tags/eau/?a=b")


@pytest.mark.parametrize("name", ["none", "..", "%00", "a" * 500, "!!"])
def test_a_tag_that_nothing_bears_is_not_there(client, tagged, name):
    assert client.get(f"/tags/{name}/").status_code == 404


def test_an_object_leads_to_its_tags(client, tagged):
    item = DatasetFactory(tags=["eau"])
    assert 'href="/tags/eau/"' in page(client.get(f"/datasets/{item.slug}/"))


def test_the_list_is_counted_again_when_the_catalogue_changed(client, tagged, django_assert_max_num_queries):
    client.get(LIST)
    with django_assert_max_num_queries(2):
        assert len(names(client.get(LIST))) == 3
    bearing("nouveau", ReuseFactory())
    assert len(names(client.get(LIST))) == 4


def test_pages_end(client):
    DatasetFactory(tags=[f"mot-{number:03}" for number in range(60)])
    assert [len(names(client.get(f"{LIST}?page={number}"))) for number in (1, 2)] == [50, 10]
    assert client.get(f"{LIST}?page=3").status_code == 404


@pytest.mark.parametrize("size", [1, 9])
def test_the_pages_cost_the_same_at_any_length(client, django_assert_num_queries, size):
    for number in range(size):
        DatasetFactory(tags=["eau", f"mot-{number}"])
        bearing("eau", ReuseFactory())
    client.get(LIST)
    caches["pages"].clear()
    with django_assert_num_queries(5):
        client.get(LIST)
    with django_assert_num_queries(12):
        client.get("/tags/eau/")
