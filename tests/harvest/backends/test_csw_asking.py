"""How a CSW is asked: in which way, at which address, for which schema."""

import pytest
from lxml import etree

from harvest.backends.csw import CswIso19139Backend, CswIso191153Backend
from harvest.csw.requests import GMD, MDB, Way, endpoint, get_parameters, post_body, ways
from harvest.errors import ListingFailed, RemoteError
from tests.harvest.backends.csw_server import CAPABILITIES, asked, exception, ids, page, server, slices, walk
from tests.harvest.fixtures import backend, read_all, serving


def test_a_request_asks_for_full_records_of_four_types_in_the_order_of_identifiers():
    root = etree.fromstring(post_body(Way(GMD), 26, 25))
    space = {"csw": "http://www.opengis.net/cat/csw/2.0.2", "ogc": "http://www.opengis.net/ogc"}
    assert (root.get("startPosition"), root.get("maxRecords"), root.get("resultType")) == ("26", "25", "results")
    assert root.findtext("csw:Query/csw:ElementSetName", namespaces=space) == "full"
    literals = [one.text for one in root.iterfind(".//ogc:Literal", space)]
    assert literals == ["dataset", "nonGeographicDataset", "series", "service"]
    names = [one.text for one in root.iterfind(".//ogc:PropertyName", space)]
    assert names == ["apiso:Type"] * 4 + ["apiso:Identifier"]


def test_a_request_by_get_says_the_same():
    found = get_parameters(Way(MDB, "dc:type", "", "GET"), 1, 10)
    assert found["constraint"].startswith("dc:type = 'dataset' OR ")
    assert (found["outputSchema"], found["startPosition"], found["maxRecords"]) == (MDB, "1", "10")
    assert "constraint" not in get_parameters(Way(GMD, "", "", "GET"), 1, 10)


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("https://x.example.org/csw", "https://x.example.org/csw"),
        ("https://x.example.org/csw?service=CSW&request=GetCapabilities&VERSION=2.0.2", "https://x.example.org/csw"),
        ("https://x.example.org/cgi?map=/a.map&SERVICE=CSW#top", "https://x.example.org/cgi?map=%2Fa.map"),
    ],
)
def test_an_address_that_was_pasted_with_a_request_is_cleaned(pasted, address):
    assert endpoint(pasted) == address


def test_requests_go_where_the_capabilities_say():
    posts = (
        '<ows:Post xlink:href="/soap"><ows:Constraint name="PostEncoding"><ows:Value>SOAP</ows:Value></ows:Constraint>'
        '</ows:Post><ows:Post xlink:href="/xml"><ows:Constraint name="PostEncoding"><ows:Value>XML</ows:Value>'
        "</ows:Constraint></ows:Post>"
    )
    with serving(server(slices(2), CAPABILITIES.format(posts=posts))) as remote:
        assert ids(read_all(backend(CswIso19139Backend, f"{remote.url}/csw"))) == ["id-1", "id-2"]
        assert remote.requests[1][:2] == ("POST", "/xml")


@pytest.mark.parametrize("elsewhere", ["https://internal.example.net/csw", "http://10.0.0.1/csw", "file:///etc/passwd"])
def test_capabilities_that_name_another_site_are_not_followed(elsewhere):
    capabilities = CAPABILITIES.format(posts=f'<ows:Post xlink:href="{elsewhere}"/>')
    with serving(server(slices(2), capabilities)) as remote:
        assert len(read_all(backend(CswIso19139Backend, f"{remote.url}/csw"))) == 2
        assert remote.requests[1][1] == "/csw"


def test_a_property_that_the_server_does_not_know_is_named_otherwise_and_that_is_remembered():
    def answer(start, size, body):
        if "apiso:Type" in body:
            return exception("Invalid PropertyName: apiso:Type")
        if "apiso:type" in body:
            return 400, {}, exception("Invalid PropertyName: apiso:type")
        return slices(3)(start, size, body)

    with serving(server(answer)) as remote:
        instance = backend(CswIso19139Backend, f"{remote.url}/csw")
        assert len(read_all(instance)) == 3
        assert instance.memory["way"]["filter"] == "dc:type"
        first = len(remote.requests)
        assert len(read_all(instance)) == 3
        assert len(remote.requests) - first == 2  # the capabilities, and the one page


def test_a_server_that_sorts_and_filters_nothing_is_read_whole():
    def answer(start, size, body):
        return exception() if "Filter" in body or "SortBy" in body else slices(30)(start, size, body)

    found, _remote = walk(answer)
    assert sum(len(one.records) for one in found) == 30


def test_an_unknown_schema_leads_to_the_next_one_at_once():
    def answer(start, size, body):
        if MDB in body:
            return exception("Invalid outputSchema parameter value", "outputSchema")
        return slices(2)(start, size, body)

    with serving(server(answer)) as remote:
        instance = backend(CswIso191153Backend, f"{remote.url}/csw")
        assert len(read_all(instance)) == 2
        assert [asked(body)[2] for _method, _path, _headers, body in remote.requests if body] == [MDB, GMD]


def test_a_server_that_refuses_post_is_asked_by_get():
    def respond(path, query, body):
        if body:
            return 405, {}, b"Method not allowed"
        if query["request"] == "GetCapabilities":
            return 404, {}, b""
        return slices(30)(int(query["startPosition"]), int(query["maxRecords"]), "")

    with serving(respond) as remote:
        assert len(read_all(backend(CswIso19139Backend, f"{remote.url}/csw"))) == 30


def test_types_that_match_nothing_are_asked_for_otherwise():
    def answer(start, size, body):
        return page([], 0, 0) if "<ogc:Filter>" in body else slices(2)(start, size, body)

    found, _remote = walk(answer)
    assert len(found[0].records) == 2


def test_an_empty_catalogue_is_empty():
    found, _remote = walk(lambda start, size, body: page([], 0, 0))
    assert [one.records for one in found] == [[]]


def test_what_the_server_says_is_the_error_even_with_another_status():
    def respond(path, query, body):
        return 400, {}, exception("The catalogue is closed")

    with serving(respond) as remote, pytest.raises(ListingFailed, match="The catalogue is closed"):
        read_all(backend(CswIso19139Backend, f"{remote.url}/csw"))


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_server_that_is_not_there_is_not_asked_in_every_way(status):
    with serving(lambda path, query, body: (status, {}, b"")) as remote:
        with pytest.raises(RemoteError):
            read_all(backend(CswIso19139Backend, f"{remote.url}/csw"))
        assert len(remote.requests) == 2


def test_a_web_page_is_no_catalogue():
    answer = b"<!DOCTYPE html><html><body>Hello</body></html>"
    with serving(lambda path, query, body: answer) as remote, pytest.raises(ListingFailed):
        read_all(backend(CswIso19139Backend, f"{remote.url}/csw"))


def test_ways_begin_with_the_one_that_worked():
    known = Way(GMD, "", "", "GET")
    found = ways((GMD, MDB), known.as_json())
    assert found[0] == known
    assert len(found) == len(set(found)) == 14
    assert ways((GMD,), {"schema": 1, "x": 2})[0] == Way(GMD)
    assert ways((GMD,), Way("https://gone.example.org").as_json())[0] == Way(GMD)
