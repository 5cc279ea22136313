"""Organizations, reuses, dataservices, accounts, posts and discussions through the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.documents import store
from catalog.models import ContactPoint, Message, Organization, Tag
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    MemberFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def ids(response) -> list[str]:
    body = response.json()
    return [row["id"] for row in (body if isinstance(body, list) else body["data"])]


LISTS = {
    "/api/1/organizations/": lambda: MemberFactory(organization=OrganizationFactory(badges=["certified"])),
    "/api/2/organizations/search/": lambda: MemberFactory(),
    "/api/1/reuses/": lambda: linked(ReuseFactory()),
    "/api/2/reuses/": lambda: linked(ReuseFactory()),
    "/api/2/reuses/search/": lambda: linked(ReuseFactory()),
    "/api/1/dataservices/": lambda: linked(DataserviceFactory()),
    "/api/2/dataservices/search/": lambda: linked(DataserviceFactory()),
    "/api/1/posts/": lambda: linked(PostFactory()),
    "/api/2/posts/search/": lambda: linked(PostFactory()),
    "/api/1/discussions/": lambda: Message.objects.create(discussion=DiscussionFactory(), content="Hello"),
    "/api/2/discussions/search/": lambda: Message.objects.create(discussion=DiscussionFactory(), content="Hello"),
}


def linked(instance):
    """Link the object to a dataset with a resource, and tag it."""
    instance.datasets.add(ResourceFactory().dataset)
    instance.tags.set(Tag.objects.named(["eau", "air"]))
    return instance


@pytest.mark.parametrize("url", LISTS)
def test_a_list_costs_the_same_queries_at_any_length(api, url, django_assert_num_queries):
    LISTS[url]()
    store.refresh()
    for_one = queries_of(api, url)
    for _ in range(9):
        LISTS[url]()
    store.refresh()
    with django_assert_num_queries(for_one):
        assert len(ids(api.get(url))) == 10
    assert for_one <= 12


def queries_of(api, url: str) -> int:
    """How many queries the list costs."""
    with CaptureQueriesContext(connection) as captured:
        assert api.get(url).status_code == 200
    return len(captured)


def test_members_are_named_and_their_addresses_masked(api):
    member = MemberFactory(role="admin", user__email="ada@example.org")
    url = f"/api/1/organizations/{member.organization_id}/"
    (seen,) = api.get(url).json()["members"]
    assert (seen["user"]["email"], seen["user"]["last_login_at"]) == ("***@example.org", None)
    assert (seen["role"], seen["label"]) == ("admin", "Administrator")
    api.force_authenticate(member.user)
    body = api.get(url).json()
    assert body["members"][0]["user"]["email"] == "ada@example.org"
    assert set(body["permissions"].values()) == {True}
    api.force_authenticate(MemberFactory(organization=member.organization, role="partial_editor").user)
    body = api.get(url).json()
    assert "ada@example.org" not in str(body)
    assert body["permissions"] == {
        "delete": False, "edit": False, "harvest": False, "members": False, "private": True,
    }  # fmt: skip


def test_an_organization_that_moved_or_went(api):
    organization = OrganizationFactory(name="First name")
    organization.name = "Second name"
    organization.save()
    assert api.get("/api/1/organizations/first-name/")["Location"] == "/api/1/organizations/second-name/"
    Organization.objects.filter(pk=organization.pk).update(deleted=timezone.now())
    answer = api.get(f"/api/1/organizations/{organization.pk}/")
    assert (answer.status_code, answer.json()) == (410, {"message": "Organization has been deleted"})
    assert ids(api.get("/api/1/organizations/")) == []
    assert api.get("/api/1/organizations/nobody/").status_code == 404


def test_what_an_organization_owns(api):
    member = MemberFactory()
    organization = member.organization
    base = f"/api/1/organizations/{organization.slug}/"
    shown = DatasetFactory(organization=organization)
    draft = DatasetFactory(organization=organization, draft=True)
    reuse = ReuseFactory(owner=None, organization=organization)
    discussion = DiscussionFactory(dataset=shown)
    hidden = DiscussionFactory(dataset=draft)
    contact = ContactPoint.objects.create(name="Desk", email="desk@example.org", organization=organization)
    assert ids(api.get(f"{base}datasets/")) == [shown.pk]
    assert ids(api.get(f"{base}reuses/")) == [reuse.pk]
    assert ids(api.get(f"{base}discussions/")) == [discussion.pk]
    assert ids(api.get(f"{base}contacts/")) == [contact.pk]
    assert api.get(f"/api/2/organizations/{organization.pk}/extras/").json() == {}
    api.force_authenticate(member.user)
    assert set(ids(api.get(f"{base}datasets/"))) == {shown.pk, draft.pk}
    assert set(ids(api.get(f"{base}discussions/"))) == {discussion.pk, hidden.pk}


def test_blocks_of_presentation_show_on_demand(api):
    organization = OrganizationFactory(
        presentation_blocs=[{"class": "MarkdownBloc"}], presentation_blocs_published_at=timezone.now()
    )
    url = f"/api/1/organizations/{organization.pk}/"
    assert "presentation_blocs" not in api.get(url).json()
    assert api.get(url, headers={"X-Fields": "*"}).json()["presentation_blocs"] == [{"class": "MarkdownBloc"}]


def test_organizations_are_filtered_and_sorted(api):
    one = OrganizationFactory(name="Bees", badges=["certified"], business_number_id="13002526500013")
    two = OrganizationFactory(name="Ants", acronym="ANT")
    for query in ["badge=certified", "name=bees", "business_number_id=13002526500013", "q=bee"]:
        assert ids(api.get(f"/api/1/organizations/?{query}")) == [one.pk], query
    assert ids(api.get("/api/1/organizations/?sort=name")) == [two.pk, one.pk]
    assert ids(api.get("/api/2/organizations/search/?sort=-name&producer_type=certified")) == [one.pk]
    assert api.get("/api/2/organizations/search/").json()["facets"] == {}
    assert ids(api.get("/api/1/organizations/suggest/?q=an")) == [two.pk]


def test_a_reuse_holds_whole_datasets_that_the_caller_may_read(api):
    reuse = ReuseFactory()
    shown, draft = ResourceFactory().dataset, DatasetFactory(draft=True)
    reuse.datasets.add(shown, draft)
    reuse.dataservices.add(DataserviceFactory(title="API"))
    body = api.get(f"/api/1/reuses/{reuse.slug}/").json()
    assert [one["id"] for one in body["datasets"]] == [shown.pk]
    assert body["datasets"][0] == api.get(f"/api/1/datasets/{shown.pk}/").json()
    assert body["dataservices"][0]["title"] == "API"
    assert body["owner"]["id"] == reuse.owner_id
    api.force_authenticate(MemberFactory(organization=draft.organization).user)
    assert {one["id"] for one in api.get(f"/api/1/reuses/{reuse.pk}/").json()["datasets"]} == {shown.pk, draft.pk}
    api.force_authenticate(None)
    (row,) = api.get("/api/2/reuses/").json()["data"]
    assert row["datasets"]["total"] == 1
    assert ids(api.get(row["datasets"]["href"].partition("8000")[2])) == [shown.pk]


@pytest.mark.parametrize(("state", "status"), [("private", 404), ("deleted", 410), ("archived", 200)])
def test_hidden_reuses(api, state, status):
    value = True if state == "private" else timezone.now()
    reuse = ReuseFactory(**{state: value})
    assert api.get(f"/api/1/reuses/{reuse.pk}/").status_code == status
    assert ids(api.get("/api/1/reuses/")) == []
    api.force_authenticate(reuse.owner)
    assert api.get(f"/api/1/reuses/{reuse.pk}/").json()["permissions"] == {"delete": True, "edit": True}


def test_reuses_are_filtered(api):
    one = linked(ReuseFactory(title="Bus map", type="paper", topic="health", featured=True))
    ReuseFactory()
    dataset = one.datasets.get()
    for query in [f"dataset={dataset.pk}", "tag=eau", "type=paper", "featured=true", "q=bus", f"owner={one.owner_id}"]:
        assert ids(api.get(f"/api/1/reuses/?{query}")) == [one.pk], query
    assert api.get("/api/1/reuses/?type=zz").status_code == 400
    assert ids(api.get("/api/1/reuses/suggest/?q=map")) == [one.pk]


@pytest.mark.parametrize(("state", "status"), [("private", 404), ("deleted_at", 410), ("archived_at", 200)])
def test_hidden_dataservices(api, state, status):
    value = True if state == "private" else timezone.now()
    service = DataserviceFactory(**{state: value})
    answer = api.get(f"/api/1/dataservices/{service.pk}/")
    assert answer.status_code == status
    assert status != 410 or answer.json() == {"message": "Dataservice has been deleted"}
    assert ids(api.get("/api/1/dataservices/")) == []


def test_a_dataservice_counts_what_its_link_shows(api):
    service = linked(DataserviceFactory())
    service.datasets.add(DatasetFactory(draft=True))
    body = api.get(f"/api/1/dataservices/{service.pk}/").json()
    assert body["datasets"]["total"] == 1
    assert set(body["harvest"].values()) == {None}
    assert api.get(body["datasets"]["href"].partition("8000")[2]).json()["total"] == 1


def test_accounts_are_listed_by_administrators_only(api):
    user = UserFactory(first_name="Ada", email="ada@example.org")
    url = "/api/1/users/"
    assert api.get(url).status_code == 401
    api.force_authenticate(user)
    assert api.get(url).status_code == 403
    api.force_authenticate(UserFactory(admin=True))
    assert user.pk in ids(api.get(f"{url}?q=ada&sort=-created"))


def test_an_account_keeps_its_address_to_itself(api):
    user = UserFactory(first_name="Ada", last_name="Byron", email="ada@example.org")
    member = MemberFactory(user=user)
    gone = MemberFactory(user=user).organization
    Organization.objects.filter(pk=gone.pk).update(deleted=timezone.now())
    body = api.get(f"/api/1/users/{user.slug}/").json()
    assert (body["email"], body["roles"]) == (None, [])
    assert [one["id"] for one in body["organizations"]] == [member.organization_id]
    (found,) = api.get("/api/1/users/suggest/?q=byron ada").json()
    assert found["email"] == "***@example.org"
    api.force_authenticate(user)
    assert api.get(f"/api/1/users/{user.pk}/").json()["email"] == "ada@example.org"


def test_a_deleted_account_is_gone(api):
    user = UserFactory(deleted=timezone.now())
    assert api.get(f"/api/1/users/{user.pk}/").status_code == 410


def test_drafts_of_posts_are_for_administrators(api):
    shown, draft = linked(PostFactory()), PostFactory(published=None)
    assert ids(api.get("/api/1/posts/?with_drafts=true")) == [shown.pk]
    assert api.get(f"/api/1/posts/{draft.pk}/").status_code == 404
    api.force_authenticate(UserFactory(admin=True))
    assert set(ids(api.get("/api/1/posts/?with_drafts=true"))) == {shown.pk, draft.pk}
    assert ids(api.get("/api/1/posts/")) == [shown.pk]
    assert api.get(f"/api/1/posts/{draft.slug}/").status_code == 200


def test_discussions_follow_the_visibility_of_their_subject(api):
    shown, hidden = DiscussionFactory(), DiscussionFactory(dataset=DatasetFactory(draft=True))
    Message.objects.create(discussion=shown, content="Hello", posted_by=shown.user)
    assert ids(api.get("/api/1/discussions/")) == [shown.pk]
    assert api.get(f"/api/1/discussions/{hidden.pk}/").status_code == 404
    api.force_authenticate(shown.user)
    body = api.get(f"/api/1/discussions/{shown.pk}/").json()
    assert body["permissions"] == {"close": True, "delete": True, "edit": True}
    assert body["discussion"][0]["permissions"] == {"delete": True, "edit": True}


def test_discussions_are_filtered_and_sorted(api):
    one, two = DiscussionFactory(title="B", closed=timezone.now()), DiscussionFactory(title="A")
    other = DiscussionFactory(dataset=None, reuse=ReuseFactory())
    assert ids(api.get("/api/1/discussions/?closed=true")) == [one.pk]
    assert set(ids(api.get(f"/api/1/discussions/?for={one.dataset_id}&for={other.reuse_id}"))) == {one.pk, other.pk}
    assert ids(api.get(f"/api/1/discussions/?org={two.dataset.organization_id}")) == [two.pk]
    assert ids(api.get(f"/api/1/discussions/?user={two.user_id}")) == [two.pk]
    assert ids(api.get("/api/1/discussions/?sort=title"))[:2] == [two.pk, one.pk]
    assert api.get("/api/1/discussions/?sort=-discussion.posted_on").status_code == 200


def test_contact_points(api):
    contact = ContactPoint.objects.create(name="Desk", email="desk@example.org", organization=OrganizationFactory())
    body = api.get(f"/api/1/contacts/{contact.pk}/").json()
    assert body["organization"]["id"] == contact.organization_id
    assert api.get("/api/1/contacts/roles/").json()[0] == {"id": "contact", "label": "Contact"}
