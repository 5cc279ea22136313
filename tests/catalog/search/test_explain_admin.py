"""Why this result, and the list of searches without result, as the staff sees them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.models import SearchMiss
from catalog.search import explanation
from tests.catalog.factories import DatasetFactory, MemberFactory, OrganizationFactory, UserFactory

EXPLAIN, MISSES = reverse("admin:search_explain"), reverse("admin:catalog_searchmiss_changelist")


def ask(client, **query):
    return client.get(EXPLAIN, query)


@pytest.fixture
def air(db):
    organization = OrganizationFactory(name="Institut", badges=["certified", "company"])
    return DatasetFactory(
        title="Qualité de l'air", organization=organization, tags=["pollution"], metric_views=9_999, featured=True
    )


def test_the_parts_of_the_score_add_up(indexed, air):
    DatasetFactory(title="Air", description="La qualité de l'air.")
    indexed()
    found = explanation.explain("dataset", "données qualité air", air.pk)
    assert (found.indexed, found.matches, found.rank, found.total, found.relaxed) == (True, True, 1, 2, "")
    assert [(word.word, word.soft) for word in found.read] == [("qualité", False), ("air", False), ("données", True)]
    assert found.parts[0].words == "qualité air"
    assert {part.field for part in found.parts} == {"title", "words"}
    assert found.words_score == pytest.approx(found.engine["value"], rel=1e-4)
    assert sum(part.share for part in found.parts) == pytest.approx(100, abs=len(found.parts))
    assert found.weight == pytest.approx(sum(merit for _name, merit in found.merits), abs=1e-3)
    merits = dict(found.merits)
    assert (merits["certified"], merits["featured"], merits["views"]) == (0.6, 1.5, pytest.approx(1.0))
    assert "company" not in merits


def test_what_was_relaxed_and_what_was_not_found_are_told(indexed, air):
    other = DatasetFactory(title="Cantines")
    indexed()
    found = explanation.explain("dataset", "qualtié", air.pk)
    assert (found.relaxed, found.rank, found.read[0].mistakes) == ("typo", 1, 1)
    assert explanation.explain("dataset", "zorglub air", air.pk).relaxed == "words"
    missed = explanation.explain("dataset", "air", other.pk)
    assert (missed.indexed, missed.matches, missed.rank, missed.score) == (True, False, None, 0)
    assert not explanation.explain("dataset", "air", DatasetFactory(private=True).pk).indexed
    everything = explanation.explain("dataset", "", other.pk)
    assert (everything.matches, everything.parts, everything.words_score) == (True, [], 1.0)


def test_the_page_explains_by_id_and_by_slug(indexed, air, admin_client):
    indexed()
    for key in (air.pk, air.slug):
        page = ask(admin_client, kind="dataset", q="air", id=key).content.decode()
        assert f'<a href="/admin/catalog/dataset/{air.pk}/change/">' in page
        assert "Place 1 of 1 result." in page
        assert "Certified" in page


def test_the_page_lists_first_and_links(indexed, air, admin_client):
    indexed()
    page = ask(admin_client, kind="dataset", q="qualtié").content.decode()
    assert f"?kind=dataset&amp;q=qualti%C3%A9&amp;id={air.pk}" in page
    assert "mistakes in rare words are forgiven" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"kind": "dataset", "q": "air", "id": "nobody"}, "There is no such object."),
        ({"kind": "discussion", "q": "air", "id": "x" * 24}, "There is no such object."),
        ({"kind": "planet", "q": "air"}, "planet is not one of the available choices"),
        ({"kind": "dataset", "q": "x" * 501}, "at most 500 characters"),
        ({"kind": "dataset", "q": "<script>alert(1)</script>", "id": "\x00"}, "errorlist"),
        ({"kind": "dataset", "q": "?!"}, "0 results"),
        ({}, "Explain"),
    ],
)
def test_bad_questions_get_an_answer(indexed, admin_client, query, said):
    indexed()
    response = ask(admin_client, **query)
    assert response.status_code == 200
    assert said in response.content.decode()
    assert b"<script>alert" not in response.content


def test_objects_that_are_not_indexed_are_explained_too(indexed, admin_client):
    hidden = DatasetFactory(title="Caché", private=True)
    indexed()
    assert "The index does not hold it" in ask(admin_client, kind="dataset", q="x", id=hidden.pk).content.decode()


def test_without_an_index_it_says_so(search_dir, admin_client):
    assert "There is no index to ask" in ask(admin_client, kind="dataset", q="air").content.decode()


@pytest.mark.parametrize("address", [EXPLAIN, MISSES])
def test_it_is_for_the_staff(client, db, address):
    assert client.get(address).status_code == 302  # to the login
    editor = MemberFactory(role="editor").user
    client.force_login(editor)
    assert client.get("/admin/").status_code == 200
    assert client.get(address).status_code == 403
    client.force_login(UserFactory())
    assert client.get(address).status_code == 302


def test_the_page_is_translated(indexed, admin_client):
    indexed()
    page = admin_client.get(EXPLAIN, {"kind": "dataset"}, headers={"accept-language": "fr"}).content.decode()
    assert "Pourquoi ce résultat" in page


def asked(query: str, *counts: int, kind: str = "dataset") -> list[SearchMiss]:
    today = timezone.localdate()
    rows = [
        SearchMiss(day=today - timedelta(days=ago), kind=kind, query=query, count=count)
        for ago, count in enumerate(counts)
    ]
    return SearchMiss.objects.bulk_create(rows)


def test_misses_are_listed_and_never_written(admin_client):
    row = asked("trottinettes", 2, 5)[0]
    asked("jeanne martin", 40)
    asked("fusées", 2, 2, kind="reuse")
    asked("partout", 9, 9, kind="")
    page = admin_client.get(MISSES).content.decode()
    assert page.index("partout") < page.index("trottinettes") < page.index("fusées")
    assert f"{EXPLAIN}?kind=dataset&amp;q=trottinettes" in page
    assert "jeanne" not in page
    only = admin_client.get(MISSES, {"kind": "reuse", "days": "90"}).content.decode()
    assert "fusées" in only
    assert "trottinettes" not in only
    one = f"{MISSES}{row.pk}/change/"
    assert [admin_client.get(url).status_code for url in (one, f"{MISSES}add/")] == [403, 403]
    assert admin_client.get(MISSES, {"kind": "planet", "days": "-1"}).status_code == 200
    assert admin_client.post(MISSES, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert SearchMiss.objects.filter(pk=row.pk).exists()
