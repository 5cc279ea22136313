"""Notifications: each kind, made as it is made, and read in udata's form."""

import pytest

from catalog.models import LinkCheck, Notification
from catalog.models.notification import NotificationKind
from catalog.permissions import Actor
from catalog.services import badges, dataservices, discussions, membership, reuses, review, review_gate, transfers
from catalog.services.links import telling
from harvest import services as harvesting
from tests.catalog import factories

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize


@pytest.fixture
def reader():
    """An administrator of an organization and of the portal, who hears of everything."""
    return factories.UserFactory(admin=True)


@pytest.fixture
def organization(reader):
    return factories.MemberFactory(user=reader, role="admin").organization


def reuse_of(dataset, by):
    values = {
        "title": "R", "description": "D", "type": "api", "topic": "health", "url": "https://example.org/r",
        "datasets": [dataset],
    }  # fmt: skip
    return reuses.create(values, by=by, actor=Actor.of(by))


def ask_to_join(reader, organization, other):
    membership.ask(organization, by=other, comment="Please")


def be_accepted(reader, organization, other):
    foreign = factories.MemberFactory(role="admin")
    request, _new = membership.ask(foreign.organization, by=reader, comment="Please")
    membership.accept(request, by=foreign.user)


def be_refused(reader, organization, other):
    foreign = factories.MemberFactory(role="admin")
    request, _new = membership.ask(foreign.organization, by=reader, comment="Please")
    membership.refuse(request, by=foreign.user, comment="No")


def give_a_badge(reader, organization, other):
    badges.give(organization, "certified", by=reader)


def offer(reader, organization, other):
    transfers.ask(factories.DatasetFactory(organization=None, owner=other), organization, by=other, comment="C")


def discuss(reader, organization, other):
    values = {"subject": factories.DatasetFactory(organization=organization), "title": "T", "comment": "C"}
    discussions.start(values, by=other, actor=Actor.of(other))


def reuse(reader, organization, other):
    reuse_of(factories.DatasetFactory(organization=organization), other)


def serve(reader, organization, other):
    values = {"title": "S", "datasets": [factories.DatasetFactory(organization=organization)]}
    dataservices.create(values, by=other, actor=Actor.of(other))


def propose(reader, organization, other):
    values = {"name": "Remote", "url": "https://u:secret@example.org", "backend": "ckan"}
    harvesting.create(values, by=other, actor=Actor.of(other))


def submit(reader, organization, other):
    draft = factories.DatasetFactory(organization=organization, private=True)
    row = review.submit(draft, by=reader, actor=Actor.of(reader))
    boss = factories.UserFactory(admin=True)
    review.publish(row.pk, by=boss, seen=review_gate.mark_of(draft))


def break_links(reader, organization, other):
    dataset = factories.DatasetFactory(organization=organization)
    LinkCheck.objects.create(resource=factories.ResourceFactory(dataset=dataset), failures=3)
    telling.tell()


MAKERS = {
    "MembershipRequest": ask_to_join, "MembershipAccepted": be_accepted, "MembershipRefused": be_refused,
    "NewBadge": give_a_badge, "TransferRequest": offer, "Discussion": discuss, "ReuseCreated": reuse,
    "DataserviceCreated": serve, "ValidateHarvester": propose, "Review": submit, "BrokenLinks": break_links,
}  # fmt: skip
KEYS = {
    "MembershipRequest": {"request_organization", "request_user", "kind"},
    "MembershipAccepted": {"organization"},
    "MembershipRefused": {"organization"},
    "NewBadge": {"organization", "kind"},
    "TransferRequest": {"transfer_owner", "transfer_recipient", "transfer_subject"},
    "Discussion": {"discussion", "status", "message_id"},
    "ReuseCreated": {"reuse", "dataset"},
    "DataserviceCreated": {"dataservice", "dataset"},
    "ValidateHarvester": {"source", "status"},
    "Review": {"subject", "status"},
    "BrokenLinks": {"dataset", "number"},
}


@each("kind", NotificationKind.values)
def test_each_kind_has_udata_s_form(api, reader, organization, kind):
    MAKERS[kind](reader, organization, factories.UserFactory())
    api.force_authenticate(reader)
    page = api.get("/api/1/notifications/").json()
    (told,) = [one["details"] for one in page["data"] if one["details"]["class"] == f"{kind}NotificationDetails"]
    assert told.keys() == KEYS[kind] | {"class"}
    required = KEYS[kind] - {"message_id"}
    assert all(told[name] is not None for name in required), told


def test_what_was_made_and_of_which_dataset(api, reader, organization):
    dataset = factories.DatasetFactory(organization=organization)
    reuse_of(dataset, factories.UserFactory())
    api.force_authenticate(reader)
    details = api.get("/api/1/notifications/").json()["data"][0]["details"]
    assert (details["reuse"]["title"], details["reuse"]["class"]) == ("R", "Reuse")
    assert (details["dataset"]["id"], details["dataset"]["title"]) == (dataset.pk, dataset.title)


def test_each_publisher_hears_of_her_own_dataset_once():
    first, second = factories.MemberFactory(role="admin"), factories.MemberFactory(role="editor")
    factories.MemberFactory(organization=first.organization, role="partial_editor")
    owner, by = factories.UserFactory(), factories.UserFactory()
    mine = {
        first.user.pk: factories.DatasetFactory(organization=first.organization),
        second.user.pk: factories.DatasetFactory(organization=second.organization),
        owner.pk: factories.DatasetFactory(organization=None, owner=owner),
    }
    again = factories.DatasetFactory(organization=first.organization)
    values = {"title": "S", "datasets": [*mine.values(), again, factories.DatasetFactory(organization=None, owner=by)]}
    dataservices.create(values, by=by, actor=Actor.of(by))
    told = {row.user_id: row.details["dataset"] for row in Notification.objects.all()}
    assert told.keys() == mine.keys()
    assert {told[second.user.pk], told[owner.pk]} == {mine[second.user.pk].pk, mine[owner.pk].pk}
    assert told[first.user.pk] in {mine[first.user.pk].pk, again.pk}
    assert Notification.objects.count() == 3


def test_a_thing_that_became_a_draft_or_vanished_is_told_no_more(api, organization, reader):
    editor = factories.MemberFactory(organization=organization, role="editor").user
    dataset = factories.DatasetFactory(organization=organization)
    reuse = reuse_of(dataset, factories.UserFactory())
    reuse.private = True
    reuse.save()
    api.force_authenticate(editor)
    details = api.get("/api/1/notifications/").json()["data"][0]["details"]
    assert (details["reuse"], details["dataset"]["id"]) == (None, dataset.pk)
    Notification.objects.update(details={})
    assert api.get("/api/1/notifications/").json()["data"][0]["details"]["dataset"] is None


@each("kind", NotificationKind.values)
def test_a_notification_without_facts_is_no_error(api, reader, kind):
    Notification.objects.create(user=reader, kind=kind, details={})
    api.force_authenticate(reader)
    assert api.get("/api/1/notifications/").status_code == 200


def test_the_owner_of_a_source_hears_the_answer(api, reader):
    owner = factories.UserFactory()
    values = {"name": "Remote", "url": "https://example.org", "backend": "ckan"}
    source = harvesting.create(values, by=owner, actor=Actor.of(owner))
    harvesting.validate(source, state="accepted", comment="", by=reader)
    api.force_authenticate(owner)
    details = api.get("/api/1/notifications/").json()["data"][0]["details"]
    assert (details["status"], details["source"]["id"]) == ("accepted", source.pk)
    assert Notification.objects.get(user=reader).handled_at is not None
