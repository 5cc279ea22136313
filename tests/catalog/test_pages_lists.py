"""The pages that list objects."""

import pytest
from django.core.cache import cache

from catalog.models import Dataset, DatasetBadge
from catalog.services import derivation
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    LicenseFactory,
    MemberFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LISTS = {
    "/datasets/": DatasetFactory,
    "/reuses/": ReuseFactory,
    "/dataservices/": DataserviceFactory,
    "/organizations/": OrganizationFactory,
    "/posts/": PostFactory,
    "/topics/": TopicFactory,
}
FILTERED = [path for path in LISTS if path != "/posts/"]


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def page(response) -> str:
    return response.content.decode()


def titles(response) -> list[str]:
    return [str(item) for item in response.context["page"]]


@pytest.mark.parametrize("path", ["/datasets/", "/reuses/", "/dataservices/"])
def test_a_visitor_lists_what_is_neither_draft_archived_nor_deleted(client, path):
    factory = LISTS[path]
    shown = factory()
    gone, shelved = ("deleted_at", "archived_at") if path == "/dataservices/" else ("deleted", "archived")
    factory(private=True)
    factory(**{gone: "2026-01-01T00:00Z"})
    factory(**{shelved: "2026-01-01T00:00Z"})
    assert titles(client.get(path)) == [shown.title]


def test_a_member_finds_the_drafts_of_her_organization_with_their_mark(client):
    draft = DatasetFactory(draft=True)
    member = MemberFactory(organization=draft.organization)
    client.force_login(member.user)
    DatasetFactory(draft=True)  # somebody else's
    listed = DatasetFactory()
    response = client.get("/datasets/")
    assert titles(response) == [listed.title]
    assert [row.title for row in response.context["own"]["rows"]] == [draft.title]
    assert response.context["own"]["number"] == 1
    assert "Draft" in page(response)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("size", [2, 20])
def test_a_list_costs_the_same_queries_at_any_length(client, django_assert_max_num_queries, path, size):
    for item in LISTS[path].create_batch(size):
        if isinstance(item, Dataset):
            ResourceFactory(dataset=item)
    client.get("/developpeurs/")  # the title of the portal is remembered
    with django_assert_max_num_queries(7) as queries:  # position of the catalogue, count, ids, rows, badges, formats
        client.get(path)
    wanted = {"/datasets/": 6, "/reuses/": 4, "/dataservices/": 5, "/organizations/": 5, "/posts/": 4, "/topics/": 4}
    assert len(queries) == wanted[path]


def test_a_deep_page_reads_wide_rows_by_their_ids_alone(client, django_assert_max_num_queries):
    DatasetFactory.create_batch(45)
    with django_assert_max_num_queries(10) as queries:
        response = client.get("/datasets/?page=3")
    assert len(response.context["page"].object_list) == 5
    offsets = [query["sql"] for query in queries if "OFFSET 40" in query["sql"]]
    assert len(offsets) == 1
    assert "description" not in offsets[0]


def test_pages_are_numbered_and_keep_the_filters(client):
    DatasetFactory.create_batch(21, title="River")
    response = client.get("/datasets/?q=river&page=2")
    assert len(titles(response)) == 1
    text = page(response)
    assert 'href="?q=river&amp;page=1" rel="prev"' in text
    assert 'aria-current="page"><span class="p-hidden">Page </span>2' in text


@pytest.mark.parametrize("number", ["3", "0", "-1", "x", "", "9" * 30, "²"])
def test_a_page_that_does_not_exist_is_not_found(client, number):
    DatasetFactory.create_batch(21)
    assert client.get(f"/datasets/?page={number}").status_code == 404


def test_filters_sorts_and_words_are_those_of_the_api(client):
    license = LicenseFactory()
    trees = DatasetFactory(title="Trees", license=license, tags=["nature", "city"], metric_views=3)
    bees = DatasetFactory(title="Bees", license=license, tags=["nature"], metric_views=9)
    ResourceFactory(dataset=trees, format="geojson")
    derivation.refresh([trees.pk, bees.pk])
    queries = {
        f"q=TREES&license={license.pk}": ["Trees"],
        "tag=nature&tag=city": ["Trees"],
        f"organization={bees.organization.slug}": ["Bees"],
        "format_family=geographical": ["Trees"],
        "sort=-views": ["Bees", "Trees"],
        "sort=title": ["Bees", "Trees"],
        "unknown=1": ["Bees", "Trees"],
    }
    for query, expected in queries.items():
        found = titles(client.get(f"/datasets/?{query}"))
        assert (found if "sort" in query else sorted(found)) == expected, query


def test_filters_in_use_are_named_and_can_be_removed(client):
    dataset = DatasetFactory(tags=["nature", "city"])
    organization = dataset.organization
    response = client.get(f"/datasets/?tag=nature&tag=city&organization={organization.pk}&page=1")
    chips = {chip.value: chip.address for chip in response.context["chips"]}
    assert set(chips) == {"nature", "city", organization.name}
    assert chips["nature"] == f"?tag=city&organization={organization.pk}"
    assert 'id="option-tag-city" name="tag" value="city" checked' in page(response)


def test_a_filter_does_not_reveal_the_title_of_a_draft(client):
    draft = ReuseFactory(private=True, title="Secret reuse")
    assert "Secret reuse" not in page(client.get(f"/datasets/?reuse={draft.pk}"))


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("badge=zzz", 400, "Label: The value &#x27;zzz&#x27; is not a valid choice."),
        ("sort=colour", 400, "Sort: The value &#x27;colour&#x27;"),
        ("organization=nobody", 400, "Organization arg must be an identifier"),
        ("private=true", 403, "Sign in to filter by"),
    ],
)
def test_a_filter_that_makes_no_sense_is_a_message(client, query, status, message):
    response = client.get(f"/datasets/?{query}")
    assert response.status_code == status
    assert message in page(response)


@pytest.mark.parametrize("path", FILTERED)
def test_an_empty_search_says_what_to_do(client, path):
    response = client.get(f"{path}?q=nothing-like-it")
    assert response.status_code == 200
    assert "Use fewer words" in page(response)


@pytest.mark.parametrize("path", FILTERED)
def test_search_engines_read_the_list_but_not_its_filtered_forms(client, path):
    LISTS[path].create_batch(21)
    assert "noindex" not in page(client.get(path))
    filtered = client.get(f"{path}?q=river")
    assert "noindex" in page(filtered)
    assert filtered["X-Robots-Tag"] == "noindex, follow"
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{path}?page=2">' in page(client.get(f"{path}?page=2"))


def test_the_same_results_are_offered_as_json_and_as_csv(client):
    text = page(client.get("/datasets/?q=eau&page=1"))
    assert 'href="/api/1/datasets/?q=eau"' in text
    assert 'href="/datasets.csv?q=eau"' in text


def test_titles_are_shown_as_text(client):
    DatasetFactory(title="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>")
    text = page(client.get("/datasets/"))
    assert "&lt;script&gt;alert(1)" in text
    assert "onerror" not in text


def test_the_menus_hold_the_labels_of_the_vocabularies(client):
    DatasetBadge.objects.create(dataset=DatasetFactory(), kind="hvd")
    text = page(client.get("/datasets/?badge=hvd"))
    assert 'name="badge" value="hvd" checked><span>High value datasets</span>' in text


def test_news_leave_out_drafts_and_pages(client):
    PostFactory(name="Published news")
    PostFactory(name="Not yet", published=None)
    PostFactory(name="About", kind="page")
    assert titles(client.get("/posts/")) == ["Published news"]


def test_a_person_signed_in_reads_her_name_and_never_her_address(client):
    user = UserFactory(first_name="Grace", last_name="Hopper", email="grace@example.org")
    client.force_login(user)
    text = page(client.get("/datasets/"))
    assert "Grace Hopper" in text
    assert "grace@example.org" not in text
