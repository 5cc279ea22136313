"""What is asked, free of any engine: words with their alternatives, conditions, sort and page.

A user's text never reaches an engine's query parser: it becomes words here, and each engine makes its own query of
them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from catalog.search.analysis import Token, is_soft, is_stop, tokens
from catalog.search.schema import WHOLE

MAX_WORDS = 12  # of one query that must match; more are left out
FUZZY_FROM = 4  # letters: a shorter word has too many neighbours
FAR_FROM = 8  # letters from which two mistakes are forgiven

Terms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One word asked for: any of `alternatives` will do, each a term or several in a row (synonyms).

    `distance` forgives that many mistakes in the first alternative; `prefix` makes it the beginning of a word.
    """

    alternatives: tuple[Terms, ...]
    distance: int = 0
    prefix: bool = False

    @property
    def term(self) -> str:
        return self.alternatives[0][0]


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a query: `needed` of `words` must match (all, if None), `soft` ones only help the order."""

    words: tuple[Word, ...]
    soft: tuple[Word, ...] = ()
    needed: int | None = None
    exact: str = ""  # an id or a slug, if the text may be one

    @property
    def phrase(self) -> Terms:
        return tuple(word.term for word in self.words)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A condition on a keyword: one of `values`, or with `every` all of them. `name` is the filter it comes from."""

    name: str
    field: str
    values: tuple[str, ...]
    every: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """A condition on a number, ends included; None is open."""

    name: str
    field: str
    low: int | None = None
    high: int | None = None


Condition = Keyword | Range
NOTHING = Keyword("nothing", "slug", ())


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by a column of the index; None as sort means by relevance."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class FacetQuery:
    """A facet to count: by terms of `field`, or by ages, from each of `edges` (name -> earliest second)."""

    name: str
    field: str
    form: Literal["terms", "age"] = "terms"
    edges: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A page of one kind of objects (of several, for a search over all). Words must match in the field `within`."""

    kinds: tuple[str, ...]
    text: Text | None = None
    conditions: tuple[Condition, ...] = ()
    sort: Sort | None = None
    offset: int = 0
    limit: int = 20
    within: str = WHOLE

    def without(self, name: str) -> "Request":
        """Return this request without the conditions of one filter."""
        return replace(self, conditions=tuple(one for one in self.conditions if one.name != name))


@dataclass(frozen=True, slots=True)
class Result:
    """What an engine answers: (kind, id, sort value) in order, and the exact number of all that match."""

    hits: Sequence[tuple[str, str, float]]
    total: int


Synonyms = Mapping[str, Sequence[Terms]]  # first term of a group's member -> other members


def parse(text: str, *, synonyms: Synonyms | None = None, prefix: bool = False) -> Text | None:
    """Return the words of a query, or None if it has none. With `prefix` its last word may be a beginning."""
    found = [token for token in tokens(text[:1000]) if token.stem]
    said = [token for token in found if not is_stop(token.folded)] or found
    hard = [token for token in said if not is_soft(token.folded)]
    soft = [token for token in said if is_soft(token.folded)] if hard else []
    hard = (hard or said)[:MAX_WORDS]
    if not hard:
        return None
    words = _words(hard, synonyms or {})
    if prefix and not text[-1:].isspace():
        words[-1] = _beginning(words[-1], found[-1], hard[-1])
    exact = text.strip().lower()
    return Text(
        words=tuple(words),
        soft=tuple(_words(soft[:MAX_WORDS], {})),
        exact="" if any(letter.isspace() for letter in exact) else exact[:255],
    )


def _words(tokens_: Sequence[Token], synonyms: Synonyms) -> list[Word]:
    seen: dict[str, Word] = {}
    for token in tokens_:
        others = [tuple(terms) for terms in synonyms.get(token.stem, ()) if tuple(terms) != (token.stem,)]
        seen.setdefault(token.stem, Word(alternatives=((token.stem,), *others)))
    return list(seen.values())


def _beginning(word: Word, last: Token, hard: Token) -> Word:
    """Return `word` as a beginning if it is the last one typed: as it stands, and as its stem."""
    if last is not hard:
        return word
    alternatives = dict.fromkeys([(last.folded,), *word.alternatives])
    return Word(alternatives=tuple(alternatives), prefix=True)


def tolerant(text: Text, unknown: Iterable[str]) -> Text:
    """Return `text` with mistakes forgiven in its `unknown` words."""
    mistaken = set(unknown)

    def forgiving(word: Word) -> Word:
        if word.term not in mistaken or len(word.term) < FUZZY_FROM or word.term.isdigit():
            return word
        return replace(word, distance=2 if len(word.term) >= FAR_FROM else 1)

    return replace(text, words=tuple(forgiving(word) for word in text.words))


def partial(text: Text) -> Text:
    """Return `text` content with most of its words: two of three, three of four and five, else 60 %."""
    count = len(text.words)
    needed = 1 if count <= 2 else max(2, -(-count * 3 // 5))
    return replace(text, needed=needed)
