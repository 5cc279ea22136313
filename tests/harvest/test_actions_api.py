"""Previews, reports, cancelling and undoing over the API; the queue that runs what was asked for."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from catalog.models import Dataset
from harvest import jobs, queue
from harvest.models import HarvestRecord, Job, JobStatus, Source
from harvest.pipeline import leases, runner
from portal.lib.workers import worker_name
from tests.catalog.factories import MemberFactory, OrganizationFactory, UserFactory
from tests.harvest.test_run import Ckan, harvested, package, run

pytestmark = pytest.mark.django_db

SOURCE = "/api/1/harvest/source"


@pytest.fixture
def admin(api):
    user = UserFactory(admin=True)
    api.force_authenticate(user)
    return user


def test_a_saved_source_is_previewed_by_its_editors(api):
    member = MemberFactory(role="editor")
    ckan = Ckan(package(1), package(2, private=True))
    with harvested(ckan, organization=member.organization) as source:
        assert api.get(f"{SOURCE}/{source.pk}/preview/").status_code == 401
        api.force_authenticate(member.user)
        found = api.get(f"{SOURCE}/{source.pk}/preview/").json()
    assert (found["status"], found["counters"]) == ("done", {"created": 1, "skipped": 1})
    assert found["items"][0]["dataset"] == {"id": None, "title": "Jeu 1", "page": None}
    assert found["items"][1]["errors"][0]["message"]
    assert not Dataset.objects.exists()
    assert not Job.objects.exists()


def test_a_source_that_is_not_saved_is_previewed(api):
    member = MemberFactory(role="admin")
    api.force_authenticate(member.user)
    with harvested(Ckan(package(1))) as source:
        body = {"name": "x", "url": source.url, "backend": "ckan", "organization": member.organization.pk}
        found = api.post(f"{SOURCE}/preview/", body, format="json").json()
        bad = api.post(
            f"{SOURCE}/preview/", {**body, "config": {"filters": [{"key": "zz", "value": "a"}]}}, format="json"
        )
    assert found["counters"] == {"created": 1}
    assert bad.status_code == 400
    assert "config" in bad.json()["errors"]


def test_a_job_is_reported_and_undone_by_an_administrator(api, admin):
    with harvested(Ckan(package(1))) as source:
        job = run(source)
    report = api.get(f"/api/1/harvest/job/{job.pk}/report/").json()
    assert (report["counters"], report["complete"]) == ({"created": 1}, True)
    undone = api.post(f"/api/1/harvest/job/{job.pk}/undo/").json()
    assert undone == {"removed": 1, "restored": 0, "kept": []}
    assert not Dataset.objects.exists()
    assert api.post(f"/api/1/harvest/job/{job.pk}/undo/").status_code == 400


def test_a_job_that_waits_is_cancelled(api, admin):
    with harvested(Ckan(package(1))) as source:
        job = Job.objects.create(source=source)
        assert api.post(f"/api/1/harvest/job/{job.pk}/cancel/").json()["cancelled"]
        assert runner.run(job.pk) is None
    assert not Dataset.objects.exists()


def test_what_is_due_is_queued_once_and_run(settings):
    with harvested(Ckan(package(1)), schedule="0 3 * * *", next_run_at=timezone.now()) as source:
        assert queue.dispatch() == 1
        assert queue.dispatch() == 1
        assert Job.objects.count() == 1
        source.refresh_from_db()
        assert source.next_run_at > timezone.now()
        assert queue.work() == 1
        assert queue.work() == 0
    assert Job.objects.get().status == JobStatus.DONE
    assert Dataset.objects.count() == 1


def test_what_is_not_due_or_paused_is_not_queued():
    later = timezone.now() + timedelta(hours=1)
    Source.objects.create(
        name="a", url="https://a.example.org", backend="ckan", validation="accepted", next_run_at=later
    )
    Source.objects.create(name="b", url="https://b.example.org", backend="ckan", next_run_at=timezone.now())
    assert queue.dispatch() == 0


def test_an_accepted_source_runs_at_once(api, admin):
    source = Source.objects.create(name="s", url="https://a.example.org/", backend="ckan")
    api.post(f"{SOURCE}/{source.pk}/validate/", {"state": "accepted"}, format="json")
    source.refresh_from_db()
    assert source.jobs.get().status == JobStatus.PENDING
    assert source.next_run_at


def test_one_source_never_runs_twice_at_once():
    with harvested(Ckan(package(1))) as source:
        first, second = Job.objects.create(source=source), None
        assert leases.claim(first.pk, worker_name())
        second = Job.objects.create(source=source)
        assert runner.run(second.pk) is None
        assert runner.run(first.pk) is None
        assert queue.work() == 0


def test_the_job_of_a_dead_worker_is_taken_up_where_it_stopped(settings):
    settings.HARVEST_BATCH = 2
    with harvested(Ckan(*(package(n) for n in range(6)))) as source:
        job = Job.objects.create(source=source)

        def die(now):
            if now.counters.get("created") == 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            runner.run(job.pk, progress=die)
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        ended = runner.run(job.pk)
    assert (ended.counters, ended.status, ended.resumed) == ({"created": 6}, JobStatus.DONE, 1)
    assert Dataset.objects.count() == HarvestRecord.objects.count() == 6


def test_a_worker_that_was_taken_for_dead_writes_nothing_more(settings):
    settings.HARVEST_BATCH = 2
    with harvested(Ckan(*(package(n) for n in range(6)))) as source:
        job = Job.objects.create(source=source)
        stolen = []

        def steal(now):
            if not stolen:
                Job.objects.update(worker="elsewhere:1:x", lease_until=timezone.now() + timedelta(minutes=5))
                stolen.append(True)

        assert runner.run(job.pk, progress=steal) is None
    assert Dataset.objects.count() == 2


def test_a_run_that_is_cancelled_ends_after_its_batch(settings):
    settings.HARVEST_BATCH = 2
    with harvested(Ckan(*(package(n) for n in range(6)))) as source:
        job = Job.objects.create(source=source)
        ended = runner.run(job.pk, progress=lambda now: Job.objects.filter(pk=now.pk).update(cancelled=True))
    assert (ended.status, ended.complete, ended.counters) == (JobStatus.FAILED, False, {"created": 2})


@pytest.mark.parametrize(("fate", "left"), [("archive", "archived"), ("keep", "kept"), ("delete", "deleted")])
def test_a_source_goes_with_the_fate_of_its_datasets(fate, left):
    with harvested(Ckan(package(1))) as source:
        run(source)
    Source.objects.update(deleted=timezone.now())
    assert jobs.purge_one(source.pk, fate) == 1
    dataset = Dataset.objects.get()
    states = {"archived": dataset.archived, "kept": dataset.harvest is None, "deleted": dataset.deleted}
    assert [name for name, value in states.items() if value] == [left]
    assert not Source.objects.exists()


# --- The command ----------------------------------------------------------------------------------------------


def harvest(capsys, *arguments):
    call_command("harvest", *arguments)
    return capsys.readouterr().out.strip().split("\n")


def test_the_command_from_a_source_to_its_end(capsys):
    organization = OrganizationFactory()
    ckan = Ckan(package(1), package(2))
    with harvested(ckan) as other:
        url = other.url
        slug = harvest(capsys, "create", "My source", url, "ckan", "--organization", organization.slug)[-1]
        assert slug == "my-source"
        harvest(capsys, "validate", slug)
        numbers = "created=2 updated=0 unchanged=0 archived=0 failed=0"
        assert harvest(capsys, "preview", slug)[-1] == numbers
        assert not Dataset.objects.exists()
        assert harvest(capsys, "run", slug)[-1] == numbers
        assert harvest(capsys, "run", slug)[-1] == "created=0 updated=0 unchanged=2 archived=0 failed=0"
        assert any(slug in line for line in harvest(capsys, "list"))
        harvest(capsys, "schedule", slug, "5 4 * * *")
        assert Source.objects.get(slug=slug).next_run_at
        harvest(capsys, "unschedule", slug)
        assert Source.objects.get(slug=slug).next_run_at is None
        job = Job.objects.get(counters__created=2)
        assert harvest(capsys, "undo", job.pk)[-1] == "removed=2 restored=0 kept=0"
        harvest(capsys, "purge", slug)
    assert not Source.objects.filter(slug=slug).exists()


def test_the_command_attaches_datasets_before_the_first_run(capsys, tmp_path):
    ckan = Ckan(package(1))
    with harvested(ckan) as source:
        known = Dataset.objects.create(title="Known", description="x", organization=source.organization)
        file = tmp_path / "pairs.csv"
        file.write_text(f"local;remote\n{known.slug};{package(1)['id']}\nnone;x\n")
        assert harvest(capsys, "attach", str(file), "--source", source.slug)[-1] == "attached=1 failed=1"
        assert run(source).counters == {"updated": 1}
    assert Dataset.objects.get().title == "Jeu 1"
