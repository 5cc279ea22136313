"""The vocabularies of the API (recordings 042, 100, 111, 112, 114, 115)."""

import json

import pytest
from django.core.cache import cache

from catalog.models import License
from catalog.services import schema_catalog
from portal.lib.http import FetchError

pytestmark = pytest.mark.django_db


def test_badges_of_datasets_are_labels_by_kind(api):
    assert api.get("/api/1/datasets/badges/").json() == {
        "hvd": "High value datasets",
        "inspire": "Inspire",
        "pivotal-data": "Pivotal data",
        "sl": "Certified statistic series",
        "spd": "Reference data public service",
        "sr": "Statistical series of general interest",
    }


def test_licenses_are_those_offered_to_publishers(api):
    License.objects.all().delete()
    License.objects.create(id="lov2", title="Licence Ouverte 2.0", url="https://example.org/lov2")
    License.objects.create(id="old", title="Old licence", active=False)
    assert api.get("/api/1/datasets/licenses/").json() == [
        {
            "alternate_titles": [],
            "alternate_urls": [],
            "flags": [],
            "id": "lov2",
            "maintainer": None,
            "title": "Licence Ouverte 2.0",
            "url": "https://example.org/lov2",
        }
    ]


def test_frequencies_are_forty_in_their_order(api):
    found = api.get("/api/1/datasets/frequencies/").json()
    assert len(found) == 40
    assert found[0] == {"id": "continuous", "label": "Real time"}
    assert found[5] == {"id": "thirtyMinutes", "label": "Every thirty minute"}
    assert found[-1] == {"id": "unknown", "label": "Unknown"}


def test_types_of_resources_have_ids_and_labels(api):
    found = api.get("/api/1/datasets/resource_types/").json()
    assert [one["id"] for one in found] == ["main", "documentation", "update", "api", "code", "other"]
    assert found[0] == {"id": "main", "label": "Main file"}


def test_extensions_are_sorted_words(api):
    found = api.get("/api/1/datasets/extensions/").json()
    assert found == sorted(found)
    assert len(found) == 64
    assert {"csv", "geojson", "grib2", "other"} <= set(found)


def test_reasons_of_reports_are_sorted_by_value(api):
    found = api.get("/api/1/reports/reasons/").json()
    assert found == [
        {"label": "Auto-detected spam", "value": "auto_spam"},
        {"label": "Explicit content", "value": "explicit_content"},
        {"label": "Illegal content", "value": "illegal_content"},
        {"label": "Others", "value": "others"},
        {"label": "Personal data", "value": "personal_data"},
        {"label": "Security", "value": "security"},
        {"label": "Spam", "value": "spam"},
    ]


def test_grounds_for_limiting_access_have_a_definition(api):
    found = api.get("/api/1/access_type/reason_categories/").json()
    assert len(found) == 8
    assert all(list(one) == ["definition", "label", "value"] for one in found)
    assert found[-1]["value"] == "protection_of_environment"


def test_a_mask_applies_to_each_item_of_a_vocabulary(api):
    found = api.get("/api/1/datasets/frequencies/", headers={"X-Fields": "id"}).json()
    assert found[0] == {"id": "continuous"}


def test_without_a_catalogue_of_schemas_the_list_is_empty(api, settings):
    settings.SCHEMA_CATALOG_URL = ""
    assert api.get("/api/1/datasets/schemas/").json() == []


class Remote:
    """A catalogue of schemas that answers, or fails while `down`, and counts the calls."""

    SCHEMA = {
        "name": "etalab/schema-irve",
        "title": "Charging points",
        "labels": ["Transport"],
        "versions": [{"version_name": "2.3.1", "schema_url": "https://example.org/2.3.1.json", "extra": 1}],
    }

    def __init__(self) -> None:
        self.calls = 0
        self.down = False

    def __call__(self, address: str, *, limit: int, timeout: float) -> bytes:
        self.calls += 1
        if self.down:
            raise FetchError("refused")
        return json.dumps({"schemas": [self.SCHEMA]}).encode()


@pytest.fixture
def remote(settings, monkeypatch) -> Remote:
    settings.SCHEMA_CATALOG_URL = "https://schemas.example.org/schemas.json"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "schemas"}}
    remote = Remote()
    monkeypatch.setattr(schema_catalog, "fetch", remote)
    return remote


@pytest.fixture
def _empty_cache(remote):

    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("_empty_cache")
def test_schemas_have_all_their_keys_whatever_the_remote_left_out(api, remote):
    (schema,) = api.get("/api/1/datasets/schemas/").json()
    assert schema["name"] == "etalab/schema-irve"
    assert schema["homepage"] is None
    assert schema["examples"] == []
    assert schema["versions"] == [{"schema_url": "https://example.org/2.3.1.json", "version_name": "2.3.1"}]


@pytest.mark.usefixtures("_empty_cache")
def test_the_catalogue_of_schemas_is_asked_once_an_hour(api, remote):
    for _turn in range(3):
        api.get("/api/1/datasets/schemas/")
    assert remote.calls == 1


@pytest.mark.usefixtures("_empty_cache")
def test_a_failing_catalogue_of_schemas_leaves_the_last_good_copy(api, remote, settings):

    assert len(api.get("/api/1/datasets/schemas/").json()) == 1
    remote.down = True
    cache.delete(f"schema-catalog-asked:{settings.SCHEMA_CATALOG_URL}")
    assert len(api.get("/api/1/datasets/schemas/").json()) == 1
    assert remote.calls == 2
