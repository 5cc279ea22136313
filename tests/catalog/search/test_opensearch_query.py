"""The requests made for OpenSearch; answers are tested by the common tests where a server is."""

from catalog.search import query
from catalog.search.backends import opensearch_query as bodies
from catalog.search.query import FacetQuery, Keyword, Range, Request

TEXT = query.parse("qualité eau")


def test_conditions_do_not_score():
    request = Request(("dataset",), TEXT, (Keyword("tag", "tag", ("a", "b"), every=True), Range("age", "created", 5)))
    body = bodies.ranking(request)["function_score"]["query"]["bool"]
    assert body["filter"] == [
        {"terms": {"kind": ["dataset"]}},
        {"bool": {"filter": [{"term": {"tag": "a"}}, {"term": {"tag": "b"}}]}},
        {"range": {"created": {"gte": 5}}},
    ]


def test_all_words_or_as_many_as_needed():
    assert len(bodies.matching(TEXT)["bool"]["must"]) == 2
    assert bodies.matching(query.partial(TEXT))["bool"]["minimum_should_match"] == 1


def test_mistakes_are_forgiven_in_unknown_words_alone():
    words = bodies.matching(query.tolerant(TEXT, ["qualit"]))["bool"]["must"]
    assert [any("fuzzy" in choice for choice in word["dis_max"]["queries"]) for word in words] == [True, False]


def test_ages_include_one_another():
    facet = FacetQuery("last_update", "last_update", "age", (("last_30_days", 200), ("last_3_years", 100)))
    assert bodies.aggregation(facet)["range"]["ranges"] == [
        {"key": "last_30_days", "from": 200},
        {"key": "last_3_years", "from": 100},
    ]
    raw = {"buckets": [{"key": "last_3_years", "doc_count": 4}]}
    assert bodies.buckets(facet, raw) == [("last_30_days", 0), ("last_3_years", 4)]


def test_words_are_looked_for_in_one_field_where_the_request_says_so():
    body = bodies.ranking(Request(("dataset",), TEXT, within="title"))["function_score"]["query"]["bool"]
    words = [choice["term"] for word in body["must"][0]["bool"]["must"] for choice in word["dis_max"]["queries"]]
    assert {name for word in words for name in word} == {"title"}
    assert all("dis_max" not in bonus for bonus in body["should"])  # phrases alone


def test_a_beginning_is_literal():
    assert bodies.beginning("tag", "eau-de", 8)["terms"]["include"] == "eau-de.*"
    assert bodies.beginning("tag", "a.b|c", 8)["terms"]["include"] == r"a\.b\|c.*"
