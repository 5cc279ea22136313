"""The audit log: one row for each object written, none for what was refused or changed nothing."""

import pytest
from django.db import DatabaseError, connection, transaction

from catalog.models import AuditEntry, Dataset
from catalog.models.audit import AppendOnly
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ResourceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(api):
    user = UserFactory(admin=True)
    api.force_login(user)
    return user


def body(api, dataset) -> dict:
    return api.get(f"/api/1/datasets/{dataset.pk}/").json()


def test_a_dataset_with_its_files_and_tags_is_one_row(api, editor):
    organization = OrganizationFactory()
    sent = {
        "title": "Schools", "description": "All of them.", "tags": ["school"], "organization": organization.pk,
        "resources": [{"title": "file", "url": "https://example.org/a.csv", "type": "main", "filetype": "remote",
                       "format": "csv"}],
    }  # fmt: skip
    made = api.post("/api/1/datasets/", sent, format="json")
    assert made.status_code == 201, made.content
    row = AuditEntry.objects.get()
    assert (row.action, row.kind, row.object_id, row.title) == ("create", "Dataset", made.json()["id"], "Schools")
    assert (row.actor_id, row.origin, row.organization_id) == (editor.pk, "api", organization.pk)
    assert made.headers["X-Request-ID"] == row.request_id


def test_an_update_names_what_changed_and_why(api, editor):
    dataset = DatasetFactory()
    answer = api.put(
        f"/api/1/datasets/{dataset.pk}/", {"title": "New", "tags": ["water"]}, format="json",
        headers={"X-Change-Comment": "asked by the mayor"},
    )  # fmt: skip
    assert answer.status_code == 200
    row = AuditEntry.objects.get()
    assert (row.action, sorted(row.changes), row.comment) == ("update", ["tags", "title"], "asked by the mayor")


def test_what_changes_nothing_leaves_no_row(api, editor):
    dataset = DatasetFactory()
    ResourceFactory(dataset=dataset)
    answer = api.put(f"/api/1/datasets/{dataset.pk}/", body(api, dataset), format="json")
    assert answer.status_code == 200, answer.content
    assert not AuditEntry.objects.exists()


def test_a_refusal_leaves_no_row(api):
    dataset = DatasetFactory()
    api.force_login(UserFactory())
    assert api.put(f"/api/1/datasets/{dataset.pk}/", {"title": "New"}, format="json").status_code == 403
    assert api.post("/api/1/datasets/", {"title": ""}, format="json").status_code == 400
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_row_is_written_in_the_transaction_of_the_write(api, monkeypatch):
    api.force_login(UserFactory(admin=True))
    dataset = DatasetFactory(title="Old")

    def fail(*args, **kwargs):
        raise DatabaseError("no room")

    monkeypatch.setattr(AuditEntry.objects, "bulk_create", fail)
    with pytest.raises(DatabaseError):
        api.put(f"/api/1/datasets/{dataset.pk}/", {"title": "New"}, format="json")
    assert Dataset.objects.get().title == "Old"
    monkeypatch.undo()
    assert api.put(f"/api/1/datasets/{dataset.pk}/", {"title": "New"}, format="json").status_code == 200
    assert AuditEntry.objects.count() == 1


def test_the_log_is_append_only():
    row = AuditEntry.objects.create(origin="api", action="update", kind="Dataset")
    for change in (row.save, row.delete, AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(title="x")):
        with pytest.raises(AppendOnly):
            change()


@pytest.mark.parametrize("statement", ["UPDATE catalog_auditentry SET title = 'x'", "DELETE FROM catalog_auditentry"])
def test_the_database_keeps_the_log_too(statement):
    AuditEntry.objects.create(origin="api", action="update", kind="Dataset")
    if connection.vendor == "sqlite" and statement.startswith("DELETE"):
        pytest.skip("SQLite refuses changes only: its one process is the portal's")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
