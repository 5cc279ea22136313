"""The log of searches without result: noted by the day, without anybody's name or address, and forgotten in time.

What may tell of a person is not written at all: addresses of mail and of pages, long numbers. What nobody asked again
another day is not shown (`top`): it may be a name.
"""

import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import SearchMiss
from catalog.models.search_miss import MAX_QUERY

log = logging.getLogger(__name__)

ROWS_A_DAY = 2_000  # different queries; robots ask anything
LONGEST_WAIT = 50  # milliseconds for a database that somebody else writes (SQLite)
LEAST_TIMES, LEAST_DAYS = 3, 2  # below which a query is not shown
MAX_READ = 500  # characters of what was typed that are looked at

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
LONG_NUMBER = re.compile(r"\d(?:[\s.\-_/()]{0,2}\d){5,}")  # telephones, accounts, social security; not a postal code
ADDRESS = re.compile(r"@|://|\bwww\.", re.IGNORECASE)
KIND = re.compile(r"[a-z_]{0,24}")

# One statement: the row is made, if the day has not too many of them, or counts one more.
NOTE = """
    INSERT INTO catalog_searchmiss (day, kind, query, count)
    SELECT %(day)s, %(kind)s, %(query)s, 1
    WHERE EXISTS (SELECT 1 FROM catalog_searchmiss WHERE day = %(day)s AND kind = %(kind)s AND query = %(query)s)
       OR (SELECT count(*) FROM catalog_searchmiss WHERE day = %(day)s) < %(most)s
    ON CONFLICT (day, kind, query) DO UPDATE SET count = catalog_searchmiss.count + 1
"""


def normalized(text: str) -> str:
    """Return a query as it is counted: folded, single spaces, at most 100 characters; empty if it must not be kept."""
    typed = unicodedata.normalize("NFKD", text[:MAX_READ]).lower()
    folded = "".join(letter for letter in typed if not unicodedata.combining(letter))
    printable = "".join(letter if letter.isprintable() else " " for letter in folded.replace("’", "'"))
    query = " ".join(printable.split()).strip("\"'.,;:!?()[]*+-/ ")
    if not any(letter.isalnum() for letter in query):
        return ""
    if ADDRESS.search(query) or LONG_NUMBER.search(YEAR.sub("", query)):
        return ""
    return query[:MAX_QUERY].rstrip()


def note(kind: str, text: str) -> None:
    """Count a query for objects of `kind` ("" for all) that found nothing. Never raises, and never waits for long."""
    query = normalized(text)
    if not query or not KIND.fullmatch(kind) or settings.READ_ONLY_MODE:
        return
    values = {"day": timezone.localdate().isoformat(), "kind": kind, "query": query, "most": ROWS_A_DAY}
    try:
        with _impatient(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NOTE, values)
    except DatabaseError as error:  # read only, or busy: an answer is worth more than its statistics
        log.info("a search without result is not noted: %s", type(error).__name__)


def top(*, days: int = 30, kind: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Return `{kind, query, times, days, last}` of the last `days` days, the commonest first; of one kind if given.

    Only what was asked several times, on several days: a thing that one person asked is not for others to read.
    """
    return list(frequent(days=days, kind=kind)[:limit])


def frequent(*, days: int, kind: str | None = None) -> QuerySet:
    """Return the rows of `top`, all of them and not yet read."""
    rows = SearchMiss.objects.since(timezone.localdate() - timedelta(days=days - 1))
    if kind is not None:
        rows = rows.filter(kind=kind)
    return rows.frequent(times=LEAST_TIMES, days=LEAST_DAYS)


def purge() -> int:
    """Forget what is older than `settings.SEARCH_MISSES_DAYS`; return how many rows went."""
    oldest = timezone.localdate() - timedelta(days=settings.SEARCH_MISSES_DAYS)
    return SearchMiss.objects.filter(day__lt=oldest).delete()[0]


@contextmanager
def _impatient() -> Iterator[None]:
    """Wait only shortly for another writer of an SQLite database; the patience of this connection comes back."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
