"""The worker is killed in the middle of a run, again and again: nothing is lost or doubled, the report adds up."""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection

from catalog.models import Dataset, Resource
from harvest.models import HarvestRecord, Job, JobItem, JobStatus, Source
from tests.catalog.factories import OrganizationFactory
from tests.harvest.fixtures import serving
from tests.harvest.test_run import Ckan, package

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a worker of another process needs the same database"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

COUNT, KILLS, PATIENCE = 240, 3, 120  # seconds that a worker may take for its first batch


def worker(job: Job) -> subprocess.Popen:
    """Work on the job in another process, on the database of the test."""
    place = connection.settings_dict
    address = f"postgres://{place['USER']}@{place['HOST']}:{place['PORT'] or 5432}/{place['NAME']}"
    code = f"import django; django.setup(); from harvest.pipeline import runner; runner.run({job.pk!r})"
    given = {
        "DATABASE_URL": address, "OUTBOUND_ALLOWED_HOSTS": "127.0.0.1", "HARVEST_BATCH": "20",
        "DJANGO_SETTINGS_MODULE": "portal.settings", "DEBUG": "on",
    }  # fmt: skip
    command = [sys.executable, "-c", code]
    where = {"env": {**os.environ, **given}, "cwd": django_settings.BASE_DIR, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, **where)  # noqa: S603 - ours


def done(job: Job) -> int:
    return sum(Job.objects.get(pk=job.pk).counters.values())


def test_nothing_is_lost_or_doubled_when_workers_die():
    with serving(Ckan(*(package(n) for n in range(COUNT)))) as remote:
        source = Source.objects.create(
            name="src", url=remote.url, backend="ckan", validation="accepted", organization=OrganizationFactory()
        )
        job = Job.objects.create(source=source)
        for _kill in range(KILLS):
            before, process, end = done(job), worker(job), time.monotonic() + PATIENCE
            while done(job) == before and process.poll() is None and time.monotonic() < end:
                time.sleep(0.01)
            process.kill()
            process.wait()
        worker(job).wait(timeout=PATIENCE)
    job.refresh_from_db()
    assert (job.status, job.complete, job.counters) == (JobStatus.DONE, True, {"created": COUNT})
    ids = set(Dataset.objects.values_list("harvest__remote_id", flat=True))
    assert Dataset.objects.count() == len(ids) == HarvestRecord.objects.count() == JobItem.objects.count() == COUNT
    assert Resource.objects.count() == 3 * COUNT
    assert job.resumed >= 1
