"""The OpenAPI documents: valid, complete, the same as those in docs/, and true of what the API answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from catalog.api.schema import GENERATORS, TAGS
from catalog.models import GeoLevel, GeoZone
from tests.catalog.factories import (
    CommunityResourceFactory,
    DataserviceFactory,
    DatasetFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
)

VERSIONS = ["1", "2"]
EXAMPLES = sorted(settings.BASE_DIR.glob("*/api/examples/*.json"))
SHOWN = {"Dataset", "DatasetV2", "Resource", "CommunityResource", "License", "Site", "ZoneFeature"}

each_version = pytest.mark.parametrize("version", VERSIONS)


def committed(version: str) -> Path:
    return settings.BASE_DIR / "docs" / f"openapi-v{version}.json"


def read(version: str) -> dict[str, Any]:
    return json.loads(committed(version).read_text(encoding="utf-8"))


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, operation) for path, item in document["paths"].items() for operation in item.values()]


@each_version
def test_a_document_is_made_without_a_warning_and_equals_the_one_in_docs(version, tmp_path):
    file = tmp_path / "openapi.json"
    call_command(
        "spectacular",
        generator_class=f"catalog.api.schema.V{version}Generator",
        format="openapi-json",
        lang="en",
        fail_on_warn=True,
        validate=True,
        file=str(file),
    )
    assert json.loads(file.read_bytes()) == read(version), "run `make openapi`"


@each_version
def test_a_document_is_valid(version):
    document = read(version)
    assert document["openapi"].startswith("3.1")
    validate(document)


@each_version
def test_a_document_has_only_the_routes_of_its_version(version):
    assert all(path.startswith(f"/api/{version}/") for path in read(version)["paths"])


@each_version
def test_every_operation_is_named_described_and_filed_under_a_known_tag(version):
    found = operations(read(version))
    names = [operation["operationId"] for _path, operation in found]
    assert len(names) == len(set(names))
    for path, operation in found:
        assert operation["summary"], path
        assert operation["description"], path
        assert set(operation["tags"]) <= set(TAGS), path
        undescribed = [one["name"] for one in operation.get("parameters", []) if not one.get("description")]
        assert not undescribed, path
        assert "400" in operation["responses"], path


@each_version
def test_a_document_names_the_two_ways_to_sign_in(version):
    assert set(read(version)["components"]["securitySchemes"]) == {"apiKey", "session"}


def validator(document: dict[str, Any], reference: str) -> Draft202012Validator:
    """Return what checks JSON against one schema of `document`."""
    registry = Registry().with_resource("urn:document", Resource(contents=document, specification=DRAFT202012))
    return Draft202012Validator({"$ref": f"urn:document{reference}"}, registry=registry)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_follows_the_schema_it_shows(example):
    documents = [read(version) for version in VERSIONS]
    used = [document for document in documents if example.stem in document["components"]["schemas"]]
    assert used, "no component has that name"
    for document in used:
        validator(document, f"#/components/schemas/{example.stem}").validate(json.loads(example.read_bytes()))


def test_the_main_objects_have_an_example():
    assert {example.stem for example in EXAMPLES} >= SHOWN


@pytest.fixture
def catalogue():
    """One object of each kind, with all that hangs on it."""
    GeoLevel.objects.update_or_create(pk="country", defaults={"name": "Country"})
    zone, _made = GeoZone.objects.update_or_create(
        pk="country:fr", defaults={"level_id": "country", "code": "fr", "name": "France", "slug": "france"}
    )
    organization = OrganizationFactory(badges=["certified", "public-service"])
    dataset = DatasetFactory(organization=organization, tags=["water"])
    dataset.spatial_zones.add(zone)
    resource = ResourceFactory(dataset=dataset)
    CommunityResourceFactory(dataset=dataset)
    ReuseFactory().datasets.add(dataset)
    DataserviceFactory().datasets.add(dataset)
    PostFactory()
    return {"key": dataset.slug, "rid": str(resource.pk), "zone": zone.pk, "zones": zone.pk, "level": "country"}


def answers(api, document: dict[str, Any], parts: dict[str, str]) -> list[tuple[str, Any, str]]:
    """Read every JSON list and object of the datasets, the vocabularies and the portal; give what should check it."""
    found = []
    for path, item in document["paths"].items():
        content = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "application/json" not in content or item["get"]["security"][-1] != {}:
            continue
        parameters = [one for one in item["get"].get("parameters", []) if one["in"] == "path"]
        if not {one["name"] for one in parameters} <= set(parts) or ("{key}" in path and "/datasets/" not in path):
            continue
        answer = api.get(path.format(**parts), {"q": "a"} if "/suggest/" in path else None)
        pointer = path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
        schema = f"#/paths/{pointer}/get/responses/200/content/application~1json/schema"
        found.append((path, answer, schema))
    return found


@pytest.mark.django_db
@each_version
def test_the_api_answers_what_its_document_says(api, version, catalogue):
    document = read(version)
    asked = answers(api, document, catalogue)
    assert len(asked) >= 7
    for path, answer, schema in asked:
        assert answer.status_code in {200, 401, 404}, path
        if answer.status_code == 200:
            problems = [
                f"{path}: {error.json_path} {error.message}"
                for error in validator(document, schema).iter_errors(answer.json())
            ]
            assert not problems


@each_version
def test_programs_read_the_document_of_each_version(client, version):
    answer = client.get(f"/api/{version}/swagger.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json() == read(version)
    assert set(GENERATORS) == set(VERSIONS)


@pytest.mark.parametrize("path", ["/api/", "/api/1/", "/api/2/"])
def test_people_read_the_documentation_without_a_script_in_the_page_or_from_elsewhere(client, path):
    page = client.get(path).content.decode()
    assert "swagger-ui-bundle" in page
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert "https://" not in page
