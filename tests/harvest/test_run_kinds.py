"""Whole runs over recorded catalogues of Opendatasoft, data.json and CSV: what is in the database afterwards."""

import json
from contextlib import contextmanager

import pytest

from catalog.models import Dataset, Resource
from harvest.models import Job, JobItem, JobStatus, Source
from harvest.pipeline import runner
from tests.catalog.factories import DatasetFactory, OrganizationFactory
from tests.harvest.fixtures import fixture, serving

pytestmark = pytest.mark.django_db

ODS_V1, ODS_V21 = "/api/datasets/1.0/search/", "/api/explore/v2.1/catalog/datasets"
POD = "pod-json/ckanext-datajson"


@contextmanager
def source_of(backend, routes, path="", **values):
    with serving(routes) as remote:
        values = {"organization": OrganizationFactory(), "validation": "accepted", **values}
        yield Source.objects.create(name="src", url=remote.url + path, backend=backend, **values)


def run(source):
    return runner.run(Job.objects.create(source=source).pk)


def rows():
    return list(Dataset.objects.order_by("pk").values()), list(Resource.objects.order_by("pk").values())


@pytest.mark.parametrize(
    ("backend", "route", "path", "first", "resources"),
    [
        ("ods", ODS_V1, "ods-v1/search.json", {"created": 2, "skipped": 2}, 9),
        ("ods", ODS_V21, "ods-v2/datasets-v2.1-derived.json", {"created": 6}, 24),
        ("ods", "/api/v2/catalog/datasets", "ods-v2/datasets.json", {"created": 6}, 24),
        ("data-json", "/data.json", f"{POD}/usda.gov.data.json", {"created": 3}, 6),
        ("data-json", "/data.json", f"{POD}/collection-1-parent-2-children.data.json", {"created": 3}, 4),
        ("data-json", "/data.json", f"{POD}/missing-catalog.data.json", {"created": 1, "failed": 1}, 0),
        ("data-json", "/data.json", f"{POD}/numerical-title.data.json", {"created": 1}, 1),
        ("data-json", "/data.json", "pod-json/datagov-harvester/dcatus.json", {"created": 7}, 7),
        ("csv", "/", "csv-manifest/catalog.csv", {"created": 1, "skipped": 1}, 1),
    ],
)
def test_a_recorded_catalogue_is_harvested_and_a_second_run_writes_nothing(backend, route, path, first, resources):
    with source_of(backend, {route: fixture(path)}) as source:
        job = run(source)
        before = rows()
        again = run(source)
    assert job.counters == first, list(JobItem.objects.values_list("remote_id", "status", "errors"))
    assert job.complete
    assert len(before[1]) == resources
    assert again.counters == {{"created": "unchanged"}.get(name, name): count for name, count in first.items()}
    assert rows() == before


def test_what_a_large_file_holds_is_harvested_by_batches(settings):
    settings.HARVEST_BATCH = 100
    found = [
        {"identifier": f"d-{n}", "title": f"T {n}", "distribution": [{"downloadURL": f"https://x.example.org/{n}.csv"}]}
        for n in range(620)
    ]
    with source_of("data-json", {"/data.json": json.dumps({"dataset": found})}) as source:
        assert run(source).counters == {"created": 620}


def test_exports_of_opendatasoft_keep_their_ids_when_their_addresses_change():
    """The portal gets a newer interface: other addresses, the same files (udata#3158)."""
    routes = {ODS_V1: json.dumps({"nhits": 1, "datasets": [json.loads(fixture("ods-v1/test-b.json"))]})}
    with source_of("ods", routes) as source:
        run(source)
        before = dict(Resource.objects.values_list("pk", "url"))
        old = json.loads(fixture("ods-v1/test-b.json"))
        new = {
            "dataset_id": old.pop("datasetid"),
            "metas": {"default": old.pop("metas")},
            **old,
        }
        routes[ODS_V21] = json.dumps({"total_count": 1, "results": [new]})
        del routes[ODS_V1]
        job = run(source)
    assert job.counters == {"updated": 1}
    after = dict(Resource.objects.values_list("pk", "url"))
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


def test_a_dataset_of_opendatasoft_that_came_by_dcat_is_found_again():
    routes = {ODS_V1: json.dumps({"nhits": 1, "datasets": [json.loads(fixture("ods-v1/test-a.json"))]})}
    with source_of("ods", routes) as source:
        page = f"{source.url}/explore/dataset/test-a/"
        known = DatasetFactory(organization=source.organization, harvest={"remote_id": page, "remote_url": page})
        job = run(source)
    assert job.counters == {"updated": 1}
    assert Dataset.objects.get().pk == known.pk


def test_a_quota_that_is_spent_archives_nothing():
    found = json.loads(fixture("ods-v2/datasets-v2.1-derived.json"))
    routes = {ODS_V21: json.dumps(found)}
    with source_of("ods", routes) as source:
        run(source)
        routes[ODS_V21] = (429, {}, b"{}")
        job = run(source)
    assert (job.status, job.complete) == (JobStatus.FAILED, False)
    assert Dataset.objects.filter(archived=None).count() == 6
