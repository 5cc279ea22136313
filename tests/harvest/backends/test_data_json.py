"""data.json: how the file is found and read, what its datasets become."""

import json

import pytest

from harvest.backends.data_json import DataJsonBackend
from harvest.errors import HarvestError, ItemInvalid, ItemSkipped, ListingFailed, RemoteError
from tests.harvest.fixtures import ROOT, backend, fixture, read_all, serving

RECORDED = {
    "ckanext-datajson/usda.gov.data.json": 3,
    "ckanext-datajson/ny.data.json": 1,
    "ckanext-datajson/collection-1-parent-2-children.data.json": 3,
    "ckanext-datajson/null-spatial.data.json": 1,
    "ckanext-datajson/numerical-title.data.json": 1,
    "ckanext-datajson/missing-catalog.data.json": 2,
    "datagov-harvester/dcatus.json": 7,
    "datagov-harvester/dcatus_single_record.json": 1,
}


def recorded(path):
    return json.loads(fixture(f"pod-json/{path}"))["dataset"]


def dataset(number=1, **more):
    files = [{"downloadURL": f"https://x.example.org/{number}.csv"}]
    return {"identifier": f"d-{number}", "title": f"T {number}", "distribution": files, **more}


def mapped(raw):
    one = backend(DataJsonBackend, "https://data.example.org")
    one.identify(raw)
    return one.map(raw)


# --- Listing -----------------------------------------------------------------------------------------------------


def test_no_recording_is_forgotten():
    here = ROOT / "pod-json"
    assert not here.exists() or {str(path.relative_to(here)) for path in here.rglob("*.json")} == RECORDED.keys()


@pytest.mark.parametrize(("path", "count"), RECORDED.items())
def test_every_recorded_file_is_read(path, count):
    with serving({"/data.json": fixture(f"pod-json/{path}")}) as remote:
        assert read_all(backend(DataJsonBackend, remote.url)) == recorded(path)
        assert len(recorded(path)) == count
        assert remote.paths == ["/data.json"]


def test_a_large_file_comes_by_pages_and_can_be_resumed():
    found = [dataset(n) for n in range(1203)]
    with serving({"/data.json": json.dumps({"dataset": found})}) as remote:
        one = backend(DataJsonBackend, f"{remote.url}/data.json")
        pages = list(one.pages())
        assert [len(page.records) for page in pages] == [500, 500, 203]
        assert [page.next_cursor for page in pages] == [{"given": 500}, {"given": 1000}, None]
        assert read_all(one, {"given": 1000}) == found[1000:]


@pytest.mark.parametrize(
    "body",
    [
        [dataset()],
        {"dataset": [dataset()]},
        {"@type": "dcat:Catalog", "catalog": {"dataset": [dataset(2)]}, "dataset": [dataset()]},
        {"@graph": [dataset()]},
    ],
    ids=["1.0", "1.1", "DCAT-US 3", "graph"],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\n \xef\xbb\xbf"[:2]], ids=["", "BOM", "blank"])
def test_the_datasets_are_found_in_every_version(body, mark):
    with serving({"/data.json": mark + json.dumps(body).encode()}) as remote:
        assert read_all(backend(DataJsonBackend, remote.url)) == [dataset()]


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ("", "/data.json"),
        ("/", "/data.json"),
        ("/portal", "/portal/data.json"),
        ("", "/api/1/metastore/schemas/dataset/items"),
        ("/my/list.json", "/my/list.json"),
        ("/list?format=json", "/list?format=json"),
        ("/catalogue", "/catalogue"),
    ],
)
def test_the_file_is_looked_for_where_portals_have_it(given, there):
    home = {"/": b"<html></html>"} if there != given else {}
    with serving({**home, there: json.dumps([dataset()])}) as remote:
        one = backend(DataJsonBackend, remote.url + given)
        assert read_all(one) == [dataset()]
        again = backend(DataJsonBackend, remote.url + given)
        again.memory = one.memory
        del remote.requests[:]
        read_all(again)
        assert len(remote.requests) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"", "not valid JSON"),
        (b"nonsense", "not valid JSON"),
        (b'{"dataset": [{"identifier": "a"}', "not valid JSON"),
        (b'{"title": "x"}', "no list of datasets"),
        (b'{"dataset": {"identifier": "a"}}', "no list of datasets"),
        (b'[{"identifier": "\xff"}]', "not valid JSON"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 100_000, "nested deeper"),
        (b'["' + b"x" * 5_000_000 + b'"]', "a text of more than"),
    ],
    ids=["html", "empty", "nonsense", "cut", "no list", "no array", "encoding", "deep list", "deep object", "endless"],
)
def test_what_is_no_data_json_is_said_in_words(body, reason):
    with serving({"/data.json": body}) as remote, pytest.raises(ListingFailed, match=reason):
        read_all(backend(DataJsonBackend, f"{remote.url}/data.json"))


@pytest.mark.parametrize("status", [500, 429, 404])
def test_a_server_in_trouble_fails_the_listing(status):
    with serving({"/data.json": (status, {}, b"")}) as remote, pytest.raises(RemoteError) as caught:
        read_all(backend(DataJsonBackend, f"{remote.url}/data.json"))
    assert caught.value.status == status


def test_a_file_that_is_cut_gives_what_came_before_and_fails():
    body = json.dumps([dataset(n) for n in range(1200)])[:-100]
    with serving({"/data.json": body}) as remote:
        pages = backend(DataJsonBackend, remote.url).pages()
        assert len(next(pages).records) == 500
        with pytest.raises(HarvestError):
            list(pages)


# --- Mapping -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path in RECORDED if "missing" not in path])
def test_every_recorded_dataset_is_taken(path):
    for raw in recorded(path):
        draft = mapped(raw)
        assert draft.title == str(raw["title"])
        assert draft.remote_id == raw["identifier"]
        assert len(draft.resources) == len(raw.get("distribution") or [])
        assert draft.contacts[0].email == raw["contactPoint"]["hasEmail"].removeprefix("mailto:").lower()
        assert draft.warnings == []
        json.dumps(draft.as_json())


def test_a_dataset_without_identifier_fails_alone():
    first, second = recorded("ckanext-datajson/missing-catalog.data.json")
    with pytest.raises(ItemInvalid):
        mapped(first)
    assert mapped(second).remote_id == "IDF6-OPM-0001"


def test_the_recorded_dataset_of_new_york_in_full():
    draft = mapped(recorded("ckanext-datajson/ny.data.json")[0])
    assert draft.uri == draft.remote_id == "https://data.ny.gov/api/views/22ew-dxez"
    assert draft.remote_url == "https://data.ny.gov/d/22ew-dxez"
    assert {"economic-development", "rental-assistance", "first-time"} <= set(draft.tags)
    assert (draft.issued_at.isoformat()[:10], draft.modified_at.isoformat()[:10]) == ("2016-07-21", "2019-06-10")
    assert [(one.name, one.role) for one in draft.contacts] == [
        ("Open Data NY", "contact"),
        ("State of New York", "publisher"),
    ]
    assert [(one.format, one.mime, one.title) for one in draft.resources] == [
        ("csv", "text/csv", "rows.csv"),
        ("rdf", "application/rdf+xml", "rows.rdf"),
        ("json", "application/json", "rows.json"),
        ("xml", "application/xml", "rows.xml"),
    ]
    assert draft.resources[1].extras["describedBy"] == "https://data.ny.gov/api/views/22ew-dxez/columns.rdf"


def test_the_recorded_datasets_of_agriculture_in_full():
    first, second, third = map(mapped, recorded("ckanext-datajson/usda.gov.data.json"))
    assert first.licenses == ["https://creativecommons.org/publicdomain/zero/1.0/"]
    assert first.resources[0].format == "xls"
    assert first.extras["pod:additionalFieldDict"] == {"a": 3}
    assert second.spatial_geom["coordinates"][0][0][0] == [-134.91336517510808, 21.082969302706488]
    assert [one.type for one in third.resources] == ["main", "main", "main"]
    assert "geospatial" in third.tags


def test_a_repeated_interval_is_a_frequency_and_no_date():
    first = mapped(recorded("datagov-harvester/dcatus.json")[0])
    assert (first.frequency, first.modified_at, first.zones) == ("weekly", None, ["United States"])
    assert first.extras["pod:isPartOf"] == "some-collection-id"
    assert mapped(dataset(accrualPeriodicity="R/P1Y")).frequency == "annual"
    assert mapped(dataset(accrualPeriodicity="now and then")).extras == {"pod:accrualPeriodicity": "now and then"}


def test_the_first_version_has_plain_texts():
    raw = {
        "identifier": 12,
        "title": 707,
        "keyword": "water, air",
        "contactPoint": "Ana",
        "mbox": "ana@x.org",
        "publisher": "Town",
        "accessURL": "https://x.example.org/a.csv",
        "webService": "https://x.example.org/api",
        "format": "text/csv",
        "temporal": "2010/2012-06",
        "accessLevel": "restricted public",
    }
    draft = mapped(raw)
    assert (draft.remote_id, draft.title, draft.tags) == ("12", "707", ["air", "water"])
    assert [(one.name, one.email, one.role) for one in draft.contacts] == [
        ("Ana", "ana@x.org", "contact"),
        ("Town", "", "publisher"),
    ]
    assert [(one.format, one.type) for one in draft.resources] == [("csv", "main"), ("api", "api")]
    assert (draft.temporal_start.isoformat(), draft.temporal_end.isoformat()) == ("2010-01-01", "2012-06-30")
    assert draft.access_type == "restricted"


def test_the_third_version_has_objects():
    raw = dataset(
        contactPoint=[{"fn": "Ana", "hasEmail": {"@id": "mailto:ana@x.org"}}],
        publisher=[{"name": "Town"}],
        license=None,
        theme=[{"prefLabel": "Energy"}, "https://x.org/theme/1"],
        spatial=[{"bbox": "1,2,3,4"}, {"geometry": "POLYGON((5 5,5 6,6 6,5 5))"}, {"prefLabel": "Lyon"}],
        temporal=[{"startDate": "2010", "endDate": "2011"}, {"startDate": "2009-02", "endDate": "2009-03"}],
        landingPage={"@id": "https://x.example.org/page"},
        distribution=[
            {
                "identifier": "f-1",
                "accessURL": "https://x.example.org/about",
                "downloadURL": "https://x.example.org/a.csv",
                "mediaType": "text/csv",
                "byteSize": "1024",
                "license": "https://creativecommons.org/publicdomain/zero/1.0/",
                "checksum": {"algorithm": "SHA-1", "checksumValue": "a" * 40},
                "conformsTo": {"@id": "https://schema.example.org/s.json"},
                "modified": "2024-01-02",
            },
            {"accessURL": "https://x.example.org/api", "accessService": [{"endpointURL": "https://x.example.org/api"}]},
        ],
    )
    draft = mapped(raw)
    assert draft.contacts[0].email == "ana@x.org"
    assert draft.tags == ["energy"]
    assert len(draft.spatial_geom["coordinates"]) == 2
    assert draft.zones == ["Lyon"]
    assert (draft.temporal_start.isoformat(), draft.temporal_end.isoformat()) == ("2009-02-01", "2011-12-31")
    assert draft.remote_url == "https://x.example.org/page"
    assert draft.licenses == ["https://creativecommons.org/publicdomain/zero/1.0/"]
    first, second = draft.resources
    assert (first.remote_id, first.url, first.filesize) == ("f-1", "https://x.example.org/a.csv", 1024)
    assert (first.checksum_type, first.schema_url) == ("sha1", "https://schema.example.org/s.json")
    assert second.type == "api"


def test_what_its_publisher_hides_is_skipped():
    with pytest.raises(ItemSkipped):
        mapped(dataset(accessLevel="non-public"))


def test_one_bad_distribution_costs_itself_alone():
    bad = [None, 3, {"downloadURL": "javascript:alert(1)"}, {"title": "x"}, "https://x.example.org/b.csv"]
    draft = mapped(dataset(distribution=[*bad, {"accessURL": "https://x.example.org/c.pdf", "title": 7}]))
    assert [(one.format, one.title) for one in draft.resources] == [("csv", "b.csv"), ("pdf", "7")]
    assert len(draft.warnings) == 3


FIELDS = (
    "title", "description", "keyword", "theme", "modified", "issued", "accrualPeriodicity", "publisher", "contactPoint",
    "license", "spatial", "temporal", "distribution", "landingPage", "accessLevel", "isPartOf",
)  # fmt: skip


@pytest.mark.parametrize(
    "bad",
    [None, 3, -1.5e300, True, "x" * 200_000, [], {}, [None], [[["x"]]], {"a": None}, {"@id": {}}, [{"fn": 3}]],
    ids=lambda value: str(value)[:12],
)
def test_anything_may_be_anywhere(bad):
    for field in FIELDS:
        json.dumps(mapped(dataset(**{field: bad})).as_json())
    json.dumps(mapped({"identifier": "a", **dict.fromkeys(FIELDS, bad)}).as_json())


def test_nulls_are_absent():
    """OpenDataPhilly has 402 datasets with `modified: null`."""
    draft = mapped({"identifier": "a", "title": "T", **dict.fromkeys(FIELDS[1:])})
    assert draft.as_json() == {"title": "T", "remote_id": "a"}


@pytest.mark.parametrize("raw", [None, 3, "x", [], {}, {"identifier": None}, {"identifier": " "}], ids=str)
def test_what_has_no_identifier_fails(raw):
    with pytest.raises(ItemInvalid):
        backend(DataJsonBackend, "https://x.example.org").identify(raw)
