"""DCAT, field by field: what statements of DCAT-AP and GeoDCAT-AP become."""

from datetime import date

import pytest

from tests.harvest.backends.test_dcat import PREFIXES, draft, drafts
from tests.harvest.fixtures import fixture

each = pytest.mark.parametrize
EU = "http://publications.europa.eu/resource/authority"


def test_texts_are_in_the_language_of_the_portal():
    found = draft("dct:description 'Water'@en, 'Eau'@fr, 'Wasser'@de ; dcat:keyword 'lake'@en, 'lac'@fr, 'x9y'")
    assert (found.description, found.tags) == ("Eau", ["lac", "x9y"])
    assert draft("dct:description 'Water'@en, 'Wasser'@de").description == "Water"
    assert draft("dct:description 'Wasser'@de, 'Aqua'").description == "Aqua"
    assert draft("dct:abstract '<h1>T</h1><b>g</b>'").description == "# T\n\n**g**"


@each(
    ("value", "expected"),
    [
        (f"<{EU}/frequency/WEEKLY>", "weekly"),
        ("<http://purl.org/cld/freq/annual>", "annual"),
        ("'mensuelle'", "monthly"),
        ("'R/P1Y'", "annual"),
        ("[ skos:prefLabel 'quotidien' ]", "daily"),
        ("[ <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> [ time:months 3 ] ]", "quarterly"),
    ],
)
def test_frequencies(value, expected):
    assert draft(f"dct:accrualPeriodicity {value}").frequency == expected


def test_an_unknown_frequency_is_kept_in_an_extra():
    found = draft("dct:accrualPeriodicity 'when it rains'")
    assert (found.frequency, found.extras["dct:accrualPeriodicity"]) == (None, "when it rains")
    assert "frequency" in found.warnings[0]


@each(
    ("value", "start", "end"),
    [
        ("[ dcat:startDate '2010-02-01' ; dcat:endDate '2012-03-31' ]", date(2010, 2, 1), date(2012, 3, 31)),
        ("[ schema:startDate '2010' ; schema:endDate '2012-02' ]", date(2010, 1, 1), date(2012, 2, 29)),
        ("[ dcat:startDate '2010-02-01T00:30:00+01:00' ]", date(2010, 2, 1), None),
        ("[ time:hasBeginning [ time:inXSDDate '2010-01-05' ] ; time:hasEnd [ time:inXSDgYear '2011' ] ]",
         date(2010, 1, 5), date(2011, 12, 31)),
        ("'2010/2012'", date(2010, 1, 1), date(2012, 12, 31)),
        ("'2010-01-01T00:00:00Z / 2010-02-01T00:00:00Z'", date(2010, 1, 1), date(2010, 2, 1)),
        ("'2010'", date(2010, 1, 1), date(2010, 12, 31)),
        ("'2010-02'", date(2010, 2, 1), date(2010, 2, 28)),
        ("<http://reference.data.gov.uk/id/year/2010>", date(2010, 1, 1), date(2010, 12, 31)),
        ("[ dcat:startDate '2010' ; dcat:endDate '2010' ], [ dcat:startDate '2015' ; dcat:endDate '2016' ]",
         date(2010, 1, 1), date(2016, 12, 31)),
        ("'always'", None, None),
    ],
)  # fmt: skip
def test_periods(value, start, end):
    found = draft(f"dct:temporal {value}")
    assert (found.temporal_start, found.temporal_end) == (start, end)


SQUARE = [[[1.0, 2.0], [1.0, 4.0], [3.0, 4.0], [3.0, 2.0], [1.0, 2.0]]]
WKT = "POLYGON((1 2,1 4,3 4,3 2,1 2))"
GEOJSON = '{\\"type\\":\\"Polygon\\",\\"coordinates\\":[[[1,2],[1,4],[3,4],[3,2],[1,2]]]}'


@each(
    "value",
    [
        f"[ locn:geometry '{WKT}' ]",
        f'[ locn:geometry "{GEOJSON}" ]',
        f"[ dcat:bbox '{WKT}' ]",
        f"[ locn:geometry '{WKT}', \"{GEOJSON}\" ]",
        f"[ locn:geometry '{WKT}' ; dcat:bbox 'POLYGON((0 0,0 9,9 9,9 0,0 0))' ]",
        f"[ dcat:bbox '{WKT}', '<gml:Envelope/>' ]",
        f"[ locn:geometry [ <http://www.opengis.net/ont/geosparql#asWKT> '{WKT}' ] ]",
        f"[ <http://www.w3.org/2003/01/geo/wgs84_pos#asWKT> '  {WKT}  ' ]",
        "'1,2,3,4'",
        f"'{WKT}'",
        f"[ dcat:bbox '{WKT}' ], [ dcat:bbox '{WKT}' ]",
    ],
)
def test_geometries(value):
    assert draft(f"dct:spatial {value}").spatial_geom == {"type": "MultiPolygon", "coordinates": [SQUARE]}


def test_places_are_hints_of_territories():
    found = draft(f"dct:spatial <{EU}/country/FRA>, 'Bretagne', [ rdfs:label 'Nantes'@fr ]")
    assert set(found.zones) == {f"{EU}/country/FRA", "Bretagne", "Nantes"}
    assert found.spatial_geom is None


def test_people_and_their_roles():
    found = draft("""
        dcat:contactPoint [ vcard:fn 'Aïda' ; vcard:hasEmail <mailto:a@b.fr> ], [ vcard:hasURL <http://b.fr/form> ] ;
        dct:publisher [ foaf:name 'Ville' ; foaf:mbox <mailto:v@b.fr> ] ; dct:creator 'Bob' ;
        geodcat:custodian [ foaf:name 'Garde' ] ; dct:rightsHolder <http://x.fr/unknown> ;
        prov:qualifiedAttribution [ prov:agent [ foaf:name 'Tiers' ] ;
            dcat:hadRole <http://inspire.ec.europa.eu/metadata-codelist/ResponsiblePartyRole/processor> ]""")
    assert {(one.role, one.name, one.email) for one in found.contacts} == {
        ("contact", "Aïda", "a@b.fr"), ("contact", "http://b.fr/form", ""), ("publisher", "Ville", "v@b.fr"),
        ("creator", "Bob", ""), ("custodian", "Garde", ""), ("processor", "Tiers", ""),
    }  # fmt: skip


@each("value", ["<a@b.fr>", "'a@b.fr'", "'mailto: a@b.fr'", "[ vcard:hasValue <mailto:a@b.fr> ]"])
def test_addresses_of_mail_in_all_their_forms(value):
    found = draft(f"dcat:contactPoint [ vcard:fn 'A' ; vcard:hasEmail {value} ]")
    assert found.contacts[0].email == "a@b.fr"


def test_themes_and_categories_become_tags():
    found = draft(f"""dcat:keyword "L'eau, c'est bien" ;
        dcat:theme 'Lacs', [ skos:prefLabel 'Rivières'@fr, 'Rivers'@en ], <{EU}/data-theme/ENVI>,
            <http://inspire.ec.europa.eu/theme/hy>, <http://data.europa.eu/bna/c_b79e35eb>""")
    assert set(found.tags) == {"l-eau-c-est-bien", "lacs", "rivieres", "environnement", "inspire", "hvd", "mobilite"}


@each("statement", ["dcatap:applicableLegislation <http://data.europa.eu/eli/reg_impl/2023/138/oj>",
                    "dcatap:hvdCategory <http://data.europa.eu/bna/c_ac64a52d>"])  # fmt: skip
def test_high_value_datasets_are_told_by_law_or_category(statement):
    assert "hvd" in draft(statement).tags
    assert draft("dcatap:applicableLegislation <http://data.europa.eu/eli/reg/2016/679>").tags == []


def test_licences_are_hints_in_order_and_kept_raw():
    found = draft("""dct:license [ dct:title 'Licence de la ville' ], <http://l.fr/1> ; dct:rights 'Droits' ;
        dcat:distribution [ dcat:downloadURL <http://x.fr/1> ; dct:license <http://l.fr/2> ]""")
    assert found.licenses == ["http://l.fr/1", "Licence de la ville", "Droits", "http://l.fr/2"]
    assert found.extras["dcat"]["license"] == ["http://l.fr/1", "Licence de la ville", "http://l.fr/2"]
    assert draft(f"dct:license <{EU}/licence/CC_BY_4_0>").licenses[0] == "cc-by"


@each(
    ("value", "access", "reason"),
    [
        (f"<{EU}/access-right/PUBLIC>", "open", ""),
        (f"<{EU}/access-right/RESTRICTED>", "open_with_account", ""),
        (f"<{EU}/access-right/NON_PUBLIC>", "restricted", ""),
        ("<http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/INSPIRE_Directive_Article13_1f>",
         "restricted", "confidentiality_of_personal_data"),
        ("'Article 13(1)(b) de la directive INSPIRE'", "restricted",
         "international_relations_public_security_or_national_defence"),
        ("<http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/noLimitations>", "", ""),
        ("'demander à la mairie'", "", ""),
    ],
)  # fmt: skip
def test_limits_of_access(value, access, reason):
    found = draft(f"dct:accessRights {value}")
    assert (found.access_type, found.access_type_reason_category) == (access, reason)


def test_schemas_are_told_from_other_standards():
    schema = "https://schema.data.gouv.fr/schemas/a/b/1.0/schema.json"
    assert draft(f"dct:conformsTo <{schema}>, <http://www.opengis.net/def/crs/EPSG/0/2154>").schema_url == schema
    for other in (
        "<http://data.europa.eu/eli/reg/2010/1089>",
        "'Lambert 93'",
        "<http://www.opengis.net/def/crs/EPSG/0/1>",
    ):
        assert draft(f"dct:conformsTo {other}").schema_url == ""


def test_resolutions():
    measure = (
        "<http://www.w3.org/ns/dqv#hasQualityMeasurement> [ <http://www.w3.org/ns/dqv#isMeasurementOf> geodcat:{} ; "
    )
    measure += "<http://www.w3.org/ns/dqv#value> {} ]"
    assert draft("dcat:spatialResolutionInMeters 10.0, 5").extras["spatial_resolution"] == "10 m"
    assert draft(measure.format("spatialResolutionAsScale", "0.00004")).extras["spatial_resolution"] == "1/25000"


def resource(statements: str):
    return draft(f"dcat:distribution [ a dcat:Distribution ; {statements} ]").resources[0]


def test_a_distribution_with_everything():
    found = resource(f"""dct:title 'T' ; dct:description 'D' ; dcat:downloadURL <http://x.fr/a> ; dct:identifier 'r-1' ;
        dcat:accessURL <http://x.fr/page> ; dct:format <{EU}/file-type/CSV> ; dcat:byteSize 1234.0 ;
        dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ; dct:issued '2020-01-02' ;
        dct:modified '2020-01-03T10:00:00+02:00' ; dct:conformsTo <https://schema.data.gouv.fr/s.json> ;
        spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_md5 ; spdx:checksumValue '{"0a" * 16}' ]""")
    assert (found.url, found.title, found.remote_id, found.format, found.mime) == (
        "http://x.fr/a", "T", "r-1", "csv", "text/csv",
    )  # fmt: skip
    assert (found.filesize, found.checksum_type, found.checksum_value) == (1234, "md5", "0a" * 16)
    assert found.created_at.isoformat() == "2020-01-02T00:00:00+00:00"
    assert found.modified_at.isoformat() == "2020-01-03T08:00:00+00:00"
    assert found.schema_url == "https://schema.data.gouv.fr/s.json"


@each(
    ("statements", "expected"),
    [
        ("dcat:downloadURL <http://x.fr/a.csv>", ("a.csv", "csv", "main")),
        ("dcat:accessURL <http://x.fr/x> ; dct:format 'CSV'", ("csv resource", "csv", "main")),
        ("dcat:accessURL 'http://x.fr/x' ; dct:title 'X' ; dcat:mediaType 'application/pdf'", ("X", "pdf", "main")),
        ("dcat:accessURL <http://x.fr/ows?service=WMS&request=GetCapabilities> ; dct:title 'X'", ("X", "wms", "api")),
        ("dcat:accessURL <http://x.fr/w> ; dct:title 'X' ; dcat:accessService [ dct:conformsTo "
         "<http://www.opengis.net/def/serviceType/ogc/wfs> ]", ("X", "wfs", "api")),
        ("dct:title 'X' ; dcat:accessService [ dcat:endpointURL <http://x.fr/api> ]", ("X", "", "api")),
        ("dct:title 'X' ; dcat:accessURL <http://x.fr/v> ; dct:type "
         f"<{EU}/distribution-type/VISUALIZATION>", ("X", "", "other")),
        ("dct:title 'X' ; dcat:downloadURL <http://x.fr/a> ; dct:format [ rdfs:label 'XLS' ; "
         "<http://www.w3.org/1999/02/22-rdf-syntax-ns#value> 'application/vnd.ms-excel' ]", ("X", "xls", "main")),
    ],
)  # fmt: skip
def test_titles_formats_and_types_of_resources(statements, expected):
    found = resource(statements)
    assert (found.title, found.format, found.type) == expected


def test_distributions_are_found_under_their_misspelt_name_and_parts_are_others():
    found = draft("""dcat:distributions [ dcat:downloadURL <http://x.fr/1.csv> ] ; dct:hasPart :doc, :nothing .
        :doc dct:title 'Doc'""").resources
    assert [(one.url, one.type) for one in found] == [("http://x.fr/1.csv", "main"), ("http://x.fr/doc", "other")]


def test_an_identifier_that_distributions_share_is_not_theirs():
    two = ", ".join(f"[ dct:identifier 'same' ; dcat:downloadURL <http://x.fr/{n}.csv> ]" for n in (1, 2))
    assert [one.remote_id for one in draft(f"dcat:distribution {two}").resources] == ["", ""]


def test_a_data_service():
    (found,) = drafts(PREFIXES + """:s a dcat:DataService ; dct:title 'S' ; dcat:endpointURL <http://x.fr/wms> ;
        geodcat:serviceProtocol <http://www.opengeospatial.org/standards/wms> ; dct:license 'l' ; dcat:keyword 'eau' ;
        dcat:endpointDescription <http://x.fr/wms?request=GetCapabilities> ; dcat:servesDataset [ dct:identifier 'd' ] .
        """)  # fmt: skip
    assert found.as_json() | {"extras": {}} == {
        "title": "S", "remote_id": "http://x.fr/s", "remote_url": "http://x.fr/s", "uri": "http://x.fr/s",
        "licenses": ["l"], "tags": ["eau"], "extras": {}, "base_api_url": "http://x.fr/wms", "format": "WMS",
        "machine_documentation_url": "http://x.fr/wms?request=GetCapabilities", "datasets": ["d"],
    }  # fmt: skip


def test_the_oracle_pair_of_a_land_use_map():
    """SEMIC's own output for an INSPIRE record: what it says comes through."""
    (found,) = drafts(fixture("iso19139-to-dcat/basic_dataset/expected_output.ttl"))
    assert found.spatial_geom["coordinates"][0][0][0] == [14.18, 36.08]
    assert (found.access_type, found.access_type_reason_category) == (
        "restricted", "confidentiality_of_commercial_or_industrial_information",
    )  # fmt: skip
    assert found.extras["spatial_resolution"] == "1/50000"
    assert {(one.format, one.type) for one in found.resources} == {("wfs", "api"), ("wms", "api")}
    assert found.created_at.date() == date(2019, 5, 15)
