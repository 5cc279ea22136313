"""An index of its own for each test that asks for one; elsewhere there is none, and the database answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from catalog.search import indexer, rebuild, service, synonyms
from catalog.search.backends.base import Backend
from catalog.search.engine import engine

MOST_STEPS = 100


@dataclass
class Portal:
    """An engine, and what a test does with it."""

    backend: Backend

    def rebuild(self) -> int:
        return rebuild.rebuild(self.backend)

    def follow(self) -> int:
        """Apply what the outbox holds, as the indexer does."""
        follower = indexer.Indexer.open(self.backend)
        try:
            done = 0
            for _ in range(MOST_STEPS):
                written = follower.step()
                done += written
                if not (written or follower.wide):
                    return done
            raise AssertionError("the outbox has no end: is the test marked `committed`?")
        finally:
            follower.close()
            self.backend.position()  # looks for commits: a reader does so every 50 ms by itself

    def ids(self, text: str = "", kind: str = "dataset", **filters: object) -> list[str]:
        self.backend.position()  # looks for commits
        return service.search(kind, text, filters).ids


@pytest.fixture(autouse=True)
def _no_synonyms_of_other_tests() -> None:
    synonyms.forget()


@pytest.fixture
def search_dir(settings, tmp_path) -> None:
    settings.SEARCH_DIR = tmp_path / "search"


ENGINES = {
    "tantivy": "catalog.search.backends.tantivy.TantivyBackend",
    "opensearch": "catalog.search.backends.opensearch.OpenSearchBackend",
}


@pytest.fixture(params=ENGINES)
def portal(request, db, settings, search_dir) -> Iterator[Portal]:
    """Every engine is held to the same tests; OpenSearch where `OPENSEARCH_URL` says where it is."""
    if request.param == "opensearch" and not settings.OPENSEARCH_URL:
        pytest.skip("OPENSEARCH_URL is not set")
    settings.SEARCH_BACKEND = ENGINES[request.param]
    settings.OPENSEARCH_INDEX = f"test-{uuid4().hex}"
    portal = Portal(engine())
    yield portal
    if request.param == "opensearch":
        portal.backend.client.indices.delete(index=f"{settings.OPENSEARCH_INDEX}-*")


@pytest.fixture
def on_disk(portal) -> Portal:
    """The portal where the engine is one of files."""
    if not hasattr(portal.backend, "generations"):
        pytest.skip("this engine keeps no files of its own")
    return portal


@pytest.fixture
def indexed(portal) -> Callable[[], Portal]:
    """Return a function that indexes all there is."""

    def build() -> Portal:
        portal.rebuild()
        return portal

    return build
