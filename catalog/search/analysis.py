"""From texts to the terms of the index, the same for every engine: French and English in one stream of words.

A word is folded (lower case, no accents), loses what was elided before it (`l'eau`), and its ending: plural,
feminine, and the commonest of English. One light stem serves both languages, so that a word is looked up once; strong
stemmers would confuse `général` with `génération`. Engines split the result at its spaces and do nothing else.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from catalog.search.words import SOFT, STOP

MAX_TEXT = 30_000  # characters of one text that are indexed
MAX_WORD = 40  # characters; longer "words" are keys and addresses
# Letters and digits; apostrophes inside are split by elision. Chinese or Arabic words are words too.
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
APOSTROPHE = re.compile(r"['’]")
ELIDED = frozenset(["l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"])
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
SHORT = 3  # letters that keep their ending
# Endings and what replaces them: the first that fits wins. What is left must have four letters at least.
ENDINGS = (
    ("trices", "teur"), ("trice", "teur"), ("euses", "eur"), ("euse", "eur"), ("ives", "if"), ("ive", "if"),
    ("elles", "el"), ("elle", "el"), ("ennes", "en"), ("enne", "en"), ("ieres", "ier"), ("iere", "ier"),
    ("iques", "ic"), ("ique", "ic"), ("eaux", "eau"), ("aux", "al"), ("ings", ""), ("ing", ""),
    ("sses", "ss"), ("ies", "i"),
)  # fmt: skip
LEAST_LEFT = 4


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it stands in a text, and its stem."""

    start: int
    end: int
    folded: str
    stem: str


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Return `word` in lower case, without accents."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=200_000)
def stem(folded: str) -> str:
    """Return the stem of a folded word: singular and masculine where the ending tells, a final `y` as `i`."""
    if len(folded) <= SHORT or not folded.isascii() or any(letter.isdigit() for letter in folded):
        return folded
    for ending, replacement in ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) + len(replacement) >= LEAST_LEFT:
            return _without_final_e(folded[: -len(ending)] + replacement)
    if folded[-1] in "sx" and folded[-2] != "s":
        folded = folded[:-1]
    return _without_final_e(folded)


def _without_final_e(word: str) -> str:
    while len(word) > SHORT and word[-1] == "e":
        word = word[:-1]
    if len(word) > SHORT and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return f"{word[:-1]}i" if len(word) > SHORT and word[-1] == "y" else word


@lru_cache(maxsize=200_000)
def _terms(word: str) -> tuple[str, ...]:
    """Return the terms of one word of a text; none for a word that says nothing."""
    parts = APOSTROPHE.split(fold(word)) if not word.isalnum() else (fold(word),)
    kept = [part for part in parts if part and part not in STOP and part not in ELIDED and len(part) <= MAX_WORD]
    return tuple(stem(part) for part in kept)


def analyze(text: str) -> str:
    """Return the terms of `text`, separated by spaces: what an engine indexes."""
    return " ".join([term for word in WORD.findall(text[:MAX_TEXT]) for term in _terms(word)])


def tokens(text: str) -> Iterator[Token]:
    """Yield each word of `text` with its place, words that say little included."""
    for found in WORD.finditer(text):
        start = found.start()
        for begin, end, folded, stemmed in _parts(found[0]):
            yield Token(start + begin, start + end, folded, stemmed)


@lru_cache(maxsize=50_000)
def _parts(word: str) -> tuple[tuple[int, int, str, str], ...]:
    """Return the parts of one word of a text: where each begins and ends in it, folded, and its stem."""
    found, start = [], 0
    for part in APOSTROPHE.split(word):
        folded = fold(part)
        if folded and folded not in ELIDED:
            found.append((start, start + len(part), folded, stem(folded)))
        start += len(part) + 1
    return tuple(found)


def is_soft(folded: str) -> bool:
    """Tell whether a query may do without this word when it has others."""
    return folded in SOFT


def is_stop(folded: str) -> bool:
    return folded in STOP


@lru_cache(maxsize=50_000)
def sort_key(text: str) -> str:
    """Return the text as it sorts by name: without accents and case; at most 100 characters."""
    return fold(text.strip())[:100]
