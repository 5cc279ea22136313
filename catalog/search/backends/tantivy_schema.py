"""The columns of the Tantivy index, documents as it takes them, and queries as it asks them."""

from collections.abc import Iterable, Iterator

import tantivy
from tantivy import Occur, Query

from catalog.search.document import Document
from catalog.search.query import Condition, Keyword, Range, Request, Text, Word
from catalog.search.schema import COUNTED, KEYWORDS, NUMBERS, TEXTS, WHOLE

TERMS = "terms"  # the tokenizer that splits at spaces
MARK = "position"  # uid of the document that holds the position
PHRASE_BOOST = 3.0
SYNONYM_BOOST = 0.6  # a synonym is worth less than the word itself
FUZZY_BOOST = 0.4
EXACT_SCORE = 1000.0
MAX_EXPANSIONS = 64  # words that a beginning stands for


def build_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("uid", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("position", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", stored=True)
    builder.add_float_field("weight", fast=True)
    for name in (WHOLE, *TEXTS):
        builder.add_text_field(name, tokenizer_name=TERMS, index_option="position")
    for name in KEYWORDS:
        fast = name in COUNTED or name == "name"
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=fast)
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=name.startswith("covers"), fast=True)
    return builder.build()


SCHEMA = build_schema()
TOKENIZER = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def to_tantivy(document: Document) -> tantivy.Document:
    """Return the document as the engine takes it."""
    return tantivy.Document.from_dict(
        {
            "uid": document.uid,
            "kind": document.kind,
            "id": document.id,
            "version": document.version,
            "weight": document.weight,
            WHOLE: document.words,
            **{name: document.texts.get(name, []) for name in TEXTS},
            **document.keywords,
            **document.numbers,
        },
        SCHEMA,
    )


def marker(position: str) -> tantivy.Document:
    """Return the document that keeps the position: it is of no kind, so that no search finds it."""
    return tantivy.Document.from_dict({"uid": MARK, "position": position}, SCHEMA)


def term(field: str, value: str) -> Query:
    return Query.term_query(SCHEMA, field, value, index_option="freq")


def exactly(field: str, values: Iterable[str]) -> Query:
    """Return the query of documents with one of these keywords."""
    wanted = list(values)
    if len(wanted) == 1:
        return Query.term_query(SCHEMA, field, wanted[0], index_option="basic")
    return Query.term_set_query(SCHEMA, field, wanted)


def condition_query(condition: Condition) -> Query:
    if isinstance(condition, Range):
        return Query.range_query(
            SCHEMA, condition.field, tantivy.FieldType.Integer, lower_bound=condition.low, upper_bound=condition.high
        )
    return keyword_query(condition)


def keyword_query(condition: Keyword) -> Query:
    if not condition.values:
        return Query.empty_query()
    if condition.every:
        return Query.boolean_query([(Occur.Must, exactly(condition.field, [one])) for one in condition.values])
    found = exactly(condition.field, condition.values)
    if condition.negated:
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, found)])
    return found


class Builder:
    """Makes the queries of a request; `expand` gives the words that begin in a given way."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self.searcher = searcher

    def selection(self, request: Request) -> Query:
        """Return the query of what matches, without any score: for counting."""
        parts = [(Occur.Must, exactly("kind", request.kinds))]
        if request.text is not None:
            parts.append((Occur.Must, self._matching(request.text, request.within)))
        parts += [(Occur.Must, condition_query(condition)) for condition in request.conditions]
        return Query.boolean_query(parts)

    def ranking(self, request: Request) -> Query:
        """Return the query of what matches, with the score of its words (1 for all where there is no text)."""
        kinds = _constant(exactly("kind", request.kinds), 1.0 if request.text is None else 0.0)
        parts = [(Occur.Must, kinds)]
        parts += [(Occur.Must, _mute(condition_query(condition))) for condition in request.conditions]
        if request.text is None:
            return Query.boolean_query(parts)
        parts.append((Occur.Must, self._matching(request.text, request.within)))
        parts += [(Occur.Should, query) for _field, _words, query in self._bonuses(request.text, request.within)]
        return Query.boolean_query(parts)

    def _matching(self, text: Text, within: str) -> Query:
        words = [self._word(within, word) for word in text.words]
        if text.needed is None:
            found = Query.boolean_query([(Occur.Must, word) for word in words]) if len(words) > 1 else words[0]
        else:
            found = Query.boolean_query([(Occur.Should, word) for word in words], text.needed)
        if not text.exact:
            return found
        named = [_constant(exactly(field, [text.exact]), EXACT_SCORE) for field in ("id", "slug")]
        return Query.boolean_query([(Occur.Should, query) for query in (found, *named)])

    def score_parts(self, request: Request) -> Iterator[tuple[str, str, Query]]:
        """Yield what the score of a text is the sum of: the field, the words that it is about, and the query."""
        text = request.text
        if text is None:
            return
        for word in text.words:
            yield request.within, word.term, self._word(request.within, word)
        yield from self._bonuses(text, request.within)
        if text.exact:
            for field in ("id", "slug"):
                yield field, text.exact, _constant(exactly(field, [text.exact]), EXACT_SCORE)

    def _bonuses(self, text: Text, within: str) -> Iterator[tuple[str, str, Query]]:
        """Yield what else adds to the score; other fields do not where the words are looked for in one of them."""
        for word in text.words if within == WHOLE else ():
            for field, boost in TEXTS.items():
                yield field, word.term, Query.boost_query(self._word(field, word), boost)
        for word in text.soft:
            yield "title", word.term, Query.boost_query(self._word("title", word), 0.5)
        if len(text.words) > 1:
            phrase = list(text.phrase)
            for field, boost in (("title", 2 * PHRASE_BOOST), (WHOLE, PHRASE_BOOST)):
                query = Query.boost_query(Query.phrase_query(SCHEMA, field, phrase, slop=1), boost)
                yield field, " ".join(phrase), query

    def _word(self, field: str, word: Word) -> Query:
        own, *others = word.alternatives
        choices = [_terms(field, own)]
        choices += [Query.boost_query(_terms(field, other), SYNONYM_BOOST) for other in others]
        if word.prefix:
            choices.append(Query.const_score_query(self._beginning(field, word.term), 1.0))
        if word.distance:
            close = Query.fuzzy_term_query(SCHEMA, field, word.term, word.distance)
            choices.append(Query.const_score_query(close, FUZZY_BOOST))
        return choices[0] if len(choices) == 1 else Query.disjunction_max_query(choices)

    def _beginning(self, field: str, start: str) -> Query:
        """Return the query of the commonest words that begin so: a set is far cheaper than an automaton."""
        found = [word for word, _count in self.searcher.terms_with_prefix(field, start, limit=MAX_EXPANSIONS)]
        return Query.term_set_query(SCHEMA, field, found) if found else Query.empty_query()


def _terms(field: str, terms: tuple[str, ...]) -> Query:
    return term(field, terms[0]) if len(terms) == 1 else Query.phrase_query(SCHEMA, field, list(terms))


def _mute(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _constant(query: Query, score: float) -> Query:
    return Query.const_score_query(query, score)
