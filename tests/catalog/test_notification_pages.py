"""Notifications in the browser: the list in words, reading, the number in the head, the choice of mails, stopping."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from catalog.models import MailChoice, Notification
from catalog.models.mail_choice import MailKind
from catalog.models.notification import NotificationKind
from catalog.services import mail_choices, outbox
from tests.catalog import factories
from tests.catalog.test_notifications import MAKERS

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize
LIST, SETTINGS = "/account/notifications/", "/account/notifications/settings/"
WORDS = {
    "MembershipRequest": "asks to join the organization",
    "MembershipAccepted": "You are now a member of the organization",
    "MembershipRefused": "Your request to join the organization",
    "NewBadge": "has a new badge: Certified",
    "TransferRequest": "You are offered",
    "Discussion": "opened the discussion “T – ",
    "ReuseCreated": "made the reuse “R” of",
    "DataserviceCreated": "made the dataservice “S” of",
    "ValidateHarvester": "The harvest source “Remote” waits",
    "Review": "is published",
    "BrokenLinks": "Links are broken (1)",
}


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def reader(client):
    user = factories.UserFactory(admin=True)
    client.force_login(user)
    return user


def give(user, number=1, **columns):
    organization = factories.OrganizationFactory()
    details = {"organization": organization.pk, "kind": "certified"}
    rows = [Notification(user=user, kind="NewBadge", details=details, **columns) for _number in range(number)]
    return Notification.objects.bulk_create(rows)


@each("kind", NotificationKind.values)
def test_each_kind_is_said_in_words_and_leads_somewhere(client, reader, settings, kind):
    settings.STAFF_TWO_FACTOR_REQUIRED = False
    organization = factories.MemberFactory(user=reader, role="admin").organization
    MAKERS[kind](reader, organization, factories.UserFactory())
    shown = text_of(client.get(LIST))
    (entry,) = [part for part in shown.split('class="p-entry')[1:] if WORDS[kind] in part]
    address = entry.partition('<a href="')[2].partition('"')[0]
    assert client.get(address).status_code == 200
    assert "%(" not in entry


@each("kind", NotificationKind.values)
def test_what_is_gone_or_unknown_is_no_error(client, reader, kind):
    for details in ({}, {"subject": {}}, {"discussion": "x", "status": "odd"}, {"organization": "6" * 24}):
        Notification.objects.create(user=reader, kind=kind, details=details)
    entries = text_of(client.get(LIST)).split('class="p-entry ')[1:]
    assert ["is not there any more" in entry for entry in entries] == [True] * 4


def test_a_title_with_a_percent_sign_stays_as_it_is(client, reader):
    organization = factories.OrganizationFactory(name="100 %(user)s <b>open</b>")
    Notification.objects.create(user=reader, kind="NewBadge", details={"organization": organization.pk, "kind": "spd"})
    assert "100 %(user)s &lt;b&gt;open&lt;/b&gt;" in text_of(client.get(LIST))


def test_nobody_reads_those_of_others_nor_what_became_hidden(client, reader):
    user = factories.UserFactory()
    give(reader)
    discussion = factories.DiscussionFactory(title="A secret", dataset=factories.DatasetFactory(draft=True))
    details = {"discussion": discussion.pk, "status": "new_discussion"}
    Notification.objects.create(user=user, kind="Discussion", details=details)
    client.force_login(user)
    shown = text_of(client.get(LIST))
    assert shown.count('class="p-entry ') == 1
    assert "A secret" not in shown


def test_one_or_all_are_marked_as_read(client, reader):
    first, _second, _third = give(reader, 3)
    other = give(factories.UserFactory())[0]
    assert client.post(f"{LIST}?handled=false", {"read": first.pk})["Location"] == f"{LIST}?handled=false"
    assert Notification.objects.unhandled().filter(user=reader).count() == 2
    for wrong in (other.pk, "x", ""):
        assert client.post(LIST, {"read": wrong}).status_code == 404
    assert client.post(LIST, {"read": first.pk}).status_code == 302  # twice is no error
    client.post(LIST, {"all": "true"})
    assert list(Notification.objects.unhandled()) == [other]


def test_the_list_by_state_and_in_pages(client, reader):
    give(reader, 21)
    give(reader, 2, handled_at=timezone.now())

    def number(query):
        return text_of(client.get(f"{LIST}?{query}")).count('class="p-entry')

    assert [number(query) for query in ("", "page=2", "handled=true", "handled=false&page=2")] == [20, 3, 2, 1]
    for wrong in ("page=3", "handled=maybe", "page=x"):
        assert client.get(f"{LIST}?{wrong}").status_code == 404


@each("theme", ["neutral", "gouvfr"])
def test_the_head_counts_what_is_unread_once_and_for_its_reader_alone(client, settings, theme):
    settings.PORTAL_THEME = "theme_gouvfr" if theme == "gouvfr" else ""
    user = factories.UserFactory()
    give(user, 3)
    give(user, handled_at=timezone.now())
    assert "Notifications" not in text_of(client.get("/developpeurs/"))
    client.force_login(user)
    shown = text_of(client.get("/developpeurs/"))
    assert '<span class="p-count">3<' in shown
    give(user, 120)
    assert '<span class="p-count">99+<' in text_of(client.get("/developpeurs/"))


def test_a_stranger_costs_no_count(client, django_assert_num_queries):
    client.get("/topics/")
    with django_assert_num_queries(0):
        assert client.get("/robots.txt").status_code == 200
    factories.UserFactory()
    answer = client.get("/developpeurs/")
    assert not answer.cookies


@each("size", [2, 18])
def test_the_list_costs_the_same_queries_at_any_length(client, reader, size, django_assert_max_num_queries):
    for _number in range(size):
        give(reader)
        details = {"discussion": factories.DiscussionFactory().pk, "status": "closed", "user": reader.pk}
        Notification.objects.create(user=reader, kind="Discussion", details=details)
    client.get(LIST)
    with django_assert_max_num_queries(11):
        client.get(LIST)


def test_mails_are_chosen_by_kind(client, reader):
    assert text_of(client.get(SETTINGS)).count("<select") == len(MailKind.values)
    values = mail_choices.paces_of(reader)
    assert client.post(SETTINGS, {**values, "badge": "weekly", "harvest": "never"})["Location"] == SETTINGS
    chosen = dict(MailChoice.objects.values_list("kind", "pace"))
    assert chosen == {"badge": "weekly", "harvest": "never"}
    assert client.post(SETTINGS, {**values, "badge": "hourly"}).status_code == 400
    assert client.post(SETTINGS, {}).status_code == 400
    assert dict(MailChoice.objects.values_list("kind", "pace")) == chosen


def stop_address(user) -> str:
    """Return the path in the header of a mail that `user` got."""
    outbox.emit("mail", to=[user.pk], template="new_badge", context={"organization": "O", "kind": "certified"})
    while outbox.run_due():
        pass
    return mail.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")


def test_the_link_of_a_mail_asks_and_its_button_stops(reader):
    client = Client(enforce_csrf_checks=True)  # a mail program, with no session
    address = stop_address(reader)
    shown = text_of(client.get(address))
    assert "Badges of organizations" in shown
    assert reader.email not in shown
    assert str(reader) not in shown
    assert not MailChoice.objects.exists()
    answer = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    assert list(MailChoice.objects.values_list("user", "kind", "pace")) == [(reader.pk, "badge", "never")]


def test_a_link_that_is_forged_or_of_somebody_gone_stops_nothing(client):
    user = factories.UserFactory()
    address = stop_address(user)
    assert client.post(f"{address[:-3]}x/").status_code == 404
    user.is_active = False
    user.save()
    assert client.post(address).status_code == 404
    assert not MailChoice.objects.exists()


def test_one_s_own_page_leads_to_them(client, reader):
    shown = text_of(client.get(reader.get_absolute_url()))
    aside = shown.partition("This is you")[2]
    assert all(f'href="{address}"' in aside for address in (LIST, "/account/following/"))
    assert "This is you" not in text_of(client.get(factories.UserFactory().get_absolute_url()))
    profile = text_of(client.get("/account/profile/"))
    assert all(f'<li><a href="{address}"' in profile for address in (LIST, "/account/following/"))
