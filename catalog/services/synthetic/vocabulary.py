"""Words: a few hundred real ones of open data, then invented ones, drawn by Zipf's law as in any language."""

import random
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Generic, TypeVar

Item = TypeVar("Item")

FOLDER = Path(__file__).parent / "words"


def read(name: str) -> list[str]:
    """Return the words of one of our lists."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split()


COMMON = read("common")
REAL = read("real")
SUBJECTS = read("subjects")
SYLLABLES = read("syllables")


class Zipf(Generic[Item]):
    """Draws items so that the nth is drawn 1/(n + shift)^exponent times as often as a first one would be."""

    def __init__(self, items: Sequence[Item], *, exponent: float = 1.0, shift: float = 2.0) -> None:
        self.items = items
        self._cumulated = list(accumulate((rank + shift) ** -exponent for rank in range(len(items))))

    def many(self, rng: random.Random, number: int) -> list[Item]:
        return rng.choices(self.items, cum_weights=self._cumulated, k=number)

    def one(self, rng: random.Random) -> Item:
        return self.many(rng, 1)[0]


@cache
def invented(number: int) -> tuple[str, ...]:
    """Return `number` words that look French and mean nothing: always the same ones, in the same order."""
    rng = random.Random("invented words")  # noqa: S311 - words, not secrets
    words: dict[str, None] = {}
    while len(words) < number:
        words["".join(rng.choices(SYLLABLES, k=rng.choice((2, 3, 3, 4))))] = None
    return tuple(words)


@cache
def words(size: int = 12_000) -> Zipf[str]:
    """The vocabulary of titles and descriptions, the commonest words first."""
    real = list(dict.fromkeys([*COMMON, *REAL]))
    return Zipf([*real, *invented(max(0, size - len(real)))])


@cache
def places(size: int = 3_000) -> Zipf[str]:
    """Names of towns that exist nowhere."""
    return Zipf([word.capitalize() for word in invented(size + 500)[500:]], exponent=0.8)


@cache
def tags(size: int) -> Zipf[str]:
    """The vocabulary of tags: real words first, then pairs of words, which are rare."""
    rng = random.Random("tags")  # noqa: S311 - words, not secrets
    vocabulary = list(dict.fromkeys(word for word in REAL if len(word) > 2))[:size]
    pairs: dict[str, None] = {}
    rare = invented(2_000)
    while len(vocabulary) + len(pairs) < size:
        pairs[f"{rng.choice(REAL)}-{rng.choice(rare)}"] = None
    return Zipf([*vocabulary, *pairs])


def paragraph(rng: random.Random, length: int) -> str:
    """Return sentences of about `length` characters."""
    drawn = words().many(rng, max(6, length // 6))
    sentences = []
    start = 0
    while start < len(drawn):
        end = start + rng.randint(7, 18)
        sentences.append(" ".join(drawn[start:end]).capitalize())
        start = end
    return ". ".join(sentences) + "."


def description(rng: random.Random) -> str:
    """Return a Markdown description of 100 to 3,000 characters (median about 500), long ones with a list."""
    length = min(3_000, max(100, int(rng.lognormvariate(6.2, 0.8))))
    text = paragraph(rng, length + 20)
    if length > 800:
        items = "\n".join(f"- {' '.join(words().many(rng, 4))}" for _ in range(5))
        text = f"{text[: length // 2]}\n\n## {rng.choice(SUBJECTS)}\n\n{items}\n\n{text[length // 2 :]}"
    return text[: max(length, 100)]


def title(rng: random.Random) -> str:
    """Return a title of a few words, often with a place, sometimes with a year."""
    drawn = " ".join(words().many(rng, rng.randint(2, 6)))
    text = f"{rng.choice(SUBJECTS)} {drawn}"
    if rng.random() < 0.6:
        text += f" – {places().one(rng)}"
    if rng.random() < 0.3:
        text += f" {rng.randint(2012, 2026)}"
    return text[:350]
