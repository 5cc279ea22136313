"""What a process remembers of one state of the index: answers that took long."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from itertools import islice
from typing import Any

MOST = 1_000  # answers; of facets, 50 to 100 kB each at most
WORTH_KEEPING = 0.002  # seconds that an answer took, below which it is worked out again
LOOKED_AT = 20  # of the oldest answers, the cheapest of which makes room


class Kept:
    """Answers by question. The dear ones stay longest: broad questions come again, narrow ones hardly ever do."""

    def __init__(self) -> None:
        self.answers: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self.mutex = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """Return what was computed for `key`, and keep it if that took long."""
        found = self.answers.get(key)
        if found is not None:
            return found[1]
        started = time.perf_counter()
        value = compute()
        spent = time.perf_counter() - started
        if spent > WORTH_KEEPING:
            with self.mutex:
                self.answers[key] = spent, value
                while len(self.answers) > MOST:
                    oldest = islice(self.answers.items(), LOOKED_AT)
                    del self.answers[min(oldest, key=lambda item: item[1][0])[0]]
        return value

    def clear(self) -> None:
        with self.mutex:
            self.answers.clear()
