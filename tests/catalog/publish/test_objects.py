"""Reuses, dataservices and organizations made and edited in the browser; members and transfers."""

import pytest

from catalog.models import Dataservice, Member, MembershipRequest, Organization, Reuse, Transfer
from tests.catalog.factories import DatasetFactory, MemberFactory, OrganizationFactory, ReuseFactory, UserFactory
from tests.catalog.pictures import image, upload

REUSE = {"title": "A map", "url": "https://example.org/map", "type": "application", "topic": "health",
         "description": "It shows them."}  # fmt: skip


@pytest.fixture
def admin(db, client, media):
    """The administrator of an organization, signed in."""
    made = MemberFactory(role="admin")
    client.force_login(made.user)
    return made


def test_a_reuse_begins_with_the_dataset_whose_page_led_here(client, admin):
    dataset = DatasetFactory(title="Pollen")
    page = client.get(f"/publish/reuses/?dataset={dataset.pk}").content.decode()
    assert f'value="{dataset.pk}" checked' in page
    body = {**REUSE, "organization": admin.organization_id, "datasets": [dataset.pk], "tags": "Map, Health care"}
    answer = client.post("/publish/reuses/", {**body, "image": upload(image())})
    made = Reuse.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert (made.organization, list(made.datasets.all())) == (admin.organization, [dataset])
    assert [tag.name for tag in made.tags.all()] == ["health-care", "map"]
    assert made.image


def test_a_known_address_is_refused_at_its_field(client, admin):
    client.post("/publish/reuses/", REUSE)
    again = client.post("/publish/reuses/", {**REUSE, "title": "Another"})
    assert (again.status_code, Reuse.objects.count()) == (400, 1)
    assert "already registered" in again.content.decode()


def test_what_is_no_picture_is_said_and_nothing_is_made(client, admin):
    answer = client.post("/publish/reuses/", {**REUSE, "image": upload(b"<svg onload='alert(1)'/>")})
    assert (answer.status_code, Reuse.objects.count()) == (400, 0)


def test_an_editor_does_not_see_who_else_uses_a_stranger_s_draft(client, admin):
    hidden = DatasetFactory(private=True, title="Secret plan")
    reuse = ReuseFactory(owner=None, organization=admin.organization)
    reuse.datasets.add(hidden)
    page = client.get(f"/publish/reuses/{reuse.pk}/").content.decode()
    assert "Secret plan" not in page
    client.post(f"/publish/reuses/{reuse.pk}/", {**REUSE, "title": "Renamed"})
    assert list(reuse.datasets.all()) == [hidden]  # kept, though she could not send it back


def test_a_dataservice_and_an_organization_are_made_and_edited(client, admin):
    client.post("/publish/dataservices/", {"title": "Addresses", "access_type": "open", "availability": "99.5"})
    made = Dataservice.objects.get()
    assert (made.owner, made.availability) == (admin.user, 99.5)
    client.post(f"/publish/dataservices/{made.pk}/", {"action": "draft"})
    assert Dataservice.objects.get().private
    client.post(
        "/publish/organizations/", {"name": "Ville", "description": "x", "business_number_id": "130 025 265 00013"}
    )
    town = Organization.objects.get(name="Ville")
    assert (town.business_number_id, Member.objects.get(organization=town).role) == ("13002526500013", "admin")
    bad = client.post(
        f"/publish/organizations/{town.pk}/", {"name": "Ville", "description": "x", "business_number_id": "1"}
    )
    assert bad.status_code == 400
    client.post(f"/publish/organizations/{town.pk}/", {"action": "delete"})
    assert Organization.objects.get(pk=town.pk).deleted


def test_somebody_asks_to_join_and_is_accepted(client, admin):
    asker, members = UserFactory(first_name="Zoe"), f"/publish/organizations/{admin.organization_id}/members/"
    client.force_login(asker)
    assert client.post(members.replace("members", "join"), {"comment": ""}).status_code == 400
    assert client.post(members.replace("members", "join"), {"comment": "I work there"}).status_code == 302
    request = MembershipRequest.objects.get()
    assert client.get(members).status_code == 403
    client.force_login(admin.user)
    assert "I work there" in client.get(members).content.decode()
    client.post(members, {"refuse": str(request.pk)})
    assert MembershipRequest.objects.get().status == "pending"  # without a reason
    client.post(members, {"accept": str(request.pk)})
    assert Member.objects.filter(user=asker, organization=admin.organization).exists()


def test_members_are_invited_given_a_role_and_removed_but_for_the_last_administrator(client, admin):
    members = f"/publish/organizations/{admin.organization_id}/members/"
    guest = UserFactory()
    client.post(members, {"email": guest.email, "role": "editor"})
    request = MembershipRequest.objects.get()
    client.force_login(guest)
    assert str(admin.organization) in client.get("/publish/").content.decode()
    client.post(f"/publish/invitations/{request.pk}/", {"accept": "1"})
    member = Member.objects.get(user=guest)
    client.force_login(admin.user)
    client.post(members, {"set-role": member.pk, f"role-{member.pk}": "nonsense"})
    client.post(members, {"set-role": admin.pk, f"role-{admin.pk}": "editor"})
    assert Member.objects.get(pk=admin.pk).role == "admin"
    client.post(members, {"set-role": member.pk, f"role-{member.pk}": "admin"})
    assert Member.objects.get(pk=member.pk).role == "admin"
    assert client.post(members, {"remove": admin.pk})["Location"] == admin.organization.get_absolute_url()
    assert not Member.objects.filter(pk=admin.pk).exists()


def test_an_invitation_is_answered_by_who_is_invited_alone(client, admin):
    guest = UserFactory()
    client.post(f"/publish/organizations/{admin.organization_id}/members/", {"email": guest.email, "role": "admin"})
    request = MembershipRequest.objects.get()
    client.force_login(UserFactory())
    client.post(f"/publish/invitations/{request.pk}/", {"accept": "1"})
    assert MembershipRequest.objects.get().status == "pending"


def test_a_transfer_is_proposed_and_accepted(client, admin):
    reuse, town = ReuseFactory(owner=None, organization=admin.organization), OrganizationFactory(name="Elsewhere")
    other = MemberFactory(organization=town, role="admin")
    ask = f"/publish/reuses/{reuse.pk}/transfer/"
    assert client.post(ask, {"recipient": "Nobody", "comment": "x"}).status_code == 400
    assert client.post(ask, {"recipient": "elsewhere", "comment": "It is theirs"}).status_code == 302
    client.force_login(other.user)
    assert "It is theirs" in client.get("/publish/").content.decode()
    client.post(f"/publish/transfers/{Transfer.objects.get().pk}/", {"accept": "1"})
    assert Reuse.objects.get().organization == town


def test_the_desk_costs_the_same_whatever_one_owns(client, admin, django_assert_max_num_queries):
    client.get("/publish/")
    with django_assert_max_num_queries(30) as few:
        client.get("/publish/")
    for number in range(4):
        DatasetFactory(organization=admin.organization, private=number % 2 == 0)
        ReuseFactory(owner=None, organization=admin.organization)
        Member.objects.create(organization=OrganizationFactory(), user=admin.user, role="admin")
    with django_assert_max_num_queries(len(few)):
        client.get("/publish/")
