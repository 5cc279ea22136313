"""What is offered to somebody who is typing, with an index (`tests/catalog/test_suggest_api.py`: without one)."""

import pytest
from django.utils import timezone

from catalog.models import Dataset, Tag
from catalog.search import suggestions
from tests.catalog.factories import DataserviceFactory, DatasetFactory, OrganizationFactory, ReuseFactory
from tests.marks import committed

DATASETS, TAGS = "/api/1/datasets/suggest/", "/api/1/tags/suggest/"


@pytest.fixture
def offered(api):
    """Return what is offered for a text: the ids, or the texts of tags."""

    def ask(address: str, text: str, **others: object) -> list[str]:
        answer = api.get(address, {"q": text, **others})
        assert answer.status_code == 200
        return [one.get("id", one.get("text")) for one in answer.json()]

    return ask


@pytest.mark.parametrize("text", ["eco", "École", "ecoles", "l'école", "l’eco", "liste éco", "primaires ecole", "e"])
def test_names_are_found_by_the_beginnings_of_their_words(indexed, offered, text):
    wanted = DatasetFactory(title="Liste des écoles primaires")
    DatasetFactory(title="Budget", description="Celui des écoles primaires")
    indexed()
    assert offered(DATASETS, text) == [wanted.pk]


def test_a_text_inside_a_word_is_no_beginning(indexed, offered):
    water = DatasetFactory(title="Cours d'eau")
    DatasetFactory(title="Bureaux de vote")
    indexed()
    assert offered(DATASETS, "eau") == [water.pk]


def test_all_words_must_be_there(indexed, offered):
    both = DatasetFactory(title="Arrêts de tramway à Lyon")
    DatasetFactory(title="Arrêts de bus")
    indexed()
    assert offered(DATASETS, "arrets tram") == [both.pk]
    assert offered(DATASETS, "arrets avion") == []


def test_a_whole_word_comes_before_beginnings_and_the_popular_before_the_others(indexed, offered):
    begun = DatasetFactory(title="Bande cyclable", metric_followers=900)
    whole = DatasetFactory(title="Base adresse nationale", acronym="BAN")
    quiet = DatasetFactory(title="Bandes enherbées")
    indexed()
    assert offered(DATASETS, "ban") == [whole.pk, begun.pk, quiet.pk]


def test_mistakes_are_forgiven_where_nothing_else_is_found(indexed, offered):
    right, mistaken = DatasetFactory(title="Transports"), DatasetFactory(title="Transprots")
    indexed()
    assert offered(DATASETS, "transprots") == [mistaken.pk]
    mistaken.delete()
    indexed()
    assert offered(DATASETS, "transprots") == [right.pk]


def test_the_letter_of_an_elision_is_a_beginning_for_the_time_being(indexed, offered):
    wanted = DatasetFactory(title="Décès en France")
    indexed()
    assert offered(DATASETS, "d") == offered(DATASETS, "D'") == [wanted.pk]


@pytest.mark.parametrize("text", ["", " ", "\x00"])
def test_without_a_text_the_most_popular_are_offered(indexed, offered, text):
    quiet, known = DatasetFactory(), DatasetFactory(metric_followers=50)
    indexed()
    assert offered(DATASETS, text) == [known.pk, quiet.pk]
    assert offered(DATASETS, "%") == []


@committed
def test_what_is_hidden_is_not_offered(indexed, offered):
    DatasetFactory(title="Water one", private=True)
    DatasetFactory(title="Water two", gone=True)
    DatasetFactory(title="Water three", archived=timezone.now())
    ReuseFactory(title="Water four", private=True)
    OrganizationFactory(name="Water board", deleted=timezone.now())
    shown = DatasetFactory(title="Water five")
    portal = indexed()
    assert offered(DATASETS, "wat") == [shown.pk]
    assert offered("/api/1/reuses/suggest/", "wat") == offered("/api/1/organizations/suggest/", "wat") == []
    Dataset.objects.update(private=True)
    assert offered(DATASETS, "wat") == []  # though the index does not know yet
    portal.follow()
    assert offered(DATASETS, "wat") == []


@pytest.mark.parametrize(
    ("address", "factory", "name"),
    [
        (DATASETS, DatasetFactory, "title"),
        ("/api/1/reuses/suggest/", ReuseFactory, "title"),
        ("/api/1/organizations/suggest/", OrganizationFactory, "name"),
    ],
)
def test_objects_cost_one_lookup_and_one_query(indexed, offered, django_assert_num_queries, address, factory, name):
    for number in range(12):
        factory(**{name: f"Rivière {number}"})
    indexed()
    offered(address, "warm")  # reads the synonyms
    with django_assert_num_queries(1):
        assert len(offered(address, "riv")) == 10
    assert len(offered(address, "riv", size=3)) == 3
    assert len(offered(address, "riv", size=500)) == 12
    assert offered(address, "riv", size=0) == []
    with django_assert_num_queries(0):
        assert offered(address, "absent") == []


def test_tags_come_by_how_many_objects_bear_them(indexed, offered, django_assert_num_queries):
    DatasetFactory.create_batch(2, tags=["eau-potable"])
    DatasetFactory(tags=["eau", "qualite-de-leau", "air"])
    DataserviceFactory().tags.set(Tag.objects.named(["eau-de-mer"]))
    ReuseFactory().tags.set(Tag.objects.named(["eau-de-mer", "eau-de-rose", "eau-douce"]))
    indexed()
    expected = ["eau-de-mer", "eau-potable", "eau", "eau-de-rose", "eau-douce"]
    with django_assert_num_queries(0):
        assert offered(TAGS, "Eau", size=5) == expected
    with django_assert_num_queries(1):
        assert offered(TAGS, "l’eau") == [*expected, "qualite-de-leau"]


@committed
def test_tags_of_what_has_become_hidden_are_offered_no_more(indexed, offered):
    hidden, gone = DatasetFactory(tags=["secret-one"]), DatasetFactory(tags=["secret-two"])
    portal = indexed()
    assert offered(TAGS, "secret") == ["secret-one", "secret-two"]
    hidden.private = True
    hidden.save()
    Dataset.objects.filter(pk=gone.pk).update(deleted=timezone.now())
    portal.follow()
    assert offered(TAGS, "secret") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("l'eau", "eau"), ("L’eau", "eau"), ("qu'elle", "elle"), ("aujourd'hui", "aujourd'hui"), ("eau", "eau"), ("", "")],
)
def test_what_is_elided_at_the_beginning_is_left_out(text, expected):
    assert suggestions.without_elision(text) == expected
