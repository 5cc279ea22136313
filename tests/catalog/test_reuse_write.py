"""Reuses over the API: made, changed, deleted, put forward; the datasets and dataservices that they use."""

import pytest
from django.utils import timezone

from catalog.models import Activity, Assignment, Notification, OutboxEvent, Report, Reuse
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/1/reuses/"
BODY = {"title": "R", "description": "d", "type": "application", "topic": "health", "url": "https://r.example.org/a"}


@pytest.fixture
def owner(api):
    api.user = UserFactory()
    api.force_authenticate(api.user)
    return api


def path(reuse):
    return f"{URL}{reuse.pk}/"


def test_a_reuse_is_made_with_all_that_it_says(owner):
    dataset, dataservice = DatasetFactory(), DataserviceFactory()
    body = {**BODY, "datasets": [dataset.pk], "dataservices": [{"id": dataservice.pk}], "tags": ["Eau"],
            "extras": {"k": 1}, "private": False}  # fmt: skip
    answer = owner.post(URL, body, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert (json["owner"]["id"], json["tags"], json["extras"]) == (owner.user.pk, ["eau"], {"k": 1})
    assert ([one["id"] for one in json["datasets"]], [one["id"] for one in json["dataservices"]]) == (
        [dataset.pk], [dataservice.pk],
    )  # fmt: skip
    assert (json["metrics"]["datasets"], json["permissions"]) == (1, {"delete": True, "edit": True})
    dataset.refresh_from_db()
    dataservice.refresh_from_db()
    assert (dataset.metric_reuses, dataservice.metric_reuses) == (1, 1)
    assert Activity.objects.get().key == "reuse:created"


def test_what_lacks_is_said_with_the_hash_that_udata_names(owner):
    answer = owner.post(URL, {}, format="json")
    assert answer.status_code == 400
    json = answer.json()
    assert json["errors"] == dict.fromkeys(
        ["title", "description", "type", "url", "urlhash", "topic"], "Field is required"
    )
    assert json["message"].startswith("ValidationError (Reuse:None) (Field is required: ['title', ")


@pytest.mark.parametrize(
    "body",
    [{"title": ""}, {"title": "x" * 351}, {"type": "zz"}, {"topic": "zz"}, {"url": "javascript:x"}, {"tags": ["a"]},
     {"datasets": ["zz"]}, {"datasets": "zz"}, {"dataservices": ["6" * 24]}, {"extras": 1}, {"private": "maybe"},
     {"organization": "6" * 24}, {"owner": "6" * 24}],
)  # fmt: skip
def test_a_bad_body_is_refused_in_the_dialect_of_newer_models(owner, body):
    reuse = ReuseFactory(owner=owner.user)
    for answer in (owner.post(URL, {**BODY, **body}, format="json"), owner.put(path(reuse), body, format="json")):
        assert answer.status_code == 400, answer.content
        assert set(answer.json()) == {"errors", "message"}
        assert list(answer.json()["errors"]) == list(body)
        assert isinstance(answer.json()["errors"][next(iter(body))], str)
    assert list(Reuse.objects.values_list("title", flat=True)) == [reuse.title]


@pytest.mark.parametrize("url", ["https://r.example.org/a", "HTTPS://R.Example.org/a", "https://r.example.org/a#part"])
def test_one_address_is_one_reuse(owner, url):
    owner.post(URL, BODY, format="json")
    other = ReuseFactory(owner=owner.user)
    taken = {"errors": {"url": "This URL is already registered"}, "message": "This URL is already registered"}
    for answer in (owner.post(URL, {**BODY, "url": url}, format="json"),
                   owner.put(path(other), {"url": url}, format="json")):  # fmt: skip
        assert (answer.status_code, answer.json()) == (400, taken)
    assert Reuse.objects.count() == 2


def test_a_change_keeps_what_it_does_not_name(owner):
    reuse = ReuseFactory(owner=owner.user, title="Before")
    reuse.datasets.add(DatasetFactory())
    json = owner.put(path(reuse), {"title": "After"}, format="json").json()
    assert (json["title"], json["slug"], json["url"], len(json["datasets"])) == ("After", "after", reuse.url, 1)
    assert owner.get(f"{URL}before/")["Location"].endswith(f"{URL}after/")
    assert Activity.objects.get().changes == ["title"]


@pytest.mark.parametrize("version", [1, 2])
def test_a_reuse_sent_back_as_it_was_read_is_no_change(owner, version):
    reuse = ReuseFactory(owner=owner.user)
    reuse.datasets.add(DatasetFactory(), DatasetFactory(draft=True))
    listed = owner.get(f"/api/{version}/reuses/?owner={owner.user.pk}").json()["data"][0]
    assert owner.put(path(reuse), listed, format="json").status_code == 200
    assert reuse.datasets.count() == 2
    assert not Activity.objects.exists()


def test_deleting_and_restoring(owner):
    reuse = ReuseFactory(owner=owner.user)
    dataset = DatasetFactory()
    reuse.datasets.add(dataset)
    Report.objects.create(subject=reuse, reason="spam")
    assert owner.delete(path(reuse)).status_code == 204
    gone = {"message": "Reuse has been deleted"}
    for answer in (owner.delete(path(reuse)), owner.put(path(reuse), {"title": "x"}, format="json"),
                   owner.post(f"{path(reuse)}datasets/", {"id": dataset.pk}, format="json"),
                   owner.post(f"{path(reuse)}followers/")):  # fmt: skip
        assert (answer.status_code, answer.json()) == (410, gone)
    assert Report.objects.get().subject_deleted_by == owner.user
    restored = owner.put(path(reuse), {"deleted": None}, format="json").json()
    assert (restored["deleted"], Report.objects.get().subject_deleted_at) == (None, None)
    owner.force_authenticate(None)
    assert owner.get(path(reuse)).status_code == 200
    assert set(Activity.objects.values_list("key", flat=True)) == {"reuse:deleted", "reuse:updated"}


def test_the_date_of_deletion_is_not_set_by_a_change(owner):
    reuse = ReuseFactory(owner=owner.user)
    body = {"deleted": timezone.now().isoformat()}
    assert owner.put(path(reuse), body, format="json").json()["deleted"] is None
    assert owner.post(URL, {**BODY, **body}, format="json").json()["deleted"] is None


@pytest.mark.parametrize(("name", "factory"), [("datasets", DatasetFactory), ("dataservices", DataserviceFactory)])
def test_what_is_used_is_added_once(owner, name, factory):
    reuse, item = ReuseFactory(owner=owner.user), factory()
    one = f"{path(reuse)}{name}/"
    for code in (201, 200):
        answer = owner.post(one, {"class": name[:-1].title(), "id": item.pk}, format="json")
        assert answer.status_code == code
        assert [used["id"] for used in answer.json()[name]] == [item.pk]
    item.refresh_from_db()
    assert item.metric_reuses == 1
    for body in ({}, {"id": "zz"}, {"id": None}, {"id": factory(private=True).pk}):
        assert owner.post(one, body, format="json").status_code == 400
    owner.force_authenticate(UserFactory())
    assert owner.post(one, {"id": item.pk}, format="json").status_code == 403


def test_publishers_hear_of_a_public_reuse_once(owner):
    member = MemberFactory(role="editor")
    dataset = DatasetFactory(organization=member.organization)
    json = owner.post(URL, {**BODY, "datasets": [dataset.pk], "private": True}, format="json").json()
    assert not Notification.objects.exists()
    for private in (False, True, False):
        owner.put(f"{URL}{json['id']}/", {"private": private}, format="json")
    assert Notification.objects.get().user == member.user
    assert [event.payload["to"] for event in OutboxEvent.objects.filter(name="mail")] == [[member.user.pk]]


def test_a_new_owner_ends_the_assignments(api):
    member = MemberFactory(role="admin")
    other = MemberFactory(user=member.user, role="editor").organization
    reuse = ReuseFactory(owner=None, organization=member.organization)
    Assignment.objects.create(organization=member.organization, user=UserFactory(), subject=reuse)
    api.force_authenticate(member.user)
    json = api.put(path(reuse), {"organization": other.pk}, format="json").json()
    assert (json["organization"]["id"], json["owner"]) == (other.pk, None)
    assert not Assignment.objects.exists()
    refused = api.put(path(reuse), {"organization": OrganizationFactory().pk}, format="json").json()
    assert refused["errors"] == {"organization": "Permission denied for this organization"}


def test_strangers_write_nothing(api):
    reuse = ReuseFactory()
    calls = [("put", path(reuse)), ("delete", path(reuse)), ("post", f"{path(reuse)}datasets/"),
             ("post", f"{path(reuse)}featured/"), ("post", f"{path(reuse)}badges/")]  # fmt: skip
    for user, code in ((UserFactory(), 403), (None, 401)):
        api.force_authenticate(user)
        for method, one in calls:
            assert getattr(api, method)(one, {}, format="json").status_code == code, (method, one)


def test_administrators_put_reuses_forward_and_they_have_no_badges(api):
    reuse = ReuseFactory()
    api.force_authenticate(UserFactory(admin=True))
    assert api.post(f"{path(reuse)}featured/").json()["featured"] is True
    assert api.delete(f"{path(reuse)}featured/").json()["featured"] is False
    answer = api.post(f"{path(reuse)}badges/", {"kind": "hvd"}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["kind"])
    assert api.delete(f"{path(reuse)}badges/hvd/").status_code == 404


def test_a_stale_writer_is_told_so(owner):
    reuse = ReuseFactory(owner=owner.user)
    tag = owner.get(path(reuse))["ETag"]
    assert owner.put(path(reuse), {"title": "A"}, format="json", HTTP_IF_MATCH=tag).status_code == 200
    assert owner.put(path(reuse), {"title": "B"}, format="json", HTTP_IF_MATCH=tag).status_code == 412
    reuse.refresh_from_db()
    assert reuse.title == "A"
