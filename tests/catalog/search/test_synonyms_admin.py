"""Synonyms in the administration, and those that a new portal has."""

import pytest
from django.urls import reverse

from catalog.models import SearchSynonym
from catalog.search import synonyms
from tests.catalog.factories import DatasetFactory

ADD = "/admin/catalog/searchsynonym/add/"


@pytest.fixture
def none_yet(db) -> None:
    SearchSynonym.objects.all().delete()
    synonyms.forget()


def test_an_edit_is_seen_at_once(none_yet, admin_client):
    assert synonyms.current() == {}
    assert admin_client.post(ADD, {"terms": "vélo, bicyclette\ndeux-roues,"}).status_code == 302
    assert str(SearchSynonym.objects.get()) == "vélo, bicyclette, deux-roues"
    assert synonyms.current()["velo"] == [("bicyclet",), ("deu", "rou")]


@pytest.mark.parametrize("terms", ["vélo", ",,", ", ".join(f"mot{number}" for number in range(21))])
def test_a_group_has_two_words_to_twenty(none_yet, admin_client, terms):
    assert admin_client.post(ADD, {"terms": terms}).status_code == 200
    assert not SearchSynonym.objects.exists()


def test_what_editors_change_changes_what_is_found(none_yet, indexed, admin_client):
    wanted = DatasetFactory(title="Stations de trottinettes")
    portal = indexed()
    assert portal.ids("patinettes") == []
    admin_client.post(ADD, {"terms": "trottinette, patinette"})
    assert portal.ids("patinettes") == [wanted.pk]
    group = SearchSynonym.objects.get()
    change = reverse("admin:catalog_searchsynonym_change", args=[group.pk])
    admin_client.post(change, {"terms": "trottinette, gyropode"})
    assert [portal.ids("patinettes"), portal.ids("gyropodes")] == [[], [wanted.pk]]
    chosen = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}
    admin_client.post(reverse("admin:catalog_searchsynonym_changelist"), chosen)
    assert not SearchSynonym.objects.exists()
    assert portal.ids("gyropodes") == []


def test_a_new_portal_knows_what_is_usual(indexed):
    for group in SearchSynonym.objects.all():
        group.full_clean()
    plots = DatasetFactory(title="Registre parcellaire graphique 2024")
    points = DatasetFactory(title="Bornes de recharge de la ville")
    bikes = DatasetFactory(title="Comptages de vélos")
    portal = indexed()
    found = [portal.ids(query) for query in ("RPG", "irve", "bicyclettes")]
    assert found == [[plots.pk], [points.pk], [bikes.pk]]
