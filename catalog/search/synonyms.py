"""The synonyms that editors keep, by the first term of each expression."""

import time

from django.core.cache import caches

from catalog.models import SearchSynonym
from catalog.search.analysis import analyze
from catalog.search.query import Synonyms, Terms

KEY = "search:synonyms"
SECONDS = 30  # after which an edit is seen by every process
AT_HAND = 1.0  # seconds for which a process does not ask the cache: a trip to Redis takes longer than most searches


class _AtHand:
    """What this process read last, and until when it is good (by the monotonic clock)."""

    until = 0.0
    found: Synonyms = {}


def current() -> Synonyms:
    """Return `{term: the other expressions of its group}`; only single words are replaced, by anything."""
    if time.monotonic() >= _AtHand.until:
        _AtHand.found = caches["default"].get_or_set(KEY, load, SECONDS)
        _AtHand.until = time.monotonic() + AT_HAND
    return _AtHand.found


def forget() -> None:
    """Read the table again at the next query of this process (of all within a second, with Redis)."""
    caches["default"].delete(KEY)
    _AtHand.until = 0.0


def load() -> dict[str, list[Terms]]:
    found: dict[str, list[Terms]] = {}
    for group in SearchSynonym.objects.all():
        expressions = [terms for word in group.words if (terms := tuple(analyze(word).split()))]
        for terms in expressions:
            if len(terms) == 1:
                others = found.setdefault(terms[0], [])
                others += [other for other in expressions if other != terms and other not in others]
    return found
