"""Records of ISO 19139, ISO 19115-3 and Dublin Core: every recorded one, and SEMIC's own cases."""

from datetime import UTC, date, datetime

import pytest
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from harvest.drafts import DataserviceDraft, DatasetDraft
from harvest.errors import ItemInvalid, ItemSkipped
from harvest.iso.record import draft_of, identify
from harvest.parsing import parse_xml, xml_text
from tests.harvest.backends.iso_records import coded, iso, named, words
from tests.harvest.fixtures import fixture

ORACLE = "iso19139-to-dcat"


def records(path: str) -> list[str]:
    """Return the records of a recorded answer, or the one that the file is."""
    root = parse_xml(fixture(path))
    found = root.find(".//{*}SearchResults")
    return [xml_text(one) for one in (found if found is not None else [root])]


# --- Every recorded record -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "datasets", "services"),
    [
        ("csw-iso19139/geoide-iso19139-single-dataset.xml", 1, 0),
        ("csw-iso19139/geonetwork-iso19139-page-1.xml", 2, 0),
        ("csw-iso19139/geonetwork-iso19139-page-3.xml", 2, 0),
        ("csw-iso19139/geonetwork-iso19139-page-5.xml", 2, 0),
        ("csw-iso19139/magda/csw1.xml", 0, 1),
        ("csw-iso19139/magda/env.xml", 10, 0),
        ("csw-iso19139/owslib/csw_geobretagne_mdmetadata.xml", 1, 0),
        ("csw-iso19139/owslib/iso_keywords_anchor.xml", 1, 0),
        ("csw-iso19115-3/pycsw/post_GetRecords-all.xml", 3, 1),
        ("csw-iso19115-3/magda/vic-geonetwork.xml", 10, 0),
        ("csw-record/terria/Example1GetRecordsPage3.xml", 29, 1),
        (f"{ORACLE}/basic_dataset/input.xml", 1, 0),
        (f"{ORACLE}/geo-bbox-precision/input.xml", 1, 0),
        (f"{ORACLE}/identifiers-anchor/input.xml", 1, 0),
        (f"{ORACLE}/network-service/input.xml", 0, 1),
    ],
)
def test_every_recorded_record_is_mapped(path, datasets, services):
    found = records(path)
    drafts = [draft_of(one) for one in found]
    assert len({identify(one) for one in found}) == len(found)
    assert [identify(one) for one in found] == [draft.remote_id for draft in drafts]
    assert sum(isinstance(one, DatasetDraft) for one in drafts) == datasets
    assert sum(isinstance(one, DataserviceDraft) for one in drafts) == services
    assert all(draft.title and (draft.contacts or isinstance(draft, DataserviceDraft)) for draft in drafts)
    assert sum(bool(draft.description) for draft in drafts) >= len(drafts) - 1  # one has a title alone


def test_a_record_of_geo_ide_has_its_files_services_and_pages():
    draft = draft_of(records("csw-iso19139/geonetwork-iso19139-page-3.xml")[0])
    assert draft.remote_id.startswith("fr-120066022-jdd-")
    assert draft.uri.startswith("http")
    assert "catalog.search#/metadata/" in draft.remote_url
    assert draft.licenses[0].startswith("https://www.etalab.gouv.fr/")
    assert draft.access_type == "open"
    assert draft.zones == ["http://id.insee.fr/geo/departement/62"]
    assert [(one.type, one.format) for one in draft.resources] == [("main", "shp")] * 2 + [("api", "wms")] * 2
    assert [(one.role, bool(one.email)) for one in draft.contacts] == [("rightsHolder", True)]
    assert (draft.issued_at.date(), draft.modified_at.date()) == (date(2021, 6, 18), date(2021, 11, 19))


def test_a_restriction_of_the_environment_code_is_understood():
    draft = draft_of(records("csw-iso19139/geonetwork-iso19139-page-1.xml")[0])
    assert draft.access_type == "restricted"
    assert draft.access_type_reason_category == "confidentiality_of_commercial_or_industrial_information"
    assert "inspire" in draft.tags
    assert draft.badges == ["inspire"]


def test_a_dublin_core_record_is_the_last_resort():
    draft = draft_of(records("csw-record/terria/Example1GetRecordsPage3.xml")[0])
    assert draft.title == "(Month 12) December Mean Direction of the Maximum Directionally Resolved Wave Power"
    assert [(one.type, one.format) for one in draft.resources] == [("api", "wms"), ("main", "nc")]
    assert draft.spatial_geom["type"] == "MultiPolygon"
    assert draft.modified_at == datetime(2020, 9, 23, 13, 24, 38, tzinfo=UTC)


# --- SEMIC's cases: an input, and the DCAT-AP that its stylesheet makes of it ----------------------------------------


def expected(case: str) -> tuple[Graph, URIRef]:
    """Return SEMIC's output, and the node of its dataset or service."""
    graph = Graph().parse(data=fixture(f"{ORACLE}/{case}/expected_output.ttl"), format="turtle")
    kind = DCAT.DataService if case == "network-service" else DCAT.Dataset
    nodes = [node for node in graph.subjects(RDF.type, kind) if (node, DCTERMS.description, None) in graph]
    return graph, nodes[0]


@pytest.mark.parametrize("case", ["basic_dataset", "geo-bbox-precision", "identifiers-anchor", "network-service"])
def test_titles_dates_and_access_agree_with_semic(case):
    draft, (graph, node) = draft_of(records(f"{ORACLE}/{case}/input.xml")[0]), expected(case)
    assert draft.title == str(graph.value(node, DCTERMS.title))
    assert draft.description == str(graph.value(node, DCTERMS.description))
    assert draft.created_at.date().isoformat() == str(graph.value(node, DCTERMS.created))
    holders = graph.objects(node, DCTERMS.rightsHolder)
    names = [str(graph.value(holder, FOAF.name)) for holder in holders]
    assert [one.name for one in draft.contacts if one.role == "rightsHolder"] == names
    assert draft.access_type == "restricted"


@pytest.mark.parametrize("case", ["basic_dataset", "geo-bbox-precision", "identifiers-anchor"])
def test_identifiers_periods_boxes_and_distributions_agree_with_semic(case):
    draft, (graph, node) = draft_of(records(f"{ORACLE}/{case}/input.xml")[0]), expected(case)
    theirs = {str(one) for one in graph.objects(node, DCTERMS.identifier)}
    assert draft.identifier == draft.uri == str(node)
    assert {draft.identifier, *draft.aliases} == theirs
    record = next(graph.subjects(RDF.type, DCAT.CatalogRecord))
    assert draft.remote_id in {str(one) for one in graph.objects(None, DCTERMS.identifier)}
    assert record is not None

    period = graph.value(node, DCTERMS.temporal)
    assert draft.temporal_start.isoformat() == str(graph.value(period, DCAT.startDate))
    assert draft.temporal_end is None
    assert graph.value(period, DCAT.endDate) is None

    boxes = [str(one) for one in graph.objects(graph.value(node, DCTERMS.spatial), DCAT.bbox)]
    wkt = next(one for one in boxes if one.startswith("POLYGON"))
    corners = {tuple(map(float, pair.split())) for pair in wkt.removeprefix("POLYGON((").rstrip(")").split(",")}
    assert {tuple(point) for point in draft.spatial_geom["coordinates"][0][0]} == corners

    distributions = {
        (str(graph.value(one, DCAT.accessURL)), str(graph.value(one, DCTERMS.title)))
        for one in graph.objects(node, DCAT.distribution)
    }
    assert {(one.url, one.title) for one in draft.resources} == distributions
    scale = Namespace("http://www.w3.org/ns/dqv#")
    measure = float(graph.value(graph.value(node, scale.hasQualityMeasurement), scale.value))
    assert draft.extras["spatial_resolution"] == f"1/{1 / measure:.0f}"


def test_the_address_of_a_service_agrees_with_semic():
    draft, (graph, node) = draft_of(records(f"{ORACLE}/network-service/input.xml")[0]), expected("network-service")
    assert draft.base_api_url == str(graph.value(node, DCAT.endpointURL))
    assert draft.machine_documentation_url == str(graph.value(node, DCAT.endpointDescription))
    assert draft.format == "WMS"
    assert draft.datasets[0] == "65273ef8-d29a-41d2-bbe6-308f8379dd05"


# --- What is no dataset ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["model", "software", "fieldSession", "featureType", "document"])
def test_a_record_of_something_else_is_skipped(scope):
    with pytest.raises(ItemSkipped):
        draft_of(iso(head=f"<gmd:hierarchyLevel>{coded('MD_ScopeCode', scope)}</gmd:hierarchyLevel>"))


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ("<x/>", ItemSkipped), ("<html><body/></html>", ItemSkipped), ("<MD_Metadata/>", ItemSkipped),
        ("<MD_Metadata", ItemInvalid), ("", ItemInvalid), (None, ItemInvalid), ({}, ItemInvalid), (3, ItemInvalid),
        (iso(title=""), ItemInvalid), (iso(title=words(" ")), ItemInvalid), ("<Record/>", ItemInvalid),
        ("<Record><type>image</type><title>T</title></Record>", ItemSkipped),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_taken_says_why(raw, error):
    with pytest.raises(error):
        draft_of(raw)


def test_the_identifier_is_that_of_the_metadata_else_that_of_the_dataset():
    assert identify(iso()) == "rec-1"
    bare = iso(citation=named(words("X1"))).replace(f"<gmd:fileIdentifier>{words('rec-1')}</gmd:fileIdentifier>", "")
    assert identify(bare) == "X1"
    assert identify("<Record><identifier> a </identifier><identifier>b</identifier></Record>") == "a"
    for empty in ("<Record/>", iso().replace(words("rec-1"), "")):
        with pytest.raises(ItemSkipped):
            identify(empty)
