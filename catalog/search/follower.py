"""The indexer as a process that nobody has to look after: it waits, takes over, reopens, rebuilds and tries again."""

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections

from catalog.search import outbox
from catalog.search.backends.base import Backend, IndexMissing
from catalog.search.indexer import Indexer
from catalog.search.outbox import PositionLost
from catalog.search.rebuild import rebuild

logger = logging.getLogger(__name__)
PAUSE = 0.2  # seconds between two looks at the outbox
RETRY = 2.0  # seconds after a failure
PRUNE_EVERY = 600.0  # seconds


class Follower:
    """Keeps the live index of a backend right. A second one waits until the first is gone, however it went."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.indexer: Indexer | None = None
        self.generation = ""
        self.pruned = time.monotonic()

    def run(self, stop: Callable[[float], bool]) -> None:
        """Work until `stop(seconds)`, which waits, says so."""
        try:
            while not stop(PAUSE):
                if not self.turn():
                    stop(RETRY)
        finally:
            self.close()

    def turn(self) -> bool:
        """Apply all there is; tell whether that went well."""
        try:
            self._work()
        except PositionLost as error:
            self.close()
            return self._rebuild(error)
        except DatabaseError:
            logger.exception("The indexer cannot read the database: it tries again.")
            self.close()
            close_old_connections()
            return False
        except (OSError, ValueError, IndexMissing):  # a full disk, an index that was replaced or removed
            logger.exception("The indexer cannot write the index: it tries again.")
            self.close()
            return False
        return True

    def _work(self) -> None:
        while self._ready() and self.indexer is not None and self.indexer.step():
            pass
        if time.monotonic() - self.pruned > PRUNE_EVERY:
            outbox.prune()
            self.pruned = time.monotonic()

    def _ready(self) -> bool:
        """Have the writer of the live index, opened anew where another one took its place."""
        generation = self.backend.generation()
        if self.indexer is not None and generation == self.generation:
            return True
        self.close()
        if not generation:
            return self._rebuild("There is no index")
        try:
            self.indexer, self.generation = Indexer.open(self.backend), generation
        except BlockingIOError:  # another process writes; this one takes over when it ends
            return False
        except IndexMissing as error:
            return self._rebuild(error)
        return True

    def _rebuild(self, reason: object) -> bool:
        logger.warning("%s: the index is built.", reason)
        try:
            total = rebuild(self.backend)
        except BlockingIOError:  # somebody else does
            return False
        logger.warning("The index is built: %s objects.", total)
        return True

    def close(self) -> None:
        indexer, self.indexer = self.indexer, None
        if indexer is not None:
            indexer.close()
