"""CSW: how its pages are walked, whatever it answers."""

import re

import pytest

from harvest.backends.csw import CswIso19139Backend
from harvest.csw.requests import GMD, Way
from harvest.errors import ListingFailed, RemoteError
from tests.harvest.backends.csw_server import asked, exception, ids, page, record, server, slices, walk
from tests.harvest.fixtures import backend, fixture, read_all, serving

ISO = "csw-iso19139"


# --- The recorded catalogues -----------------------------------------------------------------------------------------


def test_a_recorded_geonetwork_is_read_page_by_page():
    pages = {1: "page-1", 3: "page-3", 5: "page-5"}

    def answer(start, size, body):
        return fixture(f"{ISO}/geonetwork-iso19139-{pages[start]}.xml")

    found, remote = walk(answer)
    assert [len(one.records) for one in found] == [2, 2, 2]
    assert [one.total for one in found] == [6, 6, 6]
    assert found[-1].next_cursor is None
    assert all(one.complete for one in found)
    assert len(set(ids(one for part in found for one in part.records))) == 6
    assert len(remote.requests) == 4  # with the capabilities


@pytest.mark.parametrize(
    ("path", "count", "matched"),
    [
        (f"{ISO}/geoide-iso19139-single-dataset.xml", 1, 1),
        (f"{ISO}/magda/csw1.xml", 1, 37),  # 37 announced, one left in the recording
        (f"{ISO}/magda/env.xml", 10, 292),
        ("csw-iso19115-3/magda/vic-geonetwork.xml", 10, 6952),
        ("csw-iso19115-3/pycsw/post_GetRecords-all.xml", 4, 4),
        ("csw-record/terria/Example1GetRecordsPage3.xml", 30, 230),
    ],
)
def test_every_recorded_page_is_read(path, count, matched):
    given = fixture(path)
    found, _remote = walk(lambda start, size, body: given if start == 1 else page([], matched, 0))
    assert len(found[0].records) == count
    assert found[0].total == matched
    assert found[-1].next_cursor is None
    assert found[-1].complete == (count == matched)
    assert all(ids(found[0].records))


# --- How pages are walked ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "follow",
    [
        lambda start, size, count: start + size,  # beyond the end (231 of 230)
        lambda start, size, count: 0,  # always
        lambda start, size, count: 1,  # pycsw, past the end
        lambda start, size, count: start,  # not advancing
        lambda start, size, count: 85,  # anything
        lambda start, size, count: None,  # GeoNetwork #1429
        lambda start, size, count: -3,
        lambda start, size, count: "twenty-six",
    ],
    ids=["beyond", "zero", "one", "same", "wild", "absent", "negative", "word"],
)
def test_what_was_returned_counts_whatever_the_next_record_is_said_to_be(follow):
    def answer(start, size, body):
        records = [record(n) for n in range(start, min(start + size, 61))]
        return page(records, 60, follow(start, size, 60))

    found, _remote = walk(answer)
    assert ids(one for part in found for one in part.records) == [f"id-{n}" for n in range(1, 61)]
    assert found[-1].complete


@pytest.mark.parametrize("given", [1, 7, 24])
def test_pages_shorter_than_asked_lose_nothing(given):
    def answer(start, size, body):
        return page([record(n) for n in range(start, min(start + given, 51))], 50, start + size)

    found, _remote = walk(answer)
    assert ids(one for part in found for one in part.records) == [f"id-{n}" for n in range(1, 51)]


@pytest.mark.parametrize("matched", [None, 0, "many"])
def test_without_a_count_it_goes_on_until_a_page_is_empty(matched):
    def answer(start, size, body):
        return page([record(n) for n in range(start, min(start + size, 61))], matched)

    found, _remote = walk(answer)
    assert sum(len(one.records) for one in found) == 60
    assert found[-1].complete


def test_an_exception_instead_of_an_empty_page_is_the_end():
    def answer(start, size, body):
        return exception() if start > 50 else page([record(n) for n in range(start, start + size)])

    found, _remote = walk(answer)
    assert sum(len(one.records) for one in found) == 50
    assert found[-1].complete


def test_the_same_page_again_and_again_ends_the_listing_which_is_not_complete():
    found, remote = walk(lambda start, size, body: page([record(n) for n in range(25)], 100, start + 25))
    assert sum(len(one.records) for one in found) == 25
    assert not found[-1].complete
    assert len(remote.requests) == 3


def test_an_empty_page_before_the_end_leaves_the_listing_incomplete():
    def answer(start, size, body):
        return page([record(n) for n in range(start, start + 25)] if start == 1 else [], 100, start + 25)

    found, _remote = walk(answer)
    assert found[-1].next_cursor is None
    assert not found[-1].complete


def test_records_that_pages_share_are_given_once():
    def answer(start, size, body):
        first = max(1, start - 3)
        return page([record(n) for n in range(first, min(first + 25, 61))], 60)

    found, _remote = walk(answer)
    every = ids(one for part in found for one in part.records)
    assert len(every) == len(set(every))


def test_a_run_resumes_at_its_cursor():
    with serving(server(slices(60))) as remote:
        instance = backend(CswIso19139Backend, f"{remote.url}/csw")
        first = next(iter(instance.pages()))
        rest = read_all(backend(CswIso19139Backend, f"{remote.url}/csw"), first.next_cursor)
        assert ids([*first.records, *rest]) == [f"id-{n}" for n in range(1, 61)]


@pytest.mark.parametrize("cursor", [{}, {"way": {"x": 1}}, {"way": Way(GMD).as_json()}, [], "x"])
def test_a_cursor_that_cannot_be_read_ends_the_run(cursor):
    with serving(server(slices(1))) as remote, pytest.raises(ListingFailed):
        read_all(backend(CswIso19139Backend, f"{remote.url}/csw"), cursor)


def test_a_page_too_large_is_asked_for_in_halves_from_then_on(settings):
    settings.HARVEST_PAGE_MIB = 1
    more = f"<gmd:x>{'x' * 100_000}</gmd:x>"

    def answer(start, size, body):
        return page([record(n, more) for n in range(start, min(start + size, 41))], 40)

    with serving(server(answer)) as remote:
        instance = backend(CswIso19139Backend, f"{remote.url}/csw")
        assert len(read_all(instance)) == 40
        assert instance.memory["size"] == 6
        sizes = [asked(body)[1] for _method, _path, _headers, body in remote.requests if body]
        assert sizes[:4] == [25, 12, 6, 6]


@pytest.mark.parametrize("fault", ["control character", "500", "exception"])
def test_one_record_that_breaks_its_page_costs_that_record_only(fault):
    def answer(start, size, body):
        last = min(start + size, 61)
        if not start <= 30 < last:
            return page([record(n) for n in range(start, last)], 60)
        if fault == "500":
            return 500, {}, b"Internal error"
        if fault == "exception":
            return exception("Transformation failed")
        return page([record(n, "<gmd:x>\x01</gmd:x>") for n in range(start, last)], 60)

    found, _remote = walk(answer)
    every = ids(one for part in found for one in part.records)
    assert every == [f"id-{n}" for n in range(1, 61) if n != 30]
    assert [one for part in found for one in part.failures] == [("", "The server cannot give record number 30.")]
    assert not all(part.complete for part in found)


@pytest.mark.parametrize("answered", [(500, {}, b""), (404, {}, b""), b"<html/>", b"", b"{}", page([record(1)])[:-40]])
def test_a_page_that_never_comes_ends_the_run_with_an_error(answered):
    def answer(start, size, body):
        return slices(200)(start, size, body) if start < 50 else answered

    with serving(server(answer)) as remote:
        pages = backend(CswIso19139Backend, f"{remote.url}/csw").pages()
        given = [next(pages), next(pages)]
        with pytest.raises((RemoteError, ListingFailed)):
            list(pages)
        assert given[-1].next_cursor["start"] == 51
        assert len(remote.requests) < 20


def test_a_cursor_is_json_and_small():
    found, _remote = walk(slices(60))
    cursor = found[0].next_cursor
    assert cursor["start"] == 26
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/csw", cursor["url"])
    assert cursor["way"] == {"schema": GMD, "filter": "apiso:Type", "sort": "apiso:Identifier", "method": "POST"}


# --- The page of a record ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "chosen", "page_url"),
    [
        (
            "https://x.example.org/csw",
            {"remote_url_prefix": "https://y.example.org/r/"},
            "https://y.example.org/r/id%201",
        ),
        (
            "https://x.example.org/geonetwork/srv/fre/csw?x=y",
            {},
            "https://x.example.org/geonetwork/srv/fre/catalog.search#/metadata/id%201",
        ),
        ("https://x.example.org/csw", {}, ""),
        ("https://x.example.org/csw", {"remote_url_prefix": "javascript:alert(1)//"}, ""),
    ],
)
def test_the_page_of_a_record_is_behind_the_prefix_of_the_source(url, chosen, page_url):
    raw = (
        "<MD_Metadata><fileIdentifier><CharacterString>id 1</CharacterString></fileIdentifier><identificationInfo>"
        "<MD_DataIdentification><citation><CI_Citation><title><CharacterString>T</CharacterString></title></CI_Citation>"
        "</citation></MD_DataIdentification></identificationInfo></MD_Metadata>"
    )
    assert backend(CswIso19139Backend, url, settings=chosen).map(raw).remote_url == page_url
