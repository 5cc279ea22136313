"""Keeping the audit log and the history: how long, who reads it, and what an account's end takes out of it."""

import csv
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from reversion.models import Revision, Version

from catalog import tasks
from catalog.models import AuditEntry
from catalog.services import personal_data
from catalog.services.history import revisions
from portal.services.account import delete_account
from tests.catalog.factories import DatasetFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/auditentry/"


def make(**values) -> AuditEntry:
    return AuditEntry.objects.create(**{"origin": "api", "action": "update", "kind": "Dataset", **values})


def test_old_entries_are_purged_and_nothing_else(settings):
    settings.AUDIT_RETENTION_DAYS = 30
    make(at=timezone.now() - timedelta(days=31))
    kept = make(at=timezone.now() - timedelta(days=29))
    assert tasks.purge_audit() == 1
    assert AuditEntry.objects.get() == kept


def test_the_end_of_an_account_blanks_her_words_and_keeps_the_facts(api):
    user, other = UserFactory(), UserFactory()
    dataset = DatasetFactory(organization=None, owner=user)
    api.force_login(user)
    api.put(f"/api/1/datasets/{dataset.pk}/", {"title": "N"}, format="json", headers={"X-Change-Comment": "I, Zoé"})
    make(actor_id=other.pk, comment="I, Léo")
    assert personal_data.of(user)["audit"][0]["comment"] == "I, Zoé"
    delete_account(user)
    rows = AuditEntry.objects.filter(actor_id=user.pk)
    assert [(row.action, row.comment) for row in rows if row.kind == "Dataset"] == [("update", "")]
    assert AuditEntry.objects.get(actor_id=other.pk).comment == "I, Léo"
    assert not Revision.objects.exclude(comment="").exists()


def test_words_are_erased_never_rewritten():
    make(comment="why")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_auditentry SET comment = 'another reason'")


def test_the_list_is_taken_away_as_csv_without_formulas(admin_client):
    make(title="=1+1", changes=["title", "tags"])
    make(title="Water", action="delete")
    answer = admin_client.get(f"{LIST}export.csv?action__exact=update")
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines(), delimiter=";"))
    assert [(row["title"], row["changes"]) for row in rows] == [("'=1+1", "title, tags")]


def test_nobody_writes_in_the_log(admin_client):
    row = make()
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/change/", {"title": "x"}).status_code == 403


def test_editors_do_not_read_the_log(client):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}export.csv").status_code == 403


@pytest.mark.parametrize("term", ["object", "actor", "request", "title"])
def test_entries_are_found_by_any_id(admin_client, term):
    wanted = make(object_id="a" * 24, actor_id="b" * 24, request_id="c" * 32, title="Water")
    make(title="Other")
    words = {"object": wanted.object_id, "actor": wanted.actor_id, "request": wanted.request_id, "title": "wat"}
    found = admin_client.get(f"{LIST}?q={words[term]}").context["cl"].result_list
    assert [row.pk for row in found] == [wanted.pk]


def test_old_revisions_are_thinned_and_those_of_what_is_gone_forgotten(api, settings):
    settings.HISTORY_FULL_DAYS = 90
    api.force_login(UserFactory(admin=True))
    dataset, gone = DatasetFactory(), DatasetFactory()
    for number in range(24):
        api.put(f"/api/1/datasets/{dataset.pk}/", {"title": f"Title {number}"}, format="json")
    api.put(f"/api/1/datasets/{gone.pk}/", {"title": "Gone"}, format="json")
    gone.delete()
    oldest = revisions.of("Dataset", dataset.pk).order_by("pk")[:4]
    then = timezone.now().replace(day=15) - timedelta(days=200)
    for number, version in enumerate(oldest):
        Revision.objects.filter(pk=version.revision_id).update(date_created=then + timedelta(minutes=number))
    assert tasks.purge_history() == 3 + 2
    assert Version.objects.count() == 22
    assert tasks.purge_history() == 0
