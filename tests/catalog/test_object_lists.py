"""Lists of the API's other objects: their order, their words, what they cost, what they refuse."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.documents import store
from catalog.models import Post, Reuse
from portal.models import User
from tests.catalog.factories import (
    ContactPointFactory,
    DatasetFactory,
    DiscussionFactory,
    MemberFactory,
    MessageFactory,
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


def queries_of(api, url: str) -> int:
    """How many queries an answer costs."""
    with CaptureQueriesContext(connection) as captured:
        assert api.get(url).status_code == 200
    return len(captured)


def test_the_arrays_of_an_organization_cost_the_same_at_any_length(api):
    organization = OrganizationFactory()
    costs = []
    for _size in range(2):
        for _ in range(1 + 5 * len(costs)):
            dataset = ResourceFactory(dataset__organization=organization).dataset
            ReuseFactory(owner=None, organization=organization).datasets.add(dataset)
            MessageFactory(discussion=DiscussionFactory(dataset=dataset))
        store.refresh()
        urls = [f"/api/1/organizations/{organization.pk}/{name}/" for name in ("reuses", "discussions", "datasets")]
        costs.append([queries_of(api, url) for url in urls])
    assert costs[0] == costs[1]


def test_the_list_of_accounts_costs_the_same_at_any_length(api):
    api.force_authenticate(UserFactory(admin=True))
    MemberFactory()
    before = queries_of(api, "/api/1/users/")
    MemberFactory.create_batch(5)
    assert queries_of(api, "/api/1/users/") == before


@pytest.mark.parametrize(
    "url",
    [
        "/api/1/organizations/?sort=zz", "/api/1/reuses/?topic=zz", "/api/1/dataservices/?access_type=zz",
        "/api/1/posts/?kind=zz", "/api/1/discussions/?closed=zz", "/api/2/organizations/search/?producer_type=zz",
        "/api/1/organizations/?page=0", "/api/2/reuses/?page_size=x",
    ],
)  # fmt: skip
def test_an_argument_that_cannot_be_read_is_named(api, url):
    answer = api.get(url)
    assert answer.status_code == 400
    name = url.partition("?")[2].partition("=")[0]
    assert list(answer.json()["errors"]) == [name]
    assert answer.json()["message"] == "Input payload validation failed"


def test_an_owner_is_given_by_her_id_or_slug(api):
    reuse = ReuseFactory()
    ReuseFactory()
    for key in (reuse.owner_id, reuse.owner.slug):
        assert ids(api.get(f"/api/1/reuses/?owner={key}")) == [reuse.pk]
    answer = api.get("/api/1/reuses/?owner=no-such-person")
    assert (answer.status_code, answer.json()) == (400, {"message": "User arg must be an identifier"})


def test_drafts_of_reuses_are_asked_for_by_their_owner_only(api):
    draft = ReuseFactory(private=True)
    ReuseFactory()
    url = "/api/1/reuses/?private=true"
    assert api.get(url).status_code == 401
    api.force_authenticate(draft.owner)
    assert ids(api.get(url)) == [draft.pk]
    assert ids(api.get("/api/2/reuses/search/")) != [draft.pk]


def test_open_discussions_stand_before_the_closed_ones(api):
    now = timezone.now()
    late, early = DiscussionFactory(closed=now), DiscussionFactory(closed=now - timedelta(days=1))
    still_open = DiscussionFactory()
    assert ids(api.get("/api/1/discussions/?sort=closed")) == [still_open.pk, early.pk, late.pk]
    assert ids(api.get("/api/1/discussions/?sort=-closed")) == [late.pk, early.pk, still_open.pk]


def test_discussions_are_sorted_by_their_last_message(api):
    now = timezone.now()
    old, new = DiscussionFactory(), DiscussionFactory()
    for discussion, age in ((old, 9), (old, 5), (new, 7), (new, 1)):
        MessageFactory(discussion=discussion, posted_on=now - timedelta(days=age))
    assert ids(api.get("/api/1/discussions/?sort=-discussion.posted_on")) == [new.pk, old.pk]
    assert ids(api.get("/api/1/discussions/?sort=discussion.posted_on")) == [old.pk, new.pk]


def test_words_are_sought_in_titles_and_messages(api):
    discussion = MessageFactory(content="Where is the tram?", discussion=DiscussionFactory(title="Lines")).discussion
    MessageFactory(content="Another tram", discussion=discussion)
    DiscussionFactory()
    for url in ("/api/1/discussions/", "/api/2/discussions/search/"):
        assert ids(api.get(f"{url}?q=lines+tram")) == [discussion.pk]
        assert ids(api.get(f"{url}?q=absent")) == []


def test_discussions_updated_lately(api):
    recent = MessageFactory().discussion
    MessageFactory(discussion=recent)
    MessageFactory(posted_on=timezone.now() - timedelta(days=400))
    assert ids(api.get("/api/2/discussions/search/?last_update_range=last_30_days")) == [recent.pk]


def test_posts_come_the_newest_first_and_drafts_before_them(api):
    now = timezone.now()
    old, new = PostFactory(published=now - timedelta(days=2)), PostFactory(published=now)
    draft = PostFactory(published=None)
    page = PostFactory(published=now - timedelta(days=1), kind="page")
    assert ids(api.get("/api/1/posts/")) == [new.pk, page.pk, old.pk]
    assert ids(api.get("/api/1/posts/?kind=page")) == [page.pk]
    assert ids(api.get("/api/1/posts/?sort=published")) == [old.pk, page.pk, new.pk]
    api.force_authenticate(UserFactory(admin=True))
    assert ids(api.get("/api/1/posts/?with_drafts=true"))[0] == draft.pk


def test_a_post_shows_only_what_the_reader_may_read(api):
    post = PostFactory(image_url="https://example.org/image.png")
    dataset, draft = DatasetFactory(), DatasetFactory(draft=True)
    post.datasets.add(dataset, draft)
    post.reuses.add(ReuseFactory(private=True))
    body = api.get(f"/api/1/posts/{post.slug}/").json()
    assert [one["id"] for one in body["datasets"]] == [dataset.pk]
    assert body["reuses"] == []
    assert body["image"] == body["image_url"] == "https://example.org/image.png"
    Post.objects.update(published=timezone.now() + timedelta(days=1))
    assert api.get(f"/api/1/posts/{post.slug}/").status_code == 404


def test_people_are_suggested_the_most_followed_first_and_few_at_a_time(api):
    quiet, known = UserFactory(first_name="Ada"), UserFactory(first_name="Adam")
    UserFactory(first_name="Ada", is_active=False)
    User.objects.filter(pk=known.pk).update(metric_followers=9)
    url = "/api/1/users/suggest/?q=ada"
    assert ids(api.get(url)) == [known.pk, quiet.pk]
    assert ids(api.get(f"{url}&size=1")) == [known.pk]
    UserFactory.create_batch(25, first_name="Ada")
    assert len(ids(api.get(f"{url}&size=100"))) == 20
    api.force_authenticate(UserFactory(admin=True))
    assert api.get(f"{url}&size=1").json()[0]["email"] == known.email


def test_suggestions_show_public_objects_only(api):
    OrganizationFactory(name="City", deleted=timezone.now())
    ReuseFactory(title="Map", private=True)
    ReuseFactory(title="Map", archived=timezone.now())
    quiet, known = ReuseFactory(title="Map of trams"), ReuseFactory(title="A map")
    Reuse.objects.filter(pk=known.pk).update(metric_followers=3)
    assert ids(api.get("/api/1/organizations/suggest/?q=city")) == []
    assert ids(api.get("/api/1/reuses/suggest/?q=MAP")) == [known.pk, quiet.pk]


def test_the_contact_points_of_people_and_of_organizations(api):
    of_city = ContactPointFactory(name="Desk")
    of_ada = ContactPointFactory(organization=None, owner=UserFactory())
    organization = f"/api/1/organizations/{of_city.organization.slug}/contacts/"
    assert ids(api.get(f"/api/1/users/{of_ada.owner.slug}/contacts/")) == [of_ada.pk]
    assert ids(api.get(organization)) == [of_city.pk]
    assert ids(api.get(f"{organization}suggest/?q=des")) == [of_city.pk]
    assert ids(api.get(f"{organization}suggest/?q=absent")) == []
    assert api.get("/api/1/contacts/desk/").status_code == 404
    assert api.get("/api/1/contacts/0123456789abcdef01234567/").status_code == 404


def test_vocabularies_have_labels_in_the_reader_s_language(api):
    assert api.get("/api/1/users/roles/").json() == [{"name": "admin"}]
    assert [one["id"] for one in api.get("/api/1/organizations/roles/").json()] == ["admin", "editor", "partial_editor"]
    assert api.get("/api/1/organizations/roles/").json()[0]["label"] == "Administrator"
    assert api.get("/api/1/organizations/roles/?lang=fr").json()[0]["label"] == "Administrateur"
    assert {one["id"] for one in api.get("/api/1/reuses/types/").json()} >= {"api", "application", "hardware"}


@pytest.mark.parametrize("address", ["/api/1/dataservices/", "/dataservices.csv"])
def test_what_has_no_slug_is_known_by_its_id_alone(api, address):
    answer = api.get(address, {"contact_point": "town-hall"})
    assert answer.status_code == 400
    assert b"ContactPoint arg must be an identifier" in answer.content
