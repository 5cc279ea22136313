"""Which mails come at once, together, or never; the digest, and the link that stops them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.signing import dumps
from django.utils import timezone

from catalog.models import MailChoice, OutboxEvent, WaitingMail
from catalog.models.mail_choice import MailKind, Pace
from catalog.permissions import Actor
from catalog.services import digests, discussions, mail_choices, mails, outbox
from catalog.tasks import send_daily_digests, send_weekly_digests
from portal.services.account import delete_account
from tests.catalog import factories
from tests.catalog.test_mails import TEMPLATES

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize
ESSENTIAL = {
    "deletion_notice", "last_admin_left", "contact_message", "report_handled", "review_published", "review_returned",
    "review_scheduled", "change_approved", "change_returned", "change_rejected",
}  # fmt: skip


def run() -> None:
    while outbox.run_due():
        pass


def send(*users, template="new_reuse", **context):
    outbox.emit("mail", to=[user.pk for user in users], template=template, context={"path": "/reuses/t/", **context})
    run()


@pytest.fixture
def user():
    return factories.UserFactory()


@each("template", TEMPLATES)
def test_every_mail_is_of_a_kind_but_what_nobody_may_miss(template):
    assert bool(mail_choices.kind_of(template)) == (template not in ESSENTIAL)


def test_without_a_choice_mails_come_at_once(user):
    send(user, title="T")
    assert len(mail.outbox) == 1
    assert mail_choices.paces_of(user) == dict.fromkeys(MailKind.values, "now") | {"review": "daily"}


def test_curators_get_one_mail_a_day_whatever_is_submitted(user):
    for title in ("Water", "Air"):
        send(user, template="to_review", subject=title)
    assert (len(mail.outbox), WaitingMail.objects.filter(user=user, kind="review", pace="daily").count()) == (0, 2)
    mail_choices.choose(user, {"review": "now"})
    send(user, template="to_review", subject="Earth")
    assert [message.to for message in mail.outbox] == [[user.email]]


@each("pace", ["daily", "weekly"])
def test_mails_wait_and_come_together(user, pace):
    other = factories.UserFactory()
    mail_choices.choose(user, {"made": pace})
    for title in ("Water", "Air"):
        send(user, other, title=title)
    assert {message.to[0] for message in mail.outbox} == {other.email}
    mail.outbox.clear()
    {"daily": send_weekly_digests, "weekly": send_daily_digests}[pace]()
    run()
    assert mail.outbox == []
    {"daily": send_daily_digests, "weekly": send_weekly_digests}[pace]()
    run()
    (letter,) = mail.outbox
    assert (letter.to, WaitingMail.objects.count()) == ([user.email], 0)
    assert letter.body.index("Water") < letter.body.index("Air")
    assert "2 messages of this" in letter.subject
    assert 'href="http://127.0.0.1:8000/reuses/t/"' in letter.alternatives[0].content
    digests.send(pace)
    run()
    assert len(mail.outbox) == 1


def test_what_is_never_wanted_never_comes_and_the_rest_does(user):
    mail_choices.choose(user, {"made": "never"})
    send(user, title="T")
    send(user, title="T", template="deletion_notice", kind="Dataset")
    essential = mails.compose("deletion_notice", {"title": "T", "kind": "Dataset"})
    assert [message.subject for message in mail.outbox] == [essential.subject]
    assert not WaitingMail.objects.exists()


def test_a_mail_on_its_way_is_stopped_too(user):
    outbox.emit("message", to=user.pk, template="new_reuse", context={"title": "T"}, key="k")
    mail_choices.choose(user, {"made": "never"})
    run()
    assert mail.outbox == []


def test_a_new_choice_takes_what_waits_along(user):
    mail_choices.choose(user, {"made": "weekly"})
    send(user, title="T")
    for pace, waits in (("daily", "daily"), ("weekly", "weekly"), ("now", "daily")):
        mail_choices.choose(user, {"made": pace})
        assert WaitingMail.objects.get().pace == waits
    mail_choices.choose(user, {"made": "never"})
    assert not WaitingMail.objects.exists()


def test_a_digest_that_fails_keeps_what_it_holds(user, monkeypatch):
    mail_choices.choose(user, {"made": "daily"})
    send(user, title="T")

    def fail(*args, **kwargs):
        raise OSError("no server")

    monkeypatch.setattr(mails, "send_digest", fail)
    digests.send("daily")
    run()
    assert (WaitingMail.objects.count(), OutboxEvent.objects.failed().count()) == (1, 1)
    monkeypatch.undo()
    OutboxEvent.objects.failed().update(run_after=timezone.now())
    run()
    assert (len(mail.outbox), WaitingMail.objects.count()) == (1, 0)


def test_a_long_digest_is_cut_and_says_so(user):
    mail_choices.choose(user, {"made": "daily"})
    WaitingMail.objects.bulk_create(
        WaitingMail(user=user, kind="made", pace="daily", template="new_reuse", context={"title": f"Reuse {number:03}"})
        for number in range(53)
    )
    digests.send("daily")
    run()
    assert "Reuse 049" in mail.outbox[0].body
    assert "Reuse 050" not in mail.outbox[0].body
    assert "And 3 more." in mail.outbox[0].body


def test_a_digest_is_in_her_language_and_safe(user):
    user.language = "fr"
    user.save()
    mail_choices.choose(user, {"discussion": "daily"})
    evil = "<script>alert(1)</script>\r\nBcc: all@example.org"
    send(user, template="discussion_new_comment", title=evil, subject=evil, path="/discussions/1/")
    digests.send("daily")
    run()
    letter = mail.outbox[0]
    assert "Bonjour," in letter.body
    assert "\r" not in letter.subject
    assert "<script" not in letter.alternatives[0].content


def test_mails_say_how_they_are_stopped(user):
    send(user, title="T")
    headers, body = mail.outbox[0].extra_headers, mail.outbox[0].body
    address = headers["List-Unsubscribe"].strip("<>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in body
    assert f'href="{address}"' in mail.outbox[0].alternatives[0].content
    assert "/account/notifications/settings/" in body
    mail.outbox.clear()
    send(user, title="T", template="deletion_notice", kind="Dataset")
    outbox.emit("mail", to=["guest@example.org"], template="membership_invitation_new", context={"organization": "O"})
    run()
    assert all("List-Unsubscribe" not in message.extra_headers for message in mail.outbox)
    assert len(mail.outbox) == 2


@each("number", [2, 20])
def test_putting_aside_costs_the_same_queries(django_assert_num_queries, number):
    users = factories.UserFactory.create_batch(number)
    for user in users:
        mail_choices.choose(user, {"made": "daily"})
    with django_assert_num_queries(2):
        assert mail_choices.put_aside([user.pk for user in users], "new_reuse", {}) == []


def test_an_account_that_ends_leaves_no_waiting_mail(user):
    writer, dataset = factories.UserFactory(), factories.DatasetFactory(organization=None, owner=user)
    mail_choices.choose(user, {"discussion": "weekly"})
    mail_choices.choose(writer, {"discussion": "weekly"})
    discussions.start({"subject": dataset, "title": "T", "comment": "C"}, by=writer, actor=Actor.of(writer))
    run()
    assert WaitingMail.objects.get().user == user
    delete_account(writer)
    assert not WaitingMail.objects.exists()
    assert MailChoice.objects.get().user == user


def test_a_forged_or_old_token_stops_nothing(user):
    good = mail_choices.stop_path(user.pk, ["made"]).removeprefix(mail_choices.STOP).rstrip("/")
    assert mail_choices.read_stop(good) == (user, ["made"])
    forged = dumps({"user": user.pk, "kinds": ["made"]}, salt="another")
    for token in (forged, good[:-1], "x", ""):
        assert mail_choices.read_stop(token) == (None, [])
    later = timezone.now() + timedelta(days=366)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.signing.time.time", later.timestamp)
        assert mail_choices.read_stop(good) == (None, [])
    assert Pace.NEVER not in mail_choices.paces_of(user).values()
