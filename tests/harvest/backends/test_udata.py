"""Another portal of this kind: its pages by version 1 and 2 of the API, what its objects become, its own output."""

import json
import os
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest

from harvest.backends.dcat import DcatBackend
from harvest.backends.udata import UdataBackend
from harvest.drafts import DataserviceDraft
from harvest.errors import HarvestError, ItemSkipped
from tests.catalog.factories import DatasetFactory, LicenseFactory, OrganizationFactory, ResourceFactory
from tests.harvest.fixtures import backend, read_all, serve, serving

each = pytest.mark.parametrize
CONTRACT = Path(os.environ.get("CONTRACT_DIR", "/work/shared/contract"))
DATASETS, SERVICES = "/api/1/datasets/", "/api/1/dataservices/"


def recorded(name: str):
    """Return the body of a recorded answer of udata 17."""
    file = CONTRACT / f"{name}.json"
    if not file.exists():
        pytest.skip(f"the recordings are not here (CONTRACT_DIR): {name}")
    return json.loads(file.read_bytes())["json"]


def mapped(raw, **config):
    return backend(UdataBackend, "https://portal.example.org/", **config).map(raw)


def dataset(number: int, **more):
    return {"id": f"id-{number}", "title": f"T {number}", "resources": [], "harvest": None, **more}


def listing(objects, path: str = DATASETS):
    """Return the answers of a list, in pages as large as they are asked for; `next_page` names another host."""

    def answer(_path, query, body):
        number, size = int(query["page"]), int(query["page_size"])
        part = objects[(number - 1) * size : number * size]
        more = f"http://elsewhere.example.org{path}?page={number + 1}" if number * size < len(objects) else None
        return json.dumps({"data": part, "total": len(objects), "page": number, "next_page": more})

    return answer


NO_SERVICES = {"features": {"dataservices": False}}


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_all_pages_are_read_by_number_whatever_host_they_name():
    objects = [dataset(n) for n in range(250)]
    with serving({DATASETS: listing(objects), SERVICES: listing([])}) as remote:
        pages = list(backend(UdataBackend, remote.url).pages())
        assert [one for page in pages for one in page.records] == objects
        assert pages[0].total == 250
        assert [page.next_cursor for page in pages] == [
            {"step": 0, "page": 2, "size": 100}, {"step": 0, "page": 3, "size": 100}, {"step": 1}, None,
        ]  # fmt: skip
        assert "sort=created" in remote.paths[0]
        resumed = [
            one for page in backend(UdataBackend, remote.url).pages(pages[0].next_cursor) for one in page.records
        ]
        assert resumed == objects[100:]


def test_a_page_that_is_too_large_is_asked_for_in_halves(settings):
    settings.HARVEST_PAGE_MIB = 1
    objects = [dataset(n, description="x" * 20_000) for n in range(120)]
    with serving({DATASETS: listing(objects)}) as remote:
        assert read_all(backend(UdataBackend, remote.url, **NO_SERVICES)) == objects
        assert "page_size=50" in remote.paths[1]


def test_a_server_that_fails_on_the_second_page_fails_the_run():
    answers = iter([json.dumps({"data": [dataset(1)], "next_page": "x"}), (500, {}, b"")])
    with serve({DATASETS: lambda *args: next(answers)}) as url, pytest.raises(HarvestError):
        read_all(backend(UdataBackend, url, **NO_SERVICES))


@each("answer", ["[]", '{"data": 1}', "<html></html>", '{"message": "no"}'])
def test_what_is_not_the_api_is_a_readable_error(answer):
    with serve({DATASETS: answer}) as url, pytest.raises(HarvestError):
        read_all(backend(UdataBackend, url))


def test_version_2_is_read_where_version_1_is_closed():
    raw, resource = recorded("028-datasets-search-v2")["data"][0], recorded("021-dataset-v2-resources")["data"][0]
    files = [{**resource, "id": f"r-{n}"} for n in range(150)]
    raw["resources"] = {"href": f"http://local.test/api/2/datasets/{raw['id']}/resources/?page=1", "total": 150}
    routes = {
        "/api/2/datasets/": listing([raw]),
        f"/api/2/datasets/{raw['id']}/resources/": listing(files, "/api/2/x/"),
    }
    with serve(routes) as url:
        instance = backend(UdataBackend, url, **NO_SERVICES)
        (whole,) = read_all(instance)
        assert instance.memory == {"api": 2}
        draft = instance.map(whole)
    assert [one.remote_id for one in draft.resources] == [f"r-{n}" for n in range(150)]


def test_dataservices_come_with_the_ids_of_their_datasets():
    raw = recorded("054-dataservice-get")
    with serve({DATASETS: listing([dataset(1)]), SERVICES: listing([raw])}) as url:
        instance = backend(UdataBackend, url)
        found = read_all(instance)
        draft = instance.map(found[1])
    assert isinstance(draft, DataserviceDraft)
    assert (draft.title, draft.base_api_url, draft.datasets) == ("API Test", "http://api.test/v1", ["id-1"])
    assert draft.licenses == ["lov2"]


def test_a_portal_without_dataservices_is_read_all_the_same():
    with serve({DATASETS: listing([dataset(1)])}) as url:
        assert read_all(backend(UdataBackend, url)) == [dataset(1)]


@each(
    ("path", "filters", "queries"),
    [
        ("", [], [{}]),
        ("/", [("organization", "o")], [{"organization": "o"}]),
        ("", [("organization", "o"), ("organization", "p"), ("tag", "t")],
         [{"organization": "o", "tag": "t"}, {"organization": "p", "tag": "t"}]),
        ("/api/1/datasets/?tag=eau&page=3", [], [{"tag": "eau"}]),
        ("/fr/organizations/ville-de-x/", [], [{"organization": "ville-de-x"}]),
        ("", [("tag", "t", True)], [{}]),
    ],
)  # fmt: skip
def test_filters_and_pasted_addresses_become_arguments(path, filters, queries):
    def answer(asked_path, query, body):
        asked.append({key: value for key, value in query.items() if key not in ("page", "page_size", "sort")})
        return json.dumps({"data": [], "next_page": None})

    asked: list[dict[str, str]] = []
    with serve({DATASETS: answer}) as url:
        read_all(backend(UdataBackend, url + path, filters=filters, **NO_SERVICES))
    assert asked == queries


def test_the_key_goes_in_the_header_of_the_api():
    with serving({DATASETS: listing([])}) as remote:
        read_all(backend(UdataBackend, remote.url, key="k-1", **NO_SERVICES))
        assert remote.requests[0][2]["X-API-KEY"] == "k-1"


# --- Objects -------------------------------------------------------------------------------------------------------


def test_a_recorded_dataset_comes_straight_across():
    raw = recorded("012-dataset-v1")
    draft = mapped(raw)
    assert draft.as_json() == {
        "title": "Jeu de données",
        "description": raw["description"].strip(),
        "remote_id": raw["id"],
        "remote_url": "http://front.test/datasets/jeu-de-donnees",
        "uri": f"http://front.test/datasets/{raw['id']}",
        "slug": "jeu-de-donnees",
        "licenses": ["lov2"],
        "tags": ["budget", "eau-potable"],
        "contacts": [{"name": "Org Test", "role": "publisher"}],
        "access_type": "open",
        "created_at": "2026-11-23T06:00:53.963000+00:00",
        "modified_at": "2026-11-23T06:00:54.064000+00:00",
        "extras": {"k": "v"},
        "frequency": "monthly",
        "temporal_start": "2020-01-01",
        "temporal_end": "2021-12-31",
        "zones": ["country:fr"],
        "granularity": "country",
        "resources": [
            {
                "url": "http://local.test/resources/jeu-de-donnees/20261123-060054/fichier-ete.csv",
                "title": "new", "remote_id": "b8d1bb08-c1cf-4cb0-a9bc-23b8a5ed2938", "format": "csv",
                "mime": "text/csv", "type": "main", "filesize": 8, "checksum_type": "sha1",
                "checksum_value": "2aa26ec98d674d5160b612c7edad7172d85c9df7",
                "uri": "http://local.test/api/1/datasets/r/b8d1bb08-c1cf-4cb0-a9bc-23b8a5ed2938",
                "created_at": "2026-11-23T06:00:54.064000+00:00", "modified_at": "2026-11-23T06:00:54.098000+00:00",
            },
            {
                "url": "http://ex.com/f.csv", "title": "res1", "description": "doc",
                "remote_id": "bdc62b0e-b34e-4633-b2ce-ae5512e6479b", "format": "csv", "type": "main",
                "uri": "http://local.test/api/1/datasets/r/bdc62b0e-b34e-4633-b2ce-ae5512e6479b",
                "created_at": "2026-11-23T06:00:54.048000+00:00", "modified_at": "2026-11-23T06:00:54.048000+00:00",
            },
        ],
    }  # fmt: skip


def test_schemas_contacts_and_full_objects():
    draft = mapped(dataset(
        1, schema={"name": "etalab/schema-irve", "version": "2.0.0", "url": None},
        license={"id": "fr-lo", "title": "LO"},
        frequency={"id": "annual", "label": "Annuelle"}, spatial={"zones": [{"id": "fr:commune:44109"}], "geom": None},
        contact_points=[{"name": "Aïda", "email": "a@b.fr", "role": "contact"}, {"name": "B", "role": "publisher"}],
        organization={"name": "Org"}, access_type="restricted", access_type_reason_category="protection_of_environment",
        resources=[{"id": "r", "url": "https://x.fr/a", "schema": {"url": "https://x.fr/s.json"}, "title": "A",
                    "extras": {"check:status": 200, "analysis:mime-type": "x", "mine": 1}}],
    ))  # fmt: skip
    assert (draft.schema_name, draft.schema_version, draft.licenses) == ("etalab/schema-irve", "2.0.0", ["fr-lo", "LO"])
    assert (draft.frequency, draft.zones) == ("annual", ["fr:commune:44109"])
    assert [(one.name, one.role) for one in draft.contacts] == [("Aïda", "contact"), ("B", "publisher")]
    assert (draft.access_type, draft.access_type_reason_category) == ("restricted", "protection_of_environment")
    assert (draft.resources[0].schema_url, draft.resources[0].extras) == ("https://x.fr/s.json", {"mine": 1})


@each(
    ("more", "reason"),
    [
        ({"private": True}, "private"),
        ({"deleted": "2024-01-01"}, "deleted"),
        ({"archived": "2024-01-01"}, "archived"),
        ({"harvest": {"backend": "ckan", "domain": "x.fr", "remote_id": "1"}}, "itself harvested there, from x.fr"),
        ({"tags": ["non"]}, "tag non"),
        ({"organization": {"slug": "tiers", "name": "Tiers"}}, "organization tiers"),
    ],
)
def test_what_is_not_taken_is_skipped_with_a_reason(more, reason):
    with pytest.raises(ItemSkipped, match=reason):
        mapped(dataset(1, **more), filters=[("tag", "non", True), ("organization", "tiers", True)])


def test_what_is_harvested_there_is_taken_where_the_source_says_so():
    origin = {"backend": "dcat", "remote_id": "http://x.fr/d/1", "remote_url": "http://x.fr/page/1"}
    draft = mapped(dataset(1, harvest=origin), features={"harvested": True})
    assert (draft.remote_id, draft.uri, draft.aliases) == ("id-1", "http://x.fr/d/1", ["http://x.fr/page/1"])
    empty = {key: None for key in origin}  # noqa: C420 - dataservices have an origin of nulls
    assert mapped(dataset(1, harvest=empty)).uri == "https://portal.example.org/datasets/id-1"


@each("raw", [{}, {"id": ""}, {"id": None}, [], "x", None])
def test_an_object_without_an_id_is_skipped(raw):
    with pytest.raises(ItemSkipped):
        backend(UdataBackend, "https://portal.example.org").identify(raw)


@each(
    "more",
    [
        {"resources": "x"}, {"resources": [None, 3, {"url": None}]}, {"spatial": []},
        {"spatial": {"zones": 3, "geom": 5}},
        {"temporal_coverage": "2010"}, {"tags": {"a": 1}}, {"license": ["a"]}, {"frequency": 5}, {"extras": [1]},
        {"contact_points": [1]}, {"organization": "o"}, {"harvest": "x"}, {"schema": "x"}, {"badges": [1]}, {"page": 5},
    ],
    ids=str,
)  # fmt: skip
def test_malformed_fields_cost_themselves_alone(more):
    assert mapped(dataset(1, **more), filters=[("tag", "non", True)]).title == "T 1"


def test_what_changes_by_itself_is_no_change():
    raw = recorded("012-dataset-v1")
    instance, other = backend(UdataBackend, "https://portal.example.org"), deepcopy(raw)
    other["metrics"]["views"], other["last_update"], other["quality"]["score"] = 5, "2027-01-01", 0.1
    other["resources"][0]["extras"] = {"check:date": "2027-01-01"}
    other["resources"][0]["metrics"] = {"views": 3}
    assert instance.meaning(raw) == instance.meaning(other)
    other["resources"][0]["title"] = "another"
    assert instance.meaning(raw) != instance.meaning(other)


# --- This software itself ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_its_own_api_and_its_own_dcat_tell_the_same(client):
    item = DatasetFactory(
        title="Lacs", license=LicenseFactory(), organization=OrganizationFactory(name="Ville"), frequency="weekly",
        temporal_start=date(2020, 1, 1), temporal_end=date(2021, 12, 31),
    )  # fmt: skip
    ResourceFactory(dataset=item, url="https://x.fr/lacs.csv", filesize=12)
    answers = {}
    for path in (DATASETS, "/api/1/site/catalog.ttl"):
        found = client.get(path, {"page_size": 100})
        content = b"".join(found) if found.streaming else found.content
        answers[path] = (200, {"Content-Type": found.headers["Content-Type"]}, content)
    with serve(answers) as url:
        (raw,) = read_all(backend(UdataBackend, url, **NO_SERVICES))
        draft = mapped(raw)
        instance = backend(DcatBackend, f"{url}/api/1/site/catalog.ttl")
        (other,) = [instance.map(one) for one in read_all(instance)]
    assert (draft.remote_id, draft.title, draft.licenses) == (item.pk, "Lacs", ["lov2"])
    assert (draft.frequency, draft.temporal_end) == ("weekly", date(2021, 12, 31))
    assert draft.resources[0].remote_id == str(item.resources.get().pk) == other.resources[0].remote_id
    same = ("remote_id", "title", "description", "frequency", "temporal_start", "temporal_end", "uri", "access_type")
    assert {name: getattr(draft, name) for name in same} == {name: getattr(other, name) for name in same}
    assert (draft.resources[0].url, draft.resources[0].filesize) == (
        other.resources[0].url,
        other.resources[0].filesize,
    )
