"""Organizations over the API: founded, changed, deleted, badged; blocs of presentation; contact points."""

import pytest
from django.utils import timezone

from catalog.models import (
    Activity,
    ContactPoint,
    Member,
    Notification,
    Organization,
    OutboxEvent,
    Report,
)
from tests.catalog.factories import (
    ContactPointFactory,
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/1/organizations/"
BLOCS = [{"class": "MarkdownBloc", "content": "c"}]


@pytest.fixture
def admin(api):
    member = MemberFactory(role="admin")
    api.force_authenticate(member.user)
    api.user, api.organization = member.user, member.organization
    return api


def path(organization, version=1):
    return f"/api/{version}/organizations/{organization.pk}/"


def test_whoever_founds_an_organization_administers_it(api):
    """The reply says so, where udata's still denies it."""
    user = UserFactory()
    api.force_authenticate(user)
    body = {"name": "Ville", "description": "d", "acronym": "V", "url": "https://ville.example.org/",
            "business_number_id": "130 025 265 00013", "image_url": "https://ville.example.org/logo.png"}  # fmt: skip
    answer = api.post(URL, body, format="json")
    assert answer.status_code == 201, answer.content
    json = answer.json()
    assert set(json["permissions"].values()) == {True}
    assert [(one["user"]["id"], one["role"]) for one in json["members"]] == [(user.pk, "admin")]
    assert (json["business_number_id"], json["image_url"]) == ("13002526500013", body["image_url"])
    assert json["metrics"]["members"] == 1
    assert Activity.objects.get().key == "organization:created"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"name": "Field is required", "description": "Field is required"}),
        ({"name": "n", "description": ""}, {"description": "This field may not be blank."}),
        ({"name": "x" * 351, "description": "d"}, {"name": "Ensure this field has no more than 350 characters."}),
        ({"business_number_id": "123"}, {"business_number_id": "A SIRET has 14 digits."}),
        ({"business_number_id": "13002526500014"},
         {"business_number_id": "This is not a SIRET: a digit must be wrong."}),
        ({"business_number_id": "1300252650001³"}, {"business_number_id": "A SIRET has 14 digits."}),
        ({"url": "javascript:alert(1)"}, None),
        ({"image_url": "nowhere"}, None),
        ({"extras": []}, None),
        ({"extras": {"custom": 5}}, None),
        ({"extras": {"custom": [{"title": ["x"]}]}}, None),
        ({"extras": {"custom": [{"title": "x", "type": "choice", "choices": 5}]}}, None),
        ({"extras": {"custom": [{"title": "x", "type": "zz"}]}}, None),
        ({"presentation_blocs": [{"class": "ScriptBloc"}]}, None),
        ({"presentation_blocs": [{"class": "HeroBloc", "title": "t", "main_link_url": "javascript:x"}]}, None),
        ({"presentation_blocs": "x"}, None),
        ({"deleted": "yesterday"}, None),
    ],
)  # fmt: skip
def test_a_bad_body_is_refused_in_the_dialect_of_newer_models(admin, body, errors):
    whole = {"name": "n", "description": "d", **body} if body else {}
    answer = admin.post(URL, whole, format="json")
    assert answer.status_code == 400, answer.content
    json = answer.json()
    assert set(json) == {"errors", "message"}
    assert all(isinstance(text, str | dict) for text in json["errors"].values())
    assert errors is None or json["errors"] == errors
    if body:
        assert admin.put(path(admin.organization), body, format="json").status_code == 400
    assert list(Organization.objects.all()) == [admin.organization]


def test_the_siret_of_la_poste_is_a_siret(admin):
    answer = admin.put(path(admin.organization), {"business_number_id": "35600000049837"}, format="json")
    assert answer.json()["business_number_id"] == "35600000049837"
    assert admin.put(path(admin.organization), {"business_number_id": None}, format="json").status_code == 200


def test_a_change_keeps_what_it_does_not_name_and_leaves_a_redirect(admin):
    Organization.objects.filter(pk=admin.organization.pk).update(slug="old", acronym="O")
    json = admin.put(path(admin.organization), {"name": "New"}, format="json").json()
    assert (json["name"], json["slug"], json["acronym"]) == ("New", "new", "O")
    assert admin.get(f"{URL}old/")["Location"].endswith(f"{URL}new/")
    assert Activity.objects.get().changes == ["name"]


def test_an_organization_sent_back_as_it_was_read_is_no_change(admin):
    before = admin.get(path(admin.organization)).json()
    assert admin.put(path(admin.organization), before, format="json").json() == before
    assert not Activity.objects.exists()


def test_read_only_keys_change_nothing(admin):
    body = {"id": "6" * 24, "badges": [{"kind": "certified"}], "members": [], "metrics": {"views": 9}, "slug": "zz",
            "created_at": "2000-01-01T00:00:00+00:00", "zone": "country:fr"}  # fmt: skip
    before = admin.get(path(admin.organization)).json()
    assert admin.put(path(admin.organization), body, format="json").json() == before


def test_deleting_and_restoring(admin):
    one = path(admin.organization)
    dataset = DatasetFactory(organization=admin.organization)
    Report.objects.create(subject=admin.organization, reason="spam")
    assert admin.delete(one).status_code == 204
    gone = {"message": "Organization has been deleted"}
    extras = f"{path(admin.organization, 2)}extras/"
    for answer in (admin.get(one), admin.delete(one), admin.put(one, {"name": "x"}, format="json"),
                   admin.put(extras, {"a": 1}, format="json"), admin.delete(extras, [], format="json"),
                   admin.get(f"{one}membership/"), admin.post(f"{one}member/", {}, format="json"),
                   admin.post(f"{one}followers/"), admin.get(f"{one}datasets.csv")):  # fmt: skip
        assert (answer.status_code, answer.json()) == (410, gone)
    assert Report.objects.handled().exists()
    assert admin.get(f"/api/1/datasets/{dataset.pk}/").json()["organization"]["id"] == admin.organization.pk
    restored = admin.put(one, {"deleted": None}, format="json")
    assert (restored.status_code, restored.json()["deleted"]) == (200, None)
    assert Report.objects.open().exists()
    now = timezone.now().isoformat()
    assert admin.put(one, {"deleted": now}, format="json").json()["deleted"] is None


@pytest.mark.parametrize("role", ["editor", "partial_editor", None])
def test_only_administrators_change_or_delete(api, role):
    organization = OrganizationFactory()
    user = MemberFactory(organization=organization, role=role).user if role else UserFactory()
    api.force_authenticate(user)
    for answer in (api.put(path(organization), {"name": "x"}, format="json"), api.delete(path(organization)),
                   api.put(f"{path(organization, 2)}extras/", {"a": 1}, format="json"),
                   api.post(f"{path(organization)}badges/", {"kind": "certified"}, format="json")):  # fmt: skip
        assert answer.status_code == 403
    organization.refresh_from_db()
    assert (organization.extras, organization.deleted) == ({}, None)


def test_extras_are_merged_and_declare_metadata(admin):
    extras = f"{path(admin.organization, 2)}extras/"
    custom = [{"title": "level", "description": "d", "type": "choice", "choices": ["a"]}, {"title": "n", "type": "int"}]
    assert admin.put(extras, {"custom": custom, "k": 1}, format="json").json() == {"custom": custom, "k": 1}
    assert admin.put(extras, {"custom": [1]}, format="json").json()["errors"]["extras"]
    assert admin.put(extras, "x", format="json").status_code == 400
    dataset = DatasetFactory(organization=admin.organization)
    of_dataset = f"/api/2/datasets/{dataset.pk}/extras/"
    assert admin.put(of_dataset, {"custom:level": "a", "custom:n": 3}, format="json").status_code == 200
    assert admin.put(of_dataset, {"custom:n": True}, format="json").status_code == 400
    assert admin.delete(extras, ["k", "zz"], format="json").status_code == 204
    assert admin.get(extras).json() == {"custom": custom}


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [("str", "x", 1), ("int", 1, 1.5), ("float", 1, "1"), ("bool", False, 0), ("date", "2026-01-02", "2 janvier"),
     ("datetime", "2026-01-02T03:04:05", 5), ("choice", "a", ["a"])],
)  # fmt: skip
def test_metadata_have_the_type_that_is_declared(admin, kind, good, bad):
    declared = {"title": "x", "type": kind, **({"choices": ["a"]} if kind == "choice" else {})}
    Organization.objects.update(extras={"custom": [declared, "rubbish", {"title": {}}]})
    dataset = DatasetFactory(organization=admin.organization)
    one = f"/api/1/datasets/{dataset.pk}/"
    assert admin.put(one, {"extras": {"custom:x": good}}, format="json").status_code == 200
    refused = admin.put(one, {"extras": {"custom:x": bad}}, format="json")
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["extras"]
    undeclared = admin.put(one, {"extras": {"custom:rubbish": 1}}, format="json").json()["errors"]["extras"]
    assert undeclared == ["Dataset's organization did not define the requested custom metadata."]


def test_blocs_of_presentation_stay_a_draft_until_they_are_published(admin):
    one, everything = path(admin.organization), {"X-Fields": "presentation_blocs,presentation_blocs_published_at"}
    admin.put(one, {"presentation_blocs": BLOCS}, format="json")
    draft = {"presentation_blocs": BLOCS, "presentation_blocs_published_at": None}
    assert admin.get(one, headers=everything).json() == draft
    admin.force_authenticate(None)
    assert admin.get(one, headers=everything).json() == {**draft, "presentation_blocs": []}
    admin.force_authenticate(admin.user)
    moment = "2026-01-02T03:04:05+00:00"
    admin.put(one, {"presentation_blocs_published_at": moment}, format="json")
    admin.force_authenticate(None)
    assert admin.get(one, headers=everything).json() == {**draft, "presentation_blocs_published_at": moment}


def test_badges_are_given_once_and_tell_the_members(admin):
    badges = f"{path(admin.organization)}badges/"
    admin.force_authenticate(UserFactory(admin=True))
    for code in (201, 200):
        answer = admin.post(badges, {"kind": "certified"}, format="json")
        assert (answer.status_code, answer.json()) == (code, {"kind": "certified"})
    assert Notification.objects.get().user == admin.user
    for body in ({"kind": "zz"}, {}, {"kind": None}):
        assert admin.post(badges, body, format="json").status_code == 400
    assert admin.delete(f"{badges}certified/").status_code == 204
    assert admin.delete(f"{badges}certified/").status_code == 404
    assert admin.delete(f"{badges}zz/").status_code == 404


def test_a_local_authority_is_not_a_public_service_too(admin):
    badges = f"{path(admin.organization)}badges/"
    admin.force_authenticate(UserFactory(admin=True))
    for kind in ("public-service", "certified", "local-authority"):
        admin.post(badges, {"kind": kind}, format="json")
    assert {one["kind"] for one in admin.get(path(admin.organization)).json()["badges"]} == {
        "certified", "local-authority",
    }  # fmt: skip
    admin.post(badges, {"kind": "public-service"}, format="json")
    assert {one["kind"] for one in admin.get(path(admin.organization)).json()["badges"]} == {
        "certified", "public-service",
    }  # fmt: skip


def test_a_stale_writer_is_told_so(admin):
    one = path(admin.organization)
    tag = admin.get(one)["ETag"]
    assert admin.put(one, {"acronym": "A"}, format="json", HTTP_IF_MATCH=tag).status_code == 200
    assert admin.put(one, {"acronym": "B"}, format="json", HTTP_IF_MATCH=tag).status_code == 412
    assert admin.delete(one, HTTP_IF_MATCH=tag).status_code == 412
    admin.organization.refresh_from_db()
    assert (admin.organization.acronym, admin.organization.deleted) == ("A", None)


@pytest.mark.parametrize(("asks", "letters"), [("?send_legal_notice=true", 1), ("", 0)])
def test_a_system_administrator_may_write_to_those_whose_organization_she_deletes(admin, asks, letters):
    admin.force_authenticate(UserFactory(admin=True))
    assert admin.delete(f"{path(admin.organization)}{asks}").status_code == 204
    found = OutboxEvent.objects.filter(name="mail")
    assert [event.payload["to"] for event in found] == [[admin.user.pk]] * letters


def test_nobody_else_sends_legal_notices(admin):
    MemberFactory(organization=admin.organization, role="admin")
    assert admin.delete(f"{path(admin.organization)}?send_legal_notice=true").status_code == 204
    assert not OutboxEvent.objects.exists()


# --- Contact points ----------------------------------------------------------------------------------------

CONTACT = {"name": "C", "email": "c@example.org", "role": "contact"}


def test_a_contact_point_is_made_once(admin):
    body = {**CONTACT, "organization": admin.organization.pk}
    first = admin.post("/api/1/contacts/", body, format="json")
    again = admin.post("/api/1/contacts/", body, format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    own = admin.post("/api/1/contacts/", CONTACT, format="json")
    assert (own.status_code, own.json()["owner"]["id"]) == (201, admin.user.pk)
    bare = admin.post("/api/1/contacts/", {"name": "C", "role": "publisher", "email": "p@example.org"}, format="json")
    other = admin.post("/api/1/contacts/", {"name": "C", "role": "publisher"}, format="json")
    assert (other.status_code, other.json()["email"]) == (201, None)
    assert bare.json()["id"] != other.json()["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({"email": None}, "email"), ({"email": "nobody"}, "email"), ({"role": "zz"}, "role"), ({"name": ""}, "name"),
     ({"contact_form": "x"}, "contact_form"), ({"organization": "6" * 24}, "organization")],
)  # fmt: skip
def test_a_contact_can_be_reached(admin, body, field):
    answer = admin.post("/api/1/contacts/", {**CONTACT, **body}, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not ContactPoint.objects.exists()


def test_a_contact_point_is_changed_and_deleted_by_its_owners(admin):
    mine, theirs = ContactPointFactory(organization=admin.organization), ContactPointFactory()
    one = f"/api/1/contacts/{mine.pk}/"
    assert admin.put(one, {"name": "N"}, format="json").json()["email"] == mine.email
    assert admin.put(one, {"email": ""}, format="json").status_code == 400
    assert admin.put(f"/api/1/contacts/{theirs.pk}/", {"name": "N"}, format="json").status_code == 403
    assert admin.delete(f"/api/1/contacts/{theirs.pk}/").status_code == 403
    assert (admin.delete(one).status_code, admin.delete(one).status_code) == (204, 404)
    assert Member.objects.count() == 1
