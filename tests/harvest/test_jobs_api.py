"""Runs of sources: their jobs and items over the API, asking for one, scheduling, and what is forgotten in time."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from catalog.models import Change, Notification
from harvest import tasks
from harvest.jobs import NOT_BY_HAND
from harvest.models import Job, JobItem, Source
from tests.catalog.factories import DataserviceFactory, DatasetFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return MemberFactory(role="admin")


@pytest.fixture
def source(member):
    return Source.objects.create(
        name="src", url="https://h.example.org/", backend="dcat", organization=member.organization
    )


@pytest.fixture
def admin(api):
    user = UserFactory(admin=True)
    api.force_authenticate(user)
    return user


def path(source, end=""):
    return f"/api/1/harvest/source/{source.pk}/{end}"


# --- Reading -----------------------------------------------------------------------------------------------


def test_jobs_are_listed_newest_first_in_an_envelope(api, source):
    empty = api.get(path(source, "jobs/")).json()
    assert empty == {"data": [], "next_page": None, "page": 1, "page_size": 20, "previous_page": None, "total": 0}
    now = timezone.now()
    for hours in (3, 1, 2):
        Job.objects.create(source=source, status="done", created=now - timedelta(hours=hours))
    other = Source.objects.create(name="o", url="https://o.example.org/", backend="ckan")
    Job.objects.create(source=other)
    listed = api.get(f"/api/1/harvest/source/{source.slug}/jobs/?page_size=2").json()
    assert (listed["total"], len(listed["data"])) == (3, 2)
    assert listed["next_page"].endswith("page=2&page_size=2")
    dates = [one["created"] for one in listed["data"]]
    assert dates == sorted(dates, reverse=True)
    assert api.get(path(source, "jobs/?page=0")).status_code == 400
    assert api.get(path(source, "jobs/?page=9")).status_code == 404


def test_a_job_counts_its_items(api, source):
    error = {"message": "no", "details": "Traceback: /srv/…", "created_at": "2026-01-02T03:04:05+00:00"}
    job = Job.objects.create(source=source, status="done-errors", errors=[error])
    JobItem.objects.create(job=job, remote_id="1", status="done", dataset=DatasetFactory())
    JobItem.objects.create(job=job, remote_id="2", status="done", dataservice=DataserviceFactory())
    JobItem.objects.create(job=job, remote_id="3", status="failed")
    body = api.get(f"/api/1/harvest/job/{job.pk}/").json()
    assert list(body) == ["created", "ended", "errors", "id", "items", "source", "started", "status"]
    assert body["source"] == {"class": "HarvestSource", "id": source.pk}
    assert body["errors"] == [{**error, "details": None}]
    items = body["items"]
    assert items["href"].endswith(f"/api/1/harvest/job/{job.pk}/items/?page=1&page_size=20")
    assert (items["rel"], items["type"], items["total"]) == ("subsection", "GET", 3)
    assert {name: n for name, n in items["by_status"].items() if n} == {"done": 2, "failed": 1}
    assert items["by_type"] == {"dataset": 1, "dataservice": 1}
    api.force_authenticate(UserFactory(admin=True))
    assert api.get(f"/api/1/harvest/job/{job.pk}/").json()["errors"] == [error]


def test_items_are_listed_by_status(api, source):
    job = Job.objects.create(source=source)
    dataset, draft = DatasetFactory(), DatasetFactory(private=True)
    JobItem.objects.create(
        job=job, remote_id="1", remote_url="https://u:p@h.example.org/1", status="done", dataset=dataset,
        logs=[{"level": "info", "message": "read"}], errors=[{"message": "odd", "details": "secret"}],
    )  # fmt: skip
    JobItem.objects.create(job=job, remote_id="2", status="skipped", dataset=draft)
    items = f"/api/1/harvest/job/{job.pk}/items/"
    first, second = api.get(items).json()["data"]
    assert first["dataset"]["id"] == dataset.pk
    assert first["remote_url"] == "https://h.example.org/1"
    assert first["logs"] == [{"level": "info", "message": "read"}]
    assert first["errors"] == [{"created_at": None, "details": None, "message": "odd"}]
    assert (first["args"], first["kwargs"], first["dataservice"]) == ([], {}, None)
    assert second["dataset"] is None  # a draft is for its editors
    assert [one["remote_id"] for one in api.get(f"{items}?status=skipped").json()["data"]] == ["2"]
    assert api.get(f"{items}?status=failed").json()["total"] == 0
    assert api.get(f"{items}?status=nonsense").status_code == 400


def test_many_items_take_as_many_queries_as_one(api, source, django_assert_max_num_queries):
    job = Job.objects.create(source=source)
    for number in range(20):
        JobItem.objects.create(job=job, remote_id=str(number), status="done", dataset=DatasetFactory())
    with django_assert_max_num_queries(12):
        assert len(api.get(f"/api/1/harvest/job/{job.pk}/items/").json()["data"]) == 20


def test_the_newest_job_stands_in_its_source(api, source):
    now = timezone.now()
    Job.objects.create(source=source, status="failed", created=now - timedelta(days=1))
    newest = Job.objects.create(source=source, status="done", created=now)
    Source.objects.create(name="o", url="https://o.example.org/", backend="ckan")
    assert api.get(path(source)).json()["last_job"]["id"] == newest.pk
    listed = api.get("/api/1/harvest/sources/").json()["data"]
    assert {one["slug"]: one["last_job"] and one["last_job"]["status"] for one in listed} == {"src": "done", "o": None}


def test_jobs_of_a_deleted_source_are_for_those_who_may_restore_it(api, source, member):
    job = Job.objects.create(source=source)
    Source.objects.update(deleted=timezone.now())
    addresses = [path(source, "jobs/"), f"/api/1/harvest/job/{job.pk}/", f"/api/1/harvest/job/{job.pk}/items/"]
    assert [api.get(one).status_code for one in addresses] == [410, 410, 410]
    api.force_authenticate(member.user)
    assert [api.get(one).status_code for one in addresses] == [200, 200, 200]


@pytest.mark.parametrize("ident", ["x", "0" * 24, "%00"])
def test_an_unknown_job_is_not_found(api, ident):
    assert api.get(f"/api/1/harvest/job/{ident}/").status_code == 404
    assert api.get(f"/api/1/harvest/job/{ident}/items/").status_code == 404


def test_columns_were_added_without_losing_the_triggers_of_the_log(source):
    before = Change.objects.position()
    Source.objects.filter(pk=source.pk).update(name="other")
    assert Change.objects.position() != before


# --- Running -----------------------------------------------------------------------------------------------


def test_a_publisher_runs_nothing_unless_the_portal_lets_her(api, source, member, settings):
    api.force_authenticate(member.user)
    answer = api.post(path(source, "run/"))
    assert (answer.status_code, answer.json()) == (400, {"message": NOT_BY_HAND})
    settings.HARVEST_ENABLE_MANUAL_RUN = True
    assert api.post(path(source, "run/")).status_code == 400  # not validated
    Source.objects.update(validation="accepted")
    answer = api.post(path(source, "run/"))
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["last_job"]["status"]) == (source.pk, "pending")


def test_an_administrator_runs_any_source_and_one_job_waits_at_most(api, source, admin):
    first = api.post(path(source, "run/")).json()["last_job"]["id"]
    assert api.post(path(source, "run/")).json()["last_job"]["id"] == first
    Job.objects.update(status="done")
    assert api.post(path(source, "run/")).json()["last_job"]["id"] != first
    assert Job.objects.count() == 2


def test_strangers_run_nothing(api, source, settings):
    settings.HARVEST_ENABLE_MANUAL_RUN = True
    assert api.post(path(source, "run/")).status_code == 401
    api.force_authenticate(UserFactory())
    assert api.post(path(source, "run/")).status_code == 403
    api.force_authenticate(UserFactory(admin=True))
    Source.objects.update(deleted=timezone.now())
    assert api.post(path(source, "run/")).status_code == 410
    assert not Job.objects.exists()


# --- Scheduling --------------------------------------------------------------------------------------------


def test_a_source_is_scheduled_and_taken_off(api, source, admin):
    answer = api.post(path(source, "schedule/"), data='"0 0 * * *"', content_type="application/json")
    assert (answer.status_code, answer.json()["schedule"]) == (200, "0 0 * * *")
    assert api.get(path(source)).json()["schedule"] == "0 0 * * *"
    assert not PeriodicTask.objects.exists()  # nothing would run it yet
    answer = api.delete(path(source, "schedule/"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(path(source)).json()["schedule"] is None
    assert api.delete(path(source, "schedule/")).status_code == 204


@pytest.mark.parametrize(
    "body",
    ['"0 0 * *"', '"61 0 * * *"', '"@daily"', '""', '"a b c d e"', '"0 0 31 2 *"', "{}", "[]", "3", "null", "{bad",
     '"' + "0 " * 600 + '"', '"*/0 * * * *"'],
)  # fmt: skip
def test_what_is_no_crontab_is_refused(api, source, admin, body):
    Source.objects.update(schedule="1 1 * * *")
    answer = api.post(path(source, "schedule/"), data=body, content_type="application/json")
    assert answer.status_code == 400
    source.refresh_from_db()
    assert source.schedule == "1 1 * * *"


def test_scheduling_is_for_administrators(api, source, member):
    for user, code in ((None, 401), (member.user, 403)):
        api.force_authenticate(user)
        assert api.post(path(source, "schedule/"), "0 0 * * *", format="json").status_code == code
        assert api.delete(path(source, "schedule/")).status_code == code


def test_a_source_is_scheduled_as_it_is_accepted(api, source, admin, settings):
    settings.HARVEST_DEFAULT_SCHEDULE = "0 2 * * *"
    refused = api.post(path(source, "validate/"), {"state": "refused", "comment": "no"}, format="json").json()
    assert refused["schedule"] is None
    accepted = api.post(path(source, "validate/"), {"state": "accepted"}, format="json").json()
    assert accepted["schedule"] == "0 2 * * *"
    Source.objects.update(schedule="5 5 * * *")
    assert api.post(path(source, "validate/"), {"state": "accepted"}, format="json").json()["schedule"] == "5 5 * * *"


# --- Forgetting --------------------------------------------------------------------------------------------


def test_old_jobs_are_deleted_with_their_items(source, settings):
    settings.HARVEST_JOBS_RETENTION_DAYS = 365
    now = timezone.now()
    old, new = (
        Job.objects.create(source=source, status="done", created=now - timedelta(days=days)) for days in (366, 364)
    )
    JobItem.objects.create(job=old, remote_id="1")
    JobItem.objects.create(job=new, remote_id="2")
    assert tasks.purge_harvest_jobs() == 1
    assert list(Job.objects.all()) == [new]
    assert JobItem.objects.get().remote_id == "2"


def test_a_deleted_source_goes_and_what_it_harvested_is_archived(source):
    kept = Source.objects.create(name="o", url="https://o.example.org/", backend="ckan")
    hers = {"source_id": source.pk, "remote_id": "1"}
    dataset, service = DatasetFactory(harvest=hers), DataserviceFactory(harvest=hers)
    other = DatasetFactory(harvest={"source_id": kept.pk})
    before = timezone.now() - timedelta(days=9)
    shelved = DatasetFactory(harvest=hers, archived=before)
    job = Job.objects.create(source=source)
    JobItem.objects.create(job=job, remote_id="1", dataset=dataset)
    Notification.objects.create(user=UserFactory(), kind="ValidateHarvester", cause=f"Source:{source.pk}")
    assert tasks.purge_harvesters() == 0
    Source.objects.filter(pk=source.pk).update(deleted=timezone.now())
    assert tasks.purge_harvesters() == 1
    for item in (dataset, service, other, shelved):
        item.refresh_from_db()
    assert dataset.archived
    assert dataset.harvest["archived"] == "harvester-deleted"
    assert dataset.harvest["remote_id"] == "1"
    assert service.archived_at
    assert service.harvest["archived_reason"] == "harvester-deleted"
    assert (other.archived, shelved.archived) == (None, before)
    assert list(Source.objects.all()) == [kept]
    assert not any(model.objects.exists() for model in (Job, JobItem, Notification))
