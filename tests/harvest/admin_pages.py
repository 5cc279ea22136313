"""What the tests of the administration of harvesting share: sources, jobs, previews, addresses."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from harvest.models import Job, JobStatus, PreviewState, Source, SourcePreview
from tests.catalog import factories

SECRET = "s3cr3t-key"


def make_source(**values: Any) -> Source:
    """Return a source of an organization of its own, with a key."""
    values = {
        "name": "Ville", "url": "https://ckan.example.org/", "backend": "ckan", "config": {"apikey": SECRET}, **values,
    }  # fmt: skip
    if "organization" not in values and "owner" not in values:
        values["organization"] = factories.OrganizationFactory()
    return Source.objects.create(**values)


def make_job(source: Source, status: str = JobStatus.DONE, **values: Any) -> Job:
    """Return a job of a source, begun and (unless it goes on) ended."""
    now = timezone.now()
    ended = now if status in (JobStatus.DONE, JobStatus.DONE_ERRORS, JobStatus.FAILED) else None
    return Job.objects.create(**{"source": source, "status": status, "started": now, "ended": ended, **values})


def make_preview(source: Source, **result: Any) -> SourcePreview:
    """Return the preview of a source, made."""
    now = timezone.now()
    whole = {"counters": {}, "items": [], "total": None, "whole": True, "missing": [], "missing_count": 0, **result}
    return SourcePreview.objects.create(
        source=source, state=PreviewState.DONE, started_at=now, ended_at=now, result=whole
    )


def page(name: str, source: Source, *args: str) -> str:
    """Return the address of a page about a source."""
    return reverse(f"admin:harvest_source_{name}", args=[source.pk, *args])
