"""The search of columns in the administration, and the count of long lists."""

import pytest
from django.urls import reverse

from catalog.admin import columns
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
