"""The search box of the administration asks the index, and finds what the index does not hold."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.models import Post
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    PostFactory,
    ReuseFactory,
)

NOW = timezone.now()


def found(client, kind: str, text: str, **query) -> list[str]:
    response = client.get(reverse(f"admin:catalog_{kind}_changelist"), {"q": text, **query})
    assert response.status_code == 200
    return [row.pk for row in response.context["cl"].result_list]


def test_the_index_finds_best_first_and_forgives(indexed, admin_client):
    described = DatasetFactory(title="Rapport", description="Des transports, pour tous.")
    named = DatasetFactory(title="Plan des transports")
    tagged = DatasetFactory(title="Arrêts", tags=["transport"])
    DatasetFactory(title="Cantines")
    indexed()
    for query in ("transport", "Transports", "transprots", "transpo"):
        assert sorted(found(admin_client, "dataset", query)) == sorted([named.pk, tagged.pk, described.pk]), query
    assert found(admin_client, "dataset", "transports")[0] == named.pk
    assert found(admin_client, "dataset", "transports")[-1] == described.pk


def test_a_column_clicked_gives_the_order(indexed, admin_client):
    first = DatasetFactory(title="Accès : eau")
    second = DatasetFactory(title="Eau, eau, eau")
    indexed()
    assert found(admin_client, "dataset", "eau", o="1") == [first.pk, second.pk]
    assert found(admin_client, "dataset", "eau", o="-1") == [second.pk, first.pk]


def test_every_state_is_found(indexed, admin_client):
    everything = [
        DatasetFactory(title="Eau potable"),
        DatasetFactory(title="Eau cachée", private=True),
        DatasetFactory(title="Eau supprimée", gone=True),
        DatasetFactory(title="Eau archivée", shelved=True),
    ]
    indexed()
    late = DatasetFactory(title="Eau toute neuve", private=True)
    assert set(found(admin_client, "dataset", "eau")) == {one.pk for one in [*everything, late]}


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("reuse", lambda: [ReuseFactory(title="Eau"), ReuseFactory(title="Eau", archived=NOW)]),
        ("dataservice", lambda: [DataserviceFactory(title="Eau"), DataserviceFactory(title="Eau", private=True)]),
        ("organization", lambda: [OrganizationFactory(name="Eau"), OrganizationFactory(name="Eau", deleted=NOW)]),
        ("post", lambda: [PostFactory(name="Eau"), PostFactory(name="Eau", published=None)]),
    ],
    ids=["reuse", "dataservice", "organization", "post"],
)  # fmt: skip
def test_every_kind_is_found_in_every_state(indexed, admin_client, kind, make):
    rows = make()
    indexed()
    assert set(found(admin_client, kind, "eaux")) >= {rows[0].pk}
    assert set(found(admin_client, kind, "eau")) == {row.pk for row in rows}
    assert found(admin_client, kind, rows[0].slug)[0] == rows[0].pk
    assert [found(admin_client, kind, key) for key in (rows[1].slug, rows[1].pk)] == [[rows[1].pk], [rows[1].pk]]
    assert found(admin_client, kind, "zorglub") == []


def test_what_only_a_column_holds_is_found(indexed, admin_client):
    reuse = ReuseFactory(title="Carte", url="https://cartes.example.org/eau")
    organization = OrganizationFactory(name="Régie", business_number_id="13002526500013")
    dataset = DatasetFactory(title="Hydrographie")
    indexed()
    assert found(admin_client, "reuse", "cartes.example.org") == [reuse.pk]
    assert found(admin_client, "organization", "13002526500013") == [organization.pk]
    assert found(admin_client, "dataset", "drograph") == [dataset.pk]


def test_words_are_not_given_up_where_a_column_holds_the_text(indexed, admin_client):
    draft = DatasetFactory(title="Arrêts zorglub", private=True)
    DatasetFactory(title="Arrêts de tramway")
    indexed()
    assert found(admin_client, "dataset", "arrêts zorglub") == [draft.pk]


def test_too_many_are_left_to_the_database(indexed, admin_client, monkeypatch):
    monkeypatch.setattr("catalog.admin.index_search.MOST", 1)
    rows = [DatasetFactory(title=f"Eau {number}") for number in range(3)]
    indexed()
    assert len(found(admin_client, "dataset", "eau")) == len(rows)


def test_without_an_index_the_columns_are_searched(search_dir, admin_client):
    dataset = DatasetFactory(title="Eau potable")
    assert found(admin_client, "dataset", "potab") == [dataset.pk]
    assert Post.objects.count() == 0
    assert found(admin_client, "post", "eau") == []


def test_editors_find_their_rows_alone(indexed, client):
    member = MemberFactory(role="editor")
    own = DatasetFactory(title="Eau", organization=member.organization)
    draft = DatasetFactory(title="Eau", organization=member.organization, private=True)
    DatasetFactory(title="Eau")
    DatasetFactory(title="Eau", private=True)
    indexed()
    client.force_login(member.user)
    assert set(found(client, "dataset", "eau")) == {own.pk, draft.pk}


def test_autocompletes_suggest_the_best_first(indexed, admin_client):
    plain = OrganizationFactory(name="Aire de jeu", description="Eau et air")
    best = OrganizationFactory(name="Eau", badges=["certified"])
    indexed()
    asked = {"term": "eau", "app_label": "catalog", "model_name": "dataset", "field_name": "organization"}
    answer = json.loads(admin_client.get(reverse("admin:autocomplete"), asked).content)
    assert [row["id"] for row in answer["results"]] == [best.pk, plain.pk]
