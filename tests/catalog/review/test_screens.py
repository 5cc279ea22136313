"""Reviews in the administration, on the publisher's pages and in the API."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from catalog.models import AuditEntry, Dataset, Review, TrustedOrganization
from catalog.permissions import Actor
from catalog.services import datasets, review, review_gate
from tests.catalog import factories

pytestmark = pytest.mark.django_db
QUEUE = "/admin/catalog/review/"


@pytest.fixture
def draft(member):
    return factories.DatasetFactory(
        organization=member.organization,
        private=True,
        title="Trees of the town",
        description="# All\n<script>x</script>",
    )


@pytest.fixture
def curator(client):
    user = factories.UserFactory(is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["change_review", "view_review"]))
    client.force_login(user)
    return user


@pytest.fixture
def submission(draft, member):
    return review.submit(draft, by=member.user, actor=Actor.of(member.user), comment="Ready")


def page_of(row):
    return f"{QUEUE}{row.pk}/change/"


def decided(client, row, decision, **body):
    body = {"seen": review_gate.mark_of(row.subject), "decision": decision, **body}
    return client.post(page_of(row), body)


class TestAdministration:
    def test_the_queue_shows_what_waits(self, client, curator, submission):
        Review.objects.create(subject=factories.DatasetFactory(title="Done"), status="returned")
        page = client.get(QUEUE).content.decode()
        assert ("Trees of the town" in page, "Done" in page) == (True, False)
        page = client.get(f"{QUEUE}?status=all").content.decode()
        assert "Done" in page

    def test_the_page_has_all_that_helps_to_decide(self, client, curator, submission, draft):
        page = client.get(page_of(submission)).content.decode()
        for text in ("Ready", "dcat:contactPoint", "Quality of the metadata", "never been public", draft.title):
            assert text in page
        assert "<script>x" not in page

    def test_it_tells_what_changed_since_it_was_public(self, client, curator, member):
        boss = factories.UserFactory(admin=True)
        client.force_login(boss)
        dataset = factories.DatasetFactory(organization=member.organization, title="Old name")
        client.post(f"/admin/catalog/dataset/{dataset.pk}/verb/unpublish/")
        dataset.refresh_from_db()
        datasets.update(dataset, {"title": "New name"}, by=member.user, actor=Actor.of(member.user))
        row = review.submit(dataset, by=member.user, actor=Actor.of(member.user))
        page = client.get(page_of(row)).content.decode()
        assert "Old" in page
        assert "never been public" not in page

    def test_a_curator_publishes(self, client, curator, submission, draft):
        answer = decided(client, submission, "publish")
        assert answer["Location"] == QUEUE
        assert not Dataset.objects.get(pk=draft.pk).private
        assert AuditEntry.objects.filter(action="publish", origin="admin", actor_id=curator.pk).count() == 1

    def test_a_curator_sends_back_with_words(self, client, curator, submission):
        assert decided(client, submission, "return").status_code == 400
        assert decided(client, submission, "return", comment="Add a licence").status_code == 302
        submission.refresh_from_db()
        assert (submission.status, submission.answer) == ("returned", "Add a licence")
        assert AuditEntry.objects.filter(action="send_back", object_id=str(submission.pk)).count() == 1

    def test_a_stale_page_decides_nothing(self, client, curator, submission, draft):
        answer = decided(client, submission, "publish", seen="0" * 40, comment="Fine words")
        assert answer.status_code == 400
        assert "Fine words" in answer.content.decode()
        assert Dataset.objects.get(pk=draft.pk).private

    def test_who_only_looks_does_not_decide(self, client, submission):
        user = factories.UserFactory(is_staff=True)
        user.user_permissions.add(Permission.objects.get(codename="view_review"))
        client.force_login(user)
        assert 'name="decision"' not in client.get(page_of(submission)).content.decode()
        assert decided(client, submission, "publish").status_code == 403

    @pytest.mark.parametrize("role", ["editor", "admin"])
    def test_members_do_not_enter(self, client, submission, member, role):
        client.force_login(factories.MemberFactory(organization=member.organization, role=role).user)
        assert client.get(QUEUE).status_code == 403
        assert decided(client, submission, "publish").status_code == 403

    def test_an_editor_s_button_submits(self, client, member, draft):
        client.force_login(member.user)
        address = f"/admin/catalog/dataset/{draft.pk}"
        page = client.get(f"{address}/change/").content.decode()
        assert ("verb/submit/" in page, "verb/publish/" in page) == (True, False)
        client.post(f"{address}/verb/publish/")
        assert not Review.objects.exists()
        client.post(f"{address}/verb/submit/")
        assert Review.objects.get().submitted_by == member.user
        page = client.get(f"{address}/change/").content.decode()
        assert ("In review since" in page, "verb/submit/" in page) == (True, False)
        assert draft.title in client.get("/admin/catalog/dataset/?state=review").content.decode()

    def test_a_new_object_begins_as_a_draft(self, client, member):
        client.force_login(member.user)
        body = {
            "title": "New", "url": "https://example.org/new", "type": "api", "topic": "others", "extras": "{}",
            "description": "D", "organization": member.organization_id,
        }  # fmt: skip
        answer = client.post("/admin/catalog/reuse/add/", body)
        assert answer.status_code == 302, answer.context["errors"]
        row = Review.objects.get()
        assert (row.subject.title, row.subject.private) == ("New", True)

    def test_trust_is_given_by_curators(self, client, member):
        organization = member.organization
        body = {
            "name": organization.name, "description": "D", "extras": "{}", "members-TOTAL_FORMS": 0,
            "members-INITIAL_FORMS": 0, "badges-TOTAL_FORMS": 0, "badges-INITIAL_FORMS": 0, "trust-TOTAL_FORMS": 1,
            "trust-INITIAL_FORMS": 0, "trust-0-organization": organization.pk,
        }  # fmt: skip
        member.role = "admin"
        member.save()
        for person, given in ((member.user, 0), (factories.UserFactory(admin=True), 1)):
            client.force_login(person)
            client.post(f"/admin/catalog/organization/{organization.pk}/change/", body)
            assert TrustedOrganization.objects.count() == given


class TestPages:
    def send(self, client, draft, action, **body):
        return client.post(f"/publish/datasets/{draft.pk}/check/", {"action": action, **body})

    def test_publish_becomes_submit(self, client, member, draft):
        client.force_login(member.user)
        assert "Submit for review" in client.get(f"/publish/datasets/{draft.pk}/check/").content.decode()
        self.send(client, draft, "publish", comment="Please")
        row = Review.objects.get()
        assert (row.status, row.comment, Dataset.objects.get(pk=draft.pk).private) == ("pending", "Please", True)
        page = client.get(f"/publish/datasets/{draft.pk}/check/").content.decode()
        assert "stays a draft until then" in page
        self.send(client, draft, "withdraw")
        row.refresh_from_db()
        assert row.status == "withdrawn"

    def test_what_was_sent_back_shows_why(self, client, member, draft, submission):
        review.send_back(submission.pk, by=factories.UserFactory(admin=True), comment="No <b>licence</b>")
        client.force_login(member.user)
        page = client.get(f"/publish/datasets/{draft.pk}/check/").content.decode()
        assert "No &lt;b&gt;licence" in page

    def test_without_a_review_a_date_is_kept(self, client, settings, member, draft):
        settings.PUBLICATION_REVIEW = False
        client.force_login(member.user)
        later = timezone.localtime() + timedelta(days=2)
        assert self.send(client, draft, "schedule", publish_at=f"{later:%Y-%m-%dT%H:%M}").status_code == 302
        row = Review.objects.get()
        assert (row.status, timezone.localtime(row.publish_at).replace(second=0, microsecond=0)) == (
            "scheduled", later.replace(second=0, microsecond=0),
        )  # fmt: skip
        assert review.publish_due(later + timedelta(hours=1)) == 1

    @pytest.mark.parametrize("text", ["", "soon", "2020-01-01T00:00", "2026-13-45T99:99"])
    def test_a_wrong_date_is_told(self, client, member, draft, text):
        client.force_login(member.user)
        answer = self.send(client, draft, "schedule", publish_at=text)
        assert (answer.status_code, Review.objects.count()) == (400, 0)

    def test_a_reuse_is_submitted_too(self, client, member):
        reuse = factories.ReuseFactory(organization=member.organization, owner=None, private=True)
        client.force_login(member.user)
        client.post(f"/publish/reuses/{reuse.pk}/", {"action": "publish"})
        assert Review.objects.get().subject == reuse


class TestApi:
    def put(self, api, draft, member):
        api.force_authenticate(member.user)
        return api.put(f"/api/1/datasets/{draft.pk}/", {"private": False}, format="json")

    def test_the_answer_says_that_it_waits(self, api, draft, member):
        answer = self.put(api, draft, member)
        assert (answer.status_code, answer.json()["private"]) == (200, True)
        assert answer["Publication-Status"] == "in-review"
        assert Review.objects.get().subject == draft

    def test_off_it_publishes_and_says_nothing(self, api, settings, draft, member):
        settings.PUBLICATION_REVIEW = False
        answer = self.put(api, draft, member)
        assert (answer.json()["private"], "Publication-Status" in answer) == (False, False)

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("datasets", {"title": "T", "description": "D"}),
            ("reuses", {"title": "T", "description": "D", "url": "https://e.org", "type": "api", "topic": "others"}),
            ("dataservices", {"title": "T"}),
        ],
    )
    def test_what_is_new_waits_too(self, api, member, path, body):
        api.force_authenticate(member.user)
        answer = api.post(f"/api/1/{path}/", {**body, "organization": member.organization_id}, format="json")
        assert (answer.status_code, answer["Publication-Status"]) == (201, "in-review")
        assert Review.objects.get().subject.pk == answer.json()["id"]

    def test_a_draft_that_is_only_edited_is_not_submitted(self, api, draft, member):
        api.force_authenticate(member.user)
        answer = api.put(f"/api/1/datasets/{draft.pk}/", {"title": "Other"}, format="json")
        assert ("Publication-Status" in answer, Review.objects.count()) == (False, 0)


class TestAfterSendingBack:
    def test_the_page_compares_with_what_was_sent_back(self, client, member, draft):
        row = review.submit(draft, by=member.user, actor=Actor.of(member.user))
        review.send_back(row.pk, by=factories.UserFactory(admin=True), comment="Which town?")
        client.force_login(member.user)
        client.post(f"/publish/datasets/{draft.pk}/describe/", {
            "title": "Trees of Brest", "description": "All of them.", "frequency": "unknown", "access_type": "open",
        })  # fmt: skip
        draft.refresh_from_db()
        row = review.submit(draft, by=member.user, actor=Actor.of(member.user))
        client.force_login(factories.UserFactory(admin=True))
        page = client.get(page_of(row)).content.decode()
        assert ("Since it was sent back" in page, "Which town?" in page, "When it was sent back" in page) == (True,) * 3
        assert "Brest</ins>" in page

    def test_a_curator_sets_a_date(self, client, curator, submission, draft):
        later = timezone.localtime() + timedelta(days=2)
        assert decided(client, submission, "publish", publish_at="soon").status_code == 400
        assert decided(client, submission, "publish", publish_at=f"{later:%Y-%m-%dT%H:%M}").status_code == 302
        submission.refresh_from_db()
        assert (submission.status, Dataset.objects.get(pk=draft.pk).private) == ("scheduled", True)
