"""Territories in the API (recordings 106, 108, 109)."""

import pytest

from catalog.models import GeoLevel, GeoZone
from tests.catalog.factories import DatasetFactory

pytestmark = pytest.mark.django_db

OUTLINE = {"type": "MultiPolygon", "coordinates": [[[[0, 0], [0, 1], [1, 1], [0, 0]]]]}


@pytest.fixture(autouse=True)
def zones() -> dict[str, GeoZone]:
    GeoZone.objects.all().delete()
    GeoLevel.objects.all().delete()
    GeoLevel.objects.create(id="country", name="Country", admin_level=20)
    GeoLevel.objects.create(id="fr:region", name="French region", admin_level=40)
    rows = [
        GeoZone(
            id="country:fr", level_id="country", code="fr", name="France", slug="france",
            uri="http://id.insee.fr/geo/pays/france",
        ),
        GeoZone(id="fr:region:11", level_id="fr:region", code="11", name="Île-de-France", slug="ile-de-france"),
        GeoZone(
            id="fr:region:93", level_id="fr:region", code="93", name="Provence", slug="provence", geometry=OUTLINE
        ),
    ]  # fmt: skip
    GeoZone.objects.bulk_create(rows)
    return {zone.pk: zone for zone in rows}


def test_levels_come_the_widest_first(api):
    assert api.get("/api/1/spatial/levels/").json() == [
        {"id": "country", "name": "Country"},
        {"id": "fr:region", "name": "French region"},
    ]


def test_granularities_are_the_levels_and_two_more(api):
    assert api.get("/api/1/spatial/granularities/").json()[1:] == [
        {"id": "fr:region", "name": "French region"},
        {"id": "poi", "name": "POI"},
        {"id": "other", "name": "Other"},
    ]


def test_zones_are_geojson_features(api):
    assert api.get("/api/1/spatial/zones/country:fr/").json() == {
        "features": [
            {
                "geometry": {"coordinates": None, "type": None},
                "id": "country:fr",
                "properties": {
                    "code": "fr",
                    "level": "country",
                    "name": "France",
                    "slug": "france",
                    "uri": "http://id.insee.fr/geo/pays/france",
                },
                "type": "Feature",
            }
        ],
        "type": "FeatureCollection",
    }


def test_zones_keep_the_order_asked_and_unknown_ones_are_left_out(api):
    found = api.get("/api/1/spatial/zones/fr:region:93,country:xx,country:fr/").json()
    assert [one["id"] for one in found["features"]] == ["fr:region:93", "country:fr"]


def test_unknown_zones_alone_are_not_found(api):
    assert api.get("/api/1/spatial/zones/country:xx,country:yy/").status_code == 404
    assert api.get("/api/1/spatial/zone/country:xx/").status_code == 404
    assert api.get("/api/1/spatial/zone/country:xx/datasets/").status_code == 404


def test_one_zone_is_a_feature_with_its_outline(api):
    found = api.get("/api/1/spatial/zone/fr:region:93/").json()
    assert found["type"] == "Feature"
    assert found["geometry"] == OUTLINE


@pytest.mark.parametrize("legacy", ["country/fr", "country/fr@1860-07-01"])
def test_legacy_ids_of_zones_still_lead_to_them(api, legacy):
    assert api.get(f"/api/1/spatial/zone/{legacy}/").json()["id"] == "country:fr"
    assert api.get(f"/api/1/spatial/zones/{legacy}/").json()["features"][0]["id"] == "country:fr"


def test_zones_are_suggested_the_widest_first_without_regard_to_accents(api):
    assert api.get("/api/1/spatial/zones/suggest/?q=fra").json() == [
        {
            "code": "fr",
            "id": "country:fr",
            "level": "country",
            "name": "France",
            "uri": "http://id.insee.fr/geo/pays/france",
        },
        {"code": "11", "id": "fr:region:11", "level": "fr:region", "name": "Île-de-France", "uri": None},
    ]
    assert [one["id"] for one in api.get("/api/1/spatial/zones/suggest/?q=ile").json()] == ["fr:region:11"]
    assert [one["id"] for one in api.get("/api/1/spatial/zones/suggest/?q=93").json()] == ["fr:region:93"]


def test_datasets_of_a_zone_are_references_to_listed_ones(api, zones):
    shown, hidden = DatasetFactory(title="Roads"), DatasetFactory(private=True)
    for dataset in (shown, hidden):
        dataset.spatial_zones.add(zones["country:fr"])
    assert api.get("/api/1/spatial/zone/country:fr/datasets/").json() == [
        {
            "acronym": None,
            "class": "Dataset",
            "id": shown.pk,
            "page": "http://127.0.0.1:8000/datasets/roads/",
            "title": "Roads",
            "uri": "http://127.0.0.1:8000/api/1/datasets/roads/",
        }
    ]
    assert api.get("/api/1/spatial/zone/country:fr/datasets/?size=0").json() == []


def test_coverage_counts_the_datasets_of_each_zone_in_three_queries(api, zones, django_assert_max_num_queries):
    for _number in range(3):
        DatasetFactory().spatial_zones.add(zones["fr:region:11"])
    DatasetFactory(private=True).spatial_zones.add(zones["fr:region:93"])
    with django_assert_max_num_queries(3):
        found = api.get("/api/1/spatial/coverage/fr:region/").json()
    assert {one["id"]: one["properties"]["datasets"] for one in found["features"]} == {
        "fr:region:11": 3,
        "fr:region:93": 0,
    }
    assert set(found["features"][0]["properties"]) == {"code", "datasets", "name", "uri"}
    assert api.get("/api/1/spatial/coverage/moon/").status_code == 404


@pytest.mark.parametrize(
    "path", ["spatial/zone/a%00", "spatial/zones/a%00,b", "spatial/zone/a%00/datasets", "spatial/coverage/a%00"]
)
def test_no_path_breaks_the_database(api, path):
    assert api.get(f"/api/1/{path}/").status_code == 404
