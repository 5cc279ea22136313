"""The log of searches without result."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from catalog import tasks
from catalog.models import SearchMiss
from catalog.services import search_misses

pytestmark = pytest.mark.django_db


def kept() -> dict[tuple[str, str], int]:
    return {(row.kind, row.query): row.count for row in SearchMiss.objects.all()}


def asked(query: str, *, days_ago: int, count: int = 1, kind: str = "dataset") -> SearchMiss:
    day = timezone.localdate() - timedelta(days=days_ago)
    return SearchMiss.objects.create(day=day, kind=kind, query=query, count=count)


def test_the_same_query_counts_once_a_day_and_kind():
    for text in ("Qualité de l’air", "  qualite   de L'AIR ?", "QUALITÉ DE L'AIR"):
        search_misses.note("dataset", text)
    search_misses.note("reuse", "qualité de l'air")
    search_misses.note("", "qualité de l'air")
    query = "qualite de l'air"
    assert kept() == {("dataset", query): 3, ("reuse", query): 1, ("", query): 1}
    assert SearchMiss.objects.first().day == timezone.localdate()


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "?!", "\x00\x01", "jeanne.martin@exemple.fr", "https://exemple.fr/jeanne", "www.exemple.fr",
        "06 12 34 56 78", "+33 (0)6.12.34.56.78", "1 85 05 78 006 084 36", "SIRET 13002526500013", "dossier 123456",
    ],
)  # fmt: skip
def test_what_may_tell_of_a_person_is_not_kept(text):
    search_misses.note("dataset", text)
    assert kept() == {}


@pytest.mark.parametrize("text", ["population 2019 2020", "paris 75012", "rn7", "covid-19", "中文", "50 m"])
def test_years_codes_and_other_scripts_are_kept(text):
    search_misses.note("dataset", text)
    assert kept() == {("dataset", text): 1}


def test_a_text_without_end_is_cut():
    search_misses.note("dataset", "a" * 5000)
    assert kept() == {("dataset", "a" * 100): 1}


@pytest.mark.parametrize("kind", ["x" * 25, "Dataset", "../etc"])
def test_an_unknown_form_of_kind_is_not_kept(kind):
    search_misses.note(kind, "eau")
    assert kept() == {}


def test_a_day_has_an_end(monkeypatch):
    monkeypatch.setattr(search_misses, "ROWS_A_DAY", 2)
    asked("hier", days_ago=1)
    for text in ("un", "deux", "trois", "un"):
        search_misses.note("dataset", text)
    assert kept() == {("dataset", "hier"): 1, ("dataset", "un"): 2, ("dataset", "deux"): 1}


def test_it_costs_one_statement(django_assert_max_num_queries):
    with django_assert_max_num_queries(6) as queries:  # its savepoint, and SQLite's patience
        search_misses.note("dataset", "eau")
    assert sum("catalog_searchmiss" in query["sql"] for query in queries) == 1


def test_a_database_that_takes_nothing_disturbs_nobody(monkeypatch):
    monkeypatch.setattr(search_misses, "NOTE", "INSERT INTO no_such_table VALUES (1)")
    search_misses.note("dataset", "eau")
    assert kept() == {}  # and the transaction of the caller goes on


@pytest.mark.skipif(connection.vendor != "sqlite", reason="how long to wait is SQLite's own setting")
def test_the_connection_gets_its_patience_back():
    def patience() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            return cursor.fetchone()[0]

    before = patience()
    search_misses.note("dataset", "eau")
    assert patience() == before > search_misses.LONGEST_WAIT


def test_a_portal_in_read_only_mode_writes_nothing(settings):
    settings.READ_ONLY_MODE = True
    search_misses.note("dataset", "eau")
    assert kept() == {}


def test_only_what_came_back_another_day_is_shown():
    for days_ago, count in ((0, 2), (3, 4)):
        asked("vélo", days_ago=days_ago, count=count)
        asked("vélo", days_ago=days_ago, count=count, kind="reuse")
    asked("jeanne martin", days_ago=0, count=50)
    asked("deux fois", days_ago=0)
    asked("deux fois", days_ago=1)
    asked("ancien", days_ago=29, count=9)
    asked("ancien", days_ago=30, count=9)
    today = timezone.localdate()
    rows = [{"kind": kind, "query": "vélo", "times": 6, "days": 2, "last": today} for kind in ("dataset", "reuse")]
    assert search_misses.top(days=30) == rows
    assert search_misses.top(days=30, kind="reuse") == rows[1:]
    assert search_misses.top(days=31)[0]["query"] == "ancien"
    assert search_misses.top(days=30, limit=1) == rows[:1]
    assert search_misses.top(days=1) == []


def test_old_ones_are_forgotten(settings):
    settings.SEARCH_MISSES_DAYS = 10
    asked("ancien", days_ago=11)
    asked("récent", days_ago=10)
    assert tasks.purge_search_misses() == 1
    assert kept() == {("dataset", "récent"): 1}
