"""Suggestions of datasets, formats, media types and tags (recordings 120, 123, 124)."""

import pytest

from catalog.models import Dataset
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ReuseFactory

pytestmark = pytest.mark.django_db

EVERY_SUGGESTION = [
    "/api/1/datasets/suggest/",
    "/api/1/datasets/suggest/formats/",
    "/api/1/datasets/suggest/mime/",
    "/api/1/tags/suggest/",
    "/api/1/spatial/zones/suggest/",
    "/api/1/organizations/suggest/",
    "/api/1/reuses/suggest/",
    "/api/1/users/suggest/",
]


@pytest.mark.parametrize("address", EVERY_SUGGESTION)
def test_a_suggestion_needs_a_text(api, address):
    answer = api.get(address)
    assert answer.status_code == 400
    assert answer.json() == {
        "errors": {"q": "The string to autocomplete/suggest Missing required parameter in the query string"},
        "message": "Input payload validation failed",
    }


@pytest.mark.parametrize("address", EVERY_SUGGESTION)
def test_a_size_is_a_number(api, address):
    answer = api.get(address, {"q": "a", "size": "x"})
    assert answer.status_code == 400
    assert "invalid literal for int() with base 10: 'x'" in answer.json()["errors"]["size"]


@pytest.mark.parametrize("address", EVERY_SUGGESTION)
def test_no_text_breaks_a_suggestion(api, address):
    for text in ("", "\x00", "%", "\\", "'", "é" * 5000):
        assert api.get(address, {"q": text, "size": "-5"}).status_code == 200


def test_datasets_are_suggested_by_title_or_acronym_the_most_followed_first(api):
    OrganizationFactory()
    quiet = DatasetFactory(title="Renommé")
    known = DatasetFactory(title="Other", acronym="RENOM")
    DatasetFactory(title="Renom secret", private=True)
    Dataset.objects.filter(pk=known.pk).update(metric_followers=5)
    found = api.get("/api/1/datasets/suggest/?q=renom").json()
    assert [one["id"] for one in found] == [known.pk, quiet.pk]
    assert found[1] == {
        "acronym": None,
        "id": quiet.pk,
        "image_url": None,
        "page": "http://127.0.0.1:8000/datasets/renomme/",
        "slug": "renomme",
        "title": "Renommé",
    }


def test_suggested_datasets_show_the_logo_of_their_organization(api):
    DatasetFactory(title="Water", organization__logo_url="https://example.org/logo.png")
    (found,) = api.get("/api/1/datasets/suggest/?q=wat").json()
    assert found["image_url"] == "https://example.org/logo.png"


def test_suggested_datasets_cost_one_query(api, django_assert_num_queries):
    DatasetFactory.create_batch(5, title="Water")
    with django_assert_num_queries(1):
        assert len(api.get("/api/1/datasets/suggest/?q=wat").json()) == 5


def test_formats_contain_the_text_the_shortest_first(api):
    assert api.get("/api/1/datasets/suggest/formats/?q=cs").json() == [{"text": "csv"}, {"text": "ics"}]
    found = [one["text"] for one in api.get("/api/1/datasets/suggest/formats/?q=s&size=40").json()]
    assert found == sorted(found, key=len)


def test_media_types_contain_the_text(api):
    assert {"text": "text/csv"} in api.get("/api/1/datasets/suggest/mime/?q=csv").json()


def test_tags_that_begin_with_the_text_come_first(api):
    DatasetFactory(tags=["qualite-de-leau", "eau-potable", "air"])
    DatasetFactory(tags=["eau"])
    found = api.get("/api/1/tags/suggest/?q=Eau").json()
    assert found == [{"text": "eau"}, {"text": "eau-potable"}, {"text": "qualite-de-leau"}]


def test_tags_of_hidden_objects_are_not_suggested(api):
    DatasetFactory(tags=["eau-secrete"], private=True)
    DatasetFactory(tags=["eau-perdue"], gone=True)
    reuse = ReuseFactory()
    reuse.tags.set(Dataset.tags.rel.model.objects.named(["eau-vive"]))
    assert api.get("/api/1/tags/suggest/?q=eau").json() == [{"text": "eau-vive"}]


def test_eight_tags_are_suggested_unless_told_otherwise(api):
    DatasetFactory(tags=[f"eau-{number}" for number in range(12)])
    assert len(api.get("/api/1/tags/suggest/?q=eau").json()) == 8
    assert len(api.get("/api/1/tags/suggest/?q=eau&size=3").json()) == 3
