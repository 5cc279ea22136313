"""Runs over a CKAN on loopback: what is made, changed, left alone, archived, restored."""

import json
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import ContactPoint, Dataset, Resource, Tag
from harvest.models import Action, HarvestRecord, Job, JobItem, JobStatus, RecordState, Source
from harvest.pipeline import planning, runner
from tests.catalog.factories import DatasetFactory, OrganizationFactory, ResourceFactory, UserFactory
from tests.harvest.fixtures import serving

pytestmark = pytest.mark.django_db


def package(number, **more):
    return {
        "id": f"00000000-0000-0000-0000-{number:012}",
        "name": f"jeu-{number}",
        "title": f"Jeu {number}",
        "notes": "Une description.",
        "license_id": "odc-odbl",
        "metadata_modified": "2024-01-01T00:00:00",
        "tags": [{"name": "eau"}, {"name": f"tag {number}"}],
        "maintainer": "Service des données",
        "maintainer_email": "data@example.org",
        "extras": [{"key": "frequency", "value": "monthly"}, {"key": "note", "value": "x"}],
        "resources": [
            {"id": f"r-{number}-{rank}", "name": f"Fichier {rank}", "url": f"https://x.example.org/{number}/{rank}.csv"}
            for rank in range(3)
        ],
        **more,
    }


class Ckan:
    """A catalogue that tests change between runs."""

    def __init__(self, *packages):
        self.packages = list(packages)
        self.broken_from = self.announced = None

    def __call__(self, path, query, body):
        if not path.endswith("package_search"):
            return None
        start, rows = int(query["start"]), int(query["rows"])
        if self.broken_from is not None and start >= self.broken_from:
            return 500, {}, b"oops"
        found = self.packages[start : start + rows]
        count = self.announced or len(self.packages)
        return json.dumps({"success": True, "result": {"count": count, "results": found}})


@contextmanager
def harvested(ckan, **values):
    with serving(ckan) as remote:
        values.setdefault("organization", None)
        if values["organization"] is None and "owner" not in values:
            values["organization"] = OrganizationFactory()
        source = Source.objects.create(name="src", url=remote.url, backend="ckan", validation="accepted", **values)
        source.remote = remote
        yield source


def run(source):
    source.refresh_from_db()
    return runner.run(Job.objects.create(source=source).pk)


def rewind(source, **delta):
    """Let time pass for what is missing."""
    for record in HarvestRecord.objects.filter(source=source).exclude(missing_since=None):
        record.missing_since -= timedelta(**delta)
        record.save()


def test_a_catalogue_is_made_whole():
    with harvested(Ckan(package(1), package(2))) as source:
        job = run(source)
    assert (job.status, job.counters, job.complete) == (JobStatus.DONE, {"created": 2}, True)
    dataset = Dataset.objects.get(slug="jeu-1")
    assert dataset.organization_id == source.organization_id
    assert (dataset.title, dataset.license_id, dataset.frequency) == ("Jeu 1", "odc-odbl", "monthly")
    assert dataset.extras == {"note": "x"}
    assert [tag.name for tag in dataset.tags.order_by("name")] == ["eau", "tag-1"]
    assert [one.email for one in dataset.contact_points.all()] == ["data@example.org"]
    assert ContactPoint.objects.count() == 1
    assert [one.harvest["remote_id"] for one in dataset.resources.all()] == ["r-1-0", "r-1-1", "r-1-2"]
    assert {one.format for one in dataset.resources.all()} == {"csv"}
    assert dataset.resources_count == 3
    assert dataset.last_update.isoformat() == "2024-01-01T00:00:00+00:00"
    assert dataset.harvest["remote_id"] == package(1)["id"]
    assert dataset.harvest["backend"] == "CKAN"
    assert dataset.harvest["source_id"] == source.pk
    source.organization.refresh_from_db()
    assert source.organization.metric_datasets == 2
    assert set(JobItem.objects.values_list("action", "status")) == {("created", "done")}


def test_what_did_not_change_is_not_written(django_assert_max_num_queries):
    with harvested(Ckan(*(package(n) for n in range(30)))) as source:
        run(source)
        before = list(Dataset.objects.order_by("pk").values()), list(Resource.objects.order_by("pk").values())
        with django_assert_max_num_queries(45):
            job = run(source)
    assert (job.status, job.counters) == (JobStatus.DONE, {"unchanged": 30})
    assert before == (list(Dataset.objects.order_by("pk").values()), list(Resource.objects.order_by("pk").values()))
    assert not job.items.exists()


def test_many_records_take_hardly_more_statements_than_few():
    numbers = []
    for count in (3, 40):
        with harvested(Ckan(*(package(n, id=f"{count}-{n}", name=f"{count}-{n}") for n in range(count)))) as source:
            with CaptureQueriesContext(connection) as captured:
                run(source)
            numbers.append(len(captured))
    assert numbers[1] - numbers[0] < 5  # SQLite takes so many parameters at once


def test_a_changed_package_changes_what_it_says_and_keeps_its_resources():
    first = package(1)
    ckan = Ckan(first, package(2))
    with harvested(ckan) as source:
        run(source)
        dataset = Dataset.objects.get(slug="jeu-1")
        ids = {one.harvest["remote_id"]: one.pk for one in dataset.resources.all()}
        manual = ResourceFactory(dataset=dataset, url="https://elsewhere.example.org/mine.pdf")
        a, b, c = first["resources"]
        ckan.packages[0] = package(
            1, title="Autre titre", tags=[{"name": "air"}], resources=[c, {**a, "url": "https://new.example.org/a.csv"}]
        )
        job = run(source)
    assert job.counters == {"updated": 1, "unchanged": 1}
    dataset.refresh_from_db()
    assert (dataset.title, dataset.slug) == ("Autre titre", "jeu-1")
    assert [tag.name for tag in dataset.tags.all()] == ["air"]
    kept = {one.harvest["remote_id"]: one.pk for one in dataset.resources.exclude(harvest=None)}
    assert kept == {"r-1-2": ids["r-1-2"], "r-1-0": ids["r-1-0"]}
    assert dataset.resources.filter(pk=manual.pk).exists()
    assert set(job.items.get().changes) == {"title", "tags", "resources"}
    assert b["id"] not in kept


def test_a_bad_record_costs_itself_alone():
    ckan = Ckan(package(1), {"title": "no id"}, package(2, title=""), "nonsense", package(3, name=""), package(4))
    ckan.packages[2]["name"] = ""
    with harvested(ckan) as source:
        job = run(source)
        again = run(source)
    assert job.status == JobStatus.DONE
    assert job.counters == {"created": 3, "skipped": 3}
    assert again.counters == {"unchanged": 3, "skipped": 3}
    assert set(Dataset.objects.values_list("title", flat=True)) == {"Jeu 1", "Jeu 3", "Jeu 4"}


@pytest.mark.parametrize("values", [{"frequency": "nonsense"}, {"temporal_end": date(2024, 1, 1)}], ids=["code", "row"])
def test_what_cannot_be_written_costs_itself_alone(monkeypatch, values):
    real = planning.plan_one

    def poisoned(entry, context):
        result = real(entry, context)
        if entry.draft.title == "Jeu 2":
            result.values |= values
        return result

    with harvested(Ckan(*(package(n) for n in range(5)))) as source:
        with monkeypatch.context() as patch:
            patch.setattr(planning, "plan_one", poisoned)
            job = run(source)
            assert run(source).counters == {"unchanged": 4, "failed": 1}
        assert run(source).counters == {"unchanged": 4, "created": 1}  # tried again, though the record is as it was
        assert run(source).counters == {"unchanged": 5}
    assert job.counters == {"created": 4, "failed": 1}
    assert job.status == JobStatus.DONE_ERRORS
    assert "cannot be written" in job.items.get(action="failed").errors[0]["message"]


def test_an_identifier_that_is_used_twice_fails_once():
    twin = package(1, title="Twin", name="twin")
    with harvested(Ckan(package(1), package(1), twin)) as source:
        job = run(source)
    assert job.counters == {"created": 1, "failed": 1}
    assert Dataset.objects.get().title == "Jeu 1"


def test_what_disappears_is_archived_after_its_grace_and_restored_when_it_returns(settings):
    ckan = Ckan(*(package(n) for n in range(10)))
    with harvested(ckan) as source:
        run(source)
        gone = ckan.packages.pop()
        assert run(source).counters == {"unchanged": 9}
        assert not Dataset.objects.exclude(archived=None).exists()
        rewind(source, days=8)
        job = run(source)
        assert job.counters == {"unchanged": 9, "archived": 1}
        dataset = Dataset.objects.exclude(archived=None).get()
        assert dataset.slug == "jeu-9"
        assert dataset.harvest["archived"] == "not-on-remote"
        assert job.items.get().status == "archived"
        assert run(source).counters == {"unchanged": 9}
        ckan.packages.append(gone)
        assert run(source).counters == {"unchanged": 9, "restored": 1}
    dataset.refresh_from_db()
    assert dataset.archived is None
    assert "archived" not in dataset.harvest


def test_what_somebody_archived_stays_archived():
    ckan = Ckan(package(1))
    with harvested(ckan) as source:
        run(source)
        Dataset.objects.update(archived=timezone.now())
        ckan.packages[0]["title"] = "Neu"
        assert run(source).counters == {"updated": 1}
    assert Dataset.objects.get().archived


def test_too_much_at_once_is_held_back():
    ckan = Ckan(*(package(n) for n in range(10)))
    with harvested(ckan) as source:
        run(source)
        del ckan.packages[5:]
        run(source)
        rewind(source, days=8)
        job = run(source)
    assert (job.counters, job.held, job.status) == ({"unchanged": 5}, 5, JobStatus.DONE_ERRORS)
    assert not Dataset.objects.exclude(archived=None).exists()


@pytest.mark.parametrize("trouble", ["broken", "empty", "short"])
def test_nothing_goes_after_a_listing_that_is_not_complete(settings, trouble):
    ckan = Ckan(*(package(n) for n in range(600)))
    with harvested(ckan) as source:
        run(source)
        HarvestRecord.objects.update(missing_runs=5)
        if trouble == "broken":
            ckan.broken_from = 500
        elif trouble == "empty":
            ckan.packages.clear()
        else:
            ckan.announced = len(ckan.packages)
            del ckan.packages[100:]
        job = run(source)
    assert job.complete is False
    assert not HarvestRecord.objects.exclude(missing_since=None).exists()
    assert job.status in (JobStatus.FAILED, JobStatus.DONE_ERRORS)


def test_a_dataset_of_somebody_else_is_not_taken():
    other = DatasetFactory(title="Theirs", harvest={"remote_id": "https://id.example.org/ds/1", "domain": "x"})
    with harvested(Ckan(package(1, id="https://id.example.org/ds/1"))) as source:
        assert run(source).counters == run(source).counters == {"failed": 1}
        other.refresh_from_db()
        assert other.title == "Theirs"
        assert Dataset.objects.count() == 1
        Dataset.objects.filter(pk=other.pk).update(owner=source.owner, organization=source.organization)
        assert run(source).counters == {"updated": 1}  # it was given to the source's owner


def test_a_record_that_moved_between_sources_is_attached():
    organization = OrganizationFactory()
    uri = "https://id.example.org/ds/1"
    with harvested(Ckan(package(1, id=uri)), organization=organization) as first:
        run(first)
        with harvested(Ckan(package(1, id=uri, title="Moved")), organization=organization) as second:
            assert run(second).counters == {"updated": 1}
            assert run(second).counters == {"unchanged": 1}
            assert run(first).counters == {"skipped": 1}
    dataset = Dataset.objects.get()
    assert (dataset.title, dataset.harvest["source_id"]) == ("Moved", second.pk)
    assert HarvestRecord.objects.get(source=first).state == RecordState.MOVED


def test_a_catalogue_that_was_harvested_before_is_found_again():
    organization = OrganizationFactory()
    known = DatasetFactory(
        organization=organization, harvest={"remote_id": package(1)["id"], "domain": "old.example.org"}
    )
    with harvested(Ckan(package(1)), organization=organization) as source:
        known.harvest["domain"] = source.url.removeprefix("http://")
        known.save()
        assert run(source).counters == {"updated": 1}
    assert Dataset.objects.get().pk == known.pk


def test_what_was_deleted_here_is_not_made_again():
    ckan = Ckan(package(1), package(2))
    with harvested(ckan) as source:
        run(source)
        Dataset.objects.filter(slug="jeu-1").update(deleted=timezone.now())
        Dataset.objects.filter(slug="jeu-2").delete()
        for one in ckan.packages:
            one["title"] = "Neu"
        assert run(source).counters == {"skipped": 2}
        assert run(source).counters == {"skipped": 2}
    assert Dataset.objects.get().title == "Jeu 1"


def test_what_was_edited_here_is_kept():
    ckan = Ckan(package(1))
    with harvested(ckan) as source:
        run(source)
        dataset = Dataset.objects.get()
        dataset.title = "Corrigé ici"
        dataset.save()
        ckan.packages[0] = package(1, title="Remote", notes="Autre description")
        job = run(source)
    dataset.refresh_from_db()
    assert (dataset.title, dataset.description) == ("Corrigé ici", "Autre description")
    assert "title" in job.items.get().logs[0]["message"]


@pytest.mark.parametrize(
    "values",
    [{"active": False}, {"validation": "refused"}, {"deleted": timezone.now}],
    ids=["inactive", "refused", "deleted"],
)
def test_a_source_that_may_not_run_does_not(values):
    values = {name: value() if callable(value) else value for name, value in values.items()}
    with harvested(Ckan(package(1))) as source:
        Source.objects.filter(pk=source.pk).update(**values)
        job = run(source)
        assert not source.remote.requests
    assert job.status == JobStatus.FAILED
    assert not Dataset.objects.exists()


def test_a_private_owner_is_owner():
    user = UserFactory()
    with harvested(Ckan(package(1)), owner=user) as source:
        run(source)
    assert Dataset.objects.get().owner == user
    assert Tag.objects.filter(name="tag-1").exists()
    assert Action.CREATED == "created"
