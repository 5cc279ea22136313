"""CSW in DCAT: records cut out of RDF, and ISO where a server has no DCAT."""

import pytest

from harvest.backends.csw import CswDcatBackend
from harvest.csw.requests import DCAT, GEODCAT, GMD, RECORD
from harvest.drafts import DataserviceDraft
from harvest.errors import ListingFailed
from tests.harvest.backends.csw_server import asked, exception, page, record, server, slices
from tests.harvest.fixtures import backend, fixture, read_all, serving

SPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" '
    'xmlns:dct="http://purl.org/dc/terms/"'
)


def rdf(inner: str) -> str:
    return f"<rdf:RDF {SPACES}>{inner}</rdf:RDF>"


def dataset(number: int, more: str = "") -> str:
    return rdf(
        f'<dcat:Dataset rdf:about="https://x.example.org/d/{number}"><dct:identifier>id-{number}</dct:identifier>'
        f"<dct:title>Titre {number}</dct:title>{more}</dcat:Dataset>"
    )


def found_by(answer, **config):
    """Return the backend, the pages that a server gives, and the schemas that it was asked for."""
    with serving(server(answer)) as remote:
        instance = backend(CswDcatBackend, f"{remote.url}/csw", **config)
        pages = list(instance.pages())
        schemas = [asked(body)[2] for _method, _path, _headers, body in remote.requests if body]
    return instance, pages, schemas


def test_a_recorded_geonetwork_gives_its_datasets():
    def answer(start, size, body):
        return fixture(f"csw-dcat/geonetwork-dcat-page-{start}.xml")

    instance, pages, schemas = found_by(answer)
    records = [one for part in pages for one in part.records]
    drafts = [instance.map(one) for one in records]
    assert schemas == [DCAT] * 3
    assert [len(part.records) for part in pages] == [2, 2, 2]
    assert not any(part.failures for part in pages)
    assert all(part.complete for part in pages)
    assert len({instance.identify(one) for one in records}) == 6
    assert all(draft.title and draft.description and draft.resources for draft in drafts)


def test_the_page_of_a_dataset_is_behind_the_prefix():
    instance = backend(
        CswDcatBackend, "https://x.example.org", settings={"remote_url_prefix": "https://y.example.org/r/"}
    )
    records, _failures = instance.read([dataset(1)])
    assert instance.map(records[0]).remote_url == "https://y.example.org/r/id-1"


@pytest.mark.parametrize(
    ("features", "first"), [({}, DCAT), ({"geodcatap": True}, GEODCAT), ({"geodcatap": False}, DCAT)]
)
def test_geodcat_is_asked_for_where_the_source_wants_it(features, first):
    _instance, _pages, schemas = found_by(lambda start, size, body: page([dataset(1)], 1), features=features)
    assert schemas == [first]


def test_without_dcat_the_server_is_asked_for_iso():
    def answer(start, size, body):
        if GMD not in body.partition("outputSchema=")[2][:60]:
            return exception("outputSchema not supported", "outputSchema")
        return slices(2)(start, size, body)

    instance, pages, schemas = found_by(answer, features={"geodcatap": True})
    assert schemas == [GEODCAT, DCAT, GMD]
    assert [instance.identify(one) for one in pages[0].records] == ["id-1", "id-2"]


def test_a_server_that_knows_no_schema_at_all_is_an_error():
    with pytest.raises(ListingFailed, match="outputSchema"):
        found_by(lambda start, size, body: exception("outputSchema not supported", "outputSchema"))


def test_records_of_several_kinds_are_each_read_by_what_they_are():
    instance, pages, _schemas = found_by(lambda start, size, body: page([dataset(1), record(2)], 2))
    assert [instance.identify(one) for one in pages[0].records] == ["id-1", "id-2"]


@pytest.mark.parametrize(
    "broken",
    [
        rdf('<dcat:Dataset><dct:identifier>id-2</dct:identifier><dct:title rdf:ID="a b"/></dcat:Dataset>'),
        rdf("<!-- nothing -->"),
        rdf('<dct:identifier rdf:about="x"><y/></dct:identifier>'),
    ],
    ids=["invalid", "empty", "strange"],
)
def test_a_record_that_is_no_rdf_costs_itself_only(broken):
    instance, pages, _schemas = found_by(lambda start, size, body: page([dataset(1), broken, dataset(3)], 3))
    assert [instance.identify(one) for one in pages[0].records] == ["id-1", "id-3"]
    assert len(pages[0].failures) == 1
    assert pages[0].complete is bool(pages[0].failures[0][0])


def test_a_page_given_again_ends_the_listing_even_with_blank_nodes():
    blank = rdf("<dcat:Dataset><dct:identifier>b</dct:identifier><dct:title>B</dct:title></dcat:Dataset>")
    _instance, pages, schemas = found_by(lambda start, size, body: page([blank]))
    assert len(schemas) == 2
    assert sum(len(part.records) for part in pages) == 1


def test_a_service_is_a_dataservice():
    service = rdf(
        '<dcat:DataService rdf:about="https://x.example.org/s"><dct:identifier>s</dct:identifier><dct:title>S</dct:title>'
        '<dcat:endpointURL rdf:resource="https://x.example.org/wms"/></dcat:DataService>'
    )
    instance = backend(CswDcatBackend, "https://x.example.org")
    records, _failures = instance.read([service])
    assert isinstance(instance.map(records[0]), DataserviceDraft)


def test_dublin_core_is_the_last_schema():
    with serving(server(lambda start, size, body: page([dataset(1)], 1))) as remote:
        instance = backend(CswDcatBackend, f"{remote.url}/csw")
        assert len(read_all(instance)) == 1
        assert instance.wanted()[-1] == RECORD
