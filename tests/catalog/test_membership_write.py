"""Joining and leaving organizations: requests, invitations, roles, assignments; never the last administrator."""

from uuid import uuid4

import pytest
from django.utils import timezone

from catalog.models import Activity, Assignment, Member, MembershipRequest, Notification, Organization
from catalog.services import membership
from tests.catalog.factories import (
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(api):
    member = MemberFactory(role="admin")
    api.force_authenticate(member.user)
    api.user, api.organization = member.user, member.organization
    return api


def path(organization):
    return f"/api/1/organizations/{organization.pk}/"


def asked(api, comment="please"):
    """Let somebody ask to join; return her and the request as the API gave it. The administrator signs in again."""
    user = UserFactory()
    api.force_authenticate(user)
    answer = api.post(f"{path(api.organization)}membership/", {"comment": comment}, format="json")
    assert answer.status_code == 201, answer.content
    api.force_authenticate(api.user)
    return user, answer.json()


def invited(api, **body):
    answer = api.post(f"{path(api.organization)}member/", body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def reference(item):
    return {"class": type(item).__name__, "id": item.pk}


def test_a_request_is_made_once_and_tells_the_administrators(admin):
    user, request = asked(admin)
    assert (request["kind"], request["status"], request["role"], request["user"]["id"]) == (
        "request", "pending", "editor", user.pk,
    )  # fmt: skip
    admin.force_authenticate(user)
    again = admin.post(f"{path(admin.organization)}membership/", {"comment": "again"}, format="json")
    assert (again.status_code, again.json()["id"], again.json()["comment"]) == (200, request["id"], "again")
    assert Notification.objects.get().user == admin.user
    admin.force_authenticate(admin.user)
    found = [one["id"] for one in admin.get(f"{path(admin.organization)}membership/?status=pending").json()]
    assert found == [request["id"]]
    assert admin.get(f"{path(admin.organization)}membership/?user={user.pk}&status=accepted").json() == []
    assert admin.get(f"{path(admin.organization)}membership/?status=zz").status_code == 400


def test_a_request_says_why(admin):
    admin.force_authenticate(UserFactory())
    answer = admin.post(f"{path(admin.organization)}membership/", {}, format="json")
    error = {"errors": {"comment": "Comment is required"}, "message": "Comment is required"}
    assert (answer.status_code, answer.json()) == (400, error)


def test_a_member_does_not_ask_again(admin):
    answer = admin.post(f"{path(admin.organization)}membership/", {"comment": "c"}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["user"])
    assert not MembershipRequest.objects.exists()


def test_an_accepted_request_makes_a_member_and_is_handled_once(admin):
    user, request = asked(admin)
    one = f"{path(admin.organization)}membership/{request['id']}/"
    answer = admin.post(f"{one}accept/")
    assert (answer.status_code, answer.json()["role"], answer.json()["user"]["id"]) == (200, "editor", user.pk)
    again = admin.post(f"{one}accept/")
    assert (again.status_code, again.json()["user"]["id"]) == (409, user.pk)
    assert admin.post(f"{one}refuse/", {"comment": "no"}, format="json").status_code == 409
    assert Member.objects.filter(user=user).count() == 1
    assert not Notification.objects.unhandled().filter(user=admin.user).exists()
    assert admin.get(path(admin.organization)).json()["metrics"]["members"] == 2
    assert Activity.objects.get().changes == ["members"]


def test_a_refusal_has_its_reason(admin):
    user, request = asked(admin)
    one = f"{path(admin.organization)}membership/{request['id']}/"
    answer = admin.post(f"{one}refuse/", {}, format="json")
    error = {"errors": {"comment": "Comment is required"}, "message": "Comment is required"}
    assert (answer.status_code, answer.json()) == (400, error)
    assert admin.post(f"{one}refuse/", {"comment": "no"}, format="json").json() == {}
    assert admin.post(f"{one}accept/").status_code == 409
    assert MembershipRequest.objects.get().refusal_comment == "no"
    assert not Member.objects.filter(user=user).exists()
    assert Notification.objects.filter(user=user, kind="MembershipRefused").exists()
    admin.force_authenticate(user)
    assert admin.post(f"{path(admin.organization)}membership/", {"comment": "c"}, format="json").status_code == 201


def test_only_invitations_are_canceled(admin):
    _user, request = asked(admin)
    one = f"{path(admin.organization)}membership/{request['id']}/"
    assert admin.post(f"{one}cancel/").status_code == 400
    invitation = invited(admin, user=UserFactory().pk)
    one = f"{path(admin.organization)}membership/{invitation['id']}/"
    assert admin.post(f"{one}accept/").status_code == 400
    assert (admin.post(f"{one}cancel/").status_code, admin.post(f"{one}cancel/").status_code) == (200, 400)


@pytest.mark.parametrize("act", ["accept", "refuse", "cancel"])
def test_the_request_of_another_organization_is_not_found(admin, act):
    other = MembershipRequest.objects.create(organization=OrganizationFactory(), user=UserFactory(), comment="c")
    for key in (other.pk, uuid4(), "zz"):
        answer = admin.post(f"{path(admin.organization)}membership/{key}/{act}/", {"comment": "c"}, format="json")
        assert answer.status_code == 404
    other.refresh_from_db()
    assert other.status == "pending"


def test_whoever_is_invited_accepts_and_gets_her_assignments(admin):
    user, dataset = UserFactory(), DatasetFactory(organization=admin.organization)
    moved = ReuseFactory(owner=None, organization=admin.organization)
    invitation = invited(
        admin,
        user=user.pk,
        role="partial_editor",
        comment="welcome",
        assignments=[reference(dataset), reference(moved)],
    )
    assert (invitation["kind"], invitation["status"]) == ("invitation", "pending")
    assert not Member.objects.filter(user=user).exists()
    moved.organization = OrganizationFactory()
    moved.save()
    admin.force_authenticate(user)
    mine = admin.get("/api/1/me/org_invitations/").json()
    assert [(one["id"], one["comment"], one["role"]) for one in mine] == [
        (invitation["id"], "welcome", "partial_editor")
    ]
    one = f"/api/1/me/org_invitations/{invitation['id']}/"
    answer = admin.post(f"{one}accept/")
    assert (answer.status_code, answer.json()) == (200, {"message": "Invitation accepted"})
    assert [(row.subject_class, row.subject_id) for row in Assignment.objects.all()] == [("Dataset", dataset.pk)]
    for act in ("accept", "refuse"):
        again = admin.post(f"{one}{act}/")
        assert (again.status_code, again.json()) == (400, {"message": "Invitation is not pending"})
    assert admin.get("/api/1/me/org_invitations/").json() == []
    assert admin.put(f"/api/1/datasets/{dataset.pk}/", {"title": "t"}, format="json").status_code == 200
    assert admin.put(f"/api/1/reuses/{moved.pk}/", {"title": "t"}, format="json").status_code == 403


def test_an_invitation_is_declined_by_nobody_else(admin):
    user = UserFactory()
    invitation = invited(admin, user=user.pk)
    one = f"/api/1/me/org_invitations/{invitation['id']}/"
    assert admin.post(f"{one}refuse/").status_code == 404
    admin.force_authenticate(user)
    assert admin.post(f"{one}refuse/").json() == {"message": "Invitation refused"}
    assert not Member.objects.filter(user=user).exists()


def test_an_address_is_invited_before_it_has_an_account(admin):
    invitation = invited(admin, email="New@Example.org")
    assert (invitation["user"], invitation["email"], invitation["role"]) == (None, "new@example.org", "editor")
    user = UserFactory(email="new@example.org")
    assert membership.bind_invitations(user) == 1
    admin.force_authenticate(user)
    assert [one["id"] for one in admin.get("/api/1/me/org_invitations/").json()] == [invitation["id"]]


def test_the_address_of_an_account_is_that_account(admin):
    user = UserFactory(email="known@example.org")
    invitation = invited(admin, email="KNOWN@example.org")
    assert (invitation["user"]["id"], invitation["email"]) == (user.pk, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "user"), ({"email": ""}, "user"), ({"email": "nobody"}, "email"), ({"user": "6" * 24}, "user"),
     ({"email": "n@example.org", "role": "zz"}, "role"),
     ({"email": "n@example.org", "assignments": [{"class": "User", "id": "6" * 24}]}, "assignments")],
)  # fmt: skip
def test_an_invitation_names_somebody_and_a_role(admin, body, field):
    answer = admin.post(f"{path(admin.organization)}member/", body, format="json")
    assert answer.status_code == 400
    assert (list(answer.json()["errors"]), set(answer.json())) == ([field], {"errors", "message"})
    assert not MembershipRequest.objects.exists()


def test_members_and_those_who_wait_are_not_invited_again(admin):
    waiting, _request = asked(admin)
    invited(admin, email="twice@example.org")
    for body in ({"user": admin.user.pk}, {"user": waiting.pk}, {"email": "twice@example.org"}):
        answer = admin.post(f"{path(admin.organization)}member/", body, format="json")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(body))


def test_only_partial_editors_are_given_objects_and_only_of_the_organization(admin):
    mine, theirs, user = DatasetFactory(organization=admin.organization), DatasetFactory(), UserFactory()
    for role, item in (("editor", mine), ("partial_editor", theirs)):
        body = {"user": user.pk, "role": role, "assignments": [reference(item)]}
        answer = admin.post(f"{path(admin.organization)}member/", body, format="json")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["assignments"])


def test_assignments_are_replaced_as_a_whole(admin):
    member = MemberFactory(organization=admin.organization, role="partial_editor")
    first, second = DatasetFactory.create_batch(2, organization=admin.organization)
    one = f"{path(admin.organization)}member/{member.user_id}/assignments/"
    before = admin.put(one, [reference(first)], format="json").json()
    assert [row["subject"] for row in before] == [reference(first)]
    after = admin.put(one, [reference(second), reference(first), reference(first)], format="json").json()
    assert {row["subject"]["id"] for row in after} == {first.pk, second.pk}
    assert before[0]["id"] in {row["id"] for row in after}
    assert len(admin.get(f"{path(admin.organization)}assignments/").json()) == 2
    for body in ([reference(DatasetFactory())], [{"class": "Dataset", "id": "zz"}], {}, ["x"]):
        assert admin.put(one, body, format="json").status_code == 400
    assert Assignment.objects.count() == 2
    assert admin.put(one, [], format="json").json() == []


def test_an_object_given_by_its_former_organization_is_given_anew(admin):
    member = MemberFactory(organization=admin.organization, role="partial_editor")
    dataset = DatasetFactory(organization=admin.organization)
    Assignment.objects.create(organization=OrganizationFactory(), user=member.user, subject=dataset)
    one = f"{path(admin.organization)}member/{member.user_id}/assignments/"
    assert admin.put(one, [reference(dataset)], format="json").status_code == 200
    assert Assignment.objects.get().organization_id == admin.organization.pk


@pytest.mark.parametrize("role", ["admin", "editor"])
def test_full_editors_have_no_assignments(admin, role):
    member = MemberFactory(organization=admin.organization, role=role)
    dataset = DatasetFactory(organization=admin.organization)
    one = f"{path(admin.organization)}member/{member.user_id}/"
    assert admin.put(f"{one}assignments/", [reference(dataset)], format="json").status_code == 400
    admin.put(one, {"role": "partial_editor"}, format="json")
    admin.put(f"{one}assignments/", [reference(dataset)], format="json")
    answer = admin.put(one, {"role": role}, format="json")
    assert (answer.status_code, answer.json()["role"]) == (200, role)
    assert not Assignment.objects.exists()


def test_the_last_administrator_is_neither_removed_nor_demoted(admin):
    editor = MemberFactory(organization=admin.organization)
    one = f"{path(admin.organization)}member/{admin.user.pk}/"
    for answer in (admin.delete(one), admin.put(one, {"role": "editor"}, format="json")):
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["role"])
    admin.force_authenticate(UserFactory(admin=True))
    assert admin.delete(one).status_code == 400
    admin.put(f"{path(admin.organization)}member/{editor.user.slug}/", {"role": "admin"}, format="json")
    assert admin.delete(one).status_code == 204
    assert list(Member.objects.values_list("user", "role")) == [(editor.user_id, "admin")]


def test_a_role_is_one_of_three_and_its_change_is_noted(admin):
    editor = MemberFactory(organization=admin.organization)
    one = f"{path(admin.organization)}member/{editor.user_id}/"
    for body in ({}, {"role": "zz"}, {"role": None}):
        assert admin.put(one, body, format="json").status_code == 400
    assert admin.put(one, {"role": "admin"}, format="json").json()["label"] == "Administrator"
    assert Activity.objects.get().changes == ["members.1.role"]
    assert (
        admin.put(f"{path(admin.organization)}member/{UserFactory().pk}/", {"role": "admin"}, format="json").status_code
        == 404
    )


def test_a_member_leaves_by_herself_and_removes_nobody_else(admin):
    editor, other = MemberFactory.create_batch(2, organization=admin.organization)
    admin.force_authenticate(editor.user)
    assert admin.delete(f"{path(admin.organization)}member/{other.user_id}/").status_code == 403
    assert (
        admin.put(f"{path(admin.organization)}member/{editor.user_id}/", {"role": "admin"}, format="json").status_code
        == 403
    )
    assert admin.delete(f"{path(admin.organization)}member/{editor.user.slug}/").status_code == 204
    assert admin.delete(f"{path(admin.organization)}member/{editor.user_id}/").status_code == 403
    admin.force_authenticate(admin.user)
    assert admin.delete(f"{path(admin.organization)}member/{editor.user_id}/").status_code == 404


@pytest.mark.parametrize("role", ["editor", None])
def test_only_administrators_see_who_asks(admin, role):
    _user, request = asked(admin)
    user = MemberFactory(organization=admin.organization, role=role).user if role else UserFactory()
    admin.force_authenticate(user)
    one = f"{path(admin.organization)}membership/"
    for answer in (admin.get(one), admin.post(f"{one}{request['id']}/accept/"),
                   admin.post(f"{one}{request['id']}/refuse/", {"comment": "c"}, format="json"),
                   admin.post(f"{path(admin.organization)}member/", {"email": "a@b.fr"}, format="json"),
                   admin.get(f"{path(admin.organization)}assignments/")):  # fmt: skip
        assert answer.status_code == 403
    assert MembershipRequest.objects.get().status == "pending"


def test_nobody_joins_a_deleted_organization(admin):
    _user, request = asked(admin)
    invitation = invited(admin, user=UserFactory().pk)
    Organization.objects.update(deleted=timezone.now())
    for answer in (admin.post(f"{path(admin.organization)}membership/{request['id']}/accept/"),
                   admin.post(f"{path(admin.organization)}membership/", {"comment": "c"}, format="json")):  # fmt: skip
        assert answer.status_code == 410
    admin.force_authenticate(MembershipRequest.objects.get(pk=invitation["id"]).user)
    assert admin.get("/api/1/me/org_invitations/").json() == []
    assert admin.post(f"/api/1/me/org_invitations/{invitation['id']}/accept/").status_code == 404
    assert Member.objects.count() == 1
