"""Dataservices over the API: made, patched, deleted; the datasets that they serve; access and licence."""

import pytest

from catalog.models import Activity, Assignment, Dataservice, Notification, OutboxEvent, Report
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    LicenseFactory,
    MemberFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/1/dataservices/"


@pytest.fixture
def editor(api):
    member = MemberFactory(role="editor")
    api.force_authenticate(member.user)
    api.user, api.organization = member.user, member.organization
    return api


@pytest.fixture
def item(editor):
    return DataserviceFactory(organization=editor.organization, title="Before")


def path(item):
    return f"{URL}{item.pk}/"


def test_a_dataservice_is_made_with_all_that_it_says(editor):
    LicenseFactory()
    dataset = DatasetFactory()
    body = {"title": "API", "base_api_url": "https://api.example.org/v1", "organization": editor.organization.pk,
            "datasets": [dataset.pk], "availability": 99.5, "license": "lov2", "format": "REST", "tags": ["Eau"],
            "machine_documentation_url": "https://api.example.org/openapi.json", "rate_limiting": "10/s"}  # fmt: skip
    answer = editor.post(URL, body, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    for name in ("base_api_url", "availability", "license", "format", "rate_limiting", "machine_documentation_url"):
        assert json[name] == body[name]
    assert (json["datasets"]["total"], json["datasets"]["rel"]) == (1, "subsection")
    assert (json["organization"]["id"], json["owner"], json["tags"]) == (editor.organization.pk, None, ["eau"])
    dataset.refresh_from_db()
    assert dataset.metric_dataservices == 1
    assert Activity.objects.get().key == "dataservice:created"


def test_a_title_is_enough_and_required(editor):
    assert editor.post(URL, {"title": "API"}, format="json").json()["owner"]["id"] == editor.user.pk
    answer = editor.post(URL, {}, format="json")
    assert answer.json() == {
        "errors": {"title": "Field is required"},
        "message": "ValidationError (Dataservice:None) (Field is required: ['title'])",
    }


@pytest.mark.parametrize(
    "body",
    [{"title": ""}, {"availability": -0.1}, {"availability": 100.1}, {"availability": "x"}, {"format": "SOAP"},
     {"license": "zz"}, {"access_type": "closed"}, {"base_api_url": "x"}, {"datasets": ["6" * 24]}, {"tags": ["a"]},
     {"access_audiences": [{"role": "private"}]}, {"access_type_reason_category": "zz"}, {"contact_points": "x"},
     {"archived_at": "x"}, {"availability": [1]}, {"acronym": "x" * 129}],
)  # fmt: skip
def test_a_bad_body_is_refused_in_the_dialect_of_newer_models(editor, item, body):
    for answer in (editor.post(URL, {"title": "t", **body}, format="json"),
                   editor.patch(path(item), body, format="json")):  # fmt: skip
        assert answer.status_code == 400, answer.content
        assert (set(answer.json()), list(answer.json()["errors"])) == ({"errors", "message"}, list(body))
    item.refresh_from_db()
    assert (item.title, Dataservice.objects.count()) == ("Before", 1)


@pytest.mark.parametrize("availability", [0, 100, 99.99, None])
def test_availability_is_a_percentage(editor, item, availability):
    assert (
        editor.patch(path(item), {"availability": availability}, format="json").json()["availability"] == availability
    )


def test_a_patch_keeps_what_it_does_not_name_and_there_is_no_put(editor, item):
    item.datasets.add(DatasetFactory())
    json = editor.patch(path(item), {"title": "After"}, format="json").json()
    assert (json["title"], json["slug"], json["datasets"]["total"]) == ("After", "after", 1)
    assert editor.get(f"{URL}before/")["Location"].endswith(f"{URL}after/")
    assert Activity.objects.get().changes == ["title"]
    assert editor.put(path(item), {"title": "x"}, format="json").status_code == 405


def test_a_dataservice_sent_back_as_it_was_read_is_no_change(editor, item):
    item.datasets.add(DatasetFactory())
    before = editor.get(path(item)).json()
    assert editor.patch(path(item), before, format="json").json() == before
    assert not Activity.objects.exists()


def test_only_what_is_open_has_a_licence(editor, item):
    LicenseFactory()
    assert editor.patch(path(item), {"license": "lov2"}, format="json").json()["license"] == "lov2"
    closed = editor.patch(path(item), {"access_type": "restricted"}, format="json").json()
    assert (closed["access_type"], closed["license"]) == ("restricted", None)
    Activity.objects.all().delete()
    assert editor.patch(path(item), {"license": "lov2"}, format="json").json()["license"] is None
    assert not Activity.objects.exists()
    made = editor.post(URL, {"title": "t", "license": "lov2", "access_type": "open_with_account"}, format="json")
    assert made.json()["license"] is None
    opened = editor.patch(path(item), {"access_type": "open", "license": "lov2"}, format="json").json()
    assert (opened["access_type"], opened["license"]) == ("open", "lov2")


def test_datasets_are_added_and_removed(editor, item):
    first, second = DatasetFactory.create_batch(2)
    one = f"{path(item)}datasets/"
    for ids in ([first.pk], [first.pk, second.pk]):
        answer = editor.post(one, [{"id": pk} for pk in ids], format="json")
        assert (answer.status_code, answer.json()["datasets"]["total"]) == (201, len(ids))
    assert editor.get(f"/api/1/datasets/?dataservice={item.pk}").json()["total"] == 2
    assert editor.delete(f"{one}{first.pk}/").status_code == 204
    assert editor.delete(f"{one}{first.pk}/").status_code == 404
    assert editor.delete(f"{one}{second.slug}/").status_code == 204
    second.refresh_from_db()
    assert second.metric_dataservices == 0
    for body in ({}, ["6" * 24], [{}], "x", [{"id": DatasetFactory(draft=True).pk}]):
        assert editor.post(one, body, format="json").status_code == 400
    assert not item.datasets.exists()


def test_what_the_editor_may_not_read_stays_served(editor, item):
    draft, other = DatasetFactory(draft=True), DatasetFactory()
    item.datasets.add(draft)
    editor.patch(path(item), {"datasets": [other.pk]}, format="json")
    assert set(item.datasets.all()) == {draft, other}
    assert editor.delete(f"{path(item)}datasets/{draft.pk}/").status_code == 404


def test_deleting_and_restoring(editor, item):
    Report.objects.create(subject=item, reason="spam")
    assert editor.delete(path(item)).status_code == 204
    gone = {"message": "Dataservice has been deleted"}
    for answer in (editor.delete(path(item)), editor.patch(path(item), {"title": "x"}, format="json"),
                   editor.post(f"{path(item)}datasets/", [], format="json"),
                   editor.post(f"{path(item)}followers/")):  # fmt: skip
        assert (answer.status_code, answer.json()) == (410, gone)
    assert Report.objects.get().subject_deleted_at
    assert editor.patch(path(item), {"deleted_at": None}, format="json").json()["deleted_at"] is None
    assert Report.objects.get().subject_deleted_at is None
    body = {"deleted_at": "2026-01-02T03:04:05+00:00"}
    assert editor.patch(path(item), body, format="json").json()["deleted_at"] is None
    assert set(Activity.objects.values_list("key", flat=True)) == {"dataservice:deleted", "dataservice:updated"}


def test_publishers_hear_of_a_public_dataservice(editor):
    publisher = MemberFactory(role="admin")
    dataset = DatasetFactory(organization=publisher.organization)
    editor.post(URL, {"title": "t", "datasets": [dataset.pk]}, format="json")
    assert Notification.objects.get().user == publisher.user


def test_a_partial_editor_patches_what_she_was_given(api):
    member = MemberFactory(role="partial_editor")
    given, other = DataserviceFactory.create_batch(2, organization=member.organization)
    Assignment.objects.create(organization=member.organization, user=member.user, subject=given)
    api.force_authenticate(member.user)
    assert api.patch(path(given), {"title": "t"}, format="json").status_code == 200
    assert api.patch(path(other), {"title": "t"}, format="json").status_code == 403
    assert api.delete(path(other)).status_code == 403
    assert api.post(f"{path(other)}datasets/", [], format="json").status_code == 403


def test_administrators_put_dataservices_forward(editor, item):
    assert editor.post(f"{path(item)}featured/").status_code == 403
    editor.force_authenticate(UserFactory(admin=True))
    assert editor.post(f"{path(item)}featured/").json()["featured"] is True
    assert editor.delete(f"{path(item)}featured/").json()["featured"] is False
    assert editor.delete(f"{path(item)}?send_legal_notice=1").status_code == 204
    assert OutboxEvent.objects.get().payload["to"] == [editor.user.pk]


def test_a_stale_writer_is_told_so(editor, item):
    tag = editor.get(path(item))["ETag"]
    assert editor.patch(path(item), {"title": "A"}, format="json", HTTP_IF_MATCH=tag).status_code == 200
    assert editor.patch(path(item), {"title": "B"}, format="json", HTTP_IF_MATCH=tag).status_code == 412
    assert editor.delete(path(item), HTTP_IF_MATCH=tag).status_code == 412
