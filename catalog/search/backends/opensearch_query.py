"""Requests as OpenSearch asks them, documents as it takes them, and the mapping of its index."""

import re
from collections.abc import Sequence
from typing import Any

from catalog.search.document import Document
from catalog.search.query import Condition, FacetQuery, Range, Request, Text, Word
from catalog.search.schema import KEYWORDS, MAX_TERMS, NUMBERS, TEXTS, WHOLE

MARK = "position"  # id of the document that holds the position
PHRASE_BOOST = 3.0
SYNONYM_BOOST = 0.6
FUZZY_BOOST = 0.4
SOFT_BOOST = 0.5
EXACT_BOOST = 1000.0
DEEPEST = 1_000_000  # hits that an offset reaches

Body = dict[str, Any]

# One shard: the commonest terms of a facet are exact. Terms are ours: the engine splits at spaces.
INDEX: Body = {
    "settings": {"number_of_shards": 1, "refresh_interval": -1, "max_result_window": DEEPEST},
    "mappings": {
        "dynamic": False,
        "properties": {
            **{name: {"type": "text", "analyzer": "whitespace"} for name in (WHOLE, *TEXTS)},
            **{name: {"type": "keyword"} for name in ("uid", "kind", "id", *KEYWORDS)},
            **{name: {"type": "long"} for name in ("version", *NUMBERS)},
            "weight": {"type": "float"},
            "position": {"type": "keyword", "index": False},
        },
    },
}


def to_source(document: Document) -> Body:
    """Return the document as the engine takes it."""
    return {
        "uid": document.uid,
        "kind": document.kind,
        "id": document.id,
        "version": document.version,
        "weight": document.weight,
        WHOLE: document.words,
        **{name: document.texts[name] for name in TEXTS if document.texts.get(name)},
        **document.keywords,
        **document.numbers,
    }


def selection(request: Request) -> Body:
    """Return the query of what matches, without any score: for counting."""
    filters = _filters(request)
    if request.text is not None:
        filters.append(matching(request.text, request.within))
    return {"bool": {"filter": filters}}


def ranking(request: Request) -> Body:
    """Return the query of what matches, with the score of its words times the static one."""
    if request.text is None:
        return _weighted({"bool": {"filter": _filters(request), "must": [{"match_all": {}}]}})
    needed = matching(request.text, request.within)
    bonuses = [body for _field, _words, body in _bonuses(request.text, request.within)]
    return _weighted({"bool": {"filter": _filters(request), "must": [needed], "should": bonuses}})


def _weighted(query: Body) -> Body:
    factor = {"field": "weight", "modifier": "log2p", "missing": 0}  # log10(2 + weight): the order is that of log2
    return {"function_score": {"query": query, "field_value_factor": factor, "boost_mode": "multiply"}}


def _filters(request: Request) -> list[Body]:
    return [{"terms": {"kind": list(request.kinds)}}, *(condition_query(one) for one in request.conditions)]


def condition_query(condition: Condition) -> Body:
    if isinstance(condition, Range):
        edges = {"gte": condition.low, "lte": condition.high}
        return {"range": {condition.field: {name: edge for name, edge in edges.items() if edge is not None}}}
    if condition.every:
        return {"bool": {"filter": [{"term": {condition.field: value}} for value in condition.values]}}
    found = {"terms": {condition.field: list(condition.values)}}
    return {"bool": {"must_not": [found]}} if condition.negated else found


def matching(text: Text, within: str = WHOLE) -> Body:
    words = [_word(within, word) for word in text.words]
    if text.needed is None:
        found: Body = {"bool": {"must": words}}
    else:
        found = {"bool": {"should": words, "minimum_should_match": text.needed}}
    if not text.exact:
        return found
    named = [{"term": {name: {"value": text.exact, "boost": EXACT_BOOST}}} for name in ("id", "slug")]
    return {"bool": {"should": [found, *named], "minimum_should_match": 1}}


def score_parts(request: Request) -> list[tuple[str, str, Body]]:
    """Return what the score of a text is the sum of: the field, the words that it is about, and the query."""
    text = request.text
    if text is None:
        return []
    parts = [(request.within, word.term, _word(request.within, word)) for word in text.words]
    parts += _bonuses(text, request.within)
    if text.exact:
        named = {"value": text.exact, "boost": EXACT_BOOST}
        parts += [(name, text.exact, {"term": {name: named}}) for name in ("id", "slug")]
    return parts


def _bonuses(text: Text, within: str) -> list[tuple[str, str, Body]]:
    words = text.words if within == WHOLE else ()  # where words are looked for in one field, no other one counts
    bonuses = [(name, word.term, _word(name, word, boost)) for word in words for name, boost in TEXTS.items()]
    bonuses += [("title", word.term, _word("title", word, SOFT_BOOST)) for word in text.soft]
    if len(text.words) > 1:
        phrase = " ".join(text.phrase)
        bonuses.append(("title", phrase, _phrase("title", text.phrase, 2 * PHRASE_BOOST)))
        bonuses.append((WHOLE, phrase, _phrase(WHOLE, text.phrase, PHRASE_BOOST)))
    return bonuses


def _phrase(field: str, terms: Sequence[str], boost: float, slop: int = 1) -> Body:
    return {"match_phrase": {field: {"query": " ".join(terms), "slop": slop, "boost": boost}}}


def _word(field: str, word: Word, boost: float = 1.0) -> Body:
    choices = []
    for number, terms in enumerate(word.alternatives):
        worth = SYNONYM_BOOST if number else 1.0
        if len(terms) == 1:
            choices.append({"term": {field: {"value": terms[0], "boost": worth}}})
        else:
            choices.append(_phrase(field, terms, worth, slop=0))
    if word.prefix:
        choices.append({"prefix": {field: {"value": word.term}}})
    if word.distance:
        close = {"value": word.term, "fuzziness": word.distance, "boost": FUZZY_BOOST}
        choices.append({"fuzzy": {field: close}})
    return {"dis_max": {"queries": choices, "boost": boost}}


def aggregation(facet: FacetQuery) -> Body:
    if facet.form == "terms":
        order = [{"_count": "desc"}, {"_key": "asc"}]
        return {"terms": {"field": facet.field, "size": MAX_TERMS, "shard_size": 10 * MAX_TERMS, "order": order}}
    ranges = [{"key": name, "from": start} for name, start in facet.edges]
    return {"range": {"field": facet.field, "keyed": False, "ranges": ranges}}


def beginning(field: str, start: str, limit: int) -> Body:
    """Return the aggregation of the commonest keywords that begin with `start`."""
    literal = re.sub(r"[^\w-]", lambda found: f"\\{found[0]}", start)  # Lucene's expressions have signs of their own
    order = [{"_count": "desc"}, {"_key": "asc"}]
    return {"terms": {"field": field, "size": limit, "include": f"{literal}.*", "order": order}}


def buckets(facet: FacetQuery, raw: Body) -> list[tuple[str, int]]:
    counted = [(bucket["key"], bucket["doc_count"]) for bucket in raw["buckets"]]
    if facet.form == "terms":
        return counted
    by_name = dict(counted)
    return [(name, by_name.get(name, 0)) for name, _start in facet.edges]
