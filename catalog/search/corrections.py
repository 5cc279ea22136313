"""Guessing what was meant by a word with a mistake: the commonest near word in the titles that it found."""

from collections import Counter
from collections.abc import Iterable

from catalog.search.analysis import tokens
from catalog.search.query import Text


def distance(one: str, other: str, limit: int) -> int:
    """Return how many letters were added, left out, changed or swapped; `limit` + 1 for more than `limit`."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def mistakes_of(text: Text | None) -> dict[str, int]:
    """Return the words of a query in which mistakes are forgiven, with how many."""
    return {word.term: word.distance for word in text.words if word.distance} if text else {}


def near_stems(titles: Iterable[str], mistakes: dict[str, int]) -> set[str]:
    """Return the stems of words in `titles` that the mistaken ones may have meant."""
    stems = {token.stem for title in titles for token in tokens(title)} if mistakes else set()
    return {stem for stem in stems for wrong, limit in mistakes.items() if distance(wrong, stem, limit) <= limit}


def correct(text: str, mistakes: dict[str, int], titles: Iterable[str]) -> str:
    """Return `text` with each mistaken stem of `mistakes` (stem -> distance) replaced, or "" if nothing is nearer."""
    near: dict[str, Counter[str]] = {stem: Counter() for stem in mistakes}
    for title in titles:
        for token in tokens(title):
            for stem, limit in mistakes.items():
                if token.stem != stem and distance(stem, token.stem, limit) <= limit:
                    near[stem][title[token.start : token.end].lower()] += 1
    parts, end, changed = [], 0, False
    for token in tokens(text):
        if near.get(token.stem):
            parts += [text[end : token.start], near[token.stem].most_common(1)[0][0]]
            end, changed = token.end, True
    return "".join([*parts, text[end:]]) if changed else ""
