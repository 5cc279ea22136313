"""The page of a file: what is known of it, and its rows."""

import re

import pytest
from django.core.files.base import ContentFile

from catalog.models import SlugHistory
from catalog.previews.copies import NoCopy
from tests.catalog.factories import DatasetFactory, ResourceFactory

TABLE = "town;people\n" + "".join(f"Town {number:02};{number * 10}\n" for number in range(1, 31))


@pytest.fixture
def hosted(db, settings, tmp_path):
    """Return a hosted CSV of thirty rows."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PREVIEW_DIR, settings.TABULAR_DIR = tmp_path / "previews", tmp_path / "tables"
    made = ResourceFactory(dataset=DatasetFactory(title="Towns"), title="towns.csv", format="csv", filetype="file")
    made.file.save("towns.csv", ContentFile(TABLE.encode()))
    return made


def address(resource, query=""):
    return f"/datasets/{resource.dataset.slug}/resources/{resource.pk}/{query}"


def cells(client, resource, query=""):
    """Return the rows that the page shows."""
    page = client.get(address(resource, query)).content.decode()
    body = re.search(r"<tbody>(.*?)</tbody>", page[page.index('id="table"') :], re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]


def test_a_hosted_table_shows_its_first_rows_at_once(client, hosted):
    found = cells(client, hosted)
    assert (found[0], len(found)) == (["Town 01", "10"], 20)
    page = client.get(address(hosted)).content.decode()
    assert "30 rows" in page
    assert 'name="robots"' not in page
    assert f"/datasets/r/{hosted.pk}" in page


def test_rows_are_paged_sorted_and_filtered_by_the_address(client, hosted):
    assert cells(client, hosted, "?page=2")[0] == ["Town 21", "210"]
    assert cells(client, hosted, "?sort=-people")[0] == ["Town 30", "300"]
    assert cells(client, hosted, "?column=town&contains=wn+1&sort=people")[0] == ["Town 10", "100"]
    page = client.get(address(hosted, "?sort=-people&page=2")).content.decode()
    assert "noindex" in page
    assert 'aria-sort="descending"' in page
    assert re.search(r'href="\?table=1&amp;sort=-people&amp;page=1#table"', page)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?page=3", "There is no such page."),
        ("?page=0", "There is no such page."),
        ("?page=x", "There is no such page."),
        ("?sort=nope", "nope"),
        ("?column=nope&contains=1", "nope"),
        ("?sort=%22%3B+DROP+TABLE+x", "DROP TABLE"),
    ],
)
def test_what_no_page_shows_is_said(client, hosted, query, said):
    answer = client.get(address(hosted, query))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert "<tbody>" not in answer.content.decode().partition('id="use"')[0]


def test_markup_in_a_cell_stays_text(client, hosted):
    hosted.file.save("x.csv", ContentFile(b"a;b\n<script>alert(1)</script>;=1+1\n"))
    page = client.get(address(hosted)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_remote_table_is_fetched_only_when_it_is_asked_for(client, db, settings, tmp_path, monkeypatch):
    settings.PREVIEW_DIR = tmp_path / "previews"
    asked = []

    def refuse(found):
        asked.append(found.pk)
        raise NoCopy("The server of the file answers 500.")

    monkeypatch.setattr("catalog.previews.tables.local_copy", refuse)
    remote = ResourceFactory(format="csv", url="https://elsewhere.example/towns.csv")
    page = client.get(address(remote)).content.decode()
    assert (asked, "Show the rows" in page, "noindex" in page) == ([], True, True)
    page = client.get(address(remote, "?table=1")).content.decode()
    assert (asked, "answers 500" in page) == ([remote.pk], True)


def test_other_files_have_a_page_too(client, db):
    picture = ResourceFactory(format="png", url="https://elsewhere.example/map.png")
    assert "elsewhere.example" not in client.get(address(picture)).content.decode()  # no request to another site
    document = client.get(address(ResourceFactory(format="gpkg")))
    assert document.status_code == 200
    assert 'id="table"' not in document.content.decode()


def test_the_address_follows_the_dataset(client, db):
    file, other = ResourceFactory(), ResourceFactory()
    assert client.get(f"/datasets/{file.dataset_id}/resources/{file.pk}/")["Location"] == address(file)
    SlugHistory.objects.create(kind="dataset", slug="former", object_id=file.dataset_id)
    moved = client.get(f"/datasets/former/resources/{file.pk}/")
    assert (moved.status_code, moved["Location"]) == (301, address(file))
    assert client.get(f"/datasets/{file.dataset.slug}/resources/{other.pk}/").status_code == 404
    assert client.get(f"/datasets/{file.dataset_id}/resources/{other.pk}/").status_code == 404
    assert client.get(f"/datasets/former/resources/{other.pk}/").status_code == 404


def test_a_file_of_a_draft_is_nobodys_business(client, db):
    assert client.get(address(ResourceFactory(dataset=DatasetFactory(private=True)))).status_code == 404


@pytest.mark.parametrize("size", [1, 5])
def test_the_page_costs_the_same_queries_whatever_else_is_there(client, hosted, size, django_assert_num_queries):
    ResourceFactory.create_batch(size, dataset=hosted.dataset)
    client.get(address(hosted))
    with django_assert_num_queries(3):
        client.get(address(hosted))


def test_the_dataset_leads_to_it(client, hosted):
    assert f'href="{address(hosted)}"' in client.get(hosted.dataset.get_absolute_url()).content.decode()
