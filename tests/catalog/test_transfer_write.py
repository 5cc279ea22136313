"""Transfers over the API: asked by the owner, answered once by the recipient, told to nobody else."""

import pytest
from django.utils import timezone

from catalog.models import Activity, Assignment, Notification, Transfer
from catalog.models.topic import Topic
from tests.catalog.factories import (
    CommunityResourceFactory,
    DataserviceFactory,
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/1/transfer/"


@pytest.fixture
def admin(api):
    member = MemberFactory(role="admin")
    api.force_authenticate(member.user)
    api.user, api.organization = member.user, member.organization
    api.dataset = DatasetFactory(organization=member.organization)
    return api


def reference(item):
    return {"class": type(item).__name__, "id": str(item.pk)}


def ask(api, subject, recipient, code=201):
    body = {"subject": reference(subject), "recipient": reference(recipient), "comment": "take"}
    answer = api.post(URL, body, format="json")
    assert answer.status_code == code, answer.content
    return answer.json()


def respond(api, transfer, response="accept", **more):
    return api.post(f"{URL}{transfer['id']}/", {"response": response, **more}, format="json")


@pytest.mark.parametrize(
    "make",
    [
        DatasetFactory,
        DataserviceFactory,
        lambda organization: ReuseFactory(owner=None, organization=organization),
        lambda organization: CommunityResourceFactory(owner=None, organization=organization),
        lambda organization: Topic.objects.create(name="T", organization=organization),
    ],
    ids=["dataset", "dataservice", "reuse", "community resource", "topic"],
)
def test_an_object_is_given_to_who_accepts_it(admin, make):
    subject, user = make(organization=admin.organization), UserFactory()
    transfer = ask(admin, subject, user)
    told = (transfer["status"], transfer["owner"]["id"], transfer["recipient"]["id"], transfer["user"]["id"])
    assert told == ("pending", admin.organization.pk, user.pk, admin.user.pk)
    assert (transfer["subject"]["class"], transfer["subject"]["id"]) == (type(subject).__name__, str(subject.pk))
    assert (transfer["responded"], transfer["reponse_comment"]) == (None, None)
    assert Notification.objects.get().user == user
    admin.force_authenticate(user)
    answer = respond(admin, transfer, comment="merci").json()
    assert (answer["status"], answer["reponse_comment"]) == ("accepted", "merci")
    assert answer["responded"]
    subject.refresh_from_db()
    assert (subject.owner_id, subject.organization_id) == (user.pk, None)
    assert not Notification.objects.unhandled().exists()


def test_an_organization_receives_through_its_administrators(admin):
    other = MemberFactory(role="admin")
    editor = MemberFactory(organization=other.organization, role="editor")
    Assignment.objects.create(organization=admin.organization, user=UserFactory(), subject=admin.dataset)
    transfer = ask(admin, admin.dataset, other.organization)
    admin.force_authenticate(editor.user)
    assert respond(admin, transfer).status_code == 404
    admin.force_authenticate(admin.user)
    assert respond(admin, transfer).status_code == 403
    admin.force_authenticate(other.user)
    assert respond(admin, transfer).status_code == 200
    admin.dataset.refresh_from_db()
    assert admin.dataset.organization_id == other.organization_id
    assert not Assignment.objects.exists()
    assert Activity.objects.get().changes == ["owner", "organization"]
    for organization, number in ((other.organization, 1), (admin.organization, 0)):
        organization.refresh_from_db()
        assert organization.metric_datasets == number


@pytest.mark.parametrize("first", ["accept", "refuse"])
def test_an_answer_is_given_once(admin, first):
    user = UserFactory()
    transfer = ask(admin, admin.dataset, user)
    admin.force_authenticate(user)
    respond(admin, transfer, first)
    admin.dataset.refresh_from_db()
    assert (admin.dataset.owner_id == user.pk) is (first == "accept")
    for again in ("accept", "refuse"):
        answer = respond(admin, transfer, again)
        message = {"message": "Cannot update transfer after accepting/refusing"}
        assert (answer.status_code, answer.json()) == (400, message)


@pytest.mark.parametrize("body", [{}, {"response": "maybe"}, {"response": None}, {"response": ["accept"]}])
def test_an_answer_is_yes_or_no(admin, body):
    user = UserFactory()
    transfer = ask(admin, admin.dataset, user)
    admin.force_authenticate(user)
    answer = admin.post(f"{URL}{transfer['id']}/", body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["response"])
    assert Transfer.objects.get().status == "pending"


def test_a_transfer_is_told_to_nobody_else(admin):
    """In udata anybody who knows its id reads it."""
    recipient = UserFactory()
    transfer = ask(admin, DatasetFactory(organization=admin.organization, draft=True), recipient)
    one = f"{URL}{transfer['id']}/"
    for user, code in ((UserFactory(), 404), (MemberFactory(organization=admin.organization).user, 404), (None, 404),
                       (recipient, 200), (admin.user, 200), (UserFactory(admin=True), 200)):  # fmt: skip
        admin.force_authenticate(user)
        assert admin.get(one).status_code == code
        listed = admin.get(f"{URL}?subject={transfer['subject']['id']}").json()
        assert [row["id"] for row in listed] == ([transfer["id"]] if code == 200 else [])
    admin.force_authenticate(UserFactory())
    assert respond(admin, transfer).status_code == 404
    admin.force_authenticate(None)
    assert respond(admin, transfer).status_code == 401


def test_lists_are_narrowed_and_need_a_subject_or_a_recipient(admin):
    user = UserFactory()
    transfer = ask(admin, admin.dataset, user)
    answer = admin.get(URL)
    assert (answer.status_code, answer.json()) == (
        400, {"message": "Please provide at least a `subject` or a `recipient`"},
    )  # fmt: skip
    for query, number in ((f"recipient={user.pk}", 1), (f"recipient={user.pk}&status=accepted", 0),
                          (f"subject={admin.dataset.pk}&subject_type=Dataset", 1), ("subject=%00zz", 0),
                          (f"subject={admin.dataset.pk}&subject_type=Reuse", 0), ("recipient=" + "x" * 500, 0),
                          (f"subject={admin.dataset.pk}&status=%00&subject_type=%00", 1)):  # fmt: skip
        assert len(admin.get(f"{URL}?{query}").json()) == number, query
    admin.force_authenticate(user)
    respond(admin, transfer)
    assert admin.get(f"{URL}?recipient={user.pk}").json() == []


@pytest.mark.parametrize(
    "change",
    [{"subject": None}, {"recipient": None}, {"comment": ""}, {"subject": {"class": "User", "id": "6" * 24}},
     {"subject": {"class": "CommunityResource", "id": "6" * 24}}, {"recipient": {"class": "Dataset", "id": "6" * 24}},
     {"recipient": {"class": "User", "id": "6" * 24}}, {"subject": {"class": "Dataset", "id": "zz"}}],
)  # fmt: skip
def test_a_transfer_names_an_object_and_somebody(admin, change):
    body = {"subject": reference(admin.dataset), "recipient": reference(UserFactory()), "comment": "c", **change}
    answer = admin.post(URL, body, format="json")
    assert answer.status_code == 400
    assert (set(answer.json()), list(answer.json()["errors"])) == ({"errors", "message"}, list(change))
    assert not Transfer.objects.exists()


def test_only_the_owner_gives_away(admin):
    user = UserFactory()
    own = DatasetFactory(organization=None, owner=user)
    ask(admin, own, admin.user, 403)
    admin.force_authenticate(MemberFactory(organization=admin.organization, role="editor").user)
    ask(admin, admin.dataset, user, 403)
    admin.force_authenticate(user)
    ask(admin, own, admin.organization, 201)
    assert Transfer.objects.count() == 1


def test_nothing_is_given_twice_nor_to_its_owner_nor_when_it_is_deleted(admin):
    assert list(ask(admin, admin.dataset, admin.organization, 400)["errors"]) == ["recipient"]
    ask(admin, admin.dataset, UserFactory())
    assert list(ask(admin, admin.dataset, UserFactory(), 400)["errors"]) == ["subject"]
    gone = DatasetFactory(organization=admin.organization, deleted=timezone.now())
    assert ask(admin, gone, UserFactory(), 410) == {"message": "Dataset has been deleted"}
    closed = OrganizationFactory(deleted=timezone.now())
    assert list(ask(admin, DatasetFactory(organization=admin.organization), closed, 400)["errors"]) == ["recipient"]


def test_what_was_purged_in_between_is_not_received(admin):
    user, topic = UserFactory(), Topic.objects.create(name="T", organization=admin.organization)
    transfer = ask(admin, topic, user)
    topic.delete()
    admin.force_authenticate(user)
    assert admin.get(f"{URL}{transfer['id']}/").status_code == 200
    assert respond(admin, transfer).status_code == 400
    assert Transfer.objects.get().status == "pending"
    assert respond(admin, transfer, "refuse").status_code == 200
