"""Spam: a suspect text is reported, and nothing follows from it until an administrator dismisses the report."""

from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Activity, Discussion, Notification, OutboxEvent, Report, Reuse
from catalog.models.subject import class_of
from catalog.permissions import Actor
from catalog.services import (
    dataservices,
    datasets,
    discussions,
    organizations,
    outbox,
    reports,
    resources,
    reuses,
    spam,
)
from portal.lib.errors import ServiceError
from tests.catalog import factories

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize

FRENCH = "Ce jeu de données recense les arrêts de bus de la commune, mis à jour chaque mois."
RUSSIAN = "Купить дешёвые пластиковые окна в Москве с бесплатной доставкой на дом сегодня"


@pytest.fixture(autouse=True)
def _words(settings):
    settings.SPAM_WORDS, settings.SPAM_ALLOWED_LANGS = ["Casino", "cheap pills"], []


@pytest.fixture
def writer():
    return factories.UserFactory()


@pytest.fixture
def dataset():
    """A dataset with an editor, who is told of what happens to it."""
    member = factories.MemberFactory(role="admin")
    found = factories.DatasetFactory(organization=member.organization)
    found.editor = member.user
    return found


def make_dataset(writer, title="T", **values):
    return datasets.create({"title": title, "description": "D", **values}, by=writer, actor=Actor.of(writer))


def make_reuse(writer, dataset=None, title="T", **values):
    values = {
        "title": title, "description": "D", "type": "api", "topic": "health",
        "url": f"https://example.org/{uuid4()}", "datasets": [dataset] if dataset else [], **values,
    }  # fmt: skip
    return reuses.create(values, by=writer, actor=Actor.of(writer))


def make_dataservice(writer, dataset=None, title="T", **values):
    values = {"title": title, "datasets": [dataset] if dataset else [], **values}
    return dataservices.create(values, by=writer, actor=Actor.of(writer))


def make_organization(writer, title="T", **values):
    return organizations.create({"name": title, "description": "D", **values}, by=writer)


def start(writer, dataset, title="T", comment="C", **values):
    values = {"subject": dataset, "title": title, "comment": comment, **values}
    return discussions.start(values, by=writer, actor=Actor.of(writer))


def run():
    while outbox.run_due():
        pass


def followed() -> tuple[int, int, int]:
    """Return how many activities, notifications and mails there are."""
    run()
    return Activity.objects.count(), Notification.objects.count(), len(mail.outbox)


@each("make", [make_dataset, make_reuse, make_dataservice, make_organization])
def test_a_suspect_object_is_reported_and_its_activity_waits(make, writer):
    make(writer, title="Harmless")
    assert (Report.objects.count(), followed()[0]) == (0, 1)
    item = make(writer, title="Best CASINO of the town")
    report = Report.objects.get()
    assert (report.reason, report.subject_class, report.subject_id) == ("auto_spam", class_of(item), item.pk)
    assert (report.by, report.subject_label) == (None, "Best CASINO of the town")
    assert "casino" in report.message
    assert (len(report.callbacks), followed()[0]) == (1, 1)
    reports.dismiss(report, by=factories.UserFactory(admin=True))
    assert followed()[0] == 2
    assert Activity.objects.filter(subject_id=item.pk, actor=writer).count() == 1


@each("make", [make_reuse, make_dataservice])
def test_the_publishers_hear_of_a_suspect_object_once_it_is_cleared(make, writer, dataset):
    item = make(writer, dataset, title="casino")
    assert followed() == (0, 0, 0)
    report = Report.objects.get()
    reports.dismiss(report, by=factories.UserFactory(admin=True))
    assert followed() == (1, 1, 1)
    assert Notification.objects.get().user == dataset.editor
    assert mail.outbox[0].to == [dataset.editor.email]
    reports.dismiss(report, by=factories.UserFactory(admin=True))
    assert followed() == (1, 1, 1)
    update = reuses.update if isinstance(item, Reuse) else dataservices.update
    for private in (True, False):
        update(item, {"private": private}, by=writer, actor=Actor.of(writer))
    assert followed()[1:] == (1, 1)


def test_a_draft_published_while_its_report_waits_is_announced_once(writer, dataset):
    item = make_reuse(writer, dataset, title="casino")
    for private in (True, False, True, False):
        reuses.update(item, {"private": private}, by=writer, actor=Actor.of(writer))
    reports.dismiss(Report.objects.get(), by=factories.UserFactory(admin=True))
    assert followed() == (5, 1, 1)


@each("where", ["title", "comment"])
def test_a_suspect_discussion_is_told_to_nobody_before_it_is_cleared(writer, dataset, where):
    discussion = start(writer, dataset, **{where: "Cheap\u200b PILLS here"})
    report = Report.objects.get()
    assert (report.subject_class, report.subject_id, report.subject_embed_id) == ("Discussion", discussion.pk, None)
    assert followed() == (0, 0, 0)
    dataset.refresh_from_db()
    assert dataset.metric_discussions == 1
    reports.dismiss(report, by=factories.UserFactory(admin=True))
    assert followed() == (1, 1, 1)


def test_a_suspect_comment_is_named_and_harmless_ones_on_the_same_thread_wait_with_it(writer, dataset):
    discussion = start(writer, dataset)
    assert followed() == (1, 1, 1)
    discussions.answer(discussion, {"comment": "casino!"}, by=writer, actor=Actor.of(writer))
    report = Report.objects.get()
    assert report.subject_embed_id == discussion.messages.last().pk
    discussions.answer(discussion, {"comment": "And so?"}, by=writer, actor=Actor.of(writer))
    assert (Report.objects.count(), followed()) == (1, (1, 1, 1))
    discussions.answer(discussion, {"comment": "No."}, by=dataset.editor, actor=Actor.of(dataset.editor))
    assert followed() == (2, 2, 2)  # the editor is trusted, and heard
    report.refresh_from_db()
    reports.dismiss(report, by=factories.UserFactory(admin=True))
    assert followed() == (4, 4, 4)


def test_an_edited_title_or_message_is_read_again_and_only_if_it_changed(writer, dataset, settings):
    settings.SPAM_WORDS = []
    discussion = start(writer, dataset, title="casino", comment="casino")
    settings.SPAM_WORDS = ["casino"]
    message = discussion.messages.get()
    discussions.rename(discussion, "casino", by=writer)
    discussions.edit_message(message, "casino", by=writer)
    assert not Report.objects.exists()
    discussions.edit_message(message, "casino again", by=writer)
    assert Report.objects.get().subject_embed_id == message.pk
    discussions.rename(discussion, "more casino", by=writer)
    assert Report.objects.filter(subject_embed_id=None).count() == 1


@each("make", [make_dataset, make_reuse, make_dataservice, make_organization])
def test_only_what_changed_is_read_again(make, writer, settings):
    settings.SPAM_WORDS = []
    item = make(writer, title="casino")
    settings.SPAM_WORDS = ["casino"]
    if class_of(item) == "Organization":
        organizations.update(item, {"acronym": "A"}, by=writer)
        assert not Report.objects.exists()
        organizations.update(item, {"description": "casino"}, by=writer)
    else:
        update = {"Dataset": datasets, "Reuse": reuses, "Dataservice": dataservices}[class_of(item)].update
        update(item, {"private": True}, by=writer, actor=Actor.of(writer))
        assert not Report.objects.exists()
        update(item, {"description": "casino"}, by=writer, actor=Actor.of(writer))
    assert Report.objects.get().subject_id == item.pk


def test_the_files_of_a_suspect_dataset_are_no_news_either(writer):
    dataset = make_dataset(writer, title="casino")
    resources.create(dataset, {"title": "File", "url": "https://example.org/a.csv"}, by=writer)
    assert followed()[0] == 0
    report = Report.objects.get()
    assert len(report.callbacks) == 2
    reports.dismiss(report, by=factories.UserFactory(admin=True))
    run()
    assert set(Activity.objects.values_list("key", flat=True)) == {"dataset:created", "dataset:resource:added"}


def test_administrators_and_certified_organizations_are_trusted():
    admin = factories.UserFactory(admin=True)
    make_dataset(admin, title="casino")
    member = factories.MemberFactory(organization=factories.OrganizationFactory(badges=["certified"]), role="admin")
    make_dataset(member.user, title="casino", organization=member.organization)
    organizations.update(member.organization, {"description": "casino"}, by=member.user)
    assert (Report.objects.count(), followed()[0]) == (0, 3)


def test_an_uncertified_organization_is_not():
    member = factories.MemberFactory(role="admin", organization=factories.OrganizationFactory(badges=["company"]))
    make_dataset(member.user, title="casino", organization=member.organization)
    assert Report.objects.count() == 1


def test_whoever_may_edit_the_subject_is_trusted_in_its_discussions(dataset, writer):
    start(dataset.editor, dataset, title="casino")
    discussion = start(writer, dataset)
    discussions.answer(discussion, {"comment": "casino"}, by=dataset.editor, actor=Actor.of(dataset.editor))
    assert not Report.objects.exists()


def test_a_discussion_on_a_post_is_read_too(writer):
    start(writer, factories.PostFactory(), title="casino")
    assert Report.objects.count() == 1


def test_the_profile_is_read_in_the_api_and_on_the_page(api, client, writer):
    api.force_authenticate(writer)
    assert api.put("/api/1/me/", {"about": "casino"}, format="json").status_code == 200
    assert Report.objects.get().subject_id == writer.pk
    other = factories.UserFactory()
    client.force_login(other)
    client.post("/account/profile/", {"first_name": "Cheap pills", "last_name": "X", "website": "", "about": ""})
    assert Report.objects.filter(subject_class="User", subject_id=other.pk).count() == 1


def test_a_name_is_read_when_the_account_is_made(client):
    client.post("/account/signup/", {
        "email": "new@example.org", "password1": "Passw0rd-test", "first_name": "Casino", "last_name": "X",
        "conditions": "on",
    })  # fmt: skip
    assert Report.objects.get().subject_class == "User"


@each(
    ("text", "found"),
    [
        ("a casino.", "casino"), ("CASINO", "casino"), ("ｃａｓｉｎｏ", "casino"), ("ca\u200bsi\u00adno", "casino"),
        ("casinos", ""), ("occasino", ""), ("cheap  pills", ""), ("cheap pills", "cheap pills"), ("", ""),
    ],
)  # fmt: skip
def test_words_are_whole_and_disguises_do_not_help(text, found):
    assert spam.unwelcome_word(text) == found


@each("words", [[], [""], [" "]])
def test_an_empty_list_of_words_finds_nothing(settings, words):
    settings.SPAM_WORDS = words
    assert spam.unwelcome_word("anything  at all") == ""


@each(
    ("text", "found"),
    [
        (FRENCH, ""), (RUSSIAN, "ru"), (f"{RUSSIAN[:29]}", ""), ("", ""), ("1234567890 " * 9, ""),
        ("https://example.org/" + "купить" * 20, ""), ("The timetable of all buses in our town, in GTFS form.", "en"),
    ],
)  # fmt: skip
def test_the_language_of_a_long_text_is_one_of_the_portal_s(settings, text, found):
    settings.SPAM_ALLOWED_LANGS = ["fr"]
    assert spam.foreign_language(text) == found


def test_a_foreign_text_is_reported(settings, writer):
    settings.SPAM_WORDS, settings.SPAM_ALLOWED_LANGS = [], ["fr", "en"]
    make_dataset(writer, title="T", description=FRENCH)
    assert not Report.objects.exists()
    make_dataset(writer, title="T", description=RUSSIAN)
    assert "ru" in Report.objects.get().message


def queries(make):
    with CaptureQueriesContext(connection) as captured:
        make()
    return [query["sql"] for query in captured]


def test_screening_costs_nothing_when_it_is_off_and_one_query_when_it_is_on(settings, writer, dataset):
    start(writer, dataset)
    on = queries(lambda: start(writer, dataset))
    settings.SPAM_WORDS = []
    off = queries(lambda: start(writer, dataset))
    assert len(on) == len(off) + 1
    assert not any("catalog_report" in sql for sql in off)


def test_a_write_that_fails_leaves_no_report_and_no_event(writer, dataset):
    make_reuse(writer, dataset, title="casino", url="https://example.org/same")
    with pytest.raises(ServiceError, match="registered"):
        make_reuse(writer, dataset, title="casino", url="https://example.org/same")
    assert (Report.objects.count(), Reuse.objects.count()) == (1, 1)


def test_spam_that_is_deleted_is_never_told(writer, dataset):
    discussion = start(writer, dataset, title="casino")
    discussions.delete(discussion, by=factories.UserFactory(admin=True))
    assert Report.objects.get().subject_deleted_at
    assert not Discussion.objects.exists()
    assert followed() == (0, 0, 0)
    assert OutboxEvent.objects.filter(held=True).exists()  # pruned after three months
