"""Opendatasoft: what its datasets become."""

import json
from datetime import UTC, datetime

import pytest

from harvest.backends.ods import OdsBackend
from harvest.errors import ItemSkipped
from tests.harvest.backends.ods_records import PORTAL, dataset
from tests.harvest.fixtures import backend, fixture


def mapped(raw, url=PORTAL, **config):
    return backend(OdsBackend, url, **config).map(raw)


@pytest.mark.parametrize(
    ("filters", "taken"),
    [
        ([("tags", "Eau")], True),
        ([("tags", "air")], False),
        ([("tags", "eau", True)], False),
        ([("publisher", "Ville")], True),
        ([("publisher", "ville", True)], False),
    ],
    ids=str,
)
def test_what_a_server_gives_against_the_filters_is_skipped(filters, taken):
    raw = dataset(default={"keyword": ["eau"], "publisher": "Ville"})
    if taken:
        assert mapped(raw, filters=filters).title
    else:
        with pytest.raises(ItemSkipped):
            mapped(raw, filters=filters)


EXPORTED = "explore/dataset/{}/download?format={}&timezone=Europe/Berlin&use_labels_for_header=false"


def test_the_recorded_dataset_with_records_only():
    draft = mapped(json.loads(fixture("ods-v1/test-a.json")))
    assert (draft.title, draft.description, draft.remote_id) == ("test-a", "test-a-description", "test-a")
    assert draft.remote_url == f"{PORTAL}/explore/dataset/test-a/"
    assert draft.licenses[0] == "fr-lo"
    assert draft.tags == ["culture", "environment", "heritage", "keyword1", "keyword2"]
    assert draft.modified_at == datetime(2015, 4, 9, 10, 28, 45, tzinfo=UTC)
    assert draft.origin == {
        "ods_url": draft.remote_url,
        "ods_has_records": True,
        "ods_geo": False,
        "ods_references": "http://example.com",
    }
    assert [(one.title, one.format, one.mime) for one in draft.resources] == [
        ("CSV format export", "csv", "text/csv"),
        ("JSON format export", "json", "application/json"),
    ]
    assert draft.resources[0].url == f"{PORTAL}/{EXPORTED.format('test-a', 'csv')}"
    assert draft.resources[0].description == "- `toto`, text\n- `titi`, text"
    assert [(one.name, one.role) for one in draft.contacts] == [("test", "publisher")]


def test_the_recorded_dataset_with_shapes_and_files():
    draft = mapped(json.loads(fixture("ods-v1/test-b.json")))
    assert draft.tags == ["buildings", "equipment", "housing", "keyword1", "spatial-planning", "town-planning"]
    files = f"{PORTAL}/api/datasets/1.0/test-b"
    assert [(one.title, one.format, one.mime) for one in draft.resources] == [
        ("CSV format export", "csv", "text/csv"),
        ("JSON format export", "json", "application/json"),
        ("GeoJSON format export", "geojson", "application/geo+json"),
        ("Shapefile format export", "shp", ""),
        ("gtfs.zip", "zip", "application/zip"),
        ("Documentation", "pdf", "application/pdf"),
        ("Extra file", "xls", "application/vnd.ms-excel"),
    ]
    assert [one.url for one in draft.resources[4:]] == [
        f"{files}/alternative_exports/gtfs_zip",
        f"{files}/attachments/documentation_pdf",
        f"{files}/attachments/extra_xls",
    ]
    assert draft.resources[4].description == "GTFS 15/01"
    assert len({one.remote_id for one in draft.resources}) == 7


def test_the_recorded_datasets_that_are_left_out():
    with pytest.raises(ItemSkipped, match="no records"):
        mapped(json.loads(fixture("ods-v1/test-c.json")))
    raw = json.loads(fixture("ods-v1/inspire.json"))
    with pytest.raises(ItemSkipped, match="INSPIRE"):
        mapped(raw)
    draft = mapped(raw, features={"inspire": True})
    assert draft.badges == ["inspire"]
    assert draft.contacts[0].email == "tnt@acme.com"
    assert draft.spatial_geom["coordinates"][0][0][0] == [0.1568, 46.4944]


@pytest.mark.parametrize("path", ["datasets.json", "datasets-v2.1-derived.json"])
def test_every_recorded_dataset_of_explore_is_taken(path):
    found = json.loads(fixture(f"ods-v2/{path}"))
    for raw in found.get("results", found.get("datasets")):
        draft = mapped(raw)
        assert draft.title
        assert [one.format for one in draft.resources] == ["csv", "json", "geojson", "shp"]
        assert draft.modified_at
        json.dumps(draft.as_json())


def test_the_recorded_dataset_of_explore_2_1_in_full():
    raw = json.loads(fixture("ods-v2/datasets-v2.1-derived.json"))["results"][1]
    draft = mapped(raw)
    assert draft.title == "Environmental sensors"
    assert draft.licenses == ["cc-by", "https://creativecommons.org/licenses/by/4.0/", "CC BY"]
    assert draft.tags[-1] == "weather"
    assert draft.zones == ["Ingleburn", "Campbelltown (NSW)"]
    assert draft.contacts[0].name == "Campbelltown City Council"
    assert draft.extras == {"ods:records_count": 29306}
    assert draft.resources[0].url == (
        f"{PORTAL}/api/explore/v2.1/catalog/datasets/weather-stations/exports/csv?use_labels=true"
    )


def test_the_templates_of_explore_have_their_places():
    dcat = {
        "created": "2019",
        "issued": "2020-02-03",
        "accrualperiodicity": "annuelle",
        "spatial": "Bretagne",
        "temporal": "2010/2012",
        "contact_name": "Ana",
        "contact_email": "ana@x.org",
        "creator": "Bo",
    }
    raw = dataset(
        default={
            "description": "<p>a <b>b</b></p>",
            "license": "Licence Ouverte v2.0 (Etalab)",
            "geographic_area": {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]},
        },
        metas={"dcat": dcat, "custom": {"salle": "B12", "empty": None}, "inspire": {"theme": None}},
    )
    draft = mapped(raw)
    assert draft.description == "a **b**"
    assert draft.licenses[0] == "lov2"
    assert draft.frequency == "annual"
    assert (draft.temporal_start.year, draft.temporal_end.isoformat()) == (2010, "2012-12-31")
    assert (draft.created_at.year, draft.issued_at.day) == (2019, 3)
    assert [(one.name, one.role) for one in draft.contacts] == [("Ana", "contact"), ("Bo", "creator")]
    assert draft.spatial_geom["type"] == "MultiPolygon"
    assert draft.zones == ["Bretagne"]
    assert draft.extras["ods:salle"] == "B12"
    assert draft.badges == []


@pytest.mark.parametrize(("records", "formats"), [(50_000, "csv json geojson shp"), (50_001, "csv json geojson")])
def test_a_portal_makes_shapefiles_of_few_records_only(records, formats):
    draft = mapped(dataset(features=["geo"], default={"records_count": records}))
    assert [one.format for one in draft.resources] == formats.split()


def test_records_that_are_not_shown_have_no_exports():
    with pytest.raises(ItemSkipped):
        mapped(dataset(data_visible=False))


@pytest.mark.parametrize(
    "raw",
    [
        dataset(dataset_id="x@elsewhere"),
        dataset(default={"source_domain": "elsewhere"}),
        dataset(default={"federated": True}),
    ],
    ids=["id", "domain", "federated"],
)
def test_what_another_portal_publishes_is_skipped_unless_it_is_wanted(raw):
    with pytest.raises(ItemSkipped, match="another portal"):
        mapped(raw)
    assert mapped(raw, features={"federated": True}).resources


def test_an_export_keeps_its_id_when_its_address_changes():
    """Portals changed these addresses twice in 2024: 9,400 datasets got their resources three times (udata#3158)."""
    old, new = json.loads(fixture("ods-v1/test-b.json")), dataset(dataset_id="test-b", features=["geo"])
    before = {one.remote_id: one.url for one in mapped(old).resources if one.remote_id.startswith("export:")}
    after = {one.remote_id: one.url for one in mapped(new).resources}
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


def test_what_the_portal_worked_on_is_no_change():
    one = backend(OdsBackend, PORTAL)
    old = dataset(default={"metadata_processed": "2020", "data_processed": "2020"})
    new = dataset(default={"metadata_processed": "2021", "data_processed": "2021"}, links=[{}])
    assert one.meaning(old) == one.meaning(new)
    assert one.meaning(old) != one.meaning(dataset(default={"title": "else"}))


@pytest.mark.parametrize(
    "bad", [None, 3, "x", [], {}, [None], {"a": None}, "x" * 100_000, True], ids=lambda v: str(v)[:9]
)
@pytest.mark.parametrize(
    "path", ["metas", "features", "attachments", "fields", "has_records", "default", "dcat", "title"]
)
def test_anything_may_be_anywhere(path, bad):
    raw = dataset(features=["geo"])
    if path in ("default", "dcat"):
        raw["metas"][path] = bad
    elif path == "title":
        raw["metas"]["default"] = dict.fromkeys(
            ("title", "description", "keyword", "theme", "license", "license_url", "modified", "publisher",
             "records_count", "references", "geographic_area", "territory", "attributions"), bad
        )  # fmt: skip
    else:
        raw[path] = bad
    try:
        draft = mapped(raw)
    except ItemSkipped:
        return
    assert draft.title
    json.dumps(draft.as_json())


@pytest.mark.parametrize(
    "raw", [None, 3, "x", [], {}, {"dataset": 3}, {"dataset_id": {}}, {"datasetid": None}], ids=str
)
def test_what_has_no_id_is_skipped(raw):
    with pytest.raises(ItemSkipped):
        backend(OdsBackend, PORTAL).identify(raw)
