"""The pages of lists and of the search, answered by the index."""

import pytest
from django.core.cache import cache
from django.test import override_settings

from catalog.models import DatasetBadge, GeoLevel, GeoZone
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
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def page(response) -> str:
    return response.content.decode()


def titles(response) -> list[str]:
    return [str(item) for item in response.context["page"]]


def options(response, name: str) -> dict[str, int | None]:
    """Return the labels of a facet with their counts."""
    group = next(group for group in response.context["groups"] if group.name == name)
    return {str(option.label): option.count for option in [*group.options, *group.more]}


@pytest.fixture
def rivers(indexed):
    """Three datasets about rivers, and one that is not."""
    level = GeoLevel.objects.get_or_create(pk="fr:region", defaults={"name": "Region"})[0]
    zone = GeoZone.objects.create(pk="fr:region:99", level=level, code="99", name="Valmont", slug="valmont")
    agency = OrganizationFactory(name="Water agency | north", badges=["certified", "public-service"])
    license = LicenseFactory()
    for number, tags in enumerate([["water", "rain"], ["water"], ["fish"]]):
        dataset = DatasetFactory(title=f"River {number}", organization=agency, license=license, tags=tags)
        ResourceFactory(dataset=dataset, format=["csv", "csv", "pdf"][number])
        dataset.spatial_zones.add(zone)
    DatasetBadge.objects.create(dataset=dataset, kind="hvd")
    DatasetFactory(title="Roads", organization=None, owner=UserFactory())
    indexed()
    return agency


def test_facets_name_their_values_and_count_them_exactly(client, rivers):
    response = client.get("/datasets/?q=river")
    assert response.context["page"].paginator.count == 3
    assert options(response, "organization") == {"Water agency | north": 3}
    assert options(response, "license") == {LicenseFactory().title: 3}
    assert options(response, "geozone") == {"Valmont": 3}
    assert options(response, "format") == {"CSV": 2, "PDF": 1}
    assert options(response, "tag") == {"water": 2, "rain": 1, "fish": 1}
    assert options(response, "format_family") == {"Tables (CSV, XLSX…)": 2, "Documents (PDF, DOCX…)": 1}


def test_a_facet_in_use_still_counts_its_other_values(client, rivers):
    response = client.get(f"/datasets/?format=PDF&organization={rivers.slug}")
    assert titles(response) == ["River 2"]
    assert options(response, "format") == {"PDF": 1, "CSV": 2}
    assert options(response, "organization") == {"Water agency | north": 1}
    assert {str(chip.value) for chip in response.context["chips"]} == {"PDF", "Water agency | north"}
    text = page(response)
    assert 'id="option-format-pdf" name="format" value="pdf" checked' in text
    assert f'value="{rivers.pk}" checked' in text


def test_tags_narrow_each_other_so_that_those_left_promise_no_number(client, rivers):
    response = client.get("/datasets/?tag=water")
    assert len(titles(response)) == 2
    assert set(options(response, "tag").values()) == {None}


def test_the_form_works_without_script(client, rivers):
    text = page(client.get("/datasets/?q=river&owner=&sort="))
    assert text == ""  # a form sends what is empty: the answer leads to the address without it
    response = client.get("/datasets/?q=river&license=&format=csv&format=pdf&sort=")
    assert (response.status_code, response["Location"]) == (302, "/datasets/?q=river&format=csv&format=pdf")
    text = page(client.get(response["Location"]))
    assert text.count('type="checkbox"') >= 2
    assert '<button type="submit" class="p-button p-button--second p-without-script">' in text
    assert "<script>" not in text


def test_links_to_other_combinations_are_not_for_robots(client, rivers):
    text = page(client.get("/datasets/?q=river&format=csv&tag=water"))
    assert 'class="p-chip" href="?q=river&amp;tag=water" rel="nofollow"' in text


@pytest.mark.parametrize(
    ("query", "listed", "canonical"),
    [
        ("", True, "/datasets/"),
        ("?utm_source=x&sesame=1", True, "/datasets/"),
        ("?format=csv", True, "/datasets/?format=csv"),
        ("?format=csv&utm_source=x", True, "/datasets/?format=csv"),
        ("?format=csv&tag=water", False, "/datasets/"),
        ("?format=csv&format=pdf", False, "/datasets/"),
        ("?tag=nothing-has-it", False, "/datasets/?tag=nothing-has-it"),
        ("?q=river", False, "/datasets/"),
        ("?sort=title", False, "/datasets/"),
    ],
)
def test_search_engines_list_the_whole_and_its_single_facets(client, rivers, query, listed, canonical):
    response = client.get(f"/datasets/{query}")
    assert response.headers.get("X-Robots-Tag") == (None if listed else "noindex, follow")
    assert ('content="noindex, follow"' in page(response)) is not listed
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{canonical}">' in page(response)


def test_what_no_filter_knows_is_dropped_from_links_and_form(client, indexed):
    DatasetFactory.create_batch(21, title="River")
    indexed()
    text = page(client.get("/datasets/?q=river&evil=1&page=2"))
    assert "evil" not in text.split('id="list"')[1].split("</form>")[0]
    assert 'href="?q=river&amp;page=1" rel="prev"' in text


def test_the_language_asked_for_by_an_address_stays_in_its_links(client, indexed):
    DatasetFactory.create_batch(21, title="Rivière")
    indexed()
    text = page(client.get("/datasets/?q=riviere&lang=fr"))
    assert "21 résultats" in text
    assert "Les plus pertinents d’abord" in text
    assert "lang=fr&amp;page=2" in text


def test_words_found_are_marked_and_everything_else_is_text(client, indexed):
    DatasetFactory(
        title="<script>alert(1)</script> Rivers", description='A river <img src=x onerror="alert(1)"> & <b>banks</b>'
    )
    indexed()
    text = page(client.get('/datasets/?q=river+"><script>alert(2)</script>'))
    assert "<script>alert" not in text
    text = page(client.get("/datasets/?q=river"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>Rivers</mark>" in text
    assert "A <mark>river</mark>" in text
    assert "onerror" not in text
    assert "<script>alert" not in text


def test_a_mistake_is_forgiven_and_said(client, indexed):
    DatasetFactory(title="Transports publics")
    indexed()
    response = client.get("/datasets/?q=transprots")
    assert titles(response) == ["Transports publics"]
    text = page(response)
    assert "Did you mean:" in text
    assert 'href="?q=transports"' in text
    assert "words that are nearly the same were accepted" in text


def test_words_that_are_nowhere_together_are_said_to_be(client, indexed):
    DatasetFactory(title="Rivers of the north")
    indexed()
    response = client.get("/datasets/?q=rivers+north+motorbike")
    assert titles(response) == ["Rivers of the north"]
    assert "No result has all these words" in page(response)


def test_nothing_found_leads_elsewhere(client, indexed):
    ReuseFactory(title="A map of glaciers")
    indexed()
    text = page(client.get("/datasets/?q=glaciers+melting&format=csv"))
    assert "these have most of them" not in text
    text = page(client.get("/datasets/?q=glaciers&format=csv"))
    assert "Remove all filters" in text
    assert 'href="/datasets/?q=glaciers" rel="nofollow"' in text
    assert 'href="/reuses/?q=glaciers" rel="nofollow">Reuses: 1 result</a>' in text
    assert "Organizations:" not in text


def test_pages_end_at_the_ten_thousandth_result(client, indexed):
    DatasetFactory()
    indexed()
    assert client.get("/datasets/?page=500").status_code == 404
    response = client.get("/datasets/?page=501")
    assert response.status_code == 404
    assert "refine the search" in page(response)


@pytest.mark.parametrize("query", ["&".join(f"tag=t{n}" for n in range(31)), f"q={'x' * 301}"])
def test_more_than_anybody_would_choose_is_refused(client, rivers, query):
    response = client.get(f"/datasets/?{query}")
    assert response.status_code == 400
    assert "too many filters" in page(response)


def test_a_script_gets_the_list_alone(client, rivers):
    response = client.get("/datasets/?q=river", headers=HTMX)
    text = page(response)
    assert "<html" not in text
    assert "<title>Datasets" in text
    assert text.count('id="list"') == 1
    assert "HX-Request" in response["Vary"]
    assert "<html" in page(client.get("/datasets/?q=river", headers=HTMX | {"HX-History-Restore-Request": "true"}))


def test_an_anonymous_list_is_kept_until_the_catalogue_changes(client, rivers, django_assert_num_queries):
    client.get("/developpeurs/")  # the first page of all makes the portal's own row
    first = client.get("/datasets/?format=csv&nonsense=1")
    assert first["Cache-Control"] == "public, max-age=60"
    known = {"if-none-match": first["ETag"]}
    with django_assert_num_queries(1):  # the position of the catalogue
        assert client.get("/datasets/?nonsense=2&format=csv", headers=known).status_code == 304
    for other in ({"accept-language": "fr"}, HTMX):
        assert client.get("/datasets/?format=csv", headers=known | other).status_code == 200
    DatasetFactory()
    assert client.get("/datasets/?format=csv", headers=known).status_code == 200


def test_a_list_with_something_of_the_readers_own_is_never_kept(client, rivers):
    client.force_login(UserFactory())
    response = client.get("/datasets/")
    assert "ETag" not in response
    assert "public" not in response.headers.get("Cache-Control", "")


def test_drafts_stand_apart_and_change_no_count(client, rivers):
    DatasetFactory(title="River of tomorrow", draft=True, organization=rivers)
    member = MemberFactory(organization=rivers)
    client.force_login(member.user)
    response = client.get("/datasets/?q=river")
    assert response.context["page"].paginator.count == 3
    assert options(response, "organization") == {"Water agency | north": 3}
    assert [row.title for row in response.context["own"]["rows"]] == ["River of tomorrow"]
    assert client.get("/datasets/?q=roads").context["own"] is None


def test_one_network_may_not_ask_for_every_combination(client, rivers):
    with override_settings(API_RATES={"searches": "2/minute"}):
        statuses = [client.get(f"/datasets/?tag=t{number}").status_code for number in range(3)]
        assert statuses == [200, 200, 429]
        refused = client.get("/search/?q=river")
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 0
        assert refused["X-Robots-Tag"] == "noindex, follow"
        assert "Too many searches" in page(refused)
        assert client.get("/datasets/").status_code == 200  # the list itself is free
        client.force_login(UserFactory())
        assert client.get("/datasets/?tag=t9").status_code == 200


@pytest.mark.parametrize("size", [2, 15])
def test_a_page_of_results_costs_the_same_queries_at_any_length(client, indexed, django_assert_max_num_queries, size):
    for number in range(size):
        dataset = DatasetFactory(title=f"River {number}", license=LicenseFactory(), tags=[f"t{number}"])
        ResourceFactory(dataset=dataset)
    ReuseFactory.create_batch(size, title="River bank")
    indexed()
    client.get("/datasets/?q=other")  # the title of the portal and the synonyms are remembered
    with django_assert_max_num_queries(9) as queries:
        client.get("/datasets/?q=river")
    assert len(queries) == 6  # position, marks, rows, badges, formats, licences
    with django_assert_max_num_queries(12):
        client.get("/search/?q=river")


KINDS = {
    "dataset": DatasetFactory,
    "dataservice": DataserviceFactory,
    "reuse": ReuseFactory,
    "organization": OrganizationFactory,
    "topic": TopicFactory,
    "post": PostFactory,
}


def test_one_search_counts_every_kind_and_mixes_the_best(client, indexed):
    for kind, factory in KINDS.items():
        factory(**{"name" if kind in {"organization", "topic", "post"} else "title": f"Glaciers {kind}"})
    DatasetFactory(title="Glaciers secret", draft=True)
    PostFactory(name="Glaciers page", kind="page")
    indexed()
    response = client.get("/search/?q=glaciers")
    assert {tab.address: tab.number for tab in response.context["tabs"]} == {
        f"/{name}/?q=glaciers": 1 for name in ("datasets", "dataservices", "reuses", "organizations", "topics", "posts")
    }
    assert response.context["found"].total == 6
    assert {hit.kind for hit in response.context["found"].hits} == set(KINDS)
    text = page(response)
    assert text.count("<mark>Glaciers</mark>") == 6
    assert "secret" not in text
    assert response["X-Robots-Tag"] == "noindex, follow"


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_on_a_tab_is_that_of_its_list(client, indexed, kind):
    name = "name" if kind in {"organization", "topic", "post"} else "title"
    KINDS[kind].create_batch(3, **{name: "Glaciers"})
    indexed()
    tab = next(tab for tab in client.get("/search/?q=glaciers").context["tabs"] if tab.number)
    response = client.get(tab.address)
    assert tab.number == 3
    assert response.context["page"].paginator.count == 3


def test_a_search_of_all_kinds_forgives_mistakes(client, indexed):
    DatasetFactory(title="Transports publics")
    indexed()
    text = page(client.get("/search/?q=transprots"))
    assert "<mark>Transports</mark> publics" in text
    assert 'href="?q=transports"' in text
    assert "Nothing matches" in page(client.get("/search/?q=zzzzzzzzz"))


@pytest.mark.parametrize(("path", "status"), [("/search/", 200), ("/search/?q=", 302), ("/search/?q=%00", 200)])
def test_a_search_for_nothing_is_a_page(client, indexed, path, status):
    indexed()
    assert client.get(path).status_code == status


def test_the_french_address_of_the_search_leads_to_it(client):
    response = client.get("/recherche/?q=eau")
    assert (response.status_code, response["Location"]) == (301, "/search/?q=eau")


def test_a_topic_shows_what_it_gathers(client, indexed):
    topic = TopicFactory(name="Water of the north")
    dataset, draft = DatasetFactory(title="Wells"), DatasetFactory(title="Secret wells", draft=True)
    for subject in (dataset, draft):
        topic.elements.create(subject=subject)
    topic.elements.create(title="A place kept", description="For later.")
    indexed()
    assert titles(client.get("/topics/?q=water")) == ["Water of the north"]
    text = page(client.get(topic.get_absolute_url()))
    assert "Wells" in text
    assert "A place kept" in text
    assert "Secret" not in text
    assert titles(client.get(f"/datasets/?topic={topic.slug}")) == ["Wells"]
