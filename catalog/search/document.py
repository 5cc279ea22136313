"""One document of the index, the same for every engine."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

import orjson

from catalog.search.analysis import analyze

TEXT_ORDER = ("title", "organization_words", "tag_words", "rest")


@dataclass(slots=True)
class Document:
    """What is indexed of one object.

    `texts` hold terms (`analysis.analyze`), one entry a value so that no phrase spans two of them. `weight` is the
    static score: 0 for the ordinary, and the score of the words is multiplied by log2(2 + weight).
    """

    kind: str
    id: str
    texts: dict[str, list[str]]
    keywords: dict[str, list[str]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    weight: float = 0.0

    @property
    def uid(self) -> str:
        return uid(self.kind, self.id)

    @property
    def words(self) -> list[str]:
        """All terms: what a query must match."""
        return [terms for name in TEXT_ORDER for terms in self.texts.get(name, ())]

    @property
    def version(self) -> int:
        """A digest of all that is indexed: equal versions are equal documents (63 bits)."""
        facts = (self.kind, self.id, self.texts, self.keywords, self.numbers, round(self.weight, 4))
        raw = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
        return int.from_bytes(blake2b(raw, digest_size=8).digest()) >> 1


def uid(kind: str, pk: str) -> str:
    """Return the key of a document among those of all kinds."""
    return f"{kind}:{pk}"


def terms_of(texts: Iterable[str | None]) -> list[str]:
    """Return the terms of each text that has some."""
    return [terms for text in texts if text and (terms := analyze(text))]
