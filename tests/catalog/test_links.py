"""Links of remote files: asking politely, what is kept of the answers, telling producers, asking again."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from catalog.models import Dataset, LinkCheck, Notification, Resource
from catalog.models.link_check import HISTORY, next_check
from catalog.services import outbox
from catalog.services.links import checking, telling
from catalog.services.links.probing import Asked, Found, patience, probe
from tests.catalog import factories
from tests.portal.canary import Canary, plain

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize
OK, GONE, OFFLINE = Found(True, 200), Found(False, 404, reason="404"), Found(False, reason="unknown", is_ours=True)


@pytest.fixture(autouse=True)
def _settings(settings):
    settings.LINKS_HOST_DELAY, settings.LINKS_TIMEOUT = 0, 5
    settings.OUTBOUND_ALLOWED_HOSTS = frozenset(["127.0.0.1"])


@pytest.fixture
def serve():
    """Start a server; `script(visitor, path)` answers."""
    started = []

    def start(script):
        started.append(Canary(script))
        return started[-1]

    yield start
    for one in started:
        one.listener.close()


def answer(status: str, head: str = "", body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body


def says(*lines: bytes):
    """A script that gives these answers, one after the other, the last one for ever."""
    number = count()
    return lambda visitor, path: visitor.sendall(lines[min(next(number), len(lines) - 1)])


def due(**columns) -> Resource:
    """Make a remote file whose link is to be asked now."""
    resource = factories.ResourceFactory(**columns)
    LinkCheck.objects.create(resource=resource)
    return resource


def fail(resource: Resource, times: int) -> None:
    for _time in range(times):
        checking.keep({resource.pk: (resource.url, GONE)})


# --- Asking ----------------------------------------------------------------------------------------------------------


def test_a_head_is_asked_by_name_and_no_body_is_read(serve):
    server = serve(plain(head='ETag: "a"\r\nContent-Type: text/csv\r\n'))
    found = probe(Asked(f"{server.url}/a.csv"))
    assert (found.available, found.status, found.etag) == (True, 200, '"a"')
    assert dict(found.headers)["content-type"] == "text/csv"
    assert server.requests[0].startswith("HEAD /a.csv")
    assert "udata-portal-links/" in server.headers()[0]["user-agent"]


def test_a_server_that_knows_no_head_is_asked_for_one_byte(serve):
    server = serve(says(answer("405 No"), answer("206 Partial", body=b"x")))
    assert probe(Asked(server.url)).available
    assert server.requests[1].startswith("GET /")
    assert server.headers()[1]["range"] == "bytes=0-0"


def test_a_body_without_end_is_not_waited_for(serve):
    def endless(visitor, path):
        visitor.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            visitor.sendall(b"x" * 65536)

    server = serve(lambda visitor, path: visitor.sendall(answer("501 No")) if len(server.requests) == 1
                   else endless(visitor, path))  # fmt: skip
    assert probe(Asked(server.url)).available


def test_what_has_not_changed_works(serve):
    server = serve(says(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    found = probe(Asked(server.url, etag='"a"'))
    assert (found.available, found.etag) == (True, '"a"')
    assert server.headers()[0]["if-none-match"] == '"a"'


def test_what_is_missing_is_asked_twice_and_told_with_its_status(serve):
    server = serve(says(answer("404 Not Found")))
    found = probe(Asked(server.url))
    assert (found.available, found.status, found.is_ours) == (False, 404, False)
    assert len(server.requests) == 2


@each("status", ["429 Too Many", "503 Busy"])
def test_a_host_that_asks_for_patience_tells_nothing_of_the_file(serve, status):
    server = serve(says(answer(status, "Retry-After: 7200\r\n")))
    found = probe(Asked(server.url))
    assert (found.available, found.wait) == (None, 7200)
    assert len(server.requests) == 1


def test_an_inner_address_is_never_called(serve, settings):
    settings.OUTBOUND_ALLOWED_HOSTS, settings.URLS_ALLOW_PRIVATE = frozenset(), False
    found = probe(Asked("http://127.0.0.1/secret"))
    assert (found.available, found.status, found.is_ours) == (False, None, False)


@each(("text", "seconds"), [
    ("120", 120), ("99999999999", 604_800), ("Sun, 29 Nov 2026 12:01:00 GMT", 60), ("-1", 0), ("soon", 0), ("", 0),
    ("Sun, 29 Nov 2020 12:01:00 GMT", 0),
])  # fmt: skip
def test_retry_after_is_read_in_both_forms(text, seconds):
    assert patience(text, datetime(2026, 11, 29, 12, tzinfo=UTC)) == seconds


# --- Keeping ---------------------------------------------------------------------------------------------------------


def test_every_remote_file_of_the_public_lists_is_followed():
    wanted = factories.ResourceFactory()
    factories.ResourceFactory(filetype="file")
    factories.ResourceFactory(dataset__private=True)
    factories.ResourceFactory(url="ftp://example.org/a")
    assert checking.enroll() == 1
    assert checking.enroll() == 0
    assert [row.pk for row in LinkCheck.objects.all()] == [wanted.pk]


def test_links_of_files_that_are_gone_are_forgotten():
    resource = due()
    kept = due()
    Resource.objects.filter(pk=resource.pk).delete()
    assert checking.prune() == 1
    assert LinkCheck.objects.get().pk == kept.pk


def test_an_answer_is_kept_as_udata_tells_it_and_leaves_the_rest():
    resource = due(extras={"mine": 1, "check:status": 500, "check:headers:content-type": "old"})
    before = resource.last_modified
    checking.run(ask=lambda asked: Found(True, 200, headers=(("content-length", "5"),)))
    resource.refresh_from_db()
    date = resource.extras.pop("check:date")
    assert datetime.fromisoformat(date) <= timezone.now()
    assert resource.extras == {
        "mine": 1, "check:available": True, "check:status": 200, "check:timeout": False,
        "check:headers:content-length": "5",
    }  # fmt: skip
    assert resource.last_modified == before
    assert resource.link.due_at > timezone.now() + timedelta(days=6)


def test_a_failure_counts_in_the_quality_of_the_dataset_and_is_asked_again_soon():
    resource = due()
    fail(resource, 1)
    assert Dataset.objects.with_broken_files().filter(pk=resource.dataset_id).exists()
    assert resource.link.due_at < timezone.now() + timedelta(days=1)
    LinkCheck.objects.update(due_at=timezone.now())
    checking.run(ask=lambda asked: OK)
    assert not Dataset.objects.with_broken_files().exists()


def test_a_link_that_keeps_failing_is_asked_more_and_more_rarely():
    waits = [next_check(failures, 7) for failures in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(hours=12)
    assert waits[-1] == timedelta(days=28)


def test_the_history_is_bounded():
    resource = due()
    fail(resource, HISTORY + 5)
    resource.link.refresh_from_db()
    assert len(resource.link.history) == HISTORY
    assert resource.link.failures == HISTORY + 5


def test_another_address_begins_anew():
    resource = due(url="https://example.org/old")
    fail(resource, 3)
    Resource.objects.filter(pk=resource.pk).update(url="https://example.org/new")
    LinkCheck.objects.update(due_at=timezone.now())
    checking.run(ask=lambda asked: GONE)
    assert LinkCheck.objects.get().failures == 1


def test_an_answer_about_an_address_that_was_changed_meanwhile_is_dropped():
    resource = due()

    def ask(asked):
        Resource.objects.filter(pk=resource.pk).update(url="https://example.org/other")
        return GONE

    checking.keep({resource.pk: (resource.url, ask(None))})
    assert "check:available" not in Resource.objects.get().extras


def test_where_the_host_is_busy_nothing_is_learnt_and_its_other_links_wait():
    for number in range(3):
        due(url=f"https://busy.example.org/{number}")
    asked = []
    checking.run(ask=lambda one: asked.append(one.url) or Found(None, 429, wait=7200))
    assert len(asked) == 1
    assert not LinkCheck.objects.exclude(checked_at=None).exists()
    assert LinkCheck.objects.filter(due_at__gt=timezone.now() + timedelta(hours=1)).count() == 1


def test_a_batch_that_a_dead_worker_left_is_due_again_when_its_lease_ends():
    due()
    assert len(checking.take()) == 1  # and dies
    assert checking.run(ask=lambda asked: OK).asked == 0
    LinkCheck.objects.update(due_at=timezone.now() - checking.LEASE)
    assert checking.run(ask=lambda asked: OK).asked == 1


def test_a_host_that_another_worker_asks_is_left_to_it():
    due(url="https://example.org/a")
    checking.cache.add(checking._key("example.org"), 1, 60)
    try:
        done = checking.run(ask=lambda asked: OK)
    finally:
        checking.cache.delete(checking._key("example.org"))
    assert (done.asked, done.put_off) == (0, 1)


def test_where_nearly_everything_fails_the_portals_own_network_is_suspected():
    for number in range(checking.SUSPECT):
        due(url=f"https://h{number}.example.org/")
    done = checking.run(ask=lambda asked: OFFLINE)
    assert done.suspected
    assert not LinkCheck.objects.exclude(failures=0).exists()


def test_a_run_asks_a_constant_number_of_queries_a_batch(django_assert_max_num_queries):
    for number in range(40):
        due(url=f"https://h{number}.example.org/")
    with django_assert_max_num_queries(40):
        assert checking.run(ask=lambda asked: OK).asked == 40


def test_nothing_is_asked_where_the_operator_says_so(settings):
    settings.LINKS_ENABLED = False
    due()
    assert checking.run(ask=lambda asked: OK).asked == 0


# --- Telling ---------------------------------------------------------------------------------------------------------


def told() -> int:
    number = telling.tell()
    while outbox.run_due():
        pass
    return number


def test_producers_are_told_once_of_links_that_failed_three_times():
    editor = factories.MemberFactory(role="editor")
    files = [due(dataset=factories.DatasetFactory(organization=editor.organization)) for _number in range(2)]
    for one in files:
        fail(one, 2)
    assert told() == 0
    for one in files:
        fail(one, 1)
    assert told() == 1
    assert told() == 0
    assert Notification.objects.get().user == editor.user
    (letter,) = mail.outbox
    assert letter.to == [editor.user.email]
    assert "2 broken links" in letter.subject
    assert all(one.url in letter.body for one in files)


def test_an_organization_is_told_at_most_once_a_week():
    organization = factories.MemberFactory(role="admin").organization
    fail(due(dataset=factories.DatasetFactory(organization=organization)), 3)
    assert told() == 1
    fail(due(dataset=factories.DatasetFactory(organization=organization)), 3)
    assert told() == 0
    Notification.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert told() == 1


def test_a_person_is_told_of_what_is_hers_alone():
    owner = factories.UserFactory()
    fail(due(dataset=factories.DatasetFactory(organization=None, owner=owner)), 3)
    assert told() == 1
    assert Notification.objects.get().user == owner


def test_a_link_that_works_again_is_told_of_once_more_when_it_breaks():
    organization = factories.MemberFactory(role="admin").organization
    resource = due(dataset=factories.DatasetFactory(organization=organization))
    fail(resource, 3)
    told()
    LinkCheck.objects.update(due_at=timezone.now())
    checking.run(ask=lambda asked: OK)
    assert LinkCheck.objects.get().told_at is None


# --- In the administration ------------------------------------------------------------------------------------------


@pytest.fixture
def no_worker(monkeypatch):
    monkeypatch.setattr("catalog.admin.links.send", lambda task: None)


def test_the_desk_leads_to_broken_files_and_the_file_tells_its_checks(admin_client):
    broken, _working = due(), due()
    fail(broken, 3)
    checking.run(ask=lambda asked: OK)
    cache.clear()  # counts of the desk are kept for a minute
    tile = next(one for one in admin_client.get(reverse("admin:index")).context["tiles"] if one.name == "broken-links")
    assert tile.number == 1
    shown = admin_client.get(tile.address)
    assert [row.pk for row in shown.context["cl"].result_list] == [broken.pk]
    assert "Broken (404)" in shown.content.decode()
    page = admin_client.get(reverse("admin:catalog_resource_change", args=[broken.pk])).content.decode()
    assert page.count("· 404 ·") == 3
    for state in ("failing", "works", "unknown"):
        assert admin_client.get(f"{reverse('admin:catalog_resource_changelist')}?link={state}").status_code == 200


@each("place", ["resource", "dataset", "page"])
def test_links_are_asked_again_from_each_place(admin_client, no_worker, place):
    resource = factories.ResourceFactory()
    if place == "page":
        admin_client.post(reverse("admin:catalog_resource_recheck", args=[resource.pk]))
    else:
        action, row = ("recheck", resource) if place == "resource" else ("recheck_links", resource.dataset)
        body = {"action": action, "_selected_action": [row.pk]}
        admin_client.post(reverse(f"admin:catalog_{place}_changelist"), body)
    assert list(LinkCheck.objects.due().values_list("pk", flat=True)) == [resource.pk]


def test_an_editor_asks_again_for_her_own_files_alone(client, no_worker):
    client.force_login(factories.MemberFactory(role="editor").user)
    other = factories.ResourceFactory()
    assert client.post(reverse("admin:catalog_resource_recheck", args=[other.pk])).status_code == 404
    assert not LinkCheck.objects.exists()
