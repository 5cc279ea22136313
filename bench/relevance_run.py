"""Judged queries: what should come first, and how near the answers are to that (nDCG of the first ten results).

The judgements are in `tests/catalog/search/judgements.toml`. An object's grade is 3 for what was looked for, 2 for what
serves as well, 1 for what is near it, 0 for all others. The ideal order is that of the grades, over all there is.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import log2
from pathlib import Path
from statistics import mean

from catalog.search import rebuild, service
from catalog.search.engine import engine
from catalog.search.readers.registry import READERS
from catalog.search.service import Page

JUDGEMENTS = Path(__file__).parent.parent / "tests" / "catalog" / "search" / "judgements.toml"
DEPTH = 10
# The gate. Measured: 0.948 over all 119 queries, 0.645 for the worst (0.895 and three of 0 before titles, tags, age and
# synonyms were weighed). Losing one capacity (typos, questions, acronyms) costs more than what lies between.
MEAN, FLOOR = 0.93, 0.55


@dataclass(frozen=True, slots=True)
class Judgement:
    """A query and the grades of its results: patterns of slugs (`comptages-de-velos-*`), the first that fits counts."""

    query: str
    kind: str
    sort: str  # of query: typo, question, acronym…
    grades: Mapping[str, int]
    needs: str  # demo, or remote: the recordings

    def grade(self, slug: str) -> int:
        return next((grade for pattern, grade in self.grades.items() if fnmatchcase(slug, pattern)), 0)


@dataclass(frozen=True, slots=True)
class Score:
    """How well a query was answered: between 0 and 1; `first` are the grades of the results shown."""

    judgement: Judgement
    ndcg: float
    first: list[int]
    slugs: list[str]


def judgements(*, complete: bool) -> list[Judgement]:
    """Return what was judged; without the recordings (`complete`) what is about the demonstration alone."""
    rows = tomllib.loads(JUDGEMENTS.read_text(encoding="utf-8"))["judged"]
    made = [
        Judgement(row["query"], row.get("kind", "dataset"), row["sort"], row["grades"], row.get("needs", "demo"))
        for row in rows
    ]
    return [one for one in made if complete or one.needs == "demo"]


def gain(grades: Iterable[int]) -> float:
    """Return the discounted cumulative gain of the first ten: (2^grade - 1) / log2(1 + rank)."""
    return sum((2**grade - 1) / log2(rank + 1) for rank, grade in enumerate(list(grades)[:DEPTH], start=1))


def ndcg(found: Iterable[int], all_grades: Iterable[int]) -> float:
    """Return the gain of what was found over that of the best order of all there is. Both hold grades."""
    best = gain(sorted(all_grades, reverse=True))
    return gain(found) / best if best else 0.0


def slugs_of(kind: str) -> dict[str, str]:
    """Return the slugs of all objects of a kind by id."""
    return dict(READERS[kind][0]._default_manager.order_by().values_list("pk", "slug"))


def measure(judged: Iterable[Judgement]) -> list[Score]:
    """Ask the search for each query."""
    slugs: dict[str, dict[str, str]] = {}
    scores = []
    for one in judged:
        names = slugs.setdefault(one.kind, slugs_of(one.kind))
        shown = [names[pk] for pk in service.search(one.kind, one.query, page=Page(size=DEPTH)).ids]
        first = [one.grade(slug) for slug in shown]
        scores.append(Score(one, ndcg(first, map(one.grade, listed(one.kind, names))), first, shown))
    return scores


def listed(kind: str, names: Mapping[str, str]) -> list[str]:
    """Return the slugs of what the index holds of a kind: nothing else can be found."""
    prefix = f"{kind}:"
    return [names[uid.removeprefix(prefix)] for uid, _version in engine().versions() if uid.startswith(prefix)]


def overall(scores: Iterable[Score]) -> float:
    return mean(score.ndcg for score in scores)


def table(scores: list[Score], *, shown_below: float = 0.0) -> str:
    """Return a line a query, worst first, with what was shown for those below `shown_below`; then the mean."""
    lines = [f"{'nDCG@10':>8}  {'sort':<12} {'kind':<12} query"]
    for score in sorted(scores, key=lambda one: (one.ndcg, one.judgement.query)):
        one = score.judgement
        lines.append(f"{score.ndcg:>8.3f}  {one.sort:<12} {one.kind:<12} {one.query}   {score.first}")
        if score.ndcg < shown_below:
            lines += [f"{'':>10}{grade} {slug}" for grade, slug in zip(score.first, score.slugs, strict=True)]
    sorts = sorted({score.judgement.sort for score in scores})
    lines += [f"{overall(_of(scores, sort)):>8.3f}  mean of {len(_of(scores, sort))} × {sort}" for sort in sorts]
    lines.append(f"{overall(scores):>8.3f}  mean of {len(scores)} queries (goal {MEAN}; none below {FLOOR})")
    return "\n".join(lines)


def _of(scores: list[Score], sort: str) -> list[Score]:
    return [score for score in scores if score.judgement.sort == sort]


def work(*, complete: bool, shown_below: float = 0.0) -> int:
    """Index the catalogue, print the table; return 1 if a goal is missed."""
    rebuild.rebuild(engine())
    scores = measure(judgements(complete=complete))
    print(table(scores, shown_below=shown_below))
    return int(overall(scores) < MEAN or min(score.ndcg for score in scores) < FLOOR)
