"""What harvests leave in the audit log and in the history."""

import pytest

from catalog.models import AuditEntry, Dataset
from catalog.services.history import revisions
from harvest.models import Job
from harvest.pipeline import undoing
from tests.harvest.test_run import Ckan, harvested, package, rewind, run

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[str, str]]:
    """Return action and title of the entries, the oldest first."""
    return list(AuditEntry.objects.order_by("pk").values_list("action", "title"))


def test_a_run_leaves_a_row_for_each_object_that_it_changes_and_none_for_the_others():
    ckan = Ckan(package(1), package(2))
    with harvested(ckan) as source:
        job = run(source)
        assert sorted(rows()) == [("create", "Jeu 1"), ("create", "Jeu 2")]
        entry = AuditEntry.objects.first()
        assert (entry.origin, entry.request_id, entry.credential) == ("harvest", job.pk, f"source:{source.pk}")
        run(source)
        assert len(rows()) == 2
        ckan.packages[0]["title"] = "Jeu un"
        run(source)
    assert rows()[2:] == [("update", "Jeu un")]
    assert AuditEntry.objects.first().changes == ["title"]


def test_a_revision_is_kept_when_the_content_changes_with_what_it_was_before():
    ckan = Ckan(package(1), package(2))
    with harvested(ckan) as source:
        run(source)
        first, second = (Dataset.objects.get(title=f"Jeu {number}") for number in (1, 2))
        assert not revisions.of("Dataset", first.pk).exists()
        ckan.packages[0]["title"] = "Jeu un"
        run(source)
        run(source)
    kept = [revisions.document_of(one.serialized_data) for one in revisions.of("Dataset", first.pk)]
    assert [one["state"]["columns"]["title"] for one in kept] == ["Jeu un", "Jeu 1"]
    assert (kept[0]["origin"], kept[0]["source"], kept[1]["action"]) == ("harvest", source.pk, "found")
    assert not revisions.of("Dataset", second.pk).exists()


def test_what_is_archived_or_undone_is_noted_too(settings):
    settings.HARVEST_STOP_PERCENT = 100
    ckan = Ckan(*(package(number) for number in range(3)))
    with harvested(ckan) as source:
        run(source)
        gone = ckan.packages.pop()
        run(source)
        run(source)
        rewind(source, days=8)
        run(source)
        assert rows()[3:] == [("archive", gone["title"])]
        undoing.undo(Job.objects.order_by("pk").last().pk)
    assert rows()[4:] == [("unarchive", gone["title"])]
