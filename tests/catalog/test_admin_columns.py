"""The search of columns in the administration, and the count of long lists."""

import pytest
from django.contrib import admin
from django.urls import reverse

from catalog.admin import columns
from catalog.admin.dataset import DatasetAdmin
from catalog.models import Dataset, Resource
from tests.catalog import factories

pytestmark = pytest.mark.django_db
FIELDS = ["title", "url", "dataset__title", "dataset__organization__name"]


@pytest.fixture
def files():
    owner = factories.OrganizationFactory(name="Ville de Brest")
    trees = factories.DatasetFactory(title="Trees of the parks", organization=owner)
    water = factories.DatasetFactory(title="Water quality")
    return {
        "oaks": factories.ResourceFactory(title="Oaks", url="https://files.example/oaks.csv", dataset=trees),
        "rivers": factories.ResourceFactory(title="Rivers", url="https://files.example/rivers.csv", dataset=water),
        "both": factories.ResourceFactory(title="Trees by the water", url="https://files.example/b", dataset=water),
    }


def found(files, term):
    rows, is_doubled = columns.search(Resource.objects.all(), FIELDS, term)
    assert not is_doubled
    return {name for name, file in files.items() if file in rows}


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("oak", {"oaks"}),
        ("OAKS.CSV", {"oaks"}),
        ("trees", {"oaks", "both"}),
        ("trees water", {"both"}),
        ("brest", {"oaks"}),
        ('"of the parks"', {"oaks"}),
        ("'quality", set()),
        ("100%", set()),
        ("nowhere", set()),
    ],
)
def test_each_word_is_in_one_of_the_columns_or_of_another_tables(files, term, expected):
    assert found(files, term) == expected


def test_more_rows_of_another_table_than_are_handed_over_are_found_too(files, monkeypatch):
    monkeypatch.setattr(columns, "MOST", 0)
    assert found(files, "water") == {"rivers", "both"}


def test_many_rows_are_found_as_few_are(files, monkeypatch, django_assert_num_queries):
    few = {term: found(files, term) for term in ("trees", "trees water", "csv")}
    monkeypatch.setattr(columns, "MOST", 0)
    assert {term: found(files, term) for term in few} == few
    monkeypatch.setattr(columns, "MOST", 1_000)
    rows, _doubled = columns.search(Resource.objects.all(), ["title", "url"], "rivers")  # one query, whatever columns
    with django_assert_num_queries(1):
        assert list(rows) == [files["rivers"]]


@pytest.mark.parametrize("order", ["", "?o=1", "?o=-2", "?o=5.-1", "?featured__exact=0", "?q=number", "?q=number&o=2"])
def test_a_page_of_a_long_list_has_the_rows_that_the_whole_list_has_there(admin_client, monkeypatch, order):
    owner = factories.OrganizationFactory(name="Ville de Brest")
    for number in range(6):
        factories.DatasetFactory(title=f"Number {number % 3}", organization=owner if number % 2 else None)
    address = reverse("admin:catalog_dataset_changelist") + order
    whole = list(admin_client.get(address).context_data["cl"].result_list)
    monkeypatch.setattr(DatasetAdmin, "list_per_page", 4)
    sign = "&" if order else "?"
    pages = [list(admin_client.get(f"{address}{sign}p={page}").context_data["cl"].result_list) for page in (1, 2)]
    assert [len(page) for page in pages] == [4, 2]
    assert pages[0] + pages[1] == whole
    assert all(row.__dict__["_state"].fields_cache.keys() >= {"organization"} for page in pages for row in page)


def test_no_column_of_a_list_is_named_as_a_relation():
    """Django sorts by a field or relation of that name, whatever the column says to sort by."""
    for model, options in admin.site._registry.items():
        names = {name for name in options.list_display if isinstance(name, str) and hasattr(type(options), name)}
        assert not names & {field.name for field in model._meta.get_fields()}, model


def test_organizations_are_sorted_by_how_many_datasets_they_have(admin_client):
    for number in (2, 0, 1):
        owner = factories.OrganizationFactory(name=f"With {number}", metric_datasets=number)
        factories.DatasetFactory.create_batch(number, organization=owner)
    page = admin_client.get(reverse("admin:catalog_organization_changelist") + "?o=-5")
    assert [row.name for row in page.context_data["cl"].result_list] == ["With 2", "With 1", "With 0"]


def test_a_row_that_a_search_could_find_twice_is_told():
    assert columns.search(Dataset.objects.all(), ["title", "tags__name"], "x")[1]


def test_a_long_list_is_counted_as_far_as_pages_are_turned(admin_client, files, monkeypatch):
    monkeypatch.setattr(columns.CappedPaginator, "MOST", 2)
    page = admin_client.get(reverse("admin:catalog_resource_changelist"))
    assert page.context_data["cl"].result_count == 2
    assert "2+" in page.content.decode()
    monkeypatch.setattr(columns.CappedPaginator, "MOST", 3)
    assert "3+" not in admin_client.get(reverse("admin:catalog_resource_changelist")).content.decode()


def test_what_is_not_listed_is_what_nobody_finds():
    listed, draft = factories.DatasetFactory(), factories.DatasetFactory(private=True)
    assert set(Dataset.objects.unlisted()) == {draft}
    assert set(Dataset.objects.listed()) == {listed}
