"""Runs over geographic catalogues and MAAF's, recorded and served on loopback: what arrives, and that it stays."""

import pytest
from lxml import etree

from catalog.models import Dataservice, Dataset, Resource
from harvest.models import Action, Job, JobItem, JobStatus, Source
from harvest.pipeline import runner
from tests.catalog.factories import OrganizationFactory
from tests.harvest.fixtures import ROOT, fixture, serving

pytestmark = pytest.mark.django_db

GEONETWORK = {1: "page-1", 3: "page-3", 5: "page-5"}


def geonetwork(path, query, body):
    """Serve the three recorded pages of a GeoNetwork, in the schema that is asked for."""
    if not body:
        return None
    root = etree.fromstring(body)
    start, is_dcat = int(root.get("startPosition")), root.get("outputSchema") == "http://www.w3.org/ns/dcat#"
    folder, name = ("csw-dcat", "geonetwork-dcat") if is_dcat else ("csw-iso19139", "geonetwork-iso19139")
    return fixture(f"{folder}/{name}-{GEONETWORK[start]}.xml")


def iso_19115_3(path, query, body):
    return fixture("csw-iso19115-3/pycsw/post_GetRecords-all.xml") if body else None


def maaf(path, query, body):
    file = f"{path}index.html" if path.endswith("/") else path
    found = ROOT / "maaf-synthetic" / file.lstrip("/")
    return fixture(f"maaf-synthetic/{file.lstrip('/')}") if found.is_file() else None


def run(source):
    source.refresh_from_db()
    return runner.run(Job.objects.create(source=source).pk)


@pytest.mark.parametrize(
    ("backend", "answer", "datasets", "services"),
    [
        ("csw-iso-19139", geonetwork, 6, 0),
        ("csw-dcat", geonetwork, 6, 0),
        ("csw-iso-19115-3", iso_19115_3, 3, 1),
        ("maaf", maaf, 3, 0),
    ],
)
def test_a_catalogue_is_taken_once(backend, answer, datasets, services):
    with serving(answer) as remote:
        values = {"url": f"{remote.url}/", "backend": backend, "validation": "accepted"}
        source = Source.objects.create(name="src", organization=OrganizationFactory(), **values)
        job = run(source)
        assert (job.status, job.complete) == (JobStatus.DONE, True)
        assert list(JobItem.objects.exclude(status="done").values_list("remote_id", "errors")) == []
        assert (Dataset.objects.count(), Dataservice.objects.count()) == (datasets, services)
        resources = set(Resource.objects.values_list("pk", flat=True))
        again = run(source)
        assert (again.status, again.counters) == (JobStatus.DONE, {Action.UNCHANGED: datasets + services})
        assert set(Resource.objects.values_list("pk", flat=True)) == resources
