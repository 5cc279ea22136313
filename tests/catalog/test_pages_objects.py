"""The pages of one object: its address in every form, its states, what it shows."""

import uuid

import pytest
from django.apps import apps
from django.core.cache import cache
from django.utils import timezone

from catalog.models import Dataset, Discussion, OrganizationBadge
from catalog.services import derivation
from tests.catalog.factories import (
    CommunityResourceFactory,
    ContactPointFactory,
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    GeoZoneFactory,
    LicenseFactory,
    MemberFactory,
    MessageFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
FACTORIES = {
    "datasets": DatasetFactory,
    "reuses": ReuseFactory,
    "dataservices": DataserviceFactory,
    "organizations": OrganizationFactory,
    "posts": PostFactory,
    "users": UserFactory,
}
each_kind = pytest.mark.parametrize("kind", FACTORIES)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def page(response) -> str:
    return response.content.decode()


@each_kind
def test_an_object_has_its_page(client, kind):
    item = FACTORIES[kind]()
    response = client.get(f"/{kind}/{item.slug}/")
    assert response.status_code == 200
    text = page(response)
    assert str(item) in text
    assert text.count("<h1") == 1
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/{kind}/{item.slug}/">' in text
    assert f'type="application/json" href="http://127.0.0.1:8000/api/1/{kind}/{item.slug}/"' in text


@each_kind
def test_its_id_leads_to_its_page(client, kind):
    item = FACTORIES[kind]()
    response = client.get(f"/{kind}/{item.pk}/?page=1")
    assert (response.status_code, response["Location"]) == (302, f"/{kind}/{item.slug}/?page=1")


@pytest.mark.parametrize("kind", ["datasets", "reuses", "dataservices", "organizations", "posts"])
def test_an_old_address_leads_to_the_new_one(client, kind):
    item = FACTORIES[kind]()
    old = item.slug
    setattr(item, item.slug_source, "Quite another title")
    item.save()
    response = client.get(f"/{kind}/{old}/")
    assert (response.status_code, response["Location"]) == (301, f"/{kind}/quite-another-title/")


def test_an_address_in_another_spelling_leads_to_the_right_one(client):
    DatasetFactory(title="Qualité des eaux")
    assert client.get("/datasets/Qualité des eaux/")["Location"] == "/datasets/qualite-des-eaux/"


@each_kind
@pytest.mark.parametrize("key", ["nothing", "0" * 24, "é", "a" * 300])
def test_an_unknown_object_is_not_found(client, kind, key):
    assert client.get(f"/{kind}/{key}/").status_code == 404


@pytest.mark.parametrize("kind", ["datasets", "reuses", "dataservices", "organizations", "users"])
def test_a_deleted_object_is_gone_and_its_title_too(client, kind):
    column = "deleted_at" if kind == "dataservices" else "deleted"
    item = FACTORIES[kind](**{column: timezone.now()})
    for key in (item.slug, item.pk):
        response = client.get(f"/{kind}/{key}/")
        assert response.status_code == 410
        assert str(item) not in page(response)


@pytest.mark.parametrize("kind", ["datasets", "reuses", "dataservices"])
def test_a_draft_is_not_found_by_strangers_and_marked_for_its_owner(client, kind):
    owner = UserFactory()
    item = FACTORIES[kind](private=True, owner=owner, organization=None)
    strange = UserFactory()
    for reader in (None, strange):
        if reader:
            client.force_login(reader)
        assert client.get(f"/{kind}/{item.slug}/").status_code == 404
        assert client.get(f"/{kind}/{item.pk}/").status_code == 404
    client.force_login(owner)
    text = page(client.get(f"/{kind}/{item.slug}/"))
    assert "This is a draft" in text
    assert "noindex" in text


def test_an_archived_dataset_stays_readable(client):
    text = page(client.get(f"/datasets/{DatasetFactory(shelved=True).slug}/"))
    assert "This page is archived" in text
    assert "noindex" in text


def test_an_unpublished_post_and_an_inactive_account_are_not_found(client):
    assert client.get(f"/posts/{PostFactory(published=None).slug}/").status_code == 404
    assert client.get(f"/users/{UserFactory(is_active=False).slug}/").status_code == 404


def whole_dataset(size: int) -> Dataset:
    """Return a dataset with `size` of everything that hangs on it."""
    organization = OrganizationFactory(name="Town hall", badges=["certified"])
    dataset = DatasetFactory(
        organization=organization,
        license=LicenseFactory(),
        frequency="annual",
        temporal_start="2020-01-01",
        tags=["water", "air"],
        extras={"made:with": "care"},
    )
    for number in range(size):
        ResourceFactory(dataset=dataset, title=f"Measures {number}", filesize=1_234_567, position=number)
        CommunityResourceFactory(dataset=dataset, title=f"Conversion {number}")
        dataset.spatial_zones.add(GeoZoneFactory(name=f"Region {number}"))
        dataset.contact_points.add(ContactPointFactory(name=f"Desk {number}"))
        ReuseFactory(title=f"Map {number}").datasets.add(dataset)
        DataserviceFactory(title=f"Service {number}").datasets.add(dataset)
        for _message in range(size):
            thread = Discussion.objects.filter(dataset=dataset).first() or DiscussionFactory(dataset=dataset)
            MessageFactory(discussion=thread, content=f"Question {number}")
    derivation.refresh([dataset.pk])
    return Dataset.objects.get(pk=dataset.pk)


def test_the_page_of_a_dataset_shows_all_that_hangs_on_it(client):
    dataset = whole_dataset(1)
    text = page(client.get(f"/datasets/{dataset.slug}/"))
    for expected in [
        "Town hall", "certified", "Licence Ouverte", "Annually", "2020", "Measures 0", "1.2 MB", "Conversion 0",
        "Region 0", "Desk 0", "Map 0", "Service 0", "Question 0", "made:with", "Quality of the metadata",
        f"/datasets/r/{dataset.resources.get().pk}", "/tags/water/", "/organizations/town-hall/datasets.csv",
    ]:  # fmt: skip
        assert expected in text, expected


@pytest.mark.parametrize("size", [1, 5])
def test_the_page_of_a_dataset_costs_the_same_queries_whatever_hangs_on_it(client, django_assert_num_queries, size):
    dataset = whole_dataset(size)
    client.get("/developpeurs/")  # the title of the portal is remembered
    # dataset; its badges, tags, zones, contacts, producer's badges; count and rows of resources; community resources;
    # reuses; dataservices and their producers' badges; threads and their messages; its audience, where `stats` is
    # installed
    with django_assert_num_queries(14 + apps.is_installed("stats")):
        client.get(f"/datasets/{dataset.slug}/")


def test_nothing_is_asked_for_what_nobody_added(client, django_assert_num_queries):
    dataset = DatasetFactory()
    client.get("/developpeurs/")
    # dataset; its badges, tags, zones, contacts; producer's badges where it has one; count and rows of resources
    with django_assert_num_queries(7 + bool(dataset.organization_id) + apps.is_installed("stats")):
        client.get(f"/datasets/{dataset.slug}/")


@pytest.mark.parametrize("few", [0, 200])
def test_many_files_come_in_the_order_of_few(client, monkeypatch, few):
    monkeypatch.setattr("catalog.views.dataset.FEW", few)
    dataset = DatasetFactory()
    for number, kind in enumerate(["other", "api", "main", "main", "documentation"]):
        ResourceFactory(dataset=dataset, title=f"{kind} {number}", type=kind, position=-number)
    derivation.refresh([dataset.pk])
    rows = client.get(f"/datasets/{dataset.slug}/").context["resources"].object_list
    assert [row.title for row in rows] == ["main 3", "main 2", "documentation 4", "api 1", "other 0"]
    assert [row.page_url for row in rows] == [f"/datasets/{dataset.slug}/resources/{row.pk}/" for row in rows]


def test_a_dataset_with_nothing_says_so(client):
    text = page(client.get(f"/datasets/{DatasetFactory().slug}/"))
    for expected in ["This dataset has no file yet", "No reuse is known yet", "No discussion yet", "Nobody has added"]:
        assert expected in text


def test_many_files_come_in_pages_and_can_be_searched(client):
    dataset = DatasetFactory()
    ResourceFactory.create_batch(25, dataset=dataset)
    ResourceFactory(dataset=dataset, title="The needle", type="documentation", position=-1)
    derivation.refresh([dataset.pk])
    first = client.get(f"/datasets/{dataset.slug}/")
    assert len(first.context["resources"].object_list) == 20
    second = page(client.get(f"/datasets/{dataset.slug}/?page=2"))
    assert "The needle" in second  # main files come first, whatever their position
    found = client.get(f"/datasets/{dataset.slug}/?q=needle")
    assert [resource.title for resource in found.context["resources"]] == ["The needle"]
    assert client.get(f"/datasets/{dataset.slug}/?page=3").status_code == 404


def test_advice_is_given_for_each_criterion_that_is_not_met(client):
    dataset = DatasetFactory(license=LicenseFactory())
    derivation.refresh([dataset.pk])
    response = client.get(f"/datasets/{dataset.slug}/")
    met = {str(criterion.label): criterion.met for criterion in response.context["criteria"]}
    assert len(met) == 9
    assert met["A licence is given"] is True
    assert "Say how often the data are updated." in page(response)


def test_drafts_of_others_are_not_among_the_reuses_of_a_dataset(client):
    dataset = DatasetFactory()
    ReuseFactory(private=True, title="Secret map").datasets.add(dataset)
    assert "Secret map" not in page(client.get(f"/datasets/{dataset.slug}/"))


def test_who_may_edit_is_led_to_the_publisher_s_pages(client):
    dataset = DatasetFactory()
    address = f"/publish/datasets/{dataset.pk}/describe/"
    assert address not in page(client.get(f"/datasets/{dataset.slug}/"))
    client.force_login(MemberFactory(organization=dataset.organization).user)
    assert address in page(client.get(f"/datasets/{dataset.slug}/"))


def test_the_page_of_an_organization_lists_what_it_publishes_and_its_members(client):
    member = MemberFactory(user=UserFactory(first_name="Ada", last_name="Byron"))
    organization = member.organization
    OrganizationBadge.objects.create(organization=organization, kind="certified")
    DatasetFactory(organization=organization, title="Trees")
    DatasetFactory(organization=organization, draft=True, title="Secret draft")
    text = page(client.get(f"/organizations/{organization.slug}/"))
    for expected in ["Trees", "Ada Byron", "Certified", f"/organizations/{organization.slug}/datasets.csv"]:
        assert expected in text
    assert "Secret draft" not in text


def test_the_page_of_a_person_shows_no_address(client):
    user = UserFactory(email="secret@example.org", about="I **like** maps.")
    text = page(client.get(f"/users/{user.slug}/"))
    assert "<strong>like</strong>" in text
    assert "secret@example.org" not in text


@pytest.mark.parametrize(
    ("body_type", "fields"),
    [
        ("markdown", {"content": "**Hello** all"}),
        ("html", {"content": "<strong>Hello</strong><script>x</script>"}),
        ("blocs", {"blocs": [{"class": "MarkdownBloc", "content": "**Hello**"}]}),
    ],
)
def test_a_post_shows_its_body_whatever_its_form(client, body_type, fields):
    text = page(client.get(f"/posts/{PostFactory(body_type=body_type, **fields).slug}/"))
    assert "<strong>Hello</strong>" in text
    assert "<script>x" not in text


def test_an_address_that_runs_something_is_never_a_link(client):
    reuse = ReuseFactory(url="javascript:alert(1)")
    assert "javascript:alert" not in page(client.get(f"/reuses/{reuse.slug}/"))


def test_the_permanent_address_of_a_file_leads_to_it(client):
    for item in (ResourceFactory(), CommunityResourceFactory(), ResourceFactory(url=f"https://e.org/?{'é' * 3000}")):
        response = client.get(f"/datasets/r/{item.pk}")
        assert response.status_code == 302
        assert response["Location"].startswith(item.url[:15])


@pytest.mark.parametrize("key", ["x", str(uuid.UUID(int=0))])
def test_the_address_of_no_file_is_not_found(client, key):
    assert client.get(f"/datasets/r/{key}").status_code == 404


def test_a_file_of_a_draft_or_with_a_scheme_that_runs_is_not_found(client):
    draft = ResourceFactory(dataset=DatasetFactory(draft=True))
    harmful = ResourceFactory(url="javascript:alert(1)")
    for item in (draft, harmful):
        assert client.get(f"/datasets/r/{item.pk}").status_code == 404
