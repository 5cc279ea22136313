"""The outbox: what follows from a write runs once, after it, whatever breaks on the way."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from catalog import tasks
from catalog.models import OutboxEvent, Tag
from catalog.services import outbox
from tests.catalog import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(monkeypatch):
    """A handler `test.note` that works in the database, and what it was given."""
    seen: list[str] = []
    monkeypatch.setitem(outbox.HANDLERS, "test.note", lambda text: seen.append(text))
    monkeypatch.setattr(outbox, "OUTSIDE", set(outbox.OUTSIDE))
    return seen


def later(**delta) -> None:
    """Make every event due, as time would."""
    OutboxEvent.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def test_an_event_runs_once(ran):
    outbox.emit("test.note", text="a")
    assert (outbox.run_due(), outbox.run_due(), ran) == (1, 0, ["a"])
    assert OutboxEvent.objects.get().done_at is not None


def test_events_run_in_the_order_of_their_writing(ran):
    outbox.emit_all("test.note", [{"text": "a"}, {"text": "b"}])
    outbox.emit("test.note", text="c")
    outbox.run_due()
    assert ran == ["a", "b", "c"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nothing_follows_from_a_write_that_is_undone_and_a_worker_is_woken_after_the_others(ran, monkeypatch):
    woken = []
    monkeypatch.setattr(outbox, "wake", lambda: woken.append(OutboxEvent.objects.count()))

    @transaction.atomic
    def fail():
        outbox.emit("test.note", text="a")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (OutboxEvent.objects.count(), woken) == (0, [])
    with transaction.atomic():
        outbox.emit("test.note", text="b")
        assert woken == []
    assert woken == [1]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_lost_broker_loses_no_event(ran, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(outbox.current_app, "send_task", refuse)
    with transaction.atomic():
        outbox.emit("test.note", text="a")
    tasks.run_outbox()
    assert ran == ["a"]


def test_work_in_the_database_is_undone_with_the_note_of_it(monkeypatch):
    """A crash between the work and the note: neither is there, and the next try does both."""

    def work(name):
        Tag.objects.create(name=name)
        if not OutboxEvent.objects.get().attempts:
            raise RuntimeError("crash")

    monkeypatch.setitem(outbox.HANDLERS, "test.work", work)
    outbox.emit("test.work", name="once")
    assert outbox.run_due() == 0
    assert not Tag.objects.filter(name="once").exists()
    later()
    assert outbox.run_due() == 1
    assert Tag.objects.filter(name="once").count() == 1


def test_a_worker_that_dies_outside_leaves_the_event_to_another_one_later(ran, monkeypatch):
    def die(text):
        raise KeyboardInterrupt

    monkeypatch.setitem(outbox.HANDLERS, "test.note", die)
    outbox.OUTSIDE.add("test.note")
    outbox.emit("test.note", text="a")
    with pytest.raises(KeyboardInterrupt):
        outbox.run_due()
    assert outbox.run_due() == 0  # claimed: nobody else sends it meanwhile
    monkeypatch.setitem(outbox.HANDLERS, "test.note", lambda text: ran.append(text))
    later()
    assert (outbox.run_due(), ran) == (1, ["a"])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_no_transaction_is_open_while_a_handler_speaks_to_the_outside(monkeypatch):
    inside = []
    monkeypatch.setitem(outbox.HANDLERS, "test.mail", lambda: inside.append(connection.in_atomic_block))
    monkeypatch.setitem(outbox.HANDLERS, "test.row", lambda: inside.append(connection.in_atomic_block))
    monkeypatch.setattr(outbox, "OUTSIDE", {"test.mail"})
    outbox.emit("test.mail")
    outbox.emit("test.row")
    outbox.run_due()
    assert inside == [False, True]


def test_a_failure_waits_longer_each_time_and_gives_up_after_ten(monkeypatch, caplog):
    def fail():
        raise ValueError("ada@example.org refused")

    monkeypatch.setitem(outbox.HANDLERS, "test.fail", fail)
    event = outbox.emit("test.fail")
    delays = []
    for _try in range(outbox.MAX_ATTEMPTS):
        later()
        before = timezone.now()
        assert outbox.run_due() == 0
        event.refresh_from_db()
        delays.append(round((event.run_after - before).total_seconds() / 30))
    assert delays == [2**number for number in range(10)]
    assert (event.attempts, event.held, event.error) == (10, True, "ValueError: ada@example.org refused")
    assert "ada@example.org" not in caplog.text
    assert "test.fail" in caplog.text
    later()
    assert outbox.run_due() == 0


def test_one_failure_does_not_stop_the_others_and_an_unknown_name_is_one(ran):
    outbox.emit("test.unknown")
    outbox.emit("test.note", text="b")
    assert (outbox.run_due(), ran) == (1, ["b"])
    assert OutboxEvent.objects.failed().get().error == "KeyError: 'test.unknown'"


def test_what_is_held_waits_for_its_release(ran):
    with outbox.held() as ids:
        outbox.emit("test.note", text="a")
        assert outbox.is_holding()
    outbox.emit("test.note", text="b")
    assert (outbox.run_due(), ran) == (1, ["b"])
    assert outbox.retry(OutboxEvent.objects.all()) == 0  # trying again is no release
    assert (outbox.release(ids), outbox.release(ids)) == (1, 0)
    assert (outbox.run_due(), ran) == (1, ["b", "a"])


def test_done_events_go_after_a_week_and_abandoned_ones_after_three_months(ran):
    now = timezone.now()
    kept = [
        OutboxEvent.objects.create(name="test.note", done_at=now - timedelta(days=6)),
        OutboxEvent.objects.create(name="test.note", created_at=now - timedelta(days=400)),
        OutboxEvent.objects.create(name="test.note", held=True, created_at=now - timedelta(days=89)),
    ]
    OutboxEvent.objects.create(name="test.note", done_at=now - timedelta(days=8))
    OutboxEvent.objects.create(name="test.note", held=True, created_at=now - timedelta(days=91))
    tasks.prune_outbox()
    assert set(OutboxEvent.objects.all()) == set(kept)


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("outside", [False, True])
def test_two_workers_share_the_work_and_do_nothing_twice(ran, outside):
    if outside:
        outbox.OUTSIDE.add("test.note")
    outbox.emit_all("test.note", [{"text": str(number)} for number in range(60)])
    start, done = threading.Barrier(2), []

    def work():
        try:
            start.wait()
            while number := outbox.run_due(limit=10):
                done.append(number)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while number := outbox.run_due():  # a worker whose ten were all taken stops early
        done.append(number)
    assert sorted(ran, key=int) == [str(number) for number in range(60)]
    assert sum(done) == 60


def test_an_administrator_reads_why_a_side_effect_failed_and_tries_it_again(admin_client, ran):
    failed = OutboxEvent.objects.create(name="test.note", payload={"text": "<b>a"}, attempts=10, held=True, error="x")
    spam = OutboxEvent.objects.create(name="test.note", payload={"text": "b"}, held=True)
    url = reverse("admin:catalog_outboxevent_changelist")
    assert [row.pk for row in admin_client.get(f"{url}?state=failed").context["cl"].result_list] == [failed.pk]
    assert [row.pk for row in admin_client.get(f"{url}?state=held").context["cl"].result_list] == [spam.pk]
    page = admin_client.get(reverse("admin:catalog_outboxevent_change", args=[failed.pk])).content.decode()
    assert "&lt;b&gt;a" in page
    assert "<b>a" not in page
    chosen = {"action": "try_again", "_selected_action": [failed.pk, spam.pk]}
    answer = admin_client.post(url, chosen, follow=True)
    assert "1 side effect is tried again." in answer.content.decode()
    outbox.run_due()
    assert ran == ["<b>a"]


def test_nobody_writes_or_deletes_a_side_effect_by_hand_and_editors_do_not_see_them(admin_client, client):
    event = OutboxEvent.objects.create(name="test.note")
    for page in ("add", "delete"):
        args = [] if page == "add" else [event.pk]
        assert admin_client.post(reverse(f"admin:catalog_outboxevent_{page}", args=args)).status_code == 403
    address = reverse("admin:catalog_outboxevent_change", args=[event.pk])
    admin_client.post(address, {"name": "other"})
    event.refresh_from_db()
    assert event.name == "test.note"
    client.force_login(factories.MemberFactory(role="admin").user)
    assert client.get(reverse("admin:catalog_outboxevent_changelist")).status_code == 403
    assert mail.outbox == []
