"""Pending changes in the API, in the administration and on the publisher's pages."""

import pytest
from django.contrib.auth.models import Permission

from catalog.models import AuditEntry, Dataset, PendingChange, Resource
from catalog.permissions import Actor
from catalog.services import datasets, pending_changes
from tests.catalog import factories

pytestmark = pytest.mark.django_db
QUEUE = "/admin/catalog/pendingchange/"


@pytest.fixture
def curator(client):
    user = factories.UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_review"))
    client.force_login(user)
    return user


@pytest.fixture
def change(dataset, member):
    values = {"title": "Bushes", "description": "All <b>the</b> bushes.", "tags": ["green"]}
    datasets.update(dataset, values, by=member.user, actor=Actor.of(member.user))
    return PendingChange.objects.get()


def page_of(row):
    return f"{QUEUE}{row.pk}/change/"


def decided(client, row, decision, **body):
    seen = pending_changes.mark_of(row, type(row.subject).objects.get(pk=row.subject_id))
    return client.post(page_of(row), {"seen": seen, "decision": decision, **body})


class TestApi:
    def test_the_public_object_comes_back_unchanged(self, api, dataset, member):
        api.force_authenticate(member.user)
        before = api.get(f"/api/1/datasets/{dataset.pk}/").json()
        answer = api.put(f"/api/1/datasets/{dataset.pk}/", {"title": "Bushes"}, format="json")
        assert (answer.status_code, answer["Publication-Status"]) == (200, "in-review")
        assert answer.json() == before == api.get(f"/api/1/datasets/{dataset.pk}/").json()
        assert (PendingChange.objects.get().subject, AuditEntry.objects.count()) == (dataset, 1)

    @pytest.mark.parametrize("kind", ["reuses", "dataservices"])
    def test_so_do_reuses_and_dataservices(self, api, member, kind):
        make = {"reuses": factories.ReuseFactory, "dataservices": factories.DataserviceFactory}[kind]
        obj = make(organization=member.organization, owner=None, title="Trees")
        api.force_authenticate(member.user)
        write = api.patch if kind == "dataservices" else api.put
        answer = write(f"/api/1/{kind}/{obj.pk}/", {"title": "Bushes"}, format="json")
        assert (answer.status_code, answer["Publication-Status"], answer.json()["title"]) == (200, "in-review", "Trees")

    def test_a_whole_document_sent_back_is_no_change(self, api, dataset, member):
        api.force_authenticate(member.user)
        document = api.get(f"/api/1/datasets/{dataset.pk}/").json()
        answer = api.put(f"/api/1/datasets/{dataset.pk}/", document, format="json")
        assert (answer.status_code, "Publication-Status" in answer) == (200, False)
        assert not PendingChange.objects.exists()

    def test_files_in_all_their_ways(self, api, dataset, member):
        api.force_authenticate(member.user)
        file = factories.ResourceFactory(dataset=dataset, title="A")
        root = f"/api/1/datasets/{dataset.pk}/resources/"
        new = {"title": "B", "url": "https://example.org/b.csv", "filetype": "remote", "type": "main"}
        for answer, status in (
            (api.put(f"{root}{file.pk}/", {"title": "Z"}, format="json"), 200),
            (api.post(root, new, format="json"), 201),
            (api.put(root, [{"id": str(file.pk)}], format="json"), 400),  # the proposed one is not named
            (api.delete(f"{root}{file.pk}/"), 204),
        ):
            assert answer.status_code == status
            assert answer.get("Publication-Status") == (None if status == 400 else "in-review")
        assert list(dataset.resources.values_list("title", flat=True)) == ["A"]
        assert len(PendingChange.objects.get().values) == 2

    def test_extras_add_up(self, api, dataset, member):
        api.force_authenticate(member.user)
        for key in "ab":
            answer = api.put(f"/api/2/datasets/{dataset.pk}/extras/", {key: 1}, format="json")
            assert (answer.json(), answer["Publication-Status"]) == ({}, "in-review")
        assert PendingChange.objects.get().values == {"extras": {"a": 1, "b": 1}}


class TestAdministration:
    def test_the_queue_and_the_tile(self, client, curator, change):
        assert "Bushes" not in client.get(QUEUE).content.decode()
        assert "Trees" in client.get(QUEUE).content.decode()
        desk = client.get("/admin/").content.decode()
        assert "Changes to review" in desk

    def test_side_by_side_and_approved(self, client, curator, change, member):
        page = client.get(page_of(change)).content.decode()
        assert "<b>the" not in page
        for text in ("<del>", "<ins>", "Published now", "Approve as amended", str(member.user)):
            assert text in page
        assert decided(client, change, "approve")["Location"] == QUEUE
        assert Dataset.objects.get().title == "Bushes"
        assert AuditEntry.objects.filter(action="approve", origin="admin", actor_id=curator.pk).count() == 1
        assert "Approved" in client.get(page_of(change)).content.decode()

    def test_approved_as_amended(self, client, curator, change):
        keys = ["title", "description", "tags"]
        body = {f"value-{rank}": value for rank, value in enumerate(["Shrubs", "All the shrubs.\r\n", "green"])}
        answer = decided(client, change, "amend", **body, **{f"leave-{keys.index('tags')}": "on"})
        assert answer.status_code == 302
        dataset = Dataset.objects.get()
        assert (dataset.title, dataset.description.strip(), dataset.tags.count()) == ("Shrubs", "All the shrubs.", 0)
        assert "Left out by the curator" in client.get(page_of(change)).content.decode()

    def test_an_impossible_amendment_is_told(self, client, curator, change):
        answer = decided(client, change, "amend", **{"value-0": "x" * 400, "value-1": "D", "value-2": "green"})
        assert (answer.status_code, Dataset.objects.get().title) == (400, "Trees")

    @pytest.mark.parametrize(("decision", "status"), [("return", "returned"), ("reject", "rejected")])
    def test_sent_back_and_rejected_with_words(self, client, curator, change, decision, status):
        assert decided(client, change, decision).status_code == 400
        assert decided(client, change, decision, comment="No").status_code == 302
        change.refresh_from_db()
        assert (change.status, change.answer) == (status, "No")

    def test_a_conflict_is_shown_and_asks_for_a_choice(self, client, curator, change, dataset):
        datasets.update(dataset, {"title": "Oaks"}, by=curator, actor=Actor.of(curator))
        page = client.get(page_of(change)).content.decode()
        assert ("changed on both sides" in page, 'type="radio"' in page) == (True, True)
        assert decided(client, change, "approve").status_code == 400
        assert Dataset.objects.get().title == "Oaks"
        assert decided(client, change, "approve", **{"choice-0": "now"}).status_code == 302
        assert (Dataset.objects.get().title, Dataset.objects.get().tags.count()) == ("Oaks", 1)

    @pytest.mark.parametrize("role", ["editor", "admin"])
    def test_members_do_not_enter(self, client, change, member, role):
        client.force_login(factories.MemberFactory(organization=member.organization, role=role).user)
        assert client.get(QUEUE).status_code == 403
        assert decided(client, change, "approve").status_code == 403

    def form_of(self, client, address):
        """Return what a browser would send back of the form at this address."""
        page = client.get(address)
        found = {"badges-TOTAL_FORMS": 0, "badges-INITIAL_FORMS": 0}
        for part in (page.context["adminform"].form, *[one.formset for one in page.context["inline_admin_formsets"]]):
            forms = [part] if not hasattr(part, "management_form") else [part.management_form, *part.forms]
            for form in forms:
                for bound in form:
                    value = bound.value()
                    if value is not None and value is not False:
                        found[bound.html_name] = "on" if value is True else value
        return found

    def test_the_form_of_an_editor_proposes(self, client, dataset, member):
        file = factories.ResourceFactory(dataset=dataset, title="A", url="https://example.org/a.csv")
        client.force_login(member.user)
        address = f"/admin/catalog/dataset/{dataset.pk}/change/"
        body = self.form_of(client, address) | {"title": "Bushes", "resources-0-title": "Z"}
        answer = client.post(address, body, follow=True)
        assert "waits for a curator" in answer.content.decode()
        assert (Dataset.objects.get().title, Resource.objects.get().title) == ("Trees", "A")
        found = PendingChange.objects.get().values
        assert (found["title"], found[f"resources/{file.pk}/title"]) == ("Bushes", "Z")
        assert AuditEntry.objects.count() == 1
        page = client.get(address).content.decode()
        assert ('value="Bushes"' in page, "You see what you proposed" in page) == (True, True)
        assert Dataset.objects.get().title == "Trees"
        client.post(address, self.form_of(client, address) | {"acronym": "B"})
        assert PendingChange.objects.get().values.keys() == {"title", "acronym", f"resources/{file.pk}/title"}

    def test_a_file_alone_is_held_and_moved_nowhere(self, client, dataset, member):
        file = factories.ResourceFactory(dataset=dataset, title="A", url="https://example.org/a.csv")
        draft = factories.DatasetFactory(organization=member.organization, private=True)
        client.force_login(member.user)
        address = f"/admin/catalog/resource/{file.pk}/change/"
        body = self.form_of(client, address) | {"title": "Z"}
        assert client.post(address, body).status_code == 302
        assert PendingChange.objects.get().values == {f"resources/{file.pk}/title": "Z"}
        assert "A curator has to agree" in client.post(address, body | {"dataset": draft.pk}).content.decode()
        assert "A curator has to agree" in client.post("/admin/catalog/resource/add/", body).content.decode()
        assert (Resource.objects.get().title, Resource.objects.get().dataset) == ("A", dataset)


class TestPages:
    @pytest.fixture(autouse=True)
    def signed_in(self, client, member):
        client.force_login(member.user)

    def test_the_form_shows_what_was_proposed(self, client, dataset, change):
        page = client.get(f"/publish/datasets/{dataset.pk}/describe/").content.decode()
        assert ('value="Bushes"' in page, "You see what you proposed" in page) == (True, True)
        assert "Trees" in client.get(f"/datasets/{dataset.slug}/").content.decode()

    def test_saving_says_that_it_waits(self, client, dataset):
        address = f"/publish/datasets/{dataset.pk}/coverage/"
        answer = client.post(address, {"temporal_start": "2020-01-01", "temporal_end": "2020-12-31"}, follow=True)
        assert "Your change waits for a curator" in answer.content.decode()
        assert 'value="2020-01-01"' in answer.content.decode()
        assert PendingChange.objects.get().values == {"temporal_start": "2020-01-01", "temporal_end": "2020-12-31"}

    def test_files(self, client, dataset):
        client.post(f"/publish/datasets/{dataset.pk}/files/", {"url": "https://example.org/new.csv"})
        (key,) = PendingChange.objects.get().values
        file = f"/publish/datasets/{dataset.pk}/files/{key.split('/')[1]}/"
        assert file in client.get(f"/publish/datasets/{dataset.pk}/files/").content.decode()
        body = {"title": "Renamed", "type": "main", "url": "https://example.org/new.csv", "format": "csv"}
        assert client.post(file, body).status_code == 302
        assert PendingChange.objects.get().values[key]["title"] == "Renamed"
        client.post(file, {"action": "delete"})
        assert (PendingChange.objects.get().status, Resource.objects.count()) == ("withdrawn", 0)

    def test_the_desk_and_the_answer(self, client, change):
        assert "Your changes that wait" in client.get("/publish/").content.decode()
        pending_changes.send_back(change.pk, by=factories.UserFactory(admin=True), comment="Which <i>bushes</i>?")
        page = client.get(f"/publish/changes/{change.pk}/").content.decode()
        assert ("Which &lt;i&gt;bushes" in page, "<ins>" in page) == (True, True)
        client.post(f"/publish/changes/{change.pk}/", {"action": "resubmit", "comment": "These"})
        change.refresh_from_db()
        assert (change.status, change.comment) == ("pending", "These")
        client.post(f"/publish/changes/{change.pk}/", {"action": "withdraw"})
        change.refresh_from_db()
        assert change.status == "withdrawn"
        assert client.post(f"/publish/changes/{change.pk}/", {"action": "withdraw"}).status_code == 400

    def test_others_do_not_see_it(self, client, change):
        client.force_login(factories.UserFactory())
        assert client.get(f"/publish/changes/{change.pk}/").status_code == 404

    def test_a_reuse_s_form(self, client, member):
        reuse = factories.ReuseFactory(organization=member.organization, owner=None, title="Trees")
        body = {"title": "Bushes", "url": reuse.url, "type": reuse.type, "topic": reuse.topic, "description": "D",
                "organization": member.organization_id}  # fmt: skip
        assert client.post(f"/publish/reuses/{reuse.pk}/", body).status_code == 302
        assert PendingChange.objects.get().values["title"] == "Bushes"
        assert 'value="Bushes"' in client.get(f"/publish/reuses/{reuse.pk}/").content.decode()
