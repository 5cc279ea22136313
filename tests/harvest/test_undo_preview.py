"""Previews write nothing and tell the truth; undoing puts the catalogue back byte for byte."""

import pytest
from django.apps import apps
from django.core.serializers import serialize

from catalog.models import Dataset, Discussion, Reuse
from harvest.models import HarvestRecord, Job, JobItem, Source
from harvest.pipeline import undoing
from harvest.pipeline.previewing import preview
from portal.lib.errors import ServiceError
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ResourceFactory, ReuseFactory
from tests.harvest.test_run import Ckan, harvested, package, rewind, run

pytestmark = pytest.mark.django_db

# What follows from writing, and is not the catalogue: logs, queues, caches.
APART = {
    "Change", "OutboxEvent", "DatasetDocument", "SearchChange", "Tag", "Session", "LogEntry",
    "Job", "JobItem", "Source", "Organization", "AuditEntry",
}  # fmt: skip
VOLATILE = {"version"}


def exported() -> dict[str, str]:
    """The whole catalogue as text, by model."""
    found = {}
    for model in apps.get_app_config("catalog").get_models(include_auto_created=True):
        if model.__name__ in APART or "outbox" in model._meta.db_table or "search" in model._meta.db_table:
            continue
        fields = [field.name for field in model._meta.concrete_fields if field.name not in VOLATILE]
        rows = model._base_manager.order_by("pk")
        keys = [name for name in fields if not (model._meta.auto_created and name == "id")]
        lines = sorted(
            serialize("json", [row], fields=keys)
            if not model._meta.auto_created
            else str([getattr(row, model._meta.get_field(name).attname) for name in keys])
            for row in rows
        )
        found[model.__name__] = "\n".join(lines)
    return found


def full_catalogue(organization):
    """Datasets that were here before: one that a record is, one of people's alone."""
    DatasetFactory(organization=organization)
    known = DatasetFactory(organization=organization, harvest={"remote_id": "https://id.example.org/known"})
    ResourceFactory(dataset=known, url="https://x.example.org/known.csv")
    return known


def test_a_preview_writes_nothing_and_the_run_does_what_it_said():
    organization = OrganizationFactory()
    full_catalogue(organization)
    ckan = Ckan(
        package(1), package(2, id="https://id.example.org/known"), package(3, private=True), package(4, title="")
    )
    ckan.packages[3]["name"] = ""
    with harvested(ckan, organization=organization) as source:
        before, jobs = exported(), Job.objects.count()
        said = preview(source)
        assert exported() == before
        assert (Job.objects.count(), HarvestRecord.objects.count()) == (jobs, 0)
        assert said.whole
        assert said.counters == {"created": 1, "updated": 1, "skipped": 2}
        assert run(source).counters == said.counters
        assert preview(source).counters == {"unchanged": 2, "skipped": 2}
        ckan.packages[0]["title"] = "Neu"
        again = preview(source)
    one = next(item for item in again.items if item.action == "updated")
    assert [(d.name, d.before, d.after) for d in one.differences] == [("title", "Jeu 1", "Neu")]


def test_a_preview_says_what_would_be_archived_and_when_it_would_stop():
    ckan = Ckan(*(package(n) for n in range(10)))
    with harvested(ckan) as source:
        run(source)
        ckan.packages.pop()
        assert preview(source).missing == ["Jeu 9"]
        run(source)
        rewind(source, days=8)
        assert preview(source).counters == {"unchanged": 9, "archived": 1}
        assert run(source).counters == {"unchanged": 9, "archived": 1}


def test_a_preview_of_some_does_not_say_what_is_missing():
    with harvested(Ckan(*(package(n) for n in range(30)))) as source:
        found = preview(source, limit=20)
    assert (found.whole, found.counters, found.total) == (False, {"created": 20}, 30)


def test_a_source_that_is_not_saved_can_be_previewed():
    with harvested(Ckan(package(1))) as source:
        unsaved = Source(name="x", url=source.url, backend="ckan", organization=source.organization)
        assert preview(unsaved).counters == {"created": 1}


def test_a_preview_says_what_is_wrong():
    ckan = Ckan(package(1))
    ckan.broken_from = 0
    with harvested(ckan) as source:
        assert "500" in preview(source).error


def test_undoing_puts_the_catalogue_back_byte_for_byte():
    organization = OrganizationFactory()
    known = full_catalogue(organization)
    ckan = Ckan(*(package(n) for n in range(12)), package(20, id="https://id.example.org/known"))
    ckan.packages[0]["extras"].append({"key": "spatial-text", "value": "France"})
    with harvested(ckan, organization=organization) as source:
        states = [exported()]
        first = run(source)
        states.append(exported())
        ckan.packages[1] = package(1, title="Neu", tags=[], resources=package(1)["resources"][:1], maintainer="Autre")
        ckan.packages[2] = package(2, license_id="cc-by", extras=[], notes="<p>Autre</p>")
        ckan.packages.append(package(30))
        del ckan.packages[5]
        run(source)
        rewind(source, days=8)
        states.append(exported())
        third = run(source)
        assert third.counters == {"unchanged": 13, "archived": 1}
        undoing.undo(third.pk)
        assert exported() == states[2]
        second = source.jobs.get(counters__created=1)
        undoing.undo(second.pk)
        assert exported() == states[1]
        result = undoing.undo(first.pk)
        assert exported() == states[0]
    assert (result.removed, result.restored, result.kept) == (12, 1, [])
    known.refresh_from_db()
    organization.refresh_from_db()
    assert organization.metric_datasets == 2


def test_what_people_did_since_is_left_alone():
    ckan = Ckan(package(1), package(2), package(3))
    with harvested(ckan) as source:
        job = run(source)
        ReuseFactory().datasets.add(Dataset.objects.get(slug="jeu-1"))
        edited = Dataset.objects.get(slug="jeu-2")
        edited.last_modified_internal = edited.last_modified_internal.replace(microsecond=1)
        edited.save()
        result = undoing.undo(job.pk)
    assert (result.removed, len(result.kept)) == (1, 2)
    assert set(Dataset.objects.values_list("slug", flat=True)) == {"jeu-1", "jeu-2"}
    assert (Reuse.objects.count(), Discussion.objects.count()) == (1, 0)


def test_a_job_is_undone_once_and_the_source_can_run_again():
    with harvested(Ckan(package(1))) as source:
        job = run(source)
        undoing.undo(job.pk)
        with pytest.raises(ServiceError):
            undoing.undo(job.pk)
        assert not Dataset.objects.exists()
        assert run(source).counters == {"created": 1}
        assert JobItem.objects.filter(job=job).exists()


def test_undoing_an_older_job_leaves_what_a_later_one_changed():
    ckan = Ckan(package(1), package(2))
    with harvested(ckan) as source:
        first = run(source)
        ckan.packages[0]["title"] = "Neu"
        run(source)
        result = undoing.undo(first.pk)
    assert (result.removed, len(result.kept)) == (1, 1)
    assert Dataset.objects.get().title == "Neu"
