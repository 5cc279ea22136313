"""Judged queries: the ranking may not become worse. `python -m bench.relevance` prints what this measures."""

from collections import Counter

import pytest
from django.db import transaction
from django.test import override_settings

from bench import relevance_corpus as corpus
from bench import relevance_run as relevance
from catalog.search import rebuild, service, synonyms
from catalog.search.engine import engine

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def catalogue(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration and the recordings, indexed once, in one transaction that is undone at the end."""
    files = tmp_path_factory.mktemp("relevance")
    settings = override_settings(MEDIA_ROOT=files / "media", SEARCH_DIR=files / "search")
    with django_db_blocker.unblock(), settings, transaction.atomic():
        corpus.load()
        rebuild.rebuild(engine())
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def scores(catalogue) -> list[relevance.Score]:
    synonyms.forget()
    return relevance.measure(relevance.judgements(complete=corpus.is_complete()))


@pytest.fixture(autouse=True)
def _in_the_catalogue(catalogue, db):
    """Each test reads within the module's transaction."""


def test_there_are_enough_judgements_of_every_sort():
    judged = relevance.judgements(complete=True)
    assert len(judged) >= 110
    assert len({(one.kind, one.query) for one in judged}) == len(judged)
    assert len(relevance.judgements(complete=False)) >= 60
    sorts = Counter(one.sort for one in judged)
    assert min(sorts.values()) >= 4
    assert {"rare", "common", "question", "typo", "elision", "plural", "no accents", "acronym", "english"} <= set(sorts)


def test_every_pattern_of_a_judgement_is_about_something():
    names = {}
    for one in relevance.judgements(complete=corpus.is_complete()):
        slugs = names.setdefault(one.kind, set(relevance.slugs_of(one.kind).values()))
        assert any(one.grade(slug) for slug in slugs), one.query


def test_the_mean_of_all_queries(scores):
    assert relevance.overall(scores) >= relevance.MEAN, relevance.table(scores, shown_below=0.9)


def test_no_query_is_answered_badly(scores):
    bad = [score for score in scores if score.ndcg < relevance.FLOOR]
    assert not bad, relevance.table(bad, shown_below=1.1)


def test_the_gate_closes_when_mistakes_are_not_forgiven(catalogue, monkeypatch):
    monkeypatch.setattr(service, "FEW", -1)
    worse = relevance.measure(relevance.judgements(complete=corpus.is_complete()))
    assert relevance.overall(worse) < relevance.MEAN


def test_ndcg_is_what_the_books_say():
    assert relevance.ndcg([3, 2, 1], [1, 2, 3]) == 1
    assert relevance.ndcg([], [3]) == relevance.ndcg([0, 0], []) == 0
    assert relevance.ndcg([0, 3], [3, 0]) == pytest.approx(0.6309, abs=1e-4)
    assert relevance.ndcg([3] * 20, [3] * 20) == 1
