"""Building beside the live index, and swapping."""

import threading

import pytest

from catalog.models import Dataset
from catalog.search import query, rebuild
from catalog.search.backends.base import IndexMissing
from catalog.search.backends.generations import Generations
from catalog.search.indexer import Indexer
from catalog.search.readers import registry
from catalog.search.service import search
from tests.catalog.factories import DatasetFactory
from tests.marks import committed

pytestmark = committed


def test_readers_have_the_old_index_until_the_swap(indexed, monkeypatch):
    dataset = DatasetFactory(title="Eau")
    portal = indexed()
    seen = []
    build = registry.build
    monkeypatch.setattr(registry, "build", lambda kind, ids: seen.append(portal.ids("eau")) or build(kind, ids))
    DatasetFactory(title="Eau")
    portal.rebuild()
    assert seen
    assert all(ids == [dataset.pk] for ids in seen)
    assert len(portal.ids("eau")) == 2


def test_what_changes_meanwhile_is_in_the_new_index(indexed, monkeypatch):
    dataset = DatasetFactory(title="Eau")
    portal = indexed()
    build, changed = registry.build, []

    def change(kind: str, ids: list[str]) -> list:
        documents = build(kind, ids)
        if kind == "post" or changed:
            return documents
        changed.append(Dataset.objects.filter(pk=dataset.pk).update(private=True))
        return documents

    monkeypatch.setattr(registry, "build", change)
    portal.rebuild()
    assert changed == [1]
    assert portal.ids("eau") == []


def test_the_indexer_goes_on_with_the_new_one(indexed):
    portal = indexed()
    before = portal.backend.generation()
    portal.rebuild()
    assert portal.backend.generation() != before
    dataset = DatasetFactory(title="Eau")
    portal.follow()
    assert portal.ids("eau") == [dataset.pk]


def test_a_failed_build_leaves_the_live_index(on_disk, indexed, monkeypatch):
    DatasetFactory(title="Eau")
    portal = indexed()
    before = portal.backend.generation()

    def fail(kind: str, ids: list[str]) -> list:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(registry, "build", fail)
        with pytest.raises(RuntimeError):
            portal.rebuild()
    assert portal.backend.generation() == before
    assert len(portal.ids("eau")) == 1
    portal.rebuild()
    left = [path.name for path in portal.backend.generations.directory.iterdir() if path.is_dir()]
    assert left == [portal.backend.generation()]


def test_two_builds_at_once_are_refused(indexed):
    portal = indexed()
    first = portal.backend.new_index()
    with pytest.raises(BlockingIOError):
        rebuild.rebuild(portal.backend)
    first.close()
    rebuild.rebuild(portal.backend)


def test_an_index_of_another_version_is_rebuilt(on_disk, indexed):
    portal = indexed()
    directory = Generations(portal.backend.generations.directory).current()
    (directory / "portal-form").write_text("0")
    portal.backend.kept = None
    with pytest.raises(Exception, match="another version"):
        Indexer.open(portal.backend)


def test_a_reader_that_comes_to_a_generation_just_removed_looks_again(on_disk, indexed, monkeypatch):
    dataset = DatasetFactory(title="Eau")
    portal = indexed()
    generations = portal.backend.generations
    gone = generations.directory / "g000000"
    places = [None, gone]
    current = generations.current
    monkeypatch.setattr(generations, "current", lambda: places.pop() if places else current())
    portal.backend.looked = 0.0
    assert portal.backend.search(query.Request(("dataset",), query.parse("eau"))).hits[0][1] == str(dataset.pk)
    assert not places


def test_a_live_index_whose_files_are_gone_is_missing(on_disk, indexed):
    DatasetFactory(title="Eau")
    portal = indexed()
    (portal.backend.generations.current() / "meta.json").unlink()
    with pytest.raises(IndexMissing, match="cannot be read"):
        portal.backend.reader(fresh=True)


def test_it_answers_all_the_time_while_it_is_rebuilt(indexed):
    DatasetFactory(title="Eau")
    portal = indexed()
    stop, answers, failures = threading.Event(), [], []

    def ask() -> None:
        request = query.Request(("dataset",), query.parse("eau"))
        while not stop.is_set():
            try:
                answers.append(portal.backend.search(request).total)
            except Exception as error:  # noqa: BLE001 - any failure fails the test
                failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    for _round in range(5):
        portal.rebuild()
    stop.set()
    thread.join()
    assert not failures
    assert set(answers) == {1}
    assert search("dataset", "eau").total == 1
