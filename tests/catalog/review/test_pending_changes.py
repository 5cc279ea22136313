"""Edits of what is published: held, amended, compared, decided; what is public changes in nothing before."""

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.files.storage import default_storage
from django.utils import timezone
from reversion.models import Version

from catalog.models import (
    AuditEntry,
    Dataset,
    Notification,
    PendingChange,
    Resource,
    Reuse,
    TrustedOrganization,
    WaitingMail,
)
from catalog.permissions import Actor
from catalog.services import (
    curation,
    dataservices,
    datasets,
    outbox,
    pending_changes,
    resources,
    reuses,
    reverting,
    uploads,
)
from catalog.services.bulk import jobs, running
from catalog.services.history import revisions, states
from catalog.services.proposing import gate
from catalog.services.proposing.comparison import rows_of
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


def edit(obj, member, service=datasets, **values):
    service.update(obj, values, by=member.user, actor=Actor.of(member.user))
    return PendingChange.objects.about(obj).undecided().filter(author=member.user).first()


def agree(change, curator, **options):
    seen = pending_changes.mark_of(change, type(change.subject).objects.get(pk=change.subject_id))
    return pending_changes.approve(change.pk, by=curator, seen=seen, **options)


def state_of(obj):
    return states.take(type(obj).__name__, [obj.pk])[obj.pk]


def run():
    while outbox.run_due():
        pass


class TestHolding:
    @each_kind
    def test_an_edit_waits_and_what_is_public_stays(self, make, service, member):
        obj = make(organization=member.organization, owner=None, title="Trees")
        before, versions = state_of(obj), Version.objects.count()
        change = edit(obj, member, service, title="Bushes", tags=["green", "new-one"])
        assert (change.status, change.author) == ("pending", member.user)
        assert change.values == {"title": "Bushes", "tags": ["green", "new-one"]}
        assert change.base == {"title": "Trees", "tags": []}
        assert (state_of(obj), obj.title, Version.objects.count()) == (before, "Trees", versions)
        assert gate.was_held(obj)

    def test_a_further_edit_amends_it(self, dataset, member):
        edit(dataset, member, title="Bushes")
        change = edit(dataset, member, description="All the bushes.")
        assert change.values == {"title": "Bushes", "description": "All the bushes."}
        assert PendingChange.objects.count() == 1

    def test_what_is_put_back_is_withdrawn(self, dataset, member):
        change = edit(dataset, member, title="Bushes")
        assert edit(dataset, member, title="Trees") is None
        change.refresh_from_db()
        assert change.status == "withdrawn"

    def test_nothing_new_is_no_change(self, dataset, member):
        assert edit(dataset, member, title="Trees", private=False) is None
        assert not gate.was_held(dataset)

    def test_each_author_has_her_own(self, dataset, member):
        other = factories.MemberFactory(organization=member.organization)
        edit(dataset, member, title="Bushes")
        edit(dataset, other, title="Shrubs")
        assert sorted(one.values["title"] for one in PendingChange.objects.all()) == ["Bushes", "Shrubs"]

    @pytest.mark.parametrize("exempt", ["off", "trusted", "curator", "sysadmin"])
    def test_who_needs_no_review_writes_at_once(self, exempt, settings, dataset, member, curator):
        settings.PUBLICATION_REVIEW = exempt != "off"
        if exempt == "trusted":
            TrustedOrganization.objects.create(organization=member.organization)
        user = {"curator": curator, "sysadmin": factories.UserFactory(admin=True)}.get(exempt, member.user)
        datasets.update(dataset, {"title": "Bushes"}, by=user, actor=Actor.of(user))
        assert (Dataset.objects.get().title, PendingChange.objects.count()) == ("Bushes", 0)

    def test_a_draft_is_edited_at_once(self, member):
        draft = factories.DatasetFactory(organization=member.organization, private=True)
        assert edit(draft, member, title="Bushes") is None
        assert Dataset.objects.get().title == "Bushes"

    def test_to_take_it_back_or_into_the_archive_needs_nobody(self, dataset, member):
        edit(dataset, member, title="Bushes")
        edit(dataset, member, archived=timezone.now())
        dataset.refresh_from_db()
        assert (bool(dataset.archived), dataset.title) == (True, "Trees")
        edit(dataset, member, private=True)
        dataset.refresh_from_db()
        assert (dataset.private, dataset.title) == (True, "Trees")

    def test_restoring_is_no_side_door(self, dataset, member):
        datasets.delete(dataset, by=member.user)
        change = edit(dataset, member, deleted=None, title="Bushes")
        row = Dataset.objects.get()
        assert (bool(row.deleted), row.title, change.values["title"]) == (True, "Trees", "Bushes")
        datasets.update(dataset, {"deleted": None}, by=member.user, actor=Actor.of(member.user))
        row.refresh_from_db()
        assert (row.deleted, row.title) == (None, "Trees")

    def test_extras_wait_but_what_crawlers_write_does_not(self, dataset, member):
        file = factories.ResourceFactory(dataset=dataset, extras={})
        resources.set_extras(file, {"check:status": 200}, by=member.user)
        assert (Resource.objects.get().extras, PendingChange.objects.count()) == ({"check:status": 200}, 0)
        assert resources.set_extras(file, {"check:status": 404, "own": 1}, by=member.user) == {"check:status": 200}
        assert PendingChange.objects.get().values == {f"resources/{file.pk}/extras": {"own": 1}}
        assert datasets.set_extras(dataset, {"a": 1}, by=member.user) == dataset.extras == {}

    def test_links_of_a_reuse_wait(self, dataset, member):
        reuse = factories.ReuseFactory(organization=member.organization, owner=None)
        assert not reuses.add(reuse, "datasets", dataset, by=member.user)
        assert PendingChange.objects.get().values == {"datasets": [dataset.pk]}
        assert not reuse.datasets.exists()

    def test_reverting_waits_too(self, dataset, member, curator):
        with scope("web"):
            datasets.update(dataset, {"title": "Bushes"}, by=curator, actor=Actor.of(curator))
        first = revisions.of("Dataset", dataset.pk).last()
        assert reverting.revert(dataset, first, by=member.user, actor=Actor.of(member.user)) == []
        change = PendingChange.objects.get()
        assert (change.values, Dataset.objects.get().title) == ({"title": "Trees"}, "Bushes")
        agree(change, curator)
        assert Dataset.objects.get().title == "Trees"

    def test_many_at_once_are_refused(self, dataset, member):
        factories.LicenseFactory(id="lov2")
        job = jobs.ask(Dataset.objects.all(), "set_license", {"license": "lov2"}, by=member.user)
        running.work()
        job.refresh_from_db()
        assert (job.done, job.refused, Dataset.objects.get().license_id) == (0, 1, None)
        file = factories.ResourceFactory(dataset=dataset)
        with pytest.raises(ServiceError, match="curator"):
            curation.delete_files(Resource.objects.filter(pk=file.pk), by=member.user)


class TestFiles:
    def test_what_is_said_of_a_file_its_order_its_removal(self, dataset, member, curator):
        rows = [
            factories.ResourceFactory(dataset=dataset, title=title, position=rank) for rank, title in enumerate("AB")
        ]
        resources.update(rows[0], {"title": "First"}, by=member.user)
        assert (rows[0].title, gate.was_held(rows[0].dataset)) == ("A", True)
        resources.reorder(dataset, [(str(rows[1].pk), {}), (str(rows[0].pk), {})], by=member.user)
        resources.create(dataset, {"title": "C", "url": "https://example.org/c.csv"}, by=member.user)
        assert list(dataset.resources.order_by("position").values_list("title", flat=True)) == ["A", "B"]
        agree(PendingChange.objects.get(), curator)
        assert list(dataset.resources.order_by("position").values_list("title", flat=True)) == ["C", "B", "First"]
        dataset.refresh_from_db()
        assert dataset.resources_count == 3

    def test_a_removed_file_stays_until_then(self, dataset, member, curator):
        file = factories.ResourceFactory(dataset=dataset)
        resources.delete(file, by=member.user)
        assert (Resource.objects.count(), file.pk is not None) == (1, True)
        agree(PendingChange.objects.get(), curator)
        assert not Resource.objects.exists()

    def test_a_proposed_file_can_be_amended_by_its_author(self, dataset, member):
        row = resources.create(dataset, {"title": "C", "url": "https://example.org/c.csv"}, by=member.user)
        resources.update(row, {"title": "D"}, by=member.user)
        (value,) = PendingChange.objects.get().values.values()
        assert (value["title"], Resource.objects.count()) == ("D", 0)

    def test_an_uploaded_file_is_kept_for_the_decision(
        self, dataset, member, curator, django_capture_on_commit_callbacks
    ):
        for decide, is_kept in ((pending_changes.reject, False), (None, True)):
            stored = uploads.store([b"a;b\n1;2\n"], "t.csv", folder="t")
            row = uploads.add(dataset, stored, by=member.user)
            assert (row.title, Resource.objects.count()) == ("t.csv", 0)
            change = PendingChange.objects.to_review().get()
            with django_capture_on_commit_callbacks(execute=True):
                if decide:
                    decide(change.pk, by=curator, comment="No")
                else:
                    agree(change, curator)
            assert default_storage.exists(stored.name) is is_kept
        assert Resource.objects.get().file.name == stored.name


class TestDeciding:
    @each_kind
    def test_approval_writes_it_in_the_name_of_its_author(self, make, service, member, curator):
        obj = make(organization=member.organization, owner=None, title="Trees")
        with scope("web", actor_id=member.user.pk):
            change = edit(obj, member, service, title="Bushes", tags=["green"])
        assert list(AuditEntry.objects.values_list("action", "kind")) == [("propose", "PendingChange")]
        with scope("web", actor_id=curator.pk):
            agree(change, curator, comment="Fine")
        obj.refresh_from_db()
        assert (obj.title, [tag.name for tag in obj.tags.all()], obj.slug) == ("Bushes", ["green"], "bushes")
        last = revisions.of(type(obj).__name__, obj.pk).first()
        assert last.revision.user == member.user
        entry = AuditEntry.objects.exclude(action="propose").get()
        assert (entry.action, entry.actor_id, entry.object_id) == ("approve", curator.pk, obj.pk)
        assert set(entry.changes) >= {"title", "tags"}
        change.refresh_from_db()
        assert (change.status, change.decided_by, change.answer, change.applied) == ("approved", curator, "Fine", {})

    def test_amendments_are_the_curator_s(self, dataset, member, curator):
        change = edit(dataset, member, title="Bushes", description="Bad words", acronym="BUS")
        agree(change, curator, amended={"title": "Shrubs", "private": True}, choices={"acronym": "now"})
        dataset.refresh_from_db()
        assert (dataset.title, dataset.description, dataset.acronym, dataset.private) == (
            "Shrubs",
            "Bad words",
            "",
            False,
        )
        change.refresh_from_db()
        assert change.applied == {"title": "Shrubs", "description": "Bad words"}

    def test_nothing_newer_is_lost(self, dataset, member, curator):
        change = edit(dataset, member, title="Bushes", description="All the bushes.")
        datasets.update(dataset, {"title": "Oaks", "acronym": "O"}, by=curator, actor=Actor.of(curator))
        with pytest.raises(ServiceError, match="both sides"):
            agree(change, curator)
        (late,) = [row for row in rows_of(change) if row.is_overtaken]
        assert (late.key, late.base) == ("title", "Trees")
        agree(change, curator, choices={"title": "now"})
        dataset.refresh_from_db()
        assert (dataset.title, dataset.description, dataset.acronym) == ("Oaks", "All the bushes.", "O")

    def test_the_proposed_value_may_win(self, dataset, member, curator):
        change = edit(dataset, member, title="Bushes")
        datasets.update(dataset, {"title": "Oaks"}, by=curator, actor=Actor.of(curator))
        agree(change, curator, choices={"title": "proposed"})
        assert Dataset.objects.get().title == "Bushes"

    def test_what_changed_under_her_eyes_is_looked_at_again(self, dataset, member, curator):
        change = edit(dataset, member, title="Bushes")
        seen = pending_changes.mark_of(change, dataset)
        edit(dataset, member, title="Shrubs")
        with pytest.raises(ServiceError, match="changed since"):
            pending_changes.approve(change.pk, by=curator, seen=seen)
        assert Dataset.objects.get().title == "Trees"

    def test_sent_back_amended_and_resubmitted(self, dataset, member, curator):
        change = edit(dataset, member, title="Bushes")
        with pytest.raises(ServiceError, match="why"):
            pending_changes.send_back(change.pk, by=curator, comment=" ")
        pending_changes.send_back(change.pk, by=curator, comment="Which bushes?")
        assert edit(dataset, member, title="Bushes of the town").pk == change.pk
        change.refresh_from_db()
        assert (change.status, change.answer) == ("pending", "Which bushes?")
        pending_changes.send_back(change.pk, by=curator, comment="Still?")
        pending_changes.resubmit(change.pk, by=member.user, comment="Yes")
        change.refresh_from_db()
        assert (change.status, change.comment) == ("pending", "Yes")

    def test_rejected_or_withdrawn_is_over(self, dataset, member, curator):
        change = edit(dataset, member, title="Bushes")
        pending_changes.reject(change.pk, by=curator, comment="No")
        second = edit(dataset, member, title="Shrubs")
        assert second.pk != change.pk
        pending_changes.withdraw(second.pk, by=member.user)
        for decide in (
            lambda: agree(second, curator),
            lambda: pending_changes.reject(change.pk, by=curator, comment="No"),
            lambda: pending_changes.withdraw(second.pk, by=member.user),
        ):
            with pytest.raises(ServiceError):
                decide()
        assert Dataset.objects.get().title == "Trees"

    @pytest.mark.parametrize("role", ["stranger", "author", "admin"])
    def test_only_curators_decide(self, dataset, member, role):
        change = edit(dataset, member, title="Bushes")
        person = {
            "stranger": factories.UserFactory,
            "author": lambda: member.user,
            "admin": lambda: factories.MemberFactory(organization=member.organization, role="admin").user,
        }[role]()
        for decide in (
            lambda: agree(change, person),
            lambda: pending_changes.reject(change.pk, by=person, comment="No"),
            lambda: pending_changes.send_back(change.pk, by=person, comment="No"),
        ):
            with pytest.raises(ServiceError, match="Only curators"):
                decide()

    def test_a_deleted_object_is_not_written(self, dataset, member, curator):
        change = edit(dataset, member, title="Bushes")
        datasets.delete(dataset, by=curator)
        with pytest.raises(ServiceError, match="deleted"):
            agree(change, curator)

    def test_an_address_that_somebody_took_meanwhile(self, member, curator):
        reuse = factories.ReuseFactory(organization=member.organization, owner=None)
        change = edit(reuse, member, reuses, url="https://example.org/mine")
        factories.ReuseFactory(url="https://example.org/mine")
        with pytest.raises(ServiceError):
            agree(change, curator)
        assert Reuse.objects.get(pk=reuse.pk).url != "https://example.org/mine"


class TestTelling:
    def test_curators_are_told_once_and_mailed_together(self, dataset, member, curator):
        edit(dataset, member, title="Bushes")
        change = edit(dataset, member, title="Shrubs")
        run()
        told = Notification.objects.filter(user=curator)
        assert [one.details["status"] for one in told] == ["proposed"]
        assert (len(mail.outbox), WaitingMail.objects.filter(user=curator, kind="review").count()) == (0, 1)
        pending_changes.withdraw(change.pk, by=member.user)
        assert not told.unhandled().exists()

    @pytest.mark.parametrize(
        ("decide", "word"),
        [
            (lambda change, by: agree(change, by, comment="Well said"), "published"),
            (lambda change, by: pending_changes.send_back(change.pk, by=by, comment="Well said"), "sent back"),
            (lambda change, by: pending_changes.reject(change.pk, by=by, comment="Well said"), "rejected"),
        ],
    )
    def test_the_author_hears_what_was_decided(self, dataset, member, curator, decide, word):
        change = edit(dataset, member, title="Bushes")
        decide(change, curator)
        run()
        told = Notification.objects.get(user=member.user)
        assert told.details["change"] == str(change.pk)
        (message,) = [one for one in mail.outbox if one.to == [member.user.email]]
        assert (word in message.subject, "Well said" in message.body) == (True, True)
