"""The history of objects: who may read what of it, and the way back in the administration."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import AuditEntry, Dataset
from catalog.services.history import revisions
from catalog.services.history.words import ADDED, CUT, REMOVED, compare
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    ResourceFactory,
    ReuseFactory,
)

pytestmark = pytest.mark.django_db
MAKE = {
    "dataset": DatasetFactory, "reuse": ReuseFactory, "dataservice": DataserviceFactory,
    "organization": OrganizationFactory,
}  # fmt: skip


@pytest.fixture
def editor(api):
    member = MemberFactory(role="admin")
    api.force_login(member.user)
    api.member = member
    return api


@pytest.fixture
def dataset(editor):
    return DatasetFactory(organization=editor.member.organization, title="Old title", description="One two three.")


def put(api, dataset, **body):
    answer = api.put(f"/api/1/datasets/{dataset.pk}/", body, format="json")
    assert answer.status_code == 200, answer.content
    dataset.refresh_from_db()


def page(client, dataset, query=""):
    return client.get(f"/datasets/{dataset.slug}/history/{query}")


def test_everybody_reads_what_changed_word_by_word(client, editor, dataset):
    put(editor, dataset, description="One 2 three.", tags=["water"])
    html = page(client, dataset).content.decode()
    assert '<del><span class="p-hidden">removed: </span>two</del>' in html
    assert '<ins><span class="p-hidden">added: </span>2</ins>' in html
    assert "water" in html
    assert str(editor.member.user) in html
    assert editor.member.user.email not in html


def test_a_draft_is_told_to_its_editors_alone(client, editor, dataset):
    put(editor, dataset, private=True, description="A secret plan.")
    put(editor, dataset, description="Another secret.")
    put(editor, dataset, private=False, description="Published.")
    assert "secret" not in page(client, dataset).content.decode()
    assert "secret" in page(editor, dataset).content.decode()


def test_people_behind_contact_points_are_not_told(client, editor, dataset):
    contact = dataset.organization.contactpoints.create(name="Jo Doe", email="jo@example.org")
    put(editor, dataset, contact_points=[contact.pk])
    html = page(client, dataset).content.decode()
    assert "Jo Doe" not in html
    assert "jo@example.org" not in html


def test_the_page_costs_the_same_queries_at_any_length(client, editor, dataset):
    counts = []
    for number in (2, 15):
        for rank in range(number):
            put(editor, dataset, title=f"Title {number} {rank}", tags=[f"tag{number}{rank}"], private=rank % 2 == 1)
        put(editor, dataset, private=False, title=f"End {number}")
        page(client, dataset)
        with CaptureQueriesContext(connection) as captured:
            assert page(client, dataset).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_object_without_history_says_so(client):
    assert "No change has been recorded yet." in page(client, DatasetFactory()).content.decode()


@pytest.mark.parametrize("kind", ["dataset", "reuse", "dataservice", "organization"])
def test_each_kind_has_its_page(client, kind):
    item = MAKE[kind]()
    assert client.get(reverse(f"{kind}-history", args=[item.slug])).status_code == 200


def test_the_administration_brings_a_state_back(editor, dataset):
    ResourceFactory(dataset=dataset, title="A file")
    put(editor, dataset, title="New title", resources=[])
    first = revisions.of("Dataset", dataset.pk).last()
    history = reverse("admin:catalog_dataset_history", args=[dataset.pk])
    assert "Bring back this state" in editor.get(history).content.decode()
    sent = {"change_comment": "a mistake"}
    assert editor.post(f"/admin/catalog/dataset/{dataset.pk}/revert/{first.pk}/", sent).status_code == 302
    dataset.refresh_from_db()
    assert (dataset.title, dataset.slug, dataset.resources.get().title) == ("Old title", "old-title", "A file")
    entry = AuditEntry.objects.first()
    assert (entry.action, entry.origin, entry.comment) == ("revert", "admin", "a mistake")
    assert "a mistake" in page(editor, dataset).content.decode()


def test_who_may_not_edit_does_not_revert(client, editor, dataset):
    put(editor, dataset, title="New title")
    first = revisions.of("Dataset", dataset.pk).last()
    client.force_login(MemberFactory(role="editor").user)
    assert client.post(f"/admin/catalog/dataset/{dataset.pk}/revert/{first.pk}/").status_code in (403, 404)
    assert Dataset.objects.get().title == "New title"


def test_a_deleted_object_is_recovered(editor, dataset):
    assert editor.delete(f"/api/1/datasets/{dataset.pk}/").status_code == 204
    first = revisions.of("Dataset", dataset.pk).last()
    editor.post(f"/admin/catalog/dataset/{dataset.pk}/revert/{first.pk}/")
    assert Dataset.objects.get().deleted is None


def test_words_are_compared_and_long_stretches_cut():
    before = "word " * 200 + "old end"
    pieces = compare(before, before.replace("old", "new"))
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind in (ADDED, REMOVED)] == [
        (REMOVED, "old"),
        (ADDED, "new"),
    ]
    assert pieces[0].kind == CUT


def test_texts_of_any_length_are_compared_in_time():
    before, after = ("".join(f"{sign}{number} " for number in range(40_000)) for sign in "ab")
    assert {piece.kind for piece in compare(before, after)} == {ADDED, REMOVED}
