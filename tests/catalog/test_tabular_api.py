"""The tabular API: rows of a file by query string, for those who may read the file."""

import json
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile

from catalog.previews import copies
from portal.lib.tabular import engine
from tests.catalog.factories import CommunityResourceFactory, ResourceFactory

pytestmark = pytest.mark.django_db
TOWNS = "nom;habitants\nAjaccio;71361\nBastia;48503\nCorte;7445\n"


@pytest.fixture(autouse=True)
def folders(settings, media, tmp_path):
    settings.TABULAR_DIR, settings.PREVIEW_DIR = tmp_path / "tabular", tmp_path / "previews"


@pytest.fixture
def towns():
    found = ResourceFactory(format="csv", title="Towns")
    found.file.save("towns.csv", ContentFile(TOWNS.encode()))
    return found


@pytest.fixture
def ask(api, towns):
    def _ask(rest="data/", **headers):
        return api.get(f"/api/tabular/resources/{towns.pk}/{rest}", headers=headers)

    return _ask


def test_a_resource_says_where_its_rows_are(ask, towns):
    told = ask("").json()
    assert told["url"] == towns.url
    assert [one["rel"] for one in told["links"]] == ["profile", "data", "swagger"]


def test_rows_come_in_pages_with_links(ask, api):
    first = ask("data/?page_size=2").json()
    assert first["data"][0] == {"__id": 1, "nom": "Ajaccio", "habitants": 71361}
    assert first["meta"] == {"page": 1, "page_size": 2, "total": 3}
    assert first["links"]["prev"] is None
    parts = urlsplit(first["links"]["next"])
    second = api.get(f"{parts.path}?{parts.query}").json()
    assert [row["nom"] for row in second["data"]] == ["Corte"]
    assert second["links"]["next"] is None


def test_rows_are_filtered_sorted_and_chosen(ask):
    told = ask("data/?habitants__greater=10000&nom__sort=desc&columns=nom").json()
    assert told["data"] == [{"__id": 2, "nom": "Bastia"}, {"__id": 1, "nom": "Ajaccio"}]


def test_rows_are_aggregated(ask):
    assert ask("data/?habitants__sum&habitants__max").json()["data"] == [
        {"habitants__sum": 127309, "habitants__max": 71361}
    ]


def test_a_profile_tells_types_and_frequent_values(ask):
    told = ask("profile/").json()["profile"]
    assert told["header"] == ["nom", "habitants"]
    assert told["columns"]["habitants"]["python_type"] == "int"
    assert told["total_lines"] == 3
    assert told["profile"]["habitants"]["min"] == 7445


def test_exports_are_files(ask):
    answer = ask("data/csv/?nom__exact=Corte")
    assert b"".join(answer).decode().splitlines() == ["nom,habitants", "Corte,7445"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(b"".join(ask("data/json/?nom__exact=Corte"))) == [{"nom": "Corte", "habitants": 7445}]
    assert b"".join(ask("data/parquet/")).startswith(b"PAR1")


def test_the_document_of_a_table_names_what_its_columns_may_be_asked(ask, towns):
    told = ask("swagger/").json()
    names = [one["name"] for one in told["paths"][f"/api/tabular/resources/{towns.pk}/data/"]["get"]["parameters"]]
    assert "habitants__sum" in names
    assert "nom__sum" not in names


def test_an_answer_that_the_caller_has_is_not_computed_again(ask, monkeypatch):
    etag = ask("data/").headers["ETag"]
    monkeypatch.setattr(engine, "page", None)
    assert ask("data/", **{"If-None-Match": etag}).status_code == 304


def test_another_file_is_another_answer(ask, towns):
    etag = ask("data/").headers["ETag"]
    towns.file.save("towns.csv", ContentFile(b"nom;habitants\nCalvi;5746\n"))
    assert ask("data/", **{"If-None-Match": etag}).json()["data"][0]["nom"] == "Calvi"


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=x", "page=-1", "page=%C2%B2", "page_size=51", "page_size=0", "page=999999999999&page_size=50",
        "nothing=1", "nom__near=1", "__exact=1", "no__exact=1", "habitants__exact=many", "nom__sort=up", "columns=no",
        "nom__sum", "columns=nom&nom__count", "&".join(f"c{n}__exact=1" for n in range(101)),
    ],
)  # fmt: skip
def test_a_query_that_is_no_question_gets_a_clear_error(ask, query):
    answer = ask(f"data/?{query}")
    assert answer.status_code == 400
    assert set(answer.json()["errors"][0]) == {"code", "title", "detail"}


def test_a_value_with_a_nul_is_but_a_value(ask):
    assert ask("data/?nom__exact=%00").json()["data"] == []


def test_what_is_no_table_is_not_found(api):
    assert api.get(f"/api/tabular/resources/{ResourceFactory(format='pdf').pk}/data/").status_code == 404
    assert api.get("/api/tabular/resources/nothing/data/").status_code == 404


def test_a_file_that_cannot_be_read_is_said(api):
    found = ResourceFactory(format="parquet")
    found.file.save("a.parquet", ContentFile(b"no table"))
    assert api.get(f"/api/tabular/resources/{found.pk}/data/").status_code == 422


def test_a_file_that_cannot_be_had_is_said(api, settings):
    settings.URLS_ALLOW_PRIVATE = False
    found = ResourceFactory(format="csv", url="http://127.0.0.1/a.csv")
    answer = api.get(f"/api/tabular/resources/{found.pk}/data/")
    assert answer.status_code == 422
    assert "127.0.0.1" in answer.json()["errors"][0]["detail"]


def test_a_busy_host_says_when_to_come_back(ask, settings):
    settings.TABULAR_WORKERS = 0
    answer = ask("data/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


def test_nothing_of_a_draft_is_told_or_fetched(api, monkeypatch):
    found = ResourceFactory(dataset__private=True, format="csv")
    monkeypatch.setattr(copies, "download", None)
    for rest in ("", "data/", "profile/", "swagger/", "data/csv/", "data/json/", "data/parquet/"):
        assert api.get(f"/api/tabular/resources/{found.pk}/{rest}").status_code == 404


def test_files_of_the_community_are_tables_too(api):
    found = CommunityResourceFactory(format="csv")
    found.file.save("a.csv", ContentFile(b"a\n1\n"))
    assert api.get(f"/api/tabular/resources/{found.pk}/data/").json()["data"] == [{"__id": 1, "a": 1}]
