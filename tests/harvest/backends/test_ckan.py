"""CKAN: what its pages give, what its packages become."""

import json

import pytest

from harvest.backends.ckan import CkanBackend
from harvest.backends.dkan import DkanBackend
from harvest.errors import HarvestError, ItemSkipped, RemoteError
from tests.harvest.fixtures import backend, fixture, read_all, serving

LIVE = "ckan/ckan-2.12.0-live"
SEARCH = "/api/3/action/package_search"


def answer(result, **more) -> bytes:
    return json.dumps({"success": True, "result": result, **more}).encode()


def package(number, **more):
    return {"id": f"id-{number}", "name": f"n-{number}", "title": f"T {number}", "resources": [], **more}


def mapped(raw, **config):
    return backend(CkanBackend, "https://ckan.example.org/data", **config).map(raw)


def test_a_catalogue_is_read_by_its_search_in_the_order_of_ids():
    found = [package(n) for n in range(1203)]

    def search(path, query, body):
        start, rows = int(query["start"]), int(query["rows"])
        return answer({"count": len(found), "results": found[start : start + rows]})

    with serving({SEARCH: search}) as remote:
        assert read_all(backend(CkanBackend, remote.url)) == found
        assert len(remote.requests) == 3
        assert "sort=id+asc" in remote.paths[0]
        resumed = backend(CkanBackend, remote.url)
        assert read_all(resumed, {"way": "search", "start": 1000, "rows": 500}) == found[1000:]


def test_the_recorded_pages_of_a_live_ckan_end_where_it_says():
    pages = {"0": fixture(f"{LIVE}/package_search-p1.json")}
    count = json.loads(pages["0"])["result"]["count"]
    past = fixture(f"{LIVE}/package_search-past-end.json")
    with serving({SEARCH: lambda path, query, body: pages.get(query["start"], past)}) as remote:
        found = list(backend(CkanBackend, remote.url).pages())
    assert found[0].total == count
    assert found[0].next_cursor["start"] == len(found[0].records)
    assert found[-1].next_cursor is None


def test_filters_are_quoted_and_may_exclude():
    chosen = [("organization", "a"), ("organization", 'b"'), ("tags", "c d", True)]
    assert (
        backend(CkanBackend, "https://x.example.org", filters=chosen).restriction()
        == 'organization:("a" OR "b\\"") -tags:("c d")'
    )


def test_a_page_that_is_too_large_is_asked_for_in_halves(settings):
    settings.HARVEST_PAGE_MIB = 1
    found = [package(n, notes="x" * 4000) for n in range(600)]

    def search(path, query, body):
        start, rows = int(query["start"]), int(query["rows"])
        return answer({"count": len(found), "results": found[start : start + rows]})

    with serving({SEARCH: search}) as remote:
        assert read_all(backend(CkanBackend, remote.url)) == found
        assert "rows=250" in remote.paths[1]


@pytest.mark.parametrize("status", [403, 404, 409])
def test_a_closed_search_leads_to_the_list(status):
    routes = {
        SEARCH: (status, {}, fixture(f"{LIVE}/package_search-bad.json")),
        "/api/3/action/package_list": answer(["a", "b"]),
        "/api/3/action/package_show?id=a": answer(package(1)),
        "/api/3/action/package_show?id=b": answer([package(2)]),  # DKAN's way
    }
    with serving(routes) as remote:
        assert read_all(backend(CkanBackend, remote.url)) == [package(1), package(2)]


@pytest.mark.parametrize("name", ["html-404.html", "bad-action.html"])
def test_what_is_no_ckan_is_said_in_words(name):
    with serving({SEARCH: (200, {}, fixture(f"{LIVE}/{name}"))}) as remote, pytest.raises(HarvestError):
        read_all(backend(CkanBackend, remote.url))


def test_a_server_in_trouble_fails_the_listing():
    with serving({SEARCH: (500, {}, b"oops")}) as remote, pytest.raises(RemoteError) as caught:
        read_all(backend(CkanBackend, remote.url))
    assert caught.value.temporary


def test_the_key_of_a_source_is_sent_to_its_host_alone():
    with serving({SEARCH: answer({"count": 0, "results": []})}) as remote:
        read_all(backend(CkanBackend, remote.url, key="s3cret"))
        read_all(backend(CkanBackend, remote.url))
        assert [one[2].get("Authorization") for one in remote.requests] == ["s3cret", None]


def test_a_package_becomes_a_dataset():
    raw = json.loads(fixture("ckan/ckanext-dcat-examples/full_ckan_dataset_legacy.json"))
    draft = mapped({**raw, "id": raw.get("id", "x")})
    assert draft.title == raw["title"]
    assert draft.resources
    assert draft.tags


def test_every_recorded_package_is_taken():
    """udata refuses 2.75 % of the real packages of dados.gov.br, for one bad field each."""
    for path in (
        "ckan/dados.gov.br/package_search-default.json",
        "ckan/dados.gov.br/package_search-name-bolsa.json",
        "ckan/dados.gov.br/package_search-organization.json",
        "ckan/data.gov.au/search-result.json",
        f"{LIVE}/package_search-p1.json",
        f"{LIVE}/package_search-org.json",
    ):
        for raw in json.loads(fixture(path))["result"]["results"]:
            draft = mapped(raw)
            assert draft.title
            assert draft.remote_id == raw["id"]
            assert len(draft.resources) + len(draft.warnings) >= len(raw["resources"])
            json.dumps(draft.as_json())


def test_a_live_package_in_full():
    raw = json.loads(fixture(f"{LIVE}/package_show-jeu-00001.json"))["result"]
    draft = mapped(raw)
    assert draft.remote_url.startswith(("https://ckan.example.org/data/dataset/jeu-00001", "http"))
    assert draft.origin["ckan_name"] == raw["name"]
    assert draft.modified_at.isoformat().startswith(raw["metadata_modified"][:19])
    assert {one.remote_id for one in draft.resources} == {one["id"] for one in raw["resources"]}


def test_extras_of_ckan_have_their_places():
    pairs = {
        "spatial": '{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}',
        "spatial-text": "Bretagne",
        "frequency": "whenever",
        "temporal_start": "2019",
        "temporal_end": "2020-02",
        "empty": "",
        "kept": "yes",
    }
    draft = mapped(package(1, extras=[{"key": key, "value": value} for key, value in pairs.items()]))
    assert draft.spatial_geom["type"] == "MultiPolygon"
    assert draft.zones == ["Bretagne"]
    assert draft.frequency is None
    assert (draft.temporal_start.isoformat(), draft.temporal_end.isoformat()) == ("2019-01-01", "2020-02-29")
    assert draft.extras == {"ckan:frequency": "whenever", "ckan:spatial-text": "Bretagne", "kept": "yes"}


def test_one_bad_resource_costs_itself_and_nothing_else():
    good = {"id": "1", "name": "ok", "url": "https://x.example.org/a.csv", "format": "CSV", "size": "1.2 Mo"}
    bad = {"id": "2", "url": "javascript:alert(1)", "resource_type": "nonsense"}
    draft = mapped(package(1, resources=[bad, good, "no object"], maintainer_email="nobody"))
    assert [(one.format, one.filesize, one.title) for one in draft.resources] == [("csv", 1_200_000, "ok")]
    assert len(draft.warnings) == 1
    assert draft.contacts == []


@pytest.mark.parametrize("more", [{"private": True}, {"state": "draft"}, {"type": "harvest"}], ids=str)
def test_what_is_no_public_dataset_is_skipped(more):
    with pytest.raises(ItemSkipped):
        mapped(package(1, **more))


def test_dkan_writes_in_its_own_way():
    raw = json.loads(fixture("dkan/dkan-french-w-license.json"))["result"][0]
    draft = backend(DkanBackend, "https://dkan.example.org").map(raw)
    assert draft.created_at.isoformat() == "2019-12-10T09:23:00+00:00"
    assert draft.resources[0].filesize == 42
    assert draft.resources[0].format == "xlsx"
    assert "<p>" not in draft.description
    assert "hauts-de-france" in draft.tags
    assert draft.contacts[0].email == "opendata@hautsdefrance.fr"


def test_a_dkan_of_the_second_generation_gives_its_file():
    found = [{"identifier": f"d-{number}", "title": f"T {number}"} for number in range(3)]
    with serving({"/data.json": json.dumps({"dataset": found}).encode()}) as remote:
        reader = backend(DkanBackend, remote.url)
        assert read_all(reader) == found
        assert [reader.identify(one) for one in found] == ["d-0", "d-1", "d-2"]
        assert reader.map(found[1]).title == "T 1"
        assert "/api/3/action/package_list" in remote.paths


def test_a_dkan_in_trouble_is_not_taken_for_one_of_the_other_generation():
    routes = {"/api/3/action/package_list": (500, {}, b"oops"), "/data.json": b'{"dataset": []}'}
    with serving(routes) as remote:
        with pytest.raises(RemoteError):
            read_all(backend(DkanBackend, remote.url))
        assert "/data.json" not in remote.paths
