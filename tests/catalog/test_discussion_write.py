"""Discussions over the API: opened, answered, closed, edited, deleted, by those who may."""

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from catalog.models import Activity, Discussion, Message, Notification, OutboxEvent, Report
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    MemberFactory,
    MessageFactory,
    PostFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/1/discussions/"


@pytest.fixture
def author(api):
    api.user = UserFactory()
    api.force_authenticate(api.user)
    return api


@pytest.fixture
def thread(author):
    """A discussion of the author's with two messages: hers, and a stranger's."""
    discussion = DiscussionFactory(user=author.user, dataset=DatasetFactory(organization=MemberFactory().organization))
    MessageFactory(discussion=discussion, posted_by=author.user)
    MessageFactory(discussion=discussion)
    return discussion


def path(discussion, comment=None):
    return f"{URL}{discussion.pk}/" + ("" if comment is None else f"comments/{comment}/")


def reference(item):
    return {"class": type(item).__name__, "id": item.pk}


def opening(about, **more):
    return {"title": "Q", "comment": "Bonjour ?", "subject": reference(about), **more}


def signed_in(user):
    client = APIClient(headers={"accept": "application/json"})
    client.force_authenticate(user)
    return client


@pytest.mark.parametrize("factory", [DatasetFactory, ReuseFactory, DataserviceFactory])
def test_anybody_with_an_account_opens_a_discussion(author, factory):
    subject = factory()
    answer = author.post(URL, opening(subject, extras={"k": 1}), format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert (json["title"], json["user"]["id"], json["closed"], json["extras"]) == ("Q", author.user.pk, None, {"k": 1})
    assert [(one["content"], one["posted_by"]["id"]) for one in json["discussion"]] == [("Bonjour ?", author.user.pk)]
    assert json["permissions"] == {"close": True, "delete": True, "edit": True}
    subject.refresh_from_db()
    assert (subject.metric_discussions, subject.metric_discussions_open) == (1, 1)
    assert Activity.objects.get().key == f"{type(subject).__name__.lower()}:discussed"


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"title": None}, {"title": "Field is required"}),
        ({"comment": ""}, {"comment": "This field may not be blank."}),
        ({"comment": "x" * 50_001}, {"comment": "Ensure this field has no more than 50000 characters."}),
        ({"subject": None}, {"subject": "Field is required"}),
        ({"subject": {"class": "Dataset", "id": "6" * 24}}, {"subject": "Dataset does not exist"}),
        ({"subject": {"class": "User", "id": "6" * 24}}, None),
        ({"subject": {"class": ["Dataset"], "id": "x"}}, None),
        ({"subject": {"class": "Dataset", "id": {"$ne": ""}}}, None),
        ({"subject": "x"}, None),
        ({"organization": "6" * 24}, {"organization": "Organization does not exist"}),
        ({"extras": {"notification": {"external_url": "https://evil.example.org/"}}}, None),
        ({"extras": {"notification": {"external_url": "https://ok.example.org@evil.example.org/"}}}, None),
        ({"extras": {"notification": {"external_url": "javascript://ok.example.org/%0aalert(1)"}}}, None),
        ({"extras": {"notification": {"external_url": ["https://ok.example.org/"]}}}, None),
        ({"extras": {"notification": {"external_url": "https://notok.example.org/"}}}, None),
        ({"extras": [1]}, None),
    ],
)
def test_a_bad_opening_is_refused(author, settings, change, errors):
    settings.DISCUSSION_ALLOWED_EXTERNAL_DOMAINS = ["ok.example.org"]
    answer = author.post(URL, opening(DatasetFactory(), **change), format="json")
    assert answer.status_code == 400, answer.content
    assert (set(answer.json()), list(answer.json()["errors"])) == ({"errors", "message"}, list(change))
    assert errors is None or answer.json()["errors"] == errors
    assert not Discussion.objects.exists()


def test_notifications_lead_to_allowed_domains(author, settings):
    settings.DISCUSSION_ALLOWED_EXTERNAL_DOMAINS = ["ok.example.org"]
    extras = {"notification": {"external_url": "https://OK.example.org/x", "model_name": "m"}}
    assert author.post(URL, opening(DatasetFactory(), extras=extras), format="json").json()["extras"] == extras


@pytest.mark.parametrize(("enabled", "code"), [(True, 201), (False, 400)])
def test_posts_are_discussed_where_the_portal_wants_it(author, settings, enabled, code):
    settings.POST_DISCUSSIONS_ENABLED = enabled
    assert author.post(URL, opening(PostFactory()), format="json").status_code == code


def test_an_organization_speaks_through_its_editors_alone(api):
    member, dataset = MemberFactory(role="editor"), DatasetFactory()
    body = opening(dataset, organization=reference(member.organization))
    for user in (UserFactory(), MemberFactory(organization=member.organization, role="partial_editor").user):
        api.force_authenticate(user)
        refused = api.post(URL, body, format="json")
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["organization"])
    api.force_authenticate(member.user)
    json = api.post(URL, body, format="json").json()
    assert json["organization"]["id"] == member.organization.pk
    assert json["discussion"][0]["posted_by_organization"]["id"] == member.organization.pk
    colleague = MemberFactory(organization=member.organization, role="editor")
    api.force_authenticate(colleague.user)
    one = f"{URL}{json['id']}/"
    assert api.put(one, {"title": "Ours"}, format="json").json()["title"] == "Ours"
    assert api.put(f"{one}comments/0/", {"comment": "Ours"}, format="json").status_code == 200


def test_an_answer_is_added_and_the_others_are_told(thread):
    editor = thread.dataset.organization.members.get().user
    from_stranger = thread.messages.last().posted_by
    answer = signed_in(UserFactory()).post(path(thread), {"comment": "Moi aussi"}, format="json")
    assert answer.status_code == 200, answer.content
    assert [one["content"] for one in answer.json()["discussion"]][-1] == "Moi aussi"
    told = {editor.pk, thread.user.pk, from_stranger.pk}
    assert set(Notification.objects.values_list("user", flat=True)) == told
    assert OutboxEvent.objects.get(name="mail").payload["to"] == sorted(told)


@pytest.mark.parametrize("body", [{}, {"comment": ""}, {"comment": None}, {"close": False}, {"comment": "x" * 50_001}])
def test_an_answer_says_something(author, thread, body):
    answer = author.post(path(thread), body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["comment"])
    assert thread.messages.count() == 2


def test_closing_is_for_the_author_and_the_publisher(author, thread):
    editor = thread.dataset.organization.members.get().user
    other = DiscussionFactory(dataset=thread.dataset)
    MessageFactory(discussion=other)
    stranger = signed_in(UserFactory())
    assert stranger.post(path(thread), {"comment": "c", "close": True}, format="json").status_code == 403
    assert thread.messages.count() == 2
    closed = author.post(path(thread), {"close": True}, format="json").json()
    assert (closed["closed_by"]["id"], closed["closed_by_organization"]) == (author.user.pk, None)
    body = {"comment": "Merci", "close": True, "organization": reference(thread.dataset.organization)}
    json = signed_in(editor).post(path(other), body, format="json").json()
    assert (json["closed_by"]["id"], json["closed_by_organization"]["id"]) == (
        editor.pk, thread.dataset.organization_id,
    )  # fmt: skip
    thread.dataset.refresh_from_db()
    assert (thread.dataset.metric_discussions, thread.dataset.metric_discussions_open) == (2, 0)


def test_a_closed_discussion_takes_no_answer(author, thread):
    author.post(path(thread), {"comment": "c", "close": True}, format="json")
    for body in ({"comment": "more"}, {"close": True}):
        answer = author.post(path(thread), body, format="json")
        assert (answer.status_code, answer.json()) == (403, {"message": "Can't add comments on a closed discussion"})
    assert thread.messages.count() == 3


def test_messages_are_edited_by_their_authors_by_index_or_id(author, thread):
    first, second = thread.messages.all()
    for key in (0, first.pk):
        json = author.put(path(thread, key), {"comment": f"édité {key}"}, format="json").json()
        assert json["discussion"][0]["content"] == f"édité {key}"
        assert json["discussion"][0]["last_modified_at"]
    for key, code in ((1, 403), (second.pk, 403), (2, 404), (-1, 404), (uuid4(), 404), ("zz", 404), ("9" * 30, 404)):
        assert author.put(path(thread, key), {"comment": "x"}, format="json").status_code == code
    for body in ({}, {"comment": ""}, {"comment": "x" * 50_001}):
        assert author.put(path(thread, 0), body, format="json").status_code == 400
    second.refresh_from_db()
    assert second.content == "A question."


def test_the_first_message_stays_as_long_as_the_discussion(author, thread):
    answer = author.delete(path(thread, 0))
    message = {"message": "You cannot delete the first comment of a discussion"}
    assert (answer.status_code, answer.json()) == (400, message)
    second = thread.messages.last()
    Report.objects.create(subject=thread, subject_embed_id=second.pk, reason="spam")
    assert author.delete(path(thread, 1)).status_code == 403
    assert signed_in(second.posted_by).delete(path(thread, 1)).status_code == 204
    assert thread.messages.count() == 1
    assert Report.objects.get().subject_deleted_by == second.posted_by


def test_the_title_is_changed_by_the_author(author, thread):
    assert author.put(path(thread), {"title": "T", "closed": "x", "user": None}, format="json").json()["title"] == "T"
    for body in ({}, {"title": ""}, {"title": "x" * 256}):
        assert author.put(path(thread), body, format="json").status_code == 400
    editor = thread.dataset.organization.members.get().user
    for user in (UserFactory(), editor):
        assert signed_in(user).put(path(thread), {"title": "x"}, format="json").status_code == 403
    assert Discussion.objects.get().title == "T"


def test_a_discussion_is_deleted_by_its_author_or_an_administrator(author, thread):
    other = DiscussionFactory(dataset=thread.dataset)
    Report.objects.create(subject=thread, reason="spam")
    assert signed_in(thread.dataset.organization.members.get().user).delete(path(thread)).status_code == 403
    assert author.delete(path(thread)).status_code == 204
    assert author.get(path(thread)).status_code == 404
    assert Report.objects.get().subject_deleted_at
    assert author.delete(path(other)).status_code == 403
    admin = signed_in(UserFactory(admin=True))
    assert admin.delete(f"{path(other)}?send_legal_notice=true").status_code == 204
    assert OutboxEvent.objects.get().payload["to"] == [other.user.pk]
    thread.dataset.refresh_from_db()
    assert (thread.dataset.metric_discussions, Message.objects.count()) == (0, 0)


@pytest.mark.parametrize("state", [{"private": True}, {"deleted": "2026-01-01T00:00:00+00:00"}])
def test_the_discussions_of_what_is_hidden_are_hidden(author, thread, state):
    type(thread.dataset).objects.filter(pk=thread.dataset.pk).update(**state)
    for answer in (author.get(path(thread)), author.post(path(thread), {"comment": "c"}, format="json"),
                   author.put(path(thread), {"title": "x"}, format="json"), author.delete(path(thread)),
                   author.put(path(thread, 0), {"comment": "c"}, format="json")):  # fmt: skip
        assert answer.status_code == 404
    assert author.get(URL).json()["total"] == 0
    assert author.post(URL, opening(thread.dataset), format="json").status_code == 400
    member = signed_in(thread.dataset.organization.members.get().user)
    assert member.get(path(thread)).status_code == 200


def test_without_an_account_nothing_is_said(author, thread):
    author.force_authenticate(None)
    for answer in (author.post(URL, opening(thread.dataset), format="json"), author.delete(path(thread)),
                   author.post(path(thread), {"comment": "c"}, format="json")):  # fmt: skip
        assert answer.status_code == 401
