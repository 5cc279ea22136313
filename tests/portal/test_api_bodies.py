"""Hostile bodies are told so in udata's words, and never reach a form."""

import pytest

from catalog.models import Dataset
from tests.catalog.factories import UserFactory

pytestmark = pytest.mark.django_db

URL = "/api/1/datasets/"
GOOD = b'{"title": "Trees", "description": "Of the streets"}'


@pytest.fixture
def writer(api):
    api.force_authenticate(UserFactory())
    return api


def post(client, body, kind="application/json", **headers):
    return client.generic("POST", URL, body, content_type=kind, headers=headers)


def test_a_sound_body_is_read(writer):
    assert post(writer, GOOD).status_code == 201
    assert post(writer, GOOD, "application/json; charset=utf-8").status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"nope", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": 1,}', b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"a": "\\ud800"}', b'{"\\ud800": 1}', b'{"a": "\xed\xa0\x80"}', b"[" * 100_000, b'{"a":' * 100_000,
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
def test_what_is_not_json_is_refused(writer, body):
    answer = post(writer, body)
    assert answer.status_code == 400
    assert answer.json() == {"message": "The browser (or proxy) sent a request that this server could not understand."}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"title": "a\\u0000b"}', "NUL"),
        (b'{"extras": {"a\\u0000": 1}}', "NUL"),
        (b'{"extras": ' + b"[" * 60 + b"]" * 60 + b"}", "nested"),
        (b'{"extras": {"n": 9223372036854775808}}', "64 bits"),
        (b'{"extras": {"n": -9223372036854775809}}', "64 bits"),
        (b'{"extras": {"n": ' + b"9" * 5000 + b"}}", "64 bits"),
        (b'{"extras": {"n": 1e999}}', "64 bits"),
        (b'{"extras": {"n": 1e30}}', "64 bits"),  # PostgreSQL's jsonb would give an integer back
    ],
    ids=lambda value: repr(value[:28]),
)
def test_what_no_database_can_keep_is_refused(writer, body, told):
    answer = post(writer, body)
    assert answer.status_code == 400, answer.content
    message = answer.json()["message"]
    assert told in message or "could not understand" in message


def test_large_numbers_within_texts_and_the_largest_integer_pass(writer):
    body = b'{"title": "12345678901234567890123", "description": "d", "extras": {"n": 9223372036854775807, "f": 1e18}}'
    assert post(writer, body).status_code == 201
    assert Dataset.objects.get().extras["n"] == 9223372036854775807


def test_a_body_that_is_too_large_is_refused(writer, settings):
    settings.API_MAX_BODY = len(GOOD)
    assert post(writer, GOOD).status_code == 201
    answer = post(writer, GOOD + b" ")
    assert answer.status_code == 413
    assert "message" in answer.json()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_another_kind_of_body_is_refused_in_udatas_words(writer, kind):
    answer = post(writer, b"title=Trees", kind)
    assert answer.status_code == 400
    assert answer.json() == {"errors": {"Content-Type": "expecting application/json"}}


@pytest.mark.parametrize("body", [b"[]", b"[1]", b'"text"', b"1", b"null"])
def test_a_body_that_is_no_object_is_refused_in_udatas_words(writer, body):
    answer = post(writer, body)
    assert answer.status_code == 400
    if body != b"null":
        assert answer.json() == {"errors": {"request": "expecting a JSON object"}}


def test_a_request_without_a_body_is_an_empty_object(writer):
    answer = writer.generic("POST", URL)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"title", "description"}


@pytest.mark.parametrize("query", ["q=%00", "tag=a%00b", "organization=%00"])
def test_a_nul_in_the_address_is_refused(api, query):
    assert api.get(f"{URL}?{query}").status_code == 400


@pytest.mark.parametrize("number", [10**9, 10**30, 2**63])
def test_a_page_far_beyond_the_end_is_not_found(api, number, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        assert api.get(f"{URL}?page={number}").status_code == 404


@pytest.mark.parametrize("argument", ["page=-1", "page=0", "page=1.5", "page=%D9%A1", "page_size=-5", "page_size="])
def test_a_page_that_is_no_positive_integer_is_refused(api, argument):
    answer = api.get(f"{URL}?{argument}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [argument.partition("=")[0]]


def test_an_absurd_page_size_is_cut(api):
    assert api.get(f"{URL}?page_size={10**30}").json()["page_size"] == 1000
