"""Differences between two texts, word by word; of very long ones, line by line."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

WORD = re.compile(r"\s+|\w+|[^\w\s]")
LINE = re.compile(r"[^\n]*\n|[^\n]+")
MOST = 800  # pieces that are compared: comparing takes as long as their square
AROUND = 12  # pieces shown before and after a change
SAME, ADDED, REMOVED, CUT = "same", "added", "removed", "cut"


class Piece(NamedTuple):
    """A stretch of text: the same in both, added, removed, or left out of sight (`cut`, without text)."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """Return the pieces of both texts in their order; long stretches that are the same are cut."""
    for expression in (WORD, LINE):
        old, new = expression.findall(before), expression.findall(after)
        start = _common(old, new)
        end = _common(old[start:][::-1], new[start:][::-1])
        middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
        if max(len(middle_old), len(middle_new)) <= MOST:
            break
    else:
        return _joined([*_same(old[:start]), *_swapped(middle_old, middle_new), *_same(old[len(old) - end :])])
    matcher = SequenceMatcher(a=middle_old, b=middle_new, autojunk=False)
    pieces = _same(old[:start])
    for tag, i, j, k, m in matcher.get_opcodes():
        pieces += _same(middle_old[i:j]) if tag == "equal" else _swapped(middle_old[i:j], middle_new[k:m])
    return _joined([*pieces, *_same(old[len(old) - end :])])


def _common(old: list[str], new: list[str]) -> int:
    """Return how many pieces both begin with."""
    for number, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return number
    return min(len(old), len(new))


def _same(words: list[str]) -> list[Piece]:
    return [Piece(SAME, word) for word in words]


def _swapped(old: list[str], new: list[str]) -> list[Piece]:
    return [Piece(kind, "".join(words)) for kind, words in ((REMOVED, old), (ADDED, new)) if words]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Join what stands together; of what is the same, keep what is near a change."""
    found: list[Piece] = []
    run: list[str] = []
    for rank, piece in enumerate([*pieces, Piece(CUT, "")]):
        if piece.kind == SAME:
            run.append(piece.text)
            continue
        is_first, is_last = not found, rank == len(pieces)
        found += _shortened(run, is_first=is_first, is_last=is_last)
        run = []
        if not is_last:
            found.append(piece)
    return found


def _shortened(run: list[str], *, is_first: bool, is_last: bool) -> list[Piece]:
    head, tail = (0 if is_first else AROUND), (0 if is_last else AROUND)
    if len(run) <= head + tail + AROUND:
        return [Piece(SAME, "".join(run))] if run else []
    parts = [
        Piece(SAME, "".join(run[:head])),
        Piece(CUT, ""),
        Piece(SAME, "".join(run[len(run) - tail :]) if tail else ""),
    ]
    return [part for part in parts if part.kind == CUT or part.text]
