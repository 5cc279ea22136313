"""Resources and community resources over the API: added, changed, ordered, removed, and hosted ones protected."""

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from catalog.models import Activity, CommunityResource, Dataset, Resource
from catalog.services import derivation, schema_catalog
from tests.catalog.factories import (
    CommunityResourceFactory,
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    ResourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

COMMUNITY = "/api/1/datasets/community_resources/"
REMOTE = {"title": "r", "url": "https://example.org/r.csv", "filetype": "remote"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def editor(api):
    member = MemberFactory(role="editor")
    api.force_authenticate(member.user)
    api.user, api.organization = member.user, member.organization
    api.dataset = DatasetFactory(organization=member.organization)
    return api


@pytest.fixture
def hosted(editor):
    row = ResourceFactory(dataset=editor.dataset, filetype="file", mime="text/csv", filesize=3)
    row.file.save("resources/a/t.csv", ContentFile(b"a;b"))
    return row


def path(dataset, resource=None, version=1):
    return f"/api/{version}/datasets/{dataset.pk}/resources/" + (f"{resource.pk}/" if resource else "")


def order(dataset):
    return [row.title for row in dataset.resources.all()]


def test_a_remote_resource_goes_before_the_others(editor):
    ResourceFactory(dataset=editor.dataset, title="old")
    answer = editor.post(path(editor.dataset), {**REMOTE, "title": "new", "format": " CSV "}, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert (json["filetype"], json["type"], json["format"]) == ("remote", "other", "csv")
    assert json["latest"].endswith(f"/api/1/datasets/r/{json['id']}")
    assert order(editor.dataset) == ["new", "old"]
    assert Activity.objects.get().extras == {"resource_id": json["id"], "resource_title": "new"}
    assert Dataset.objects.get(pk=editor.dataset.pk).resources_count == 2


@pytest.mark.parametrize("filetype", ["file", None, 3, ["remote"]])
def test_only_remote_resources_are_made_without_a_file(editor, filetype):
    answer = editor.post(path(editor.dataset), {**REMOTE, "filetype": filetype}, format="json")
    assert (answer.status_code, answer.json()) == (400, {"message": "This endpoint only supports remote resources"})
    assert not Resource.objects.exists()


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"title": ""}, {"title": ["This field may not be blank."]}),
        ({"url": "javascript:alert(1)"}, None),
        ({"url": None}, {"url": ["This field may not be null."]}),
        ({"filesize": -1}, {"filesize": ["Ensure this value is greater than or equal to 0."]}),
        ({"filesize": 2**63 - 1, "type": "zz"}, {"type": ['"zz" is not a valid choice.']}),
        ({"checksum": {"type": "sha1"}}, None),
        ({"checksum": {"type": "rot13", "value": "x"}}, None),
        ({"extras": "x"}, {"extras": ["Extras must be an object of keys and values."]}),
        ({"filetype": "zz"}, {"filetype": ['"zz" is not a valid choice.']}),
        ({"filetype": "file"}, {"filetype": ["Cannot change the filetype of an existing resource"]}),
        ({"schema": {"url": "nowhere"}}, None),
        ([], None),
    ],
)
def test_a_bad_change_is_refused_in_the_dialect_of_datasets(editor, body, errors):
    row = ResourceFactory(dataset=editor.dataset, title="before")
    answer = editor.put(path(editor.dataset, row), body, format="json")
    assert answer.status_code == 400, answer.content
    assert list(answer.json()) == ["errors"]
    assert errors is None or answer.json()["errors"] == errors
    row.refresh_from_db()
    assert (row.title, row.filetype) == ("before", "remote")


def test_a_change_keeps_what_it_does_not_name(editor):
    row = ResourceFactory(dataset=editor.dataset, type="main", extras={"k": 1}, description="d")
    body = {"title": "after", "checksum": {"type": "sha256", "value": "ff"}, "id": str(uuid4())}
    json = editor.put(path(editor.dataset, row), body, format="json").json()
    assert (json["title"], json["type"], json["extras"], json["id"]) == ("after", "main", {"k": 1}, str(row.pk))
    assert json["checksum"] == {"type": "sha256", "value": "ff"}
    assert Activity.objects.get().changes == ["title", "checksum"]


def test_a_resource_sent_back_as_it_was_read_is_no_change(editor, hosted):
    before = editor.get(path(editor.dataset, hosted)).json()
    assert editor.put(path(editor.dataset, hosted), before, format="json").json() == before
    assert not Activity.objects.exists()


def test_what_a_hosted_file_says_of_itself_is_protected_silently(editor, hosted):
    body = {"title": "t", "url": "https://evil.example.org/", "format": "exe", "mime": "text/html", "filesize": -5,
            "checksum": "nonsense"}  # fmt: skip
    before = editor.get(path(editor.dataset, hosted)).json()
    answer = editor.put(path(editor.dataset, hosted), body, format="json")
    assert answer.status_code == 200, answer.content
    json = answer.json()
    assert (json["title"], json["url"], json["format"], json["mime"], json["filesize"], json["checksum"]) == (
        "t", before["url"], "csv", "text/csv", 3, None,
    )  # fmt: skip


def test_a_hosted_file_goes_once_the_deletion_is_certain(editor, hosted, django_capture_on_commit_callbacks):
    storage, name = hosted.file.storage, hosted.file.name
    with django_capture_on_commit_callbacks() as callbacks:
        assert editor.delete(path(editor.dataset, hosted)).status_code == 204
    assert storage.exists(name)
    for callback in callbacks:
        callback()
    assert not storage.exists(name)
    assert editor.delete(path(editor.dataset, hosted)).status_code == 404
    assert Activity.objects.get().key == "dataset:resource:deleted"


def test_resources_are_ordered_and_changed_in_passing(editor):
    rows = {name: ResourceFactory(dataset=editor.dataset, title=name) for name in "abc"}
    body = [{"id": str(rows["c"].pk)}, {"id": str(rows["a"].pk), "title": "A"}, str(rows["b"].pk)]
    answer = editor.put(path(editor.dataset), body, format="json")
    assert [one["title"] for one in answer.json()] == order(editor.dataset) == ["c", "A", "b"]


@pytest.mark.parametrize(
    ("choose", "answer"),
    [
        (lambda a, b: [a], {"message": "All resources must be reordered, you provided 1 out of 2"}),
        (lambda a, b: [], {"message": "All resources must be reordered, you provided 0 out of 2"}),
        (lambda a, b: [a, a], {"message": "All resources must be reordered, you provided 1 out of 2"}),
        (lambda a, b: [a, b, a], {"message": "All resources must be reordered, you provided 2 out of 2"}),
        (lambda a, b: [a, {"id": "zz"}], {"errors": {"resources": ["Unknown resource: zz"]}}),
        (lambda a, b: [a, {}], {"errors": {"resources": ["Unknown resource: None"]}}),
        (lambda a, b: [b, {**a, "filetype": "file"}], None),
        (lambda a, b: {"0": a}, {"errors": {"request": "expecting a JSON array"}}),
    ],
)
def test_an_order_names_every_resource_once(editor, choose, answer):
    rows = [{"id": str(ResourceFactory(dataset=editor.dataset, title=name, position=n).pk)}
            for n, name in enumerate("ab")]  # fmt: skip
    found = editor.put(path(editor.dataset), choose(*rows), format="json")
    assert found.status_code == 400
    assert answer is None or found.json() == answer
    assert order(editor.dataset) == ["a", "b"]


def test_resources_inside_a_dataset_keep_their_ids_and_what_is_not_named(editor, hosted):
    kept = ResourceFactory(dataset=editor.dataset, title="kept", type="main", position=9)
    gone = ResourceFactory(dataset=editor.dataset)
    url = editor.get(path(editor.dataset, hosted)).json()["url"]
    body = {"resources": [{"id": str(kept.pk), "title": "K"}, REMOTE, {"id": str(hosted.pk), "url": "https://e.org/"}]}
    json = editor.put(f"/api/1/datasets/{editor.dataset.pk}/", body, format="json").json()
    assert [one["title"] for one in json["resources"]] == ["K", "r", hosted.title]
    assert (json["resources"][0]["id"], json["resources"][0]["type"]) == (str(kept.pk), "main")
    assert (json["resources"][2]["id"], json["resources"][2]["url"]) == (str(hosted.pk), url)
    assert not Resource.objects.filter(pk=gone.pk).exists()


@pytest.mark.parametrize(
    ("entries", "errors"),
    [
        ([{}, REMOTE], [{"title": ["This field is required."], "url": ["This field is required."]}, {}]),
        (["x"], [{"title": ["This field is required."], "url": ["This field is required."]}]),
        ("x", ["Expected a list."]),
        ([REMOTE, {**REMOTE, "type": "zz"}], [{}, {"type": ['"zz" is not a valid choice.']}]),
    ],
)
def test_bad_resources_inside_a_dataset_change_nothing(editor, entries, errors):
    row = ResourceFactory(dataset=editor.dataset)
    body = {"title": "after", "resources": entries}
    for answer in (
        editor.put(f"/api/1/datasets/{editor.dataset.pk}/", body, format="json"),
        editor.post("/api/1/datasets/", {**body, "description": "d"}, format="json"),
    ):
        assert (answer.status_code, answer.json()) == (400, {"errors": {"resources": errors}})
    assert list(Dataset.objects.get().resources.all()) == [row]


def test_a_strangers_resource_is_not_taken_by_naming_its_id(editor):
    theirs = ResourceFactory()
    body = {"resources": [{**REMOTE, "id": str(theirs.pk)}]}
    json = editor.put(f"/api/1/datasets/{editor.dataset.pk}/", body, format="json").json()
    assert json["resources"][0]["id"] != str(theirs.pk)
    theirs.refresh_from_db()
    assert theirs.dataset_id != editor.dataset.pk


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_the_resource_of_another_dataset_is_not_found_in_this_one(editor, method):
    other = ResourceFactory(dataset=DatasetFactory(organization=editor.organization))
    for key in (other.pk, uuid4(), "not-a-uuid"):
        answer = getattr(editor, method)(f"{path(editor.dataset)}{key}/", {}, format="json")
        assert answer.status_code == 404
    assert Resource.objects.filter(pk=other.pk).exists()


def test_nothing_is_written_in_a_deleted_dataset(editor):
    row = ResourceFactory(dataset=editor.dataset)
    Dataset.objects.update(deleted=timezone.now())
    one = path(editor.dataset, row)
    extras = f"{path(editor.dataset, row, 2)}extras/"
    answers = [editor.post(path(editor.dataset), REMOTE, format="json"), editor.put(path(editor.dataset), [], "json"),
               editor.put(one, {}, format="json"), editor.delete(one), editor.put(extras, {}, format="json"),
               editor.post(f"/api/1/datasets/{editor.dataset.pk}/upload/")]  # fmt: skip
    assert {answer.status_code for answer in answers} == {410}
    assert {answer.json()["message"] for answer in answers} == {"Dataset has been deleted"}


def test_extras_are_merged_and_their_keys_removed(editor):
    row = ResourceFactory(dataset=editor.dataset, extras={"a": 1, "b": 2})
    extras = f"{path(editor.dataset, row, 2)}extras/"
    assert editor.put(extras, {"b": None, "c": {"d": [1]}}, format="json").json() == {"a": 1, "c": {"d": [1]}}
    assert editor.put(extras, [1], format="json").status_code == 400
    assert editor.delete(extras, {"a": 1}, format="json").status_code == 400
    assert editor.delete(extras, ["a", "zz"], format="json").status_code == 404
    assert editor.get(extras).json() == {"a": 1, "c": {"d": [1]}}
    assert editor.delete(extras, ["a"], format="json").status_code == 204
    assert editor.get(extras).json() == {"c": {"d": [1]}}


def test_what_a_crawler_notes_moves_no_date_and_is_no_activity(editor):
    row = ResourceFactory(dataset=editor.dataset)
    derivation.refresh_one(editor.dataset)
    before = editor.get(f"/api/1/datasets/{editor.dataset.pk}/").json()
    extras = f"{path(editor.dataset, row, 2)}extras/"
    assert editor.put(extras, {"check:available": False, "check:status": 404}, format="json").status_code == 200
    after = editor.get(f"/api/1/datasets/{editor.dataset.pk}/").json()
    for name in ("last_update", "last_modified"):
        assert after[name] == before[name]
    assert after["resources"][0]["internal"] == before["resources"][0]["internal"]
    assert (before["quality"]["all_resources_available"], after["quality"]["all_resources_available"]) == (True, False)
    assert not Activity.objects.exists()
    editor.put(extras, {"analysis:last-modified-at": "2020-01-02T03:04:05+00:00"}, format="json")
    assert editor.get(path(editor.dataset, row)).json()["last_modified"] == "2020-01-02T03:04:05+00:00"
    assert editor.get(f"/api/1/datasets/{editor.dataset.pk}/").json()["last_update"] == "2020-01-02T03:04:05+00:00"
    editor.put(extras, {"mine": 1}, format="json")
    assert Activity.objects.get().changes == ["extras"]


def test_a_schema_is_one_of_the_catalogue_or_an_address(editor, monkeypatch):
    monkeypatch.setattr(schema_catalog, "schemas", lambda: [{"name": "etalab/irve"}])
    row = ResourceFactory(dataset=editor.dataset)
    one = path(editor.dataset, row)
    json = editor.put(one, {"schema": {"name": "etalab/irve", "version": "1.0"}}, format="json").json()
    assert json["schema"] == {"name": "etalab/irve", "url": None, "version": "1.0"}
    refused = editor.put(one, {"schema": {"name": "zz"}}, format="json")
    assert refused.json() == {"errors": {"schema": {"name": ['Schema name "zz" is not an allowed value.']}}}
    assert editor.put(one, {"schema": {"version": "1"}}, format="json").status_code == 400
    assert editor.put(one, {"schema": None}, format="json").json()["schema"] is None


# --- Community resources -----------------------------------------------------------------------------------


def test_anybody_with_an_account_adds_a_community_resource(api):
    user, dataset = UserFactory(), DatasetFactory()
    api.force_authenticate(user)
    body = {**REMOTE, "dataset": {"class": "Dataset", "id": dataset.pk}}
    answer = api.post(COMMUNITY, body, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert (json["owner"]["id"], json["organization"], json["dataset"]["id"]) == (user.pk, None, dataset.pk)
    assert json["permissions"] == {"delete": True, "edit": True}
    assert not dataset.resources.exists()
    one = f"{COMMUNITY}{json['id']}/"
    assert api.put(one, json, format="json").json() == json
    changed = api.put(one, {"title": "t"}, format="json").json()
    assert (changed["title"], changed["url"]) == ("t", REMOTE["url"])
    assert api.delete(one).status_code == 204
    assert api.delete(one).status_code == 404


@pytest.mark.parametrize("dataset", [None, "", "6" * 24, {"class": "Dataset"}, 5])
def test_a_community_resource_is_about_a_dataset_that_exists(editor, dataset):
    for body in ({**REMOTE, "dataset": dataset}, REMOTE):
        answer = editor.post(COMMUNITY, body, format="json")
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["dataset"]
    assert not CommunityResource.objects.exists()


def test_a_strangers_draft_gets_no_community_resource(editor):
    draft = DatasetFactory(draft=True)
    answer = editor.post(COMMUNITY, {**REMOTE, "dataset": draft.pk}, format="json")
    assert answer.json() == {"errors": {"dataset": ["Dataset does not exist"]}}


def test_a_community_resource_belongs_to_an_organization_of_its_maker(editor):
    body = {**REMOTE, "dataset": editor.dataset.pk, "organization": editor.organization.pk}
    json = editor.post(COMMUNITY, body, format="json").json()
    assert (json["organization"]["id"], json["owner"]) == (editor.organization.pk, None)
    refused = editor.post(COMMUNITY, {**body, "organization": OrganizationFactory().pk}, format="json")
    assert refused.json() == {"errors": {"organization": ["Permission denied for this organization"]}}


def test_a_community_resource_outlives_its_dataset(editor):
    row = CommunityResourceFactory(dataset=None, owner=editor.user)
    one = f"{COMMUNITY}{row.pk}/"
    read = editor.get(one).json()
    assert read["dataset"] is None
    assert editor.put(one, {**read, "title": "t"}, format="json").json()["title"] == "t"


def test_only_its_owner_changes_a_community_resource(editor):
    one = f"{COMMUNITY}{CommunityResourceFactory(dataset=editor.dataset).pk}/"
    assert editor.put(one, {"title": "t"}, format="json").status_code == 403
    assert editor.delete(one).status_code == 403
    assert editor.post(f"{one}upload/").status_code == 403
