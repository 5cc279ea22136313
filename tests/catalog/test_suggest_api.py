"""Suggestions without a search index, and what all have in common (recordings 109, 120, 121, 123, 124)."""

import pytest

from catalog.models import Dataset, GeoZone
from tests.catalog.factories import (
    ContactPointFactory,
    DatasetFactory,
    GeoZoneFactory,
    OrganizationFactory,
    ReuseFactory,
    UserFactory,
)

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


@pytest.mark.parametrize("text", ["ecol", "ÉCOL", "l'école", "écoles prim"])
def test_names_are_found_without_accents_and_elision(api, text):
    dataset = DatasetFactory(title="Les écoles primaires")
    reuse = ReuseFactory(title="Carte des écoles primaires")
    organization = OrganizationFactory(name="Nos écoles primaires")
    for kind, wanted in (("datasets", dataset), ("reuses", reuse), ("organizations", organization)):
        assert [one["id"] for one in api.get(f"/api/1/{kind}/suggest/", {"q": text}).json()] == [wanted.pk]


def test_people_are_found_without_accents_and_by_a_new_name(api):
    user = UserFactory(first_name="Zoé", last_name="Lefèvre")
    user.last_name = "Martin"
    user.save()
    for text in ("zoe", "Zoé", "zoe martin"):
        assert [one["id"] for one in api.get("/api/1/users/suggest/", {"q": text}).json()] == [user.pk]


def test_the_territory_of_that_very_name_comes_first(api):
    GeoZone.objects.all().delete()
    wide = GeoZoneFactory(name="Cormeilles-en-Parisis", slug="cormeilles-en-parisis", level__admin_level=1)
    longer = GeoZoneFactory(name="Parisot", slug="parisot", level__admin_level=1)
    exact = GeoZoneFactory(name="Paris", slug="paris", level__admin_level=9)
    found = [one["id"] for one in api.get("/api/1/spatial/zones/suggest/?q=Paris").json()]
    assert found == [exact.pk, longer.pk, wide.pk]


@pytest.mark.parametrize(
    ("address", "make"),
    [
        ("/api/1/datasets/suggest/?q=a", lambda: DatasetFactory.create_batch(5, title="Air")),
        ("/api/1/organizations/suggest/?q=a", lambda: OrganizationFactory.create_batch(5, name="Air")),
        ("/api/1/reuses/suggest/?q=a", lambda: ReuseFactory.create_batch(5, title="Air")),
        ("/api/1/users/suggest/?q=a", lambda: UserFactory.create_batch(5)),
        ("/api/1/tags/suggest/?q=a", lambda: DatasetFactory(tags=[f"air-{number}" for number in range(5)])),
        ("/api/1/spatial/zones/suggest/?q=Utopia", lambda: GeoZoneFactory.create_batch(5, slug="utopia")),
    ],
    ids=["datasets", "organizations", "reuses", "users", "tags", "zones"],
)
def test_a_suggestion_costs_one_query(api, django_assert_num_queries, address, make):
    make()
    api.get(address)  # reads the synonyms, once in a while
    with django_assert_num_queries(1):
        assert len(api.get(address).json()) == 5


def test_contact_points_cost_three_queries_however_many_they_are(api, django_assert_num_queries):
    organization = OrganizationFactory()
    ContactPointFactory.create_batch(5, organization=organization)
    with django_assert_num_queries(3):  # the organization by its key, the contact points, whose they are
        found = api.get(f"/api/1/organizations/{organization.pk}/contacts/suggest/?q=CONT").json()
    assert len(found) == 5


def test_no_more_than_a_hundred_are_suggested(api):
    DatasetFactory.create_batch(101, title="Air")
    assert len(api.get("/api/1/datasets/suggest/?q=air&size=100000").json()) == 100
