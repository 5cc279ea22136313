"""Opendatasoft: what its three interfaces give."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from harvest.backends.base import Page
from harvest.backends.ods import OdsBackend
from harvest.errors import HarvestError, ListingFailed, RemoteError
from tests.harvest.backends.ods_records import PORTAL, dataset
from tests.harvest.fixtures import backend, fixture, read_all, serving

V21, V20, V1 = "/api/explore/v2.1/catalog/datasets", "/api/v2/catalog/datasets", "/api/datasets/1.0/search/"
EXPORT = "/api/explore/v2.1/catalog/exports/json"


def explore(found, **page):
    """Return a route that gives these datasets by pages, as Explore 2.1 does."""

    def route(path, query, body):
        start, rows = int(query["offset"]), int(query["limit"])
        if rows > 100 or start + rows > 10_000:
            return 400, {}, b'{"error_code": "InvalidRESTParameterError"}'
        return json.dumps({"total_count": len(found), "results": found[start : start + rows], **page}).encode()

    return route


# --- Listing -----------------------------------------------------------------------------------------------------


def test_a_portal_is_read_by_pages_of_100_in_the_order_of_ids():
    found = [dataset(n) for n in range(250)]
    with serving({V21: explore(found)}) as remote:
        one = backend(OdsBackend, remote.url)
        assert read_all(one) == found
        assert len(remote.requests) == 3
        assert "order_by=dataset_id" in remote.paths[0]
        assert one.memory == {"version": "v2.1"}
        rest = backend(OdsBackend, remote.url)
        assert read_all(rest, {"version": "v2.1", "start": 200, "rows": 100}) == found[200:]


def test_more_than_10000_datasets_come_from_the_export():
    found = [dataset(n) for n in range(10_001)]
    with serving({V21: explore(found), EXPORT: json.dumps(found)}) as remote:
        one = backend(OdsBackend, remote.url)
        pages = list(one.pages())
        assert [raw for page in pages for raw in page.records] == found
        assert len(remote.requests) == 2
        assert pages[-1].next_cursor is None
        third = pages[2].next_cursor
        assert read_all(backend(OdsBackend, remote.url), third) == found[third["given"] :]


def test_an_export_that_is_cut_ends_the_run_as_failed():
    found = [dataset(n) for n in range(10_001)]
    with serving({V21: explore(found), EXPORT: json.dumps(found)[:-40]}) as remote:
        pages = backend(OdsBackend, remote.url).pages()
        assert isinstance(next(pages), Page)
        with pytest.raises(ListingFailed):
            list(pages)


def test_version_2_0_is_taken_where_2_1_is_not():
    recorded = fixture("ods-v2/datasets.json")
    with serving({V20: recorded}) as remote:
        one = backend(OdsBackend, remote.url)
        records = read_all(one)
        assert len(records) == json.loads(recorded)["total_count"] == 6
        assert one.memory == {"version": "v2.0"}
        assert one.identify(records[0]) == "campbelltown-heat-aggregated-measures"
        urls = [resource.url for resource in one.map(records[0]).resources]
        assert urls[1] == f"{remote.url}/api/v2/catalog/datasets/campbelltown-heat-aggregated-measures/exports/json"
        again = backend(OdsBackend, remote.url)
        again.memory = one.memory
        del remote.requests[:]
        read_all(again)
        assert len(remote.requests) == 1  # what worked is asked first


def test_the_first_version_is_taken_where_explore_is_not():
    with serving({V1: fixture("ods-v1/search.json")}) as remote:
        one = backend(OdsBackend, remote.url)
        assert [one.identify(raw) for raw in read_all(one)] == ["test-a", "test-b", "test-c", "inspire"]
        assert "start=0&rows=100&interopmetas=true" in remote.paths[-1]


def test_a_search_of_the_first_version_that_tells_little_is_completed():
    whole = json.loads(fixture("ods-v1/test-a.json"))
    routes = {
        V1: json.dumps({"nhits": 1, "datasets": [{"datasetid": "test-a"}]}),
        "/api/datasets/1.0/test-a/": json.dumps(whole),
    }
    with serving(routes) as remote:
        assert read_all(backend(OdsBackend, remote.url)) == [whole]


def test_a_dataset_listed_twice_by_the_first_version_is_given_once():
    pages = {"0": ["a", "b"], "2": ["b", "c"]}

    def search(path, query, body):
        names = pages[query["start"]]
        return json.dumps({"nhits": 4, "datasets": [{"datasetid": n, "metas": {}, "has_records": 1} for n in names]})

    with serving({V1: search}) as remote:
        assert [raw["datasetid"] for raw in read_all(backend(OdsBackend, remote.url))] == ["a", "b", "c"]


def test_a_server_that_cannot_order_is_asked_without():
    found = [dataset(n) for n in range(120)]

    def route(path, query, body):
        return (400, {}, b"{}") if "order_by" in query else explore(found)(path, query, body)

    with serving({V21: route}) as remote:
        one = backend(OdsBackend, remote.url)
        assert read_all(one) == found
        assert one.memory == {"version": "v2.1", "unordered": True}
        assert len(remote.requests) == 3


def test_a_page_that_is_too_large_is_asked_for_in_halves(settings):
    settings.HARVEST_PAGE_MIB = 1
    found = [dataset(n, default={"description": "x" * 30_000}) for n in range(60)]
    with serving({V21: explore(found)}) as remote:
        assert read_all(backend(OdsBackend, remote.url)) == found
        assert "limit=25" in remote.paths[2]


def test_filters_are_asked_of_each_version_in_its_own_words():
    chosen = [("tags", 'a "b"'), ("publisher", "c", True), ("publisher", "d\\", True)]
    one = backend(OdsBackend, PORTAL, filters=chosen)
    assert one.asking.condition() == 'keyword="a \\"b\\"" AND NOT publisher="c" AND NOT publisher="d\\\\"'
    assert one.asking.refinements() == [
        ("refine.keyword", 'a "b"'),
        ("exclude.publisher", "c"),
        ("exclude.publisher", "d\\"),
    ]
    several = backend(OdsBackend, PORTAL, filters=[("tags", "a"), ("tags", "b")])
    assert several.asking.condition() == '(keyword="a" OR keyword="b")'
    assert several.asking.refinements()[0] == ("disjunctive.keyword", "true")
    with serving({V21: explore([dataset()])}) as remote:
        read_all(backend(OdsBackend, remote.url, filters=[("tags", "eau")]))
        assert "where=keyword%3D%22eau%22" in remote.paths[0]


@pytest.mark.parametrize("given", ["", "/", "/explore/?sort=modified", "/api/explore/v2.1/catalog/datasets?limit=1"])
def test_any_address_of_a_portal_leads_to_it(given):
    assert backend(OdsBackend, PORTAL + given).root == PORTAL


def test_a_key_is_sent_as_opendatasoft_wants_it():
    with serving({V21: explore([dataset()])}) as remote:
        read_all(backend(OdsBackend, remote.url, key="s3cret"))
        assert remote.requests[0][2]["Authorization"] == "Apikey s3cret"


# --- Faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        (500, {}, b"oops"),
        (200, {}, b"<html></html>"),
        (200, {}, b'{"total_count": 300, "results": [{"data'),
        (404, {}, b""),
    ],
    ids=["500", "html", "truncated", "404"],
)
def test_a_fault_on_a_later_page_fails_the_run_after_the_pages_that_were_good(fault):
    found = [dataset(n) for n in range(300)]

    def route(path, query, body):
        return fault if query["offset"] == "200" else explore(found)(path, query, body)

    with serving({V21: route}) as remote:
        pages = backend(OdsBackend, remote.url).pages()
        assert next(pages).next_cursor["start"] == 100
        assert next(pages).next_cursor["start"] == 200
        with pytest.raises(HarvestError):
            next(pages)


def test_a_page_that_comes_empty_too_early_makes_the_listing_incomplete():
    def route(path, query, body):
        found = [dataset(n) for n in range(100)] if query["offset"] == "0" else []
        return json.dumps({"total_count": 250, "results": found})

    with serving({V21: route}) as remote:
        assert [page.complete for page in backend(OdsBackend, remote.url).pages()] == [True, False]


def test_a_portal_that_left_says_so():
    with serving({V21: (410, {}, b"gone")}) as remote, pytest.raises(ListingFailed, match="left Opendatasoft"):
        read_all(backend(OdsBackend, remote.url))


def test_what_is_no_opendatasoft_is_said_in_words():
    with serving({}) as remote, pytest.raises(ListingFailed, match="No interface of Opendatasoft answers"):
        read_all(backend(OdsBackend, remote.url))


def test_a_server_in_trouble_is_not_taken_for_another_version():
    with serving({V21: (503, {}, b""), V1: fixture("ods-v1/search.json")}) as remote:
        with pytest.raises(RemoteError) as caught:
            read_all(backend(OdsBackend, remote.url))
        assert caught.value.temporary
        assert len(remote.requests) == 1


def test_a_quota_that_is_spent_ends_the_run_for_now():
    with serving({V21: (429, {}, b'{"errorcode": 10002}')}) as remote, pytest.raises(RemoteError) as caught:
        read_all(backend(OdsBackend, remote.url))
    assert (caught.value.status, caught.value.temporary) == (429, True)


def test_a_quota_is_not_overdrawn():
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": tomorrow}
    found = [dataset(n) for n in range(150)]
    with serving({V21: lambda *asked: (200, left, explore(found)(*asked))}) as remote:
        pages = backend(OdsBackend, remote.url).pages()
        next(pages)
        with pytest.raises(RemoteError) as caught:
            next(pages)
        assert caught.value.status == 429
        assert len(remote.requests) == 1
        left["X-RateLimit-Reset"] = "1"  # long ago: the quota is a new one
        assert len(read_all(backend(OdsBackend, remote.url))) == 150
