"""The OpenAPI documents: valid, complete, the same as those in docs/, and true of what the API answers."""

import json
from collections.abc import Iterator
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
    DiscussionFactory,
    MemberFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
    VisualizationFactory,
)

pytestmark = pytest.mark.once
VERSIONS = ["1", "2"]
EXAMPLES = sorted(settings.BASE_DIR.glob("*/api/examples/*.json"))
SHOWN = {"Dataset", "DatasetV2", "Dataservice", "Organization", "Resource", "Reuse", "Site", "User", "ZoneFeature"}

NORMAL = {"/api/2/captchetat/": {404}}  # answers of what is not configured
MANY = {"1": 40, "2": 12}  # paths whose answers are checked, at least

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
        arguments = [one for one in operation.get("parameters", []) if one["in"] != "path"]
        assert "400" in operation["responses"] or not arguments, path


@each_version
def test_a_document_names_the_three_ways_to_say_who_calls(version):
    assert set(read(version)["components"]["securitySchemes"]) == {"apiKey", "bearer", "session"}


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
def catalogue() -> dict[str, dict[str, str]]:
    """One object of each kind, with all that hangs on it: what fills the paths, by the first words of the path."""
    GeoLevel.objects.update_or_create(pk="country", defaults={"name": "Country"})
    zone, _made = GeoZone.objects.update_or_create(
        pk="country:fr", defaults={"level_id": "country", "code": "fr", "name": "France", "slug": "france"}
    )
    organization = OrganizationFactory(badges=["certified", "public-service"])
    MemberFactory(organization=organization)
    dataset = DatasetFactory(organization=organization, tags=["water"])
    dataset.spatial_zones.add(zone)
    resource = ResourceFactory(dataset=dataset)
    community_resource = CommunityResourceFactory(dataset=dataset)
    reuse, dataservice = ReuseFactory(), DataserviceFactory(organization=organization)
    reuse.datasets.add(dataset)
    dataservice.datasets.add(dataset)
    discussion = DiscussionFactory(dataset=dataset)
    return {
        "datasets": {"key": dataset.slug, "rid": str(resource.pk)},
        "datasets/community_resources": {"rid": str(community_resource.pk)},
        "organizations": {"key": organization.slug},
        "reuses": {"key": reuse.slug},
        "dataservices": {"key": dataservice.slug},
        "users": {"key": reuse.owner.slug},
        "posts": {"key": PostFactory().slug},
        "discussions": {"key": discussion.pk},
        "visualizations": {"key": VisualizationFactory().slug},
        "spatial": {"zone": zone.pk, "zones": zone.pk, "level": "country"},
    }


def readable(document: dict[str, Any], catalogue: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Give the paths of `document` that answer anybody in JSON, as written there and filled from `catalogue`."""
    for path, item in document["paths"].items():
        responses = item.get("get", {}).get("responses", {})
        words = path.split("/")
        parts = catalogue.get("/".join(words[3:5])) or catalogue.get(words[3], {})
        wanted = {one["name"] for one in item.get("get", {}).get("parameters", []) if one["in"] == "path"}
        if "application/json" in responses.get("200", {}).get("content", {}) and wanted <= set(parts):
            yield path, path.format(**parts)


def answer_schema(path: str) -> str:
    """Return the reference of what a GET of `path` answers."""
    pointer = path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    return f"#/paths/{pointer}/get/responses/200/content/application~1json/schema"


@pytest.mark.django_db
@each_version
def test_the_api_answers_what_its_document_says(api, version, catalogue):
    document = read(version)
    checked = 0
    for path, address in readable(document, catalogue):
        required = {"q": "a"} if "/suggest/" in path else {"recipient": "a"} if path.endswith("/transfer/") else None
        answer = api.get(address, required)
        assert answer.status_code in NORMAL.get(path, {200, 401}), path
        if answer.status_code == 200:
            found = validator(document, answer_schema(path)).iter_errors(answer.json())
            problems = [f"{path}: {error.json_path} {error.message}" for error in found]
            assert not problems
            checked += 1
    assert checked >= MANY[version]


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
