"""Previews on their page, and what the pages have done: running, undoing, answering the stop rule. With a real CKAN."""

import json
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from catalog.models import ContactPoint, Dataset, Tag
from harvest import previews, steering
from harvest.admin import differences
from harvest.models import HarvestRecord, Job, JobItem, JobStatus, PreviewState, SourcePreview
from harvest.pipeline import runner
from portal.lib import jobs
from portal.lib.errors import ServiceError
from tests.harvest.admin_pages import make_job, make_preview, make_source, page
from tests.harvest.fixtures import serving

pytestmark = pytest.mark.django_db


def package(number, **more):
    resource = {"id": f"r{number}", "name": "Fichier", "url": f"https://x.example.org/{number}.csv"}
    return {
        "id": f"p{number}", "name": f"jeu-{number}", "title": f"Le jeu numéro {number}", "notes": "Une description.",
        "license_id": "odc-odbl", "tags": [{"name": "eau"}], "maintainer": "Service", "maintainer_email": "a@x.org",
        "resources": [resource], **more,
    }  # fmt: skip


@pytest.fixture
def ckan():
    """A catalogue of five datasets that tests change: `packages`, on a server at `url`."""

    class Catalogue:
        packages = [package(number) for number in range(5)]
        url = ""

    def answer(path, query, body):
        start = int(query.get("start", 0))
        found = Catalogue.packages[start:]
        return json.dumps({"success": True, "result": {"count": len(Catalogue.packages), "results": found}})

    with serving(answer) as remote:
        Catalogue.url = remote.url
        yield Catalogue


@pytest.fixture
def source(ckan):
    return make_source(url=ckan.url, validation="accepted")


def run(source):
    return runner.run(Job.objects.create(source=source).pk)


def previewed(admin_client, source):
    admin_client.post(page("verb", source, "preview"))
    previews.make(source.pk)
    return SourcePreview.objects.get(source=source)


def test_a_preview_is_asked_for_once_then_waited_for(admin_client, source, django_capture_on_commit_callbacks, sent):
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            answer = admin_client.post(page("verb", source, "preview"))
        assert answer.url == page("preview", source)
    assert sent == [(previews.TASK, [source.pk])]
    waiting = admin_client.get(page("preview", source)).content.decode()
    assert "data-harvest-poll" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert admin_client.get(page("preview_state", source)).json()["ended"] is False
    previews.make(source.pk)
    assert admin_client.get(page("preview_state", source)).json()["ended"] is True


@pytest.fixture
def sent(monkeypatch):
    """The tasks that were sent, name and arguments."""
    found = []
    monkeypatch.setattr(
        jobs.current_app, "send_task", lambda name, args=(), **options: found.append((name, list(args)))
    )
    return found


def test_a_preview_says_what_a_run_would_do_and_writes_nothing(admin_client, ckan, source):
    preview = previewed(admin_client, source)
    assert preview.result["counters"] == {"created": 5}
    assert preview.result["whole"]
    for model in (Dataset, ContactPoint, HarvestRecord, JobItem, Job):
        assert not model.objects.exists()
    assert not Tag.objects.filter(name="eau").exists()
    content = admin_client.get(page("preview", source)).content.decode()
    assert "The whole catalogue was read: 5 records." in content
    assert "Le jeu numéro 3" in content


def test_the_run_after_a_preview_does_what_it_said(admin_client, ckan, source):
    run(source)
    ckan.packages = [package(0, title="Le jeu rebaptisé numéro 0"), *ckan.packages[1:4], package(7)]
    expected = previewed(admin_client, source).result["counters"]
    job = run(source)
    assert {name: number for name, number in job.counters.items() if number} == expected
    assert expected == {"created": 1, "updated": 1, "unchanged": 3}


def test_differences_are_shown_word_by_word(admin_client, ckan, source):
    run(source)
    ckan.packages = [package(0, title="Le jeu rebaptisé numéro 0"), *ckan.packages[1:]]
    previewed(admin_client, source)
    content = admin_client.get(page("preview", source), {"show": "updated"}).content.decode()
    assert "Le jeu <ins>rebaptisé </ins>numéro 0" in content
    assert "Le jeu numéro 3" not in content


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("a b c", "a x c", [("same", "a "), ("less", "b"), ("more", "x"), ("same", " c")]),
        ("one two", "<b>", [("less", "one two"), ("more", "<b>")]),
        (["a", "b"], ["b", "c"], [("less", "a"), ("same", ", "), ("same", "b"), ("same", ", "), ("more", "c")]),
        (None, {"k": [1, 2]}, [("more", "k: 1, 2")]),
        (True, False, [("less", "yes"), ("more", "no")]),
        ("x", None, [("less", "x")]),
    ],
)
def test_parts_of_a_difference(before, after, parts):
    assert differences.parts_of(before, after) == parts


def test_what_strangers_write_is_escaped(admin_client, ckan, source):
    ckan.packages = [package(0, title="<script>alert(1)</script> jeu")]
    previewed(admin_client, source)
    assert "<script>alert" not in admin_client.get(page("preview", source)).content.decode()


def test_a_catalogue_that_cannot_be_read_is_said_so(admin_client):
    source = make_source(url="http://127.0.0.1:9/", validation="accepted")
    preview = previewed(admin_client, source)
    assert preview.result["error"]
    content = admin_client.get(page("preview", source)).content.decode()
    assert "The catalogue could not be read" in content


def test_a_backend_s_own_mistake_ends_the_preview(admin_client, source, monkeypatch):
    def fail(*args, **kwargs):
        raise KeyError("oops")

    monkeypatch.setattr(previews, "preview", fail)
    preview = previewed(admin_client, source)
    assert preview.state == PreviewState.DONE
    assert "KeyError" in preview.result["error"]


def test_a_preview_that_nobody_makes_is_not_waited_for_ever(admin_client, source):
    admin_client.post(page("verb", source, "preview"))
    SourcePreview.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    content = admin_client.get(page("preview", source)).content.decode()
    assert "data-harvest-poll" not in content
    assert "The preview has not come" in content


def test_undoing_says_what_it_will_do_then_does_it(admin_client, ckan, source):
    run(source)
    before = sorted(Dataset.objects.values_list("pk", "title"))
    ckan.packages = [package(0, title="Autre titre"), *ckan.packages[1:], package(9)]
    job = run(source)
    content = admin_client.get(page("job_undo", source, job.pk)).content.decode()
    assert "1 object that it made is removed for good;" in content
    assert "1 object that it changed is put back as it was;" in content
    answer = admin_client.post(page("job_undo", source, job.pk), follow=True)
    assert "Undone: 1 removed, 1 put back, 0 left alone." in answer.content.decode()
    assert sorted(Dataset.objects.values_list("pk", "title")) == before
    assert "nothing to undo" in admin_client.get(page("job_undo", source, job.pk)).content.decode()


def test_undoing_much_is_a_worker_s_work(admin_client, ckan, source, sent, monkeypatch):
    job = run(source)
    monkeypatch.setattr(steering, "AT_ONCE", 2)
    admin_client.post(page("job_undo", source, job.pk))
    assert (steering.UNDO, [job.pk]) in sent
    assert Dataset.objects.count() == 5


def stopped(ckan, source):
    """Return a job that found four datasets of five gone for long, and asks."""
    run(source)
    ckan.packages = ckan.packages[:1]
    run(source)
    HarvestRecord.objects.exclude(missing_since=None).update(missing_since=timezone.now() - timedelta(days=30))
    job = run(source)
    assert job.held == 4
    return job


def test_the_stop_rule_asks_and_archives_on_a_yes(admin_client, ckan, source):
    job = stopped(ckan, source)
    content = admin_client.get(page("overview", source)).content.decode()
    assert "4 objects have disappeared from the catalogue. Archive them?" in content
    admin_client.post(page("verb", source, "go"))
    job.refresh_from_db()
    assert (job.held, job.counters["archived"]) == (0, 4)
    assert Dataset.objects.exclude(archived=None).count() == 4
    answer = admin_client.post(page("verb", source, "go"), follow=True)
    assert "asks nothing any more" in answer.content.decode()


def test_the_stop_rule_keeps_everything_on_a_no_and_asks_again_later(admin_client, ckan, source):
    job = stopped(ckan, source)
    admin_client.post(page("verb", source, "keep"))
    job.refresh_from_db()
    assert job.held == 0
    assert not Dataset.objects.exclude(archived=None).exists()
    assert run(source).held == 0
    late = timezone.now() - timedelta(days=django_settings.HARVEST_GRACE_DAYS, hours=1)
    HarvestRecord.objects.exclude(missing_since=None).update(missing_since=late)
    assert run(source).held == 4


def test_what_was_archived_by_an_answer_can_be_undone(ckan, source):
    job = stopped(ckan, source)
    assert steering.answer_stop(job, go=True) == 4
    steering.ask_undo(Job.objects.get(pk=job.pk))
    assert not Dataset.objects.exclude(archived=None).exists()


def test_a_source_that_runs_is_not_purged(source):
    make_job(source, JobStatus.PROCESSING, lease_until=timezone.now() + timedelta(minutes=5), worker="x:1:y")
    with pytest.raises(ServiceError):
        steering.purge(source, "archive")
    source.refresh_from_db()
    assert source.deleted is None


def test_the_last_preview_is_deleted_with_its_source(source):
    make_preview(source)
    assert steering.purge(source, "archive")
    assert not SourcePreview.objects.exists()
