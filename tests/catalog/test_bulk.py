"""Bulk changes: each object once, whatever happens to the worker; rights of each row; the way back."""

import tracemalloc
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import tasks
from catalog.models import AuditEntry, BulkItem, BulkJob, Dataservice, Dataset, DatasetBadge, Reuse
from catalog.models.bulk import BulkState
from catalog.services import curation
from catalog.services.bulk import jobs, running
from catalog.services.bulk.actions import ACTIONS, KINDS
from portal.lib.errors import ServiceError
from portal.services.account import delete_account
from tests.catalog import factories

pytestmark = pytest.mark.django_db
MAKERS = {
    Dataset: factories.DatasetFactory,
    Reuse: factories.ReuseFactory,
    Dataservice: factories.DataserviceFactory,
}


class Killed(BaseException):
    """What a worker dies of: nothing catches it."""


@pytest.fixture
def boss():
    return factories.UserFactory(admin=True)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(running, "BATCH", 3)
    monkeypatch.setattr(jobs, "PIECE", 4)


def run(rows, action, parameters=None, *, by, comment=""):
    job = jobs.ask(rows, action, parameters, by=by, comment=comment)
    running.run(job.pk)
    job.refresh_from_db()
    return job


def counts(job):
    return job.state, job.done, job.unchanged, job.refused


def take_back(job, by):
    back = jobs.undo(BulkJob.objects.get(pk=job.pk), by=by)
    running.run(back.pk)
    back.refresh_from_db()
    return back


def test_all_that_were_chosen_are_changed_and_those_that_came_later_are_not(boss):
    factories.DatasetFactory.create_batch(8)
    factories.DatasetFactory.create_batch(2, draft=True)
    job = jobs.ask(Dataset.objects.all(), "unpublish", by=boss)
    late = factories.DatasetFactory()
    running.run(job.pk)
    job.refresh_from_db()
    assert (counts(job), job.total, job.position) == ((BulkState.DONE, 8, 2, 0), 10, 10)
    assert list(Dataset.objects.filter(private=False)) == [late]


def test_a_worker_killed_in_the_middle_leaves_whole_batches_and_the_next_one_goes_on(boss, monkeypatch):
    factories.DatasetFactory.create_batch(8)
    job = jobs.ask(Dataset.objects.all(), "archive", by=boss)
    apply, seen = running.apply, []

    def dying(edit, items, **facts):
        found = apply(edit, items, **facts)
        seen.append(len(items))
        if len(seen) == 2:
            raise Killed
        return found

    monkeypatch.setattr(running, "apply", dying)
    with pytest.raises(Killed):
        running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.position, job.done) == (BulkState.RUNNING, 3, 3)
    assert Dataset.objects.filter(archived__isnull=False).count() == 3
    assert tasks.run_bulk_jobs() == 0  # its worker, this process, still lives and holds the lease
    BulkJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert tasks.run_bulk_jobs() == 1
    job.refresh_from_db()
    assert counts(job) == (BulkState.DONE, 8, 0, 0)
    assert BulkItem.objects.filter(outcome="done").count() == 8
    entries = AuditEntry.objects.values_list("object_id", flat=True)
    assert sorted(entries) == sorted(Dataset.objects.values_list("pk", flat=True))


def test_a_worker_that_was_taken_for_dead_writes_nothing_more(boss):
    factories.DatasetFactory.create_batch(5)
    job = jobs.ask(Dataset.objects.all(), "archive", by=boss)
    assert running.claim(job.pk, "old")
    assert running.claim(job.pk, "quick") is None
    BulkJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert running.claim(job.pk, "new")
    assert running.step(job.pk, "old") is False
    assert not Dataset.objects.filter(archived__isnull=False).exists()
    assert running.step(job.pk, "new") is True


def test_a_job_that_kills_its_workers_ends(boss):
    job = jobs.ask(Dataset.objects.filter(pk=factories.DatasetFactory().pk), "archive", by=boss)
    BulkJob.objects.update(state=BulkState.RUNNING, worker="gone", stalled=running.MOST_STALLS)
    assert tasks.run_bulk_jobs() == 0
    job.refresh_from_db()
    assert (job.state, bool(job.error)) == (BulkState.FAILED, True)


def test_rights_are_those_of_who_asked_for_each_row(boss):
    member = factories.MemberFactory()
    ours = factories.DatasetFactory.create_batch(4, organization=member.organization)
    factories.DatasetFactory.create_batch(3)
    job = run(Dataset.objects.all(), "archive", by=member.user)
    assert counts(job) == (BulkState.DONE, 4, 0, 3)
    assert set(Dataset.objects.filter(archived__isnull=False)) == set(ours)
    assert {one.reason for one in job.items.filter(outcome="refused")} == {"you may not change it."}
    for action, value in [("feature", {}), ("give_badge", {"badge": "hvd"}), ("transfer", {"organization": "x"})]:
        with pytest.raises(ServiceError):
            jobs.ask(Dataset.objects.all(), action, value, by=member.user)


def test_rights_that_ended_meanwhile_count_no_more(boss):
    factories.DatasetFactory.create_batch(2)
    job = jobs.ask(Dataset.objects.all(), "archive", by=boss)
    boss.is_superuser = boss.is_active = False
    boss.save()
    running.run(job.pk)
    job.refresh_from_db()
    assert counts(job) == (BulkState.DONE, 0, 0, 2)


def test_one_row_that_the_rule_refuses_stops_no_other(boss):
    factories.DatasetFactory.create_batch(4)
    factories.DatasetFactory(gone=True)
    job = run(Dataset.objects.all(), "unpublish", by=boss)
    assert counts(job) == (BulkState.DONE, 4, 0, 1)
    assert job.items.get(outcome="refused").reason == "it is deleted; restore it first."


def test_each_changed_row_is_one_row_of_the_audit_log_with_the_comment(boss):
    factories.DatasetFactory.create_batch(5)
    factories.DatasetFactory(draft=True)
    job = run(Dataset.objects.all(), "unpublish", by=boss, comment="Spring clean")
    found = set(AuditEntry.objects.values_list("action", "origin", "actor_id", "comment", "request_id"))
    assert found == {("unpublish", "admin", boss.pk, "Spring clean", f"bulk-{job.pk}")}
    assert AuditEntry.objects.count() == 5


def state_of(model):
    """Return all that the actions may change, by object."""
    rows = {}
    for row in model.objects.order_by("pk"):
        columns = {name: getattr(row, name) for name in ("private", "owner_id", "organization_id")}
        columns |= {"featured": bool(row.featured)}
        columns |= {name: getattr(row, name, None) for name in ("license_id", "frequency")}
        columns |= {"archived": getattr(row, curation.archived_column(model))}
        columns |= {"deleted": getattr(row, curation.deleted_column(model))}
        badges = [(one.kind, one.created) for one in row.badges.all()] if hasattr(row, "badges") else []
        rows[row.pk] = columns, sorted(tag.name for tag in row.tags.all()), badges
    return rows


BEGINNINGS = {
    "publish": {"private": True}, "unarchive": {"archived": True}, "unfeature": {"featured": True},
    "restore": {"deleted": True}, "remove_tags": {"tags": True}, "take_badge": {"badge": True},
}  # fmt: skip
VALUES = {
    "add_tags": {"tags": ["water", "new one"]}, "remove_tags": {"tags": ["water", "air"]},
    "set_license": {"license": "odc-odbl"}, "set_frequency": {"frequency": "annual"},
    "give_badge": {"badge": "hvd"}, "take_badge": {"badge": "hvd"}, "transfer": {"organization": "a" * 24},
}  # fmt: skip
CASES = [  # of a spreadsheet: tests/catalog/test_sheets.py
    (model, action) for model in KINDS.values() for action, edit in ACTIONS.items()
    if model in edit.targets and action != "import_csv"
]  # fmt: skip


def prepare(model, action):
    """Make four objects in the state from which the action has something to change in three."""
    factories.LicenseFactory(id="odc-odbl", title="ODbL")
    factories.OrganizationFactory(id="a" * 24)
    rows = MAKERS[model].create_batch(4)
    beginning, long_ago = BEGINNINGS.get(action, {}), timezone.now() - timedelta(days=9)
    columns = {
        "private": {"private": True}, "archived": {curation.archived_column(model): long_ago},
        "deleted": {curation.deleted_column(model): long_ago}, "featured": {"featured": True},
    }  # fmt: skip
    for name in beginning:
        model.objects.filter(pk__in=[row.pk for row in rows]).update(**columns.get(name, {}))
    tag = factories.TagFactory(name="water")
    for number, row in enumerate(rows):
        if "tags" in beginning or number == 0:
            row.tags.add(tag)
        if "badge" in beginning:
            row.badges.create(kind="hvd", created=long_ago)
    return rows


@pytest.mark.parametrize(("model", "action"), CASES, ids=lambda one: getattr(one, "__name__", one))
def test_every_action_changes_is_idempotent_and_is_taken_back(model, action, boss):
    rows = prepare(model, action)
    before = state_of(model)
    job = run(model.objects.all(), action, VALUES.get(action), by=boss)
    assert counts(job) == (BulkState.DONE, 4, 0, 0), list(job.items.values())
    after = state_of(model)
    assert all(after[row.pk] != before[row.pk] for row in rows)
    assert AuditEntry.objects.count() == 4
    again = run(model.objects.all(), action, VALUES.get(action), by=boss)
    assert (again.done, again.unchanged + again.refused) == (0, 4)
    back = take_back(job, boss)
    assert counts(back) == (BulkState.DONE, 4, 0, 0), list(back.items.values())
    assert state_of(model) == before
    with pytest.raises(ServiceError):
        jobs.undo(BulkJob.objects.get(pk=job.pk), by=boss)


def test_what_somebody_changed_since_is_not_taken_back(boss):
    one, other = factories.DatasetFactory.create_batch(2)
    job = run(Dataset.objects.all(), "set_frequency", {"frequency": "annual"}, by=boss)
    Dataset.objects.filter(pk=one.pk).update(frequency="weekly")
    back = take_back(job, boss)
    assert counts(back) == (BulkState.DONE, 1, 0, 1)
    assert Dataset.objects.get(pk=one.pk).frequency == "weekly"
    assert Dataset.objects.get(pk=other.pk).frequency == "unknown"


def test_only_open_data_gets_a_licence(boss):
    licence = factories.LicenseFactory()
    factories.DatasetFactory()
    factories.DatasetFactory(access_type="restricted")
    job = run(Dataset.objects.all(), "set_license", {"license": licence.pk}, by=boss)
    assert counts(job) == (BulkState.DONE, 1, 0, 1)


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("nonsense", {}), ("set_license", {"license": "nowhere"}), ("set_license", {}), ("add_tags", {"tags": ["a"]}),
        ("set_frequency", {"frequency": "now and then"}), ("give_badge", {"badge": "gold"}),
        ("transfer", {"organization": "0" * 24}),
    ],
)  # fmt: skip
def test_impossible_values_are_refused_and_nothing_is_written(boss, action, value):
    factories.DatasetFactory()
    with pytest.raises(ServiceError):
        jobs.ask(Dataset.objects.all(), action, value, by=boss)
    assert not BulkJob.objects.exists()
    with pytest.raises(ServiceError):
        jobs.ask(Reuse.objects.all(), "publish", by=boss)  # none


def test_a_job_is_stopped_between_two_batches(boss):
    factories.DatasetFactory.create_batch(8)
    job = jobs.ask(Dataset.objects.all(), "archive", by=boss)
    worker = "host:x:y"
    running.claim(job.pk, worker)
    running.step(job.pk, worker)
    jobs.stop(job)
    assert running.step(job.pk, worker) is False
    job.refresh_from_db()
    assert counts(job) == (BulkState.STOPPED, 3, 0, 0)
    assert take_back(job, boss).done == 3
    assert not Dataset.objects.filter(archived__isnull=False).exists()


def test_a_job_that_waits_is_stopped_at_once(boss):
    factories.DatasetFactory()
    job = jobs.ask(Dataset.objects.all(), "archive", by=boss)
    jobs.stop(job)
    assert tasks.run_bulk_jobs() == 0
    job.refresh_from_db()
    assert counts(job) == (BulkState.STOPPED, 0, 0, 0)


def test_a_batch_costs_the_same_queries_whatever_its_size(boss, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 100)
    spent = []
    for number in (3, 30):
        factories.DatasetFactory.create_batch(number)
        job = jobs.ask(Dataset.objects.filter(private=False), "unpublish", by=boss)
        running.claim(job.pk, "w")
        with CaptureQueriesContext(connection) as captured:
            running.step(job.pk, "w")
        spent.append(len(captured))
    assert spent[0] == spent[1]


def test_the_list_of_objects_is_made_in_pieces(boss, monkeypatch):
    monkeypatch.setattr(jobs, "PIECE", 500)
    organization = factories.OrganizationFactory()
    make = [Dataset(title=f"D{n}", slug=f"d{n}", description="x", organization=organization) for n in range(4000)]
    Dataset.objects.bulk_create(make)
    del make
    jobs.ask(Dataset.objects.filter(title="D1"), "archive", by=boss)  # what is loaded once
    peaks = []
    for rows in (Dataset.objects.filter(title__lt="D2"), Dataset.objects.all()):
        tracemalloc.start()
        jobs.ask(rows, "archive", by=boss)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert BulkItem.objects.count() > 5000
    assert peaks[1] < peaks[0] * 1.3


def test_old_jobs_are_forgotten_and_open_ones_are_not(boss):
    factories.DatasetFactory()
    old = run(Dataset.objects.all(), "archive", by=boss)
    waiting = jobs.ask(Dataset.objects.all(), "unarchive", by=boss)
    BulkJob.objects.update(ended=timezone.now() - jobs.KEPT - timedelta(days=1))
    assert tasks.purge_bulk_jobs() == 1
    assert list(BulkJob.objects.all()) == [waiting]
    assert not BulkItem.objects.filter(job_id=old.pk).exists()


def test_the_end_of_an_account_blanks_its_words_and_ends_its_jobs(boss):
    factories.DatasetFactory()
    job = jobs.ask(Dataset.objects.all(), "archive", by=boss, comment="I, Zoé")
    factories.UserFactory(admin=True)
    delete_account(boss)
    tasks.run_bulk_jobs()
    job.refresh_from_db()
    assert (job.by, job.comment, job.state) == (None, "", BulkState.STOPPED)
    assert not Dataset.objects.filter(archived__isnull=False).exists()


def test_a_badge_that_was_there_stays_when_the_job_is_taken_back(boss):
    dataset = factories.DatasetFactory()
    DatasetBadge.objects.create(dataset=dataset, kind="hvd")
    factories.DatasetFactory()
    job = run(Dataset.objects.all(), "give_badge", {"badge": "hvd"}, by=boss)
    assert (job.done, job.unchanged) == (1, 1)
    take_back(job, boss)
    assert DatasetBadge.objects.get().dataset == dataset
