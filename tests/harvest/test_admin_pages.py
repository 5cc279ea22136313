"""The pages about a source: who sees them, what they hold, what each button does."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from harvest.models import Action, HarvestRecord, Job, JobItem, JobStatus, Source
from tests.catalog import factories
from tests.harvest.admin_pages import SECRET, make_job, make_preview, make_source, page

pytestmark = pytest.mark.django_db

READ = ["overview", "preview", "preview_state", "records", "change", "history"]
OPERATORS = ["validate", "schedule", "go", "keep"]
VERBS = ["preview", "run", "pause", "resume", "restore", *OPERATORS]


@pytest.fixture
def member():
    return factories.MemberFactory()


@pytest.fixture
def source(member):
    return make_source(organization=member.organization)


@pytest.fixture
def editor(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def stranger():
    client = Client()
    client.force_login(factories.MemberFactory().user)
    return client


def described(**values):
    """Return one item of a preview, as it is kept."""
    plain = {"remote_id": "r1", "title": "x", "action": "created", "url": "", "dataset": None, "differences": []}
    return {**plain, "error": "", "warnings": [], **values}


def queries_of(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", READ)
def test_a_page_opens_for_the_source_s_editors_and_administrators_only(admin_client, editor, stranger, source, name):
    make_preview(source)
    assert admin_client.get(page(name, source)).status_code == 200
    assert editor.get(page(name, source)).status_code == 200
    assert stranger.get(page(name, source)).status_code in {302, 403, 404}


@pytest.mark.parametrize("name", ["job", "job_state", "job_undo", "job_cancel"])
def test_a_job_belongs_to_its_source(admin_client, editor, stranger, source, name):
    job = make_job(source)
    other = make_source(name="Autre")
    method = "post" if name == "job_cancel" else "get"
    assert getattr(stranger, method)(page(name, source, job.pk)).status_code in {302, 403, 404}
    assert getattr(admin_client, method)(page(name, other, job.pk)).status_code == 404
    assert getattr(admin_client, method)(page(name, source, "x")).status_code == 404
    allowed = getattr(editor, method)(page(name, source, job.pk)).status_code
    assert allowed == {"job": 200, "job_state": 200, "job_undo": 403, "job_cancel": 302}[name]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_post_alone_with_its_token(admin_user, source, verb):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert client.get(page("verb", source, verb)).status_code == 405
    assert client.post(page("verb", source, verb)).status_code == 403
    assert not source.jobs.exists()


def test_an_unknown_verb_is_not_found(admin_client, source):
    assert admin_client.post(page("verb", source, "dance")).status_code == 404


@pytest.mark.parametrize("verb", OPERATORS)
def test_editors_do_not_validate_nor_schedule_nor_answer_the_stop_rule(editor, source, verb):
    make_job(source, held=3)
    values = {"state": "accepted", "rhythm": "0 0 * * *"}
    assert editor.post(page("verb", source, verb), values).status_code == 403
    source.refresh_from_db()
    assert (source.validation, source.schedule) == ("pending", "")


def test_editors_see_their_own_sources_only(editor, source):
    make_source(name="Une autre source")
    content = editor.get(reverse("admin:harvest_source_changelist")).content.decode()
    assert source.name in content
    assert "Une autre source" not in content


@pytest.mark.parametrize("name", ["overview", "preview", "records", "change", "purge", "history"])
def test_no_page_tells_a_secret(admin_client, source, name):
    source.url = "https://user:hunter2@ckan.example.org/"
    source.save()
    make_preview(source)
    content = admin_client.get(page(name, source)).content.decode()
    assert SECRET not in content
    assert "hunter2" not in content


def test_the_list_shows_the_last_run_and_the_progress(admin_client, source):
    source.validation, source.health = "accepted", "failing"
    source.save()
    make_job(source, JobStatus.PROCESSING, counters={"created": 25}, total=100)
    content = admin_client.get(reverse("admin:harvest_source_changelist")).content.decode()
    assert 'value="25"' in content
    assert "25 of 100" in content
    assert "Failing" in content


def test_bulk_actions_run_pause_and_refuse_with_a_comment(admin_client, source):
    def act(action, **more):
        chosen = {"action": action, "_selected_action": [source.pk], **more}
        admin_client.post(reverse("admin:harvest_source_changelist"), chosen)
        source.refresh_from_db()

    act("refuse")
    assert source.validation == "pending"
    act("refuse", comment="Elle existe déjà.")
    assert (source.validation, source.validation_comment) == ("refused", "Elle existe déjà.")
    act("accept")
    assert source.validation == "accepted"
    assert source.jobs.count() == 1
    act("pause")
    assert not source.active
    act("resume")
    assert source.active


def test_running_is_refused_before_the_source_is_accepted(admin_client, source):
    answer = admin_client.post(page("verb", source, "run"), follow=True)
    assert "cannot run" in answer.content.decode()
    assert not source.jobs.exists()


def test_an_editor_runs_her_source_where_the_portal_lets_her(editor, source, settings):
    source.validation = "accepted"
    source.save()
    editor.post(page("verb", source, "run"))
    assert not source.jobs.exists()
    settings.HARVEST_ENABLE_MANUAL_RUN = True
    answer = editor.post(page("verb", source, "run"))
    job = source.jobs.get()
    assert answer.url == page("job", source, job.pk)


def test_scheduling_takes_a_rhythm_or_a_crontab_and_refuses_nonsense(admin_client, source):
    def schedule(**values):
        answer = admin_client.post(page("verb", source, "schedule"), values)
        source.refresh_from_db()
        return answer.status_code, source.schedule

    source.validation = "accepted"
    source.save()
    assert schedule(rhythm="0 2 1 * *") == (302, "0 2 1 * *")
    assert source.next_run_at
    assert schedule(rhythm="custom", crontab="nonsense") == (200, "0 2 1 * *")
    assert schedule(rhythm="custom", crontab="30 4 * * 1") == (302, "30 4 * * 1")
    content = admin_client.get(page("overview", source)).content.decode()
    assert content.count("<time datetime=") == 3
    assert schedule(rhythm="") == (302, "")


def test_the_steps_lead_a_newcomer(admin_client, source):
    def following():
        content = admin_client.get(page("overview", source)).content.decode()
        found = re.search(r'harvest-next">\s*<h2>.*?</span> (\w+)</h2>', content, re.DOTALL)
        return found[1] if found else ""

    assert following() == "Preview"
    make_preview(source)
    assert following() == "Validate"
    source.validation = "accepted"
    source.save()
    assert following() == "Run"
    make_job(source)
    assert following() == "Schedule"
    Source.objects.filter(pk=source.pk).update(schedule="0 0 * * *")
    assert following() == ""


def test_a_running_job_tells_how_far_it_is(admin_client, source):
    log = [{"at": "2026-01-01T10:20:30+00:00", "level": "info", "message": "<b>page 1</b>"}]
    job = make_job(source, JobStatus.PROCESSING, counters={"created": 30, "failed": 20}, total=200, log=log)
    state = admin_client.get(page("job_state", source, job.pk)).json()
    assert (state["percent"], state["ended"], state["counts"]["created"]) == (25, False, "30")
    assert state["log"] == [{"at": "10:20:30", "level": "info", "message": "<b>page 1</b>"}]
    content = admin_client.get(page("job", source, job.pk)).content.decode()
    assert "data-harvest-poll" in content
    assert '<noscript><meta http-equiv="refresh"' in content
    assert "<b>page 1</b>" not in content


def test_a_job_that_ended_is_not_polled_and_groups_its_errors(admin_client, source):
    job = make_job(source, JobStatus.DONE_ERRORS, counters={"failed": 2, "created": 1})
    dataset = factories.DatasetFactory()
    JobItem.objects.create(job=job, remote_id="a", action=Action.CREATED, status="done", dataset=dataset)
    for number in range(2):
        error = {"message": f"The field “x{number}” is {number} too long", "details": "Traceback"}
        JobItem.objects.create(job=job, remote_id=f"b{number}", action=Action.FAILED, status="failed", errors=[error])
    content = admin_client.get(page("job", source, job.pk)).content.decode()
    assert "data-harvest-poll" not in content
    assert "<strong>2 ×</strong> The field … is … too long" in content
    assert dataset.title in content
    only = admin_client.get(page("job", source, job.pk), {"show": "failed"}).content.decode()
    assert dataset.title not in only


def test_details_of_errors_are_for_administrators(admin_client, editor, source):
    job = make_job(source, JobStatus.FAILED, errors=[{"message": "Broken", "details": "/srv/portal/x.py"}])
    assert "/srv/portal/x.py" in admin_client.get(page("job", source, job.pk)).content.decode()
    content = editor.get(page("job", source, job.pk)).content.decode()
    assert "Broken" in content
    assert "/srv/portal/x.py" not in content


def test_the_pages_cost_the_same_queries_at_any_length(admin_client, source):
    job = make_job(source, counters={"created": 3})

    def grow(number):
        for rank in range(number):
            dataset = factories.DatasetFactory()
            name = f"{number}-{rank}"
            JobItem.objects.create(job=job, remote_id=name, action=Action.CREATED, status="done", dataset=dataset)
            HarvestRecord.objects.create(source=source, remote_id=name, dataset=dataset, content_hash="", mapper="")

    addresses = [page("job", source, job.pk), page("records", source), page("overview", source)]
    grow(2)
    for address in addresses:
        queries_of(admin_client, address)
    before = [queries_of(admin_client, address) for address in addresses]
    grow(15)
    assert [queries_of(admin_client, address) for address in addresses] == before
    assert max(before) <= 16


def test_cancelling_ends_what_waits_and_asks_what_runs(admin_client, source):
    waiting = make_job(source, JobStatus.PENDING)
    admin_client.post(page("job_cancel", source, waiting.pk))
    waiting.refresh_from_db()
    assert (waiting.status, waiting.cancelled) == (JobStatus.FAILED, True)
    later = timezone.now() + timedelta(minutes=5)
    running = make_job(source, JobStatus.PROCESSING, worker="elsewhere:1:x", lease_until=later)
    admin_client.post(page("job_cancel", source, running.pk))
    running.refresh_from_db()
    assert (running.status, running.cancelled) == (JobStatus.PROCESSING, True)
    source.refresh_from_db()
    assert source.health == ""


def test_a_source_is_removed_with_the_choice_of_what_becomes_of_its_datasets(admin_client, editor, source):
    kept = factories.DatasetFactory(harvest={"source_id": source.pk}, organization=source.organization)
    assert editor.get(page("purge", source)).status_code == 403
    assert "It harvested 1 dataset." in admin_client.get(page("purge", source)).content.decode()
    admin_client.post(page("purge", source), {"fate": "burn"})
    assert Source.objects.filter(pk=source.pk, deleted=None).exists()
    admin_client.post(page("purge", source), {"fate": "keep"})
    assert not Source.objects.filter(pk=source.pk).exists()
    kept.refresh_from_db()
    assert (kept.archived, kept.harvest) == (None, None)


def test_the_pages_speak_french(admin_client, source):
    make_job(source)
    content = admin_client.get(page("overview", source), headers={"accept-language": "fr"}).content.decode()
    assert "Aperçu" in content
    assert "Derniers moissonnages" in content


def test_nothing_is_inline(admin_client, source):
    make_preview(source, counters={"created": 1}, items=[described()])
    job = make_job(source, JobStatus.PROCESSING)
    for address in [page("overview", source), page("preview", source), page("job", source, job.pk)]:
        answer = admin_client.get(address)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert not re.search(
            r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=|\son[a-z]+=", answer.content.decode()
        )


def test_a_job_of_a_source_that_is_gone_is_not_found(admin_client, source):
    job = make_job(source)
    address = page("job", source, job.pk)
    Job.objects.all().delete()
    assert admin_client.get(address).status_code == 404
