"""Why an object is found, or not, and why there: for the staff, in steps that can be read.

The score is that of the words, field by field, times a factor that comes from the object's merits (`weights`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log2
from typing import Any

from catalog.models import SearchSynonym
from catalog.search import service
from catalog.search.analysis import analyze, tokens
from catalog.search.query import Text, Word
from catalog.search.readers import registry
from catalog.search.service import Page
from catalog.search.weights import Weight

RANKED = 1_000  # results among which the place of the object is looked for


@dataclass(frozen=True, slots=True)
class Read:
    """How a word of the query was read: what else may stand for it, how many mistakes are forgiven, if it must be."""

    word: str
    synonyms: list[str]
    mistakes: int = 0
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What the words give where they stand in one field; `share` is a per cent of the score of the words."""

    field: str
    words: str
    score: float
    share: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a score comes about: `words_score` × `factor` = `score`, and log2(2 + `weight`) is the factor.

    `rank` is the place among the results (None beyond the first thousand, or if it is not found); `relaxed` tells
    what was given up: "", "typo" or "words"; `merits` are (name, merit), the sum of which is the weight.
    """

    indexed: bool
    rank: int | None = None
    total: int = 0
    relaxed: str = ""
    read: list[Read] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    merits: list[tuple[str, float]] = field(default_factory=list)
    weight: float = 0.0
    engine: dict[str, Any] = field(default_factory=dict)

    @property
    def matches(self) -> bool:
        return bool(self.engine)

    @property
    def words_score(self) -> float:
        """The score of the words; 1 for all where no word was asked for."""
        return sum(part.score for part in self.parts) if self.parts else float(self.matches)

    @property
    def factor(self) -> float:
        return log2(2 + self.weight)

    @property
    def score(self) -> float:
        return self.words_score * self.factor


def explain(kind: str, text: str, pk: str) -> Explanation:
    """Explain the place of an object among the results of a query. Raises SearchUnavailable."""
    found = service.explain(kind, text, pk)
    if not found:
        return Explanation(indexed=False)
    hits = service.search(kind, text, page=Page(size=RANKED))
    words: Text | None = found["text"]
    spelling = _spelling(text)
    return Explanation(
        indexed=True,
        rank=hits.ids.index(pk) + 1 if pk in hits.ids else None,
        total=hits.total,
        relaxed=hits.relaxed,
        read=[*_read(words.words, spelling), *_read(words.soft, spelling, soft=True)] if words else [],
        parts=_parts(found["parts"], spelling) if found["words"] else [],
        merits=_merits(kind, pk),
        weight=found["weight"],
        engine=found["words"],
    )


def _spelling(text: str) -> dict[str, str]:
    """Return how what was typed, and the synonyms, are written: the index knows stems alone."""
    groups = {analyze(word): word for group in SearchSynonym.objects.all() for word in group.words}
    return groups | {token.stem: text[token.start : token.end] for token in tokens(text)}


def _read(words: Iterable[Word], spelling: dict[str, str], *, soft: bool = False) -> list[Read]:
    def written(terms: tuple[str, ...]) -> str:
        return spelling.get(" ".join(terms), " ".join(terms))

    return [
        Read(written(word.alternatives[0]), [written(terms) for terms in word.alternatives[1:]], word.distance, soft)
        for word in words
    ]


def _parts(raw: list[tuple[str, str, float]], spelling: dict[str, str]) -> list[Part]:
    """Return the parts, the greatest first."""
    whole = sum(score for _field, _words, score in raw) or 1.0
    ordered = sorted(raw, key=lambda part: -part[2])
    return [
        Part(name, " ".join(spelling.get(term, term) for term in words.split()), score, round(100 * score / whole))
        for name, words, score in ordered
        if score > 0
    ]


def _merits(kind: str, pk: str) -> list[tuple[str, float]]:
    """Return the merits of the object as it is in the database now, the greatest first."""
    documents = registry.build(kind, [pk])
    weight = documents[0].weight if documents else 0.0
    return sorted(weight.parts.items(), key=lambda pair: -pair[1]) if isinstance(weight, Weight) else []
