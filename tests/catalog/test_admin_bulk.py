"""Bulk actions in the administration: questions, all that match, progress, stop, undo, CSV."""

import csv
import re

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from catalog.admin import bulk
from catalog.models import BulkJob, Dataset, Reuse
from catalog.services.bulk import jobs, running
from tests.catalog import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/dataset/"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    """Have three rows be many."""
    monkeypatch.setattr(bulk, "INSTANT", 3)


@pytest.fixture
def sent(monkeypatch):
    """The tasks that workers are told of."""
    found = []
    monkeypatch.setattr(jobs, "send", lambda task, *args: found.append(task))
    return found


def chosen(rows, action, **more):
    return {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows], **more}


def page(job, name="change"):
    return reverse(f"admin:catalog_bulkjob_{name}", args=[job.pk])


def test_an_action_with_a_value_asks_for_it_and_then_is_done_at_once(admin_client):
    rows = factories.DatasetFactory.create_batch(2)
    question = admin_client.post(LIST, chosen(rows, "add_tags"))
    text = question.content.decode()
    assert "2 objects are chosen" in text
    assert rows[0].title in text
    assert "tags" in question.context["form"].fields
    assert not BulkJob.objects.exists()
    wrong = admin_client.post(LIST, chosen(rows, "add_tags", bulk=1, expected=2, tags="a"))
    assert "between 3 and 96" in wrong.content.decode()
    answer = admin_client.post(
        LIST, chosen(rows, "add_tags", bulk=1, expected=2, tags="Water, air quality", change_comment="Why not")
    )
    assert answer.status_code == 302
    assert {tag.name for tag in rows[0].tags.all()} == {"water", "air-quality"}
    assert BulkJob.objects.get().comment == "Why not"


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("set_frequency", {"frequency": "annual"}), ("set_license", {"license": "lov2"}),
        ("give_badge", {"badge": "hvd"}),
        ("take_badge", {"badge": "hvd"}), ("remove_tags", {"tags": "water"}), ("transfer", {"organization": "a" * 24}),
    ],
)  # fmt: skip
def test_each_question_opens_and_is_answered(admin_client, action, value):
    factories.LicenseFactory()
    factories.OrganizationFactory(id="a" * 24)
    rows = [factories.DatasetFactory()]
    assert next(iter(value)) in admin_client.post(LIST, chosen(rows, action)).context["form"].fields
    assert admin_client.post(LIST, chosen(rows, action, bulk=1, expected=1, **value)).status_code == 302
    job = BulkJob.objects.get()
    assert (job.state, job.refused, job.done + job.unchanged) == ("done", 0, 1)


def test_all_that_match_the_filter_are_done_by_a_worker(admin_client, sent, django_capture_on_commit_callbacks):
    factories.DatasetFactory.create_batch(5, draft=True)
    others = factories.DatasetFactory.create_batch(2)
    address = f"{LIST}?state=draft"
    everything = {"action": "archive", "select_across": "1", ACTION_CHECKBOX_NAME: [Dataset.objects.first().pk]}
    question = admin_client.post(address, everything).content.decode()
    assert "5 objects are chosen" in question
    factories.DatasetFactory(draft=True)
    again = admin_client.post(address, {**everything, "bulk": 1, "expected": 5}).content.decode()
    assert "6 objects are chosen" in again
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin_client.post(address, {**everything, "bulk": 1, "expected": 6})
    job = BulkJob.objects.get()
    assert answer["Location"] == page(job)
    assert (sent, job.state, job.total) == ([jobs.TASK], "waiting", 6)
    assert admin_client.get(page(job, "state")).json()["percent"] == 0
    running.work()
    assert admin_client.get(page(job, "state")).json()["ended"] is True
    assert Dataset.objects.filter(archived__isnull=False).count() == 6
    assert not others[0].archived


def test_the_question_about_all_that_match_is_answered_as_it_is_rendered(admin_client, sent):
    rows = factories.DatasetFactory.create_batch(5)
    everything = {"action": "archive", "select_across": "1", ACTION_CHECKBOX_NAME: [rows[0].pk]}
    form = admin_client.post(LIST, everything).content.decode().partition('<form method="post">')[2]
    hidden = {**dict(HIDDEN.findall(form)), "change_comment": ""}
    assert admin_client.post(LIST, hidden).status_code == 302
    assert BulkJob.objects.get().total == 5


def test_many_are_deleted_like_any_other_action(admin_client, sent):
    rows = factories.DatasetFactory.create_batch(4)
    assert "4 objects are chosen" in admin_client.post(LIST, chosen(rows, "delete_selected")).content.decode()
    admin_client.post(LIST, chosen(rows, "delete_selected", bulk=1, expected=4))
    running.work()
    assert Dataset.objects.filter(deleted__isnull=False).count() == 4


def test_a_job_is_stopped_and_taken_back_from_its_page(admin_client, sent):
    rows = factories.DatasetFactory.create_batch(2)
    admin_client.post(LIST, chosen(rows, "archive"))
    job = BulkJob.objects.get()
    shown = admin_client.get(page(job))
    assert "Take it back" in shown.content.decode()
    assert rows[0].title in shown.content.decode()
    answer = admin_client.post(page(job, "undo"))
    assert answer["Location"] == page(BulkJob.objects.first())
    assert not Dataset.objects.filter(archived__isnull=False).exists()
    assert "Take it back" not in admin_client.get(page(job)).content.decode()
    waiting = jobs.ask(Dataset.objects.all(), "archive", by=BulkJob.objects.first().by)
    assert "bulk.js" in admin_client.get(page(waiting)).content.decode()
    admin_client.post(page(waiting, "stop"))
    waiting.refresh_from_db()
    assert waiting.state == "stopped"
    assert admin_client.get(page(waiting, "stop")).status_code == 405


def test_an_editor_sees_her_own_jobs_and_no_other(client):
    member = factories.MemberFactory()
    ours = factories.DatasetFactory.create_batch(2, organization=member.organization)
    factories.DatasetFactory()
    foreign = jobs.ask(Dataset.objects.all(), "archive", by=factories.UserFactory(admin=True))
    client.force_login(member.user)
    client.post(LIST, {"action": "archive", "select_across": "1", ACTION_CHECKBOX_NAME: [ours[0].pk]})
    own = BulkJob.objects.get(by=member.user)
    assert (own.total, own.done) == (2, 2)
    assert client.get(page(own)).status_code == 200
    for name, method in [("state", "get"), ("stop", "post"), ("undo", "post")]:
        assert getattr(client, method)(page(foreign, name)).status_code == 404
    shown = client.get(reverse("admin:catalog_bulkjob_changelist")).context["cl"].result_list
    assert list(shown) == [own]
    for action in ("transfer", "give_badge"):
        assert action not in client.get(LIST).content.decode()


def test_a_list_offers_what_its_objects_have(admin_client):
    factories.ReuseFactory()
    text = admin_client.get("/admin/catalog/reuse/").content.decode()
    assert 'value="add_tags"' in text
    assert not [name for name in ("set_license", "set_frequency", "give_badge") if f'value="{name}"' in text]
    row = Reuse.objects.get()
    admin_client.post("/admin/catalog/reuse/", chosen([row], "set_license", bulk=1, license="lov2"))
    assert not BulkJob.objects.exists()


def test_refusals_are_told_with_their_reasons(admin_client):
    rows = [factories.DatasetFactory(gone=True, title="Gone"), factories.DatasetFactory()]
    text = admin_client.post(LIST, chosen(rows, "archive"), follow=True).content.decode()
    assert "Gone: it is deleted; restore it first." in text
    assert "1 object changed" in text


def test_the_filtered_list_is_taken_away_as_csv(admin_client, client):
    factories.DatasetFactory(title="=Draft", draft=True, tags=["water", "air"])
    factories.DatasetFactory(title="Public")
    answer = admin_client.get(f"{LIST}export.csv?state=draft")
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines(), delimiter=";"))
    assert [(row["title"], row["state"], row["tags"]) for row in rows] == [("'=Draft", "draft", "air, water")]
    client.force_login(factories.MemberFactory().user)
    assert len(b"".join(client.get(f"{LIST}export.csv").streaming_content).splitlines()) == 1
    client.force_login(factories.UserFactory())
    assert client.get(f"{LIST}export.csv").status_code in {302, 403}
