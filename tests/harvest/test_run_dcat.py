"""Runs over DCAT catalogues and another portal: what arrives in the catalogue, and that it stays as it is."""

import json

import pytest

from catalog.models import Dataservice, Dataset, Resource
from harvest.models import Action, Job, JobItem, JobStatus, Source
from harvest.pipeline import runner
from tests.catalog.factories import OrganizationFactory
from tests.harvest.backends.test_udata import recorded
from tests.harvest.fixtures import fixture, serving

pytestmark = pytest.mark.django_db


def run(url: str, backend: str, times: int = 1) -> list[Job]:
    values = {"url": url, "backend": backend, "validation": "accepted"}
    source = Source.objects.create(name="src", organization=OrganizationFactory(), **values)
    jobs = []
    for _time in range(times):
        source.refresh_from_db()
        jobs.append(runner.run(Job.objects.create(source=source).pk))
    return jobs


@pytest.mark.parametrize(
    ("path", "datasets", "services"),
    [
        ("dcat/udata/catalog.xml", 4, 0),
        ("dcat/udata/bnodes.xml", 3, 1),
        ("dcat/udata/flat.jsonld", 3, 0),
        ("dcat/govdata.de/metadata_max.rdf", 1, 0),
        ("dcat/ckanext-dcat/dataset_multilingual.ttl", 1, 0),
        ("dcat/opendata.swiss/catalog.xml", 2, 0),
        ("dcat/udata/series.xml", 1, 0),
        ("iso19139-to-dcat/network-service/expected_output.ttl", 0, 1),
    ],
)
def test_a_dcat_catalogue_is_taken_once(path, datasets, services):
    """Blank nodes get other names at each reading: that is no change."""
    with serving({"/c": fixture(path)}) as remote:
        first, second = run(f"{remote.url}/c", "dcat", times=2)
    assert (first.status, first.complete) == (JobStatus.DONE, True)
    assert list(JobItem.objects.filter(status="failed").values_list("remote_id", "errors")) == []
    assert (Dataset.objects.count(), Dataservice.objects.count()) == (datasets, services)
    assert second.counters == {Action.UNCHANGED: datasets + services}


def test_a_service_is_tied_to_the_datasets_that_it_serves():
    with serving({"/c": fixture("dcat/udata/bnodes.xml")}) as remote:
        run(f"{remote.url}/c", "dcat")
    assert {one.title for one in Dataservice.objects.get().datasets.all()} == {"Dataset 2", "Dataset 3"}


def test_a_dataset_of_another_portal_keeps_the_ids_of_its_files():
    raw = recorded("012-dataset-v1")
    pages = {"/api/1/datasets/": json.dumps({"data": [raw], "total": 1, "next_page": None})}
    with serving(pages) as remote:
        first, second = run(remote.url, "udata", times=2)
    assert (first.status, second.counters) == (JobStatus.DONE, {Action.UNCHANGED: 1})
    dataset = Dataset.objects.get()
    assert (dataset.title, dataset.frequency, dataset.harvest["remote_id"]) == (raw["title"], "monthly", raw["id"])
    found = {one.harvest["remote_id"]: one.url for one in Resource.objects.all()}
    assert found == {one["id"]: one["url"] for one in raw["resources"]}
