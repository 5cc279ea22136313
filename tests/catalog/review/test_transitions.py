"""The way of a draft to its publication: each transition, by whom, and what happens at once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.utils import timezone

from catalog.models import AuditEntry, Dataservice, Dataset, Notification, Reuse, Review, TrustedOrganization
from catalog.permissions import Actor
from catalog.services import curation, dataservices, datasets, outbox, resources, reuses, review, review_gate
from portal.lib.errors import ServiceError
from portal.lib.writes.scope import scope
from tests.catalog import factories

pytestmark = pytest.mark.django_db
KINDS = [
    (factories.DatasetFactory, datasets),
    (factories.ReuseFactory, reuses),
    (factories.DataserviceFactory, dataservices),
]
each_kind = pytest.mark.parametrize(("make", "service"), KINDS)


@pytest.fixture
def curator():
    user = factories.UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_review"))
    return user


@pytest.fixture
def draft(member):
    return factories.DatasetFactory(organization=member.organization, private=True, title="Trees")


def submitted(draft, member, **options):
    return review.submit(draft, by=member.user, actor=Actor.of(member.user), **options)


def agree(row, curator):
    return review.publish(row.pk, by=curator, seen=review_gate.mark_of(row.subject), comment="Fine")


@each_kind
def test_an_editor_submits_instead_of_publishing(make, service, member):
    obj = make(organization=member.organization, owner=None, private=True)
    service.update(obj, {"private": False}, by=member.user, actor=Actor.of(member.user))
    obj.refresh_from_db()
    row = Review.objects.get()
    assert (obj.private, row.status, row.subject, row.submitted_by) == (True, "pending", obj, member.user)
    service.update(obj, {"private": False}, by=member.user, actor=Actor.of(member.user))
    assert Review.objects.count() == 1


@pytest.mark.parametrize(
    ("service", "values"),
    [
        (datasets, {"title": "T", "description": "D"}),
        (reuses, {"title": "T", "description": "D", "url": "https://example.org/r", "type": "api", "topic": "others"}),
        (dataservices, {"title": "T"}),
    ],
)
def test_what_is_new_begins_as_a_draft_in_review(service, values, member):
    given = {**values, "organization": member.organization}
    made = service.create(given, by=member.user, actor=Actor.of(member.user))
    assert (made.private, Review.objects.get().subject) == (True, made)
    service.create(
        {**given, "private": True, "url": "https://example.org/s"}, by=member.user, actor=Actor.of(member.user)
    )
    assert Review.objects.count() == 1


def test_off_as_usual_everybody_publishes(settings, draft, member):
    settings.PUBLICATION_REVIEW = False
    datasets.update(draft, {"private": False}, by=member.user, actor=Actor.of(member.user))
    assert (draft.private, Review.objects.count()) == (False, 0)


def test_a_trusted_organization_publishes_at_once(draft, member):
    TrustedOrganization.objects.create(organization=member.organization)
    datasets.update(draft, {"private": False}, by=member.user, actor=Actor.of(member.user))
    assert (draft.private, Review.objects.count()) == (False, 0)


def test_what_is_published_already_stays_published(member):
    dataset = factories.DatasetFactory(organization=member.organization)
    datasets.update(dataset, {"title": "New", "private": False}, by=member.user, actor=Actor.of(member.user))
    assert (dataset.private, Review.objects.count()) == (False, 0)


def test_the_verb_of_the_lists_is_no_side_door(draft, member):
    chosen = Dataset.objects.filter(pk=draft.pk)
    with pytest.raises(ServiceError, match="curator"):
        curation.publish(chosen, by=member.user)
    assert review.submit_all(chosen, by=member.user) == 1
    assert Review.objects.get().status == "pending"


@each_kind
def test_a_curator_publishes_and_the_author_is_told(make, service, member, curator):
    obj = make(organization=member.organization, owner=None, private=True)
    row = agree(submitted(obj, member), curator)
    assert not type(obj).objects.get(pk=obj.pk).private
    assert (row.status, row.decided_by) == ("published", curator)
    told = Notification.objects.get(user=member.user)
    assert (told.kind, told.details["status"]) == ("Review", "published")
    while outbox.run_due():
        pass
    (message,) = [one for one in mail.outbox if one.to == [member.user.email]]
    assert "is published" in message.subject


def test_what_is_sent_back_says_why(draft, member, curator):
    row = submitted(draft, member)
    with pytest.raises(ServiceError, match="what has to be changed"):
        review.send_back(row.pk, by=curator, comment=" ")
    review.send_back(row.pk, by=curator, comment="No licence")
    row.refresh_from_db()
    assert (row.status, row.answer, draft.private) == ("returned", "No licence", True)
    while outbox.run_due():
        pass
    assert any("No licence" in one.body for one in mail.outbox if one.to == [member.user.email])
    again = submitted(draft, member)
    assert (again.status, again.pk != row.pk) == ("pending", True)


def test_of_two_curators_the_second_is_told(draft, member, curator):
    row = submitted(draft, member)
    agree(row, curator)
    for decide in (
        lambda: agree(row, factories.UserFactory(admin=True)),
        lambda: review.send_back(row.pk, by=curator, comment="No"),
    ):
        with pytest.raises(ServiceError, match="meanwhile"):
            decide()
    assert Notification.objects.filter(user=member.user).count() == 1


def test_a_draft_that_changed_under_the_curator_s_eyes_is_looked_at_again(draft, member, curator):
    row, seen = submitted(draft, member), review_gate.mark_of(draft)
    resources.create_many(draft, [{"title": "F", "url": "https://example.org/f.csv"}], by=member.user)
    with pytest.raises(ServiceError, match="changed since"):
        review.publish(row.pk, by=curator, seen=seen)
    assert Dataset.objects.get(pk=draft.pk).private


@pytest.mark.parametrize("role", ["stranger", "editor", "admin"])
def test_only_curators_decide(draft, member, role):
    row = submitted(draft, member)
    person = {
        "stranger": lambda: factories.UserFactory(),
        "editor": lambda: member.user,
        "admin": lambda: factories.MemberFactory(organization=member.organization, role="admin").user,
    }[role]()
    for decide in (lambda: agree(row, person), lambda: review.send_back(row.pk, by=person, comment="No")):
        with pytest.raises(ServiceError, match="curators"):
            decide()


def test_only_its_editors_submit_and_only_a_draft(draft, member):
    stranger = factories.UserFactory()
    with pytest.raises(ServiceError, match="may not"):
        review.submit(draft, by=stranger, actor=Actor.of(stranger))
    with pytest.raises(ServiceError, match="published already"):
        submitted(factories.DatasetFactory(organization=member.organization), member)
    with pytest.raises(ServiceError, match="deleted"):
        submitted(factories.DatasetFactory(organization=member.organization, private=True, gone=True), member)


def test_a_submission_is_withdrawn(draft, member):
    submitted(draft, member)
    review.withdraw(draft, by=member.user, actor=Actor.of(member.user))
    assert Review.objects.get().status == "withdrawn"
    with pytest.raises(ServiceError):
        review.withdraw(draft, by=member.user, actor=Actor.of(member.user))


def test_publishing_in_another_way_ends_the_review(draft, member, curator):
    submitted(draft, member)
    boss = factories.UserFactory(admin=True)
    curation.publish(Dataset.objects.filter(pk=draft.pk), by=boss)
    row = Review.objects.get()
    assert (row.status, row.decided_by) == ("published", boss)


def test_what_was_deleted_meanwhile_is_not_published(draft, member, curator):
    row = submitted(draft, member)
    datasets.delete(draft, by=member.user)
    with pytest.raises(ServiceError, match="deleted"):
        agree(row, curator)


def test_the_audit_log_has_a_word_for_each(draft, member, curator):
    with scope("web", actor_id=member.user.pk):
        row = submitted(draft, member)
    with scope("admin", actor_id=curator.pk):
        review.send_back(row.pk, by=curator, comment="No")
    with scope("web", actor_id=member.user.pk):
        row = submitted(draft, member)
    with scope("admin", actor_id=curator.pk):
        agree(row, curator)
    found = list(AuditEntry.objects.order_by("id").values_list("action", "kind"))
    assert found == [("submit", "Review"), ("send_back", "Review"), ("submit", "Review"), ("publish", "Dataset")]


class TestScheduled:
    """Publications at a date."""

    soon = timedelta(hours=1)

    def at(self):
        return timezone.now() + self.soon

    def test_a_date_without_a_review(self, settings, draft, member):
        settings.PUBLICATION_REVIEW = False
        row = review.schedule(draft, self.at(), by=member.user, actor=Actor.of(member.user))
        assert (row.status, review.publish_due(), draft.private) == ("scheduled", 0, True)
        assert review.publish_due(self.at()) == 1
        assert review.publish_due(self.at()) == 0
        assert not Dataset.objects.get(pk=draft.pk).private
        row.refresh_from_db()
        assert row.status == "published"

    def test_an_accepted_draft_waits_for_its_date(self, draft, member, curator):
        row = review.schedule(draft, self.at(), by=member.user, actor=Actor.of(member.user))
        assert row.status == "pending"
        assert agree(row, curator).status == "scheduled"
        assert (review.publish_due(self.at()), Dataset.objects.get(pk=draft.pk).private) == (1, False)
        told = Notification.objects.filter(user=member.user).values_list("details__status", flat=True)
        assert set(told) == {"scheduled", "published"}

    def test_what_changed_after_the_review_is_reviewed_again(self, draft, member, curator):
        row = agree(review.schedule(draft, self.at(), by=member.user, actor=Actor.of(member.user)), curator)
        datasets.update(draft, {"title": "Something else"}, by=member.user, actor=Actor.of(member.user))
        assert review.publish_due(self.at()) == 0
        row.refresh_from_db()
        assert (row.status, row.decided_by, Dataset.objects.get(pk=draft.pk).private) == ("pending", None, True)

    def test_a_curator_who_left_decides_nothing(self, draft, member, curator):
        row = agree(review.schedule(draft, self.at(), by=member.user, actor=Actor.of(member.user)), curator)
        curator.is_active = False
        curator.save()
        assert review.publish_due(self.at()) == 0
        row.refresh_from_db()
        assert row.status == "pending"

    def test_what_is_deleted_is_withdrawn(self, settings, draft, member):
        settings.PUBLICATION_REVIEW = False
        row = review.schedule(draft, self.at(), by=member.user, actor=Actor.of(member.user))
        datasets.delete(draft, by=member.user)
        assert review.publish_due(self.at()) == 0
        row.refresh_from_db()
        assert row.status == "withdrawn"

    @pytest.mark.parametrize("days", [-1, 0, 800])
    def test_a_date_that_is_past_or_too_far(self, draft, member, days):
        with pytest.raises(ServiceError) as refused:
            review.schedule(draft, timezone.now() + timedelta(days=days), by=member.user, actor=Actor.of(member.user))
        assert refused.value.field == "publish_at"

    def test_the_audit_log_tells_who_decided(self, settings, draft, member):
        settings.PUBLICATION_REVIEW = False
        review.schedule(draft, self.at(), by=member.user, actor=Actor.of(member.user))
        review.publish_due(self.at())
        (row,) = AuditEntry.objects.filter(action="publish")
        assert (row.kind, row.object_id, row.actor_id) == ("Dataset", draft.pk, member.user.pk)


def test_kinds_are_those_that_have_a_publication():
    assert set(review.SERVICES) == {Dataset, Reuse, Dataservice}
