"""`manage.py search`: the proof, and what it mends."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Dataset, SearchChange
from catalog.search import rebuild
from catalog.search.document import Document
from tests.catalog.factories import DatasetFactory
from tests.marks import committed

pytestmark = committed


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("catalog.management.commands.search.SETTLE", 0)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("search", *arguments, stdout=out)
    return out.getvalue()


def drift(portal) -> list[str]:
    """Make index and database differ behind the outbox's back: one old, one missing, one too many."""
    old, missing = DatasetFactory(title="Vieux"), DatasetFactory(title="Manquant")
    portal.follow()
    Dataset.objects.filter(pk=old.pk).update(title="Neuf")
    SearchChange.objects.all().delete()
    writer = portal.backend.writer()
    ghost = Document("dataset", "0" * 24, {"title": ["fantom"]})
    writer.write([ghost], deleted=[f"dataset:{missing.pk}"])
    writer.commit(portal.backend.position())
    writer.close()
    return sorted([f"dataset:{old.pk}", f"dataset:{missing.pk}", ghost.uid])


def test_it_finds_each_difference_and_mends_it(indexed):
    portal = indexed()
    wrong = drift(portal)
    assert sorted(rebuild.compare(portal.backend).uids) == wrong
    with pytest.raises(CommandError):
        run("check", "--no-mend")
    assert "2 missing or old, 1 that should not be there" in run("check")
    assert not rebuild.compare(portal.backend)
    assert len(portal.ids("neuf")) == len(portal.ids("manquant")) == 1
    assert portal.ids("fantôme") == []


def test_an_equal_index_passes(indexed):
    DatasetFactory()
    indexed()
    assert "0 missing or old, 0 that should not be there" in run("check")


def test_without_an_index_it_says_what_to_do(portal):
    with pytest.raises(CommandError, match="rebuild"):
        run("check")


def test_index_then_query(portal):
    dataset = DatasetFactory(title="Qualité de l'eau", tags=["eau"])
    run("index")
    assert "2 objects in" in run("rebuild")
    said = run("query", "eaux", "--explain")
    assert dataset.pk in said
    assert "tag: all 1, eau 1" in said


def test_a_bad_query_is_said(portal):
    with pytest.raises(CommandError, match="no index"):
        run("query", "eau")
