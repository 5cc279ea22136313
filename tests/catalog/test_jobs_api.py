"""Scheduled jobs and their runs over the API: for system administrators, and never a crash."""

import json
from uuid import uuid4

import pytest
from celery import current_app
from django.conf import settings as portal_settings
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from portal.lib.jobs import JOBS, remember_run
from tests.catalog.factories import UserFactory

pytestmark = pytest.mark.django_db

LIST = "/api/1/workers/jobs/"
CRONTAB = {"minute": "0", "hour": "3", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}
JOB = {"name": "nightly", "task": "purge-datasets", "crontab": CRONTAB}


@pytest.fixture
def admin(api):
    user = UserFactory(admin=True)
    api.force_authenticate(user)
    return user


def make(api, **changes):
    return api.post(LIST, {**JOB, **changes}, format="json")


def test_a_job_is_made_changed_and_deleted(api, admin):
    answer = make(api, kwargs={"days": 30}, description="Once a night", enabled=True)
    assert answer.status_code == 201
    body = answer.json()
    assert body == {
        "id": body["id"], "name": "nightly", "task": "purge-datasets", "args": [], "kwargs": {"days": 30},
        "crontab": CRONTAB, "interval": None, "schedule": "0 3 * * *", "enabled": True,
        "description": "Once a night", "last_run_at": None, "last_run_id": None,
    }  # fmt: skip
    assert list(body) == sorted(body)
    row = PeriodicTask.objects.get()
    assert (row.task, row.enabled) == ("catalog.tasks.purge_datasets", True)
    assert str(row.crontab.timezone) == "UTC"
    path = f"{LIST}{body['id']}/"
    assert api.get(path).json() == body
    assert api.get(LIST).json() == [body]
    changed = api.put(path, {**body, "interval": {"every": 2, "period": "hours"}, "crontab": None}, format="json")
    assert changed.status_code == 200
    assert (changed.json()["crontab"], changed.json()["interval"]) == (None, {"every": 2, "period": "hours"})
    assert changed.json()["schedule"] == "every 2 hours"
    assert changed.json()["kwargs"] == {"days": 30}
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.delete(path).status_code == 404


def test_a_change_of_one_key_leaves_the_others(api, admin):
    path = f"{LIST}{make(api, enabled=True).json()['id']}/"
    body = api.put(path, {"enabled": False}, format="json").json()
    assert (body["enabled"], body["schedule"], body["name"]) == (False, "0 3 * * *", "nightly")


def test_a_job_is_off_unless_it_is_said_to_be_on(api, admin):
    assert make(api).json()["enabled"] is False


def test_schedules_are_shared(api, admin):
    for name in "abc":
        assert make(api, name=name).status_code == 201
        assert make(api, name=f"i{name}", crontab=None, interval={"every": 1, "period": "days"}).status_code == 201
    assert (CrontabSchedule.objects.filter(hour="3").count(), IntervalSchedule.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"task": "unknown"}, "task"),
        ({"task": "portal.tasks.clear_sessions"}, "task"),
        ({"task": None}, "task"),
        ({"task": 3.5}, "task"),
        ({"name": ""}, "name"),
        ({"name": "a" * 201}, "name"),
        ({"crontab": {"minute": "61"}}, "crontab"),
        ({"crontab": {"minute": "a"}}, "crontab"),
        ({"crontab": {"minute": "*/0"}}, "crontab"),
        ({"crontab": {"minute": "0 0"}}, "crontab"),
        ({"crontab": {"minute": ""}}, "crontab"),
        ({"crontab": {"minute": "1-"}}, "crontab"),
        ({"crontab": {"minute": "0,"}}, "crontab"),
        ({"crontab": {"hour": "5" * 300}}, "crontab"),
        ({"crontab": {"day_of_week": "nonsense"}}, "crontab"),
        ({"crontab": {"minute": "0", "day_of_month": "31", "month_of_year": "2"}}, "crontab"),
        ({"crontab": "0 3 * * *"}, "crontab"),
        ({"crontab": []}, "crontab"),
        ({"crontab": None}, "interval"),
        ({"crontab": None, "interval": {"every": 0, "period": "days"}}, "interval"),
        ({"crontab": None, "interval": {"every": -1, "period": "days"}}, "interval"),
        ({"crontab": None, "interval": {"every": 1, "period": "weeks"}}, "interval"),
        ({"crontab": None, "interval": {"every": "x", "period": "days"}}, "interval"),
        ({"crontab": None, "interval": {"period": "days"}}, "interval"),
        ({"crontab": None, "interval": {"every": 2**31 - 1, "period": "days"}}, "interval"),
        ({"crontab": None, "interval": {"every": 2**40, "period": "microseconds"}}, "interval"),
        ({"crontab": None, "interval": {"every": 10, "period": "microseconds"}}, "interval"),
        ({"args": "abc"}, "args"),
        ({"args": {}}, "args"),
        ({"args": [1, 2, 3]}, "args"),
        ({"kwargs": []}, "kwargs"),
        ({"kwargs": {"nothing": 1}}, "kwargs"),
        ({"enabled": "perhaps"}, "enabled"),
        ({"description": "a" * 2001}, "description"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_kept(api, admin, changes, field):
    answer = make(api, **changes)
    assert answer.status_code == 400
    assert list(answer.json()) == ["errors"]
    assert field in answer.json()["errors"]
    assert not PeriodicTask.objects.exists()


def test_both_schedules_at_once_are_refused(api, admin):
    answer = make(api, interval={"every": 1, "period": "days"})
    assert (answer.status_code, answer.json()) == (
        400, {"message": "Cannot define both interval and crontab schedule"})  # fmt: skip


def test_a_name_is_taken_once(api, admin):
    path = f"{LIST}{make(api).json()['id']}/"
    assert make(api).json()["errors"] == {"name": ["Another job has that name."]}
    make(api, name="other")
    assert api.put(path, {"name": "other"}, format="json").status_code == 400
    assert api.put(path, {"name": "nightly"}, format="json").status_code == 200


@pytest.mark.parametrize("id", ["0", "99999999999999999999999999", "x", "-1", "²", "1.5", "%00"])
def test_an_unknown_job_is_not_found(api, admin, id):
    assert api.get(f"{LIST}{id}/").status_code == 404
    assert api.put(f"{LIST}{id}/", {}, format="json").status_code == 404


def test_what_the_portal_schedules_itself_is_listed_and_can_be_changed(api, admin):
    hourly = CrontabSchedule.objects.create(minute="0")
    row = PeriodicTask.objects.create(name="s", task="portal.tasks.clear_sessions", crontab=hourly, args="broken")
    body = api.get(f"{LIST}{row.pk}/").json()
    assert (body["task"], body["args"], body["schedule"]) == ("portal.tasks.clear_sessions", [], "0 * * * *")
    assert api.put(f"{LIST}{row.pk}/", {**body, "enabled": False}, format="json").status_code == 200
    row.refresh_from_db()
    assert (row.enabled, row.task) == (False, "portal.tasks.clear_sessions")


def test_a_stale_change_is_refused(api, admin):
    path = f"{LIST}{make(api).json()['id']}/"
    etag = api.get(path).headers["ETag"]
    assert api.put(path, {"enabled": True}, format="json", headers={"if-match": etag}).status_code == 200
    assert api.put(path, {"enabled": False}, format="json", headers={"if-match": etag}).status_code == 412


def test_the_names_that_can_be_scheduled(api, admin):
    names = api.get(f"{LIST}schedulables/").json()
    assert names == sorted(JOBS)
    assert {"purge-datasets", "purge-organizations", "purge-reuses", "purge-dataservices", "purge-chunks", "count-tags",
            "compute-site-metrics", "update-metrics", "update-badges", "delete-expired-notifications",
            "purge-topics-elements", "purge-harvest-jobs", "purge-harvesters"} <= set(names)  # fmt: skip
    assert set(JOBS.values()) <= set(current_app.tasks)


# Old notes, nobody's work.
HOUSEKEEPING = {
    "purge-audit", "purge-bulk-jobs", "purge-history", "purge-chunks", "purge-search-misses", "purge-harvest-jobs",
    "purge-stats",
}  # fmt: skip


def test_nothing_that_destroys_is_scheduled_by_default():
    destroy = {task for name, task in JOBS.items() if name.startswith("purge-") and name not in HOUSEKEEPING}
    assert destroy
    assert not destroy & set(portal_settings.SCHEDULES)


@pytest.mark.parametrize(
    "path", [LIST, f"{LIST}schedulables/", f"{LIST}1/", "/api/1/workers/tasks/00000000-0000-4000-8000-000000000000/"]
)
def test_jobs_are_for_system_administrators(api, path):
    answer = api.get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="uData"'
    api.force_authenticate(UserFactory())
    assert api.get(path).status_code == 403


# --- Runs --------------------------------------------------------------------------------------------------


def run_of(api, id):
    return api.get(f"/api/1/workers/tasks/{id}/")


def test_a_run_is_told_as_the_worker_left_it(api, admin):
    done, failed, unknown = str(uuid4()), str(uuid4()), str(uuid4())
    current_app.backend.store_result(done, 3, "SUCCESS")
    current_app.backend.store_result(failed, ValueError("no room"), "FAILURE", traceback="Traceback…")
    nothing = {"exc": None, "traceback": None, "result": None}
    assert run_of(api, done).json() == {**nothing, "id": done, "status": "SUCCESS", "result": "3"}
    body = run_of(api, failed).json()
    assert (body["status"], body["exc"], body["traceback"]) == ("FAILURE", "no room", "Traceback…")
    assert run_of(api, unknown).json() == {**nothing, "id": unknown, "status": "PENDING"}


@pytest.mark.parametrize("id", ["x", "..%2f..%2fetc", "celery-task-meta", "%00"])
def test_a_run_without_an_id_of_ours_is_not_found(api, admin, id):
    assert run_of(api, id).status_code == 404


def test_a_results_store_that_is_down_is_told(api, admin, monkeypatch):
    def fail(*args, **options):
        raise ConnectionError

    make(api)
    monkeypatch.setattr(current_app.backend, "get_task_meta", fail)
    monkeypatch.setattr(current_app.backend, "get", fail)
    assert run_of(api, uuid4()).status_code == 503
    assert api.get(LIST).json()[0]["last_run_id"] is None


def test_the_last_run_of_a_job_is_remembered(api, admin):
    name = f"../é {uuid4()}"
    path = f"{LIST}{make(api, name=name, task='count-tags').json()['id']}/"
    task = current_app.tasks[JOBS["count-tags"]]
    id = str(uuid4())
    task.apply(task_id=id, headers={"periodic_task_name": name})
    assert api.get(path).json()["last_run_id"] == id
    other = current_app.tasks["catalog.tasks.prune_changes"]
    other.apply(headers={"periodic_task_name": name})  # keeps no result: its id would lead nowhere
    assert api.get(path).json()["last_run_id"] == id


def test_a_run_is_not_stopped_by_a_results_store_that_is_down(monkeypatch):
    def fail(*args, **options):
        raise ConnectionError

    task = current_app.tasks[JOBS["count-tags"]]
    monkeypatch.setattr(current_app.backend, "set", fail)
    task.push_request(headers={"periodic_task_name": "x"})
    try:
        remember_run(task_id="x", task=task)
    finally:
        task.pop_request()


def test_the_body_must_be_an_object(api, admin):
    for body in ([], "x", 3, None):
        assert api.post(LIST, json.dumps(body), content_type="application/json").status_code == 400
