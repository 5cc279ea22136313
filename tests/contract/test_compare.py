"""The comparator itself: what it lets pass, and what it catches."""

import json

import pytest

from tests.contract.compare import address_form, compare, compare_csv, compare_json
from tests.contract.recordings import Answer, Recording, load_all


def differences(theirs, ours):
    return list(compare_json(theirs, ours))


def recorded(status=200, **fields):
    given = {"headers": {"Content-Type": "application/json"}, "json": {"a": 1}, **fields}
    return Recording(number=1, name="001-x", method="GET", url="/x", user=None, request=None, status=status, **given)


def answer(status=200, body=b'{"a": 1}', **headers):
    return Answer(status, {"Content-Type": "application/json; charset=utf-8", **headers}, body)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"metrics": {"views": 1}}, {"metrics": {"views": 2.5}}),
        ({"a": 1.0}, {"a": 1}),
        ({"a": None}, {"a": {"b": 1}}),
        ([{"a": "x"}], [{"a": "y"}]),
        ({"page": "http://front.test/x"}, {"page": "http://testserver/x/"}),
        ([], [1]),
        ([{"a": 1}, {"b": 1}], [{"a": 1}, {"a": 2}]),
        ({"extras": {"a": 1}}, {"extras": {"b": 2}}),
        ({"metrics": {"views_by_months": 0}}, {"metrics": {"views_by_months": {"2026-01": 1}}}),
        ({"metrics": {"views_by_months": {"2026-01": 1}}}, {"metrics": {"views_by_months": 0}}),
        ({"at": "2026-01-01T00:00:00.123456+00:00"}, {"at": "2025-01-01T00:00:00+00:00"}),
        ({"uri": "http://local.test/api/1/x/?a=1&b=2"}, {"uri": "http://testserver/api/1/x/?b=2&a=1"}),
        ({"last_login_at": "2026-01-01T00:00:00+00:00"}, {"last_login_at": None}),
    ],
)
def test_what_is_alike_passes(theirs, ours):
    assert differences(theirs, ours) == []


@pytest.mark.parametrize(
    ("theirs", "ours", "told"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, "$: lacks b"),
        ({"a": 1}, {"a": 1, "b": 2}, "$: has b too much"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, "$: keys in another order, from a on"),
        ({"a": 1}, {"a": "1"}, "$.a: number recorded (1), text here"),
        ({"a": True}, {"a": 1}, "$.a: flag recorded (true), number here"),
        ({"a": "x"}, {"a": None}, "null here"),
        ({"a": [1]}, {"a": []}, "$.a: 1 recorded, none here"),
        ([{"a": 1}], [{"a": 1}, {"b": 1}], "$[]: lacks a"),
        ({"at": "2026-01-01T00:00:00+00:00"}, {"at": "2026-01-01T00:00:00Z"}, "$.at"),
        ({"uri": "http://local.test/api/1/x/"}, {"uri": "/api/1/x/"}, "$.uri"),
        ({"uri": "http://local.test/api/1/x/?a=1"}, {"uri": "http://testserver/api/1/x/?a=2"}, "$.uri"),
        ({"id": "aa"}, {"id": "bb"}, "$.id"),
        ({"a": True}, {"a": False}, "$.a: true recorded, false here"),
        ({"a": 1}, {"a": 2}, "$.a: 1 recorded, 2 here"),
        ([{"id": "b", "a": 1}, {"id": "c", "a": "x"}], [{"id": "c", "a": 1}], "$[c].a: text recorded"),
        ({"metrics": {"views_by_months": 0}}, {"metrics": {"views_by_months": "0"}}, "neither 0 nor counts"),
    ],
)
def test_what_differs_is_told(theirs, ours, told):
    assert any(told in difference for difference in differences(theirs, ours))


def test_a_status_that_differs_is_all_that_is_told():
    assert compare(recorded(), answer(404)) == ["status: 200 recorded, 404 here"]


def test_the_media_type_counts_but_not_its_parameters():
    assert compare(recorded(), answer()) == []
    assert compare(recorded(), Answer(200, {"Content-Type": "text/html"}, b'{"a": 1}'))
    assert compare(recorded(), Answer(200, {}, b'{"a": 1}'))


def test_errors_are_compared_word_for_word():
    assert compare(recorded(400, json={"message": "No"}), answer(400, b'{"message": "Non"}'))
    assert compare(recorded(400, json={"message": "No"}), answer(400, b'{"message": "No"}')) == []


def test_vocabularies_are_compared_word_for_word():
    assert compare(recorded(json={"a": None}), answer()) == []
    assert compare(recorded(json={"a": None}), answer(), exact=True)


def test_an_answer_that_is_no_json_is_told():
    assert compare(recorded(), answer(body=b"<html>")) == ["body: not JSON here"]


@pytest.mark.parametrize(
    ("name", "theirs", "ours", "same"),
    [
        ("WWW-Authenticate", 'Bearer realm="uData"', 'Bearer realm="Ours"', True),
        ("WWW-Authenticate", 'Bearer realm="uData"', "Basic", False),
        ("Content-Disposition", "attachment; filename=a-2026-01.csv", "attachment; filename=a-2025-12.csv", True),
        ("Content-Disposition", "attachment; filename=a-2026-01.csv", "inline", False),
        ("Location", "http://local.test/api/1/x/", "/api/1/x/", True),
        ("Location", "http://ex.com/f.csv", "http://ex.com/g.csv", False),
    ],
)
def test_headers_are_compared_by_their_form(name, theirs, ours, same):
    theirs = recorded(headers={"Content-Type": "application/json", name: theirs})
    assert (compare(theirs, answer(**{name: ours})) == []) is same
    assert compare(theirs, answer())


def test_an_address_is_compared_without_our_host():
    assert address_form("http://testserver/a/?b=2&a=1") == address_form("http://local.test/a/?a=1&b=2")
    assert address_form("http://ex.com/a") != address_form("/a")


def test_csv_files_agree_in_header_and_width():
    assert list(compare_csv('"a";"b"\r\n1;2\r\n', '"a";"b"\r\n"x;y";2\r\n')) == []
    assert list(compare_csv('"a";"b"\r\n', '"a";"c"\r\n'))
    assert list(compare_csv('"a";"b"\r\n1;2\r\n', '"a";"b"\r\n'))
    assert list(compare_csv('"a";"b"\r\n', '"a";"b"\r\n1;2;3\r\n'))


def test_a_recording_is_read_from_its_file(tmp_path):
    content = {"method": "GET", "url": "/x?y=1", "as": "out", "request": None, "status": 200, "headers": {}, "text": ""}
    (tmp_path / "016-x.json").write_text(json.dumps(content))
    (found,) = load_all(tmp_path)
    assert (found.number, found.path, found.user, found.is_write) == (16, "/x", "out", False)
    assert found.sent_headers["X-Fields"] == "id,organization{name},resources{url}"
