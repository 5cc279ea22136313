"""What a process remembers of one state of the index, and how far facets of broad queries are counted."""

import pytest

from catalog.search import service
from catalog.search.backends import kept, tantivy, tantivy_schema
from tests.catalog.factories import DatasetFactory
from tests.marks import committed


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only when told: `clock.spend(seconds)`."""

    class Clock:
        now = 0.0

        def spend(self, seconds: float) -> None:
            self.now += seconds

        def perf_counter(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(kept, "time", clock)
    return clock


@pytest.mark.parametrize(("seconds", "times"), [(0.001, 2), (0.1, 1)])
def test_only_what_took_long_is_kept(clock, seconds, times):
    memory, asked = kept.Kept(), []

    def compute() -> str:
        asked.append(1)
        clock.spend(seconds)
        return "answer"

    assert memory.get("key", compute) == memory.get("key", compute) == "answer"
    assert len(asked) == times


def test_dear_answers_outlive_cheap_ones(clock):
    memory = kept.Kept()
    memory.get("dear", lambda: clock.spend(1.0))
    for number in range(2 * kept.MOST):
        memory.get(number, lambda: clock.spend(0.01))
    assert len(memory.answers) == kept.MOST
    assert "dear" in memory.answers
    memory.clear()
    assert not memory.answers


@committed
def test_nothing_is_remembered_beyond_a_commit(on_disk, monkeypatch):
    monkeypatch.setattr(kept, "WORTH_KEEPING", -1.0)
    portal = on_disk
    first = DatasetFactory(title="Eau")
    portal.rebuild()
    assert portal.ids("eau") == [first.pk]
    first.delete()
    second = DatasetFactory(title="Eau")
    portal.follow()
    assert portal.ids("eau") == [second.pk]


@committed
def test_broad_facets_of_a_large_catalogue_are_bounded(on_disk, monkeypatch):
    """The commonest are right all the same: they are among the commonest of each segment."""
    monkeypatch.setattr(tantivy, "LARGE", 3)
    monkeypatch.setattr(tantivy, "BROAD", 3)
    DatasetFactory.create_batch(4, tags=["air", "eau"])
    on_disk.rebuild()
    DatasetFactory.create_batch(2, tags=["eau", "sol"])
    on_disk.follow()
    on_disk.backend.position()
    searcher = on_disk.backend.reader().searcher
    assert searcher.num_segments > 1
    everything = tantivy_schema.exactly("kind", ["dataset"])
    assert tantivy._cut(searcher, everything) == tantivy.BROAD_TERMS
    assert tantivy._cut(searcher, tantivy_schema.exactly("tag", ["sol"])) == tantivy.ALL_TERMS
    tags = service.search("dataset", options=service.Options(facets=["tag"])).facets["tag"]
    assert [(one["name"], one["count"]) for one in tags] == [("all", 6), ("eau", 6), ("air", 4), ("sol", 2)]
