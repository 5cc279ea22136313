"""DCAT: every recorded payload, in every form; what pages lead to; what the records become."""

import json
from datetime import date

import pytest

from harvest.backends.dcat import DcatBackend
from harvest.drafts import DataserviceDraft
from harvest.errors import ItemSkipped
from harvest.rdf.formats import candidates
from harvest.rdf.graph import Graph
from harvest.rdf.reading import read
from tests.harvest.fixtures import backend, fixture, read_all, serve

each = pytest.mark.parametrize
PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dcatap: <http://data.europa.eu/r5r/> .
@prefix schema: <http://schema.org/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix locn: <http://www.w3.org/ns/locn#> . @prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix time: <http://www.w3.org/2006/time#> . @prefix adms: <http://www.w3.org/ns/adms#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix geodcat: <http://data.europa.eu/930/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <http://x.fr/> .
"""
LIVE = "dcat/ckan-2.12.0-ckanext-dcat-2.4.4-live"
DATARA = "https://catalogue.open-datara.fr/geonetwork/srv/5a26b0f6-0ccf-46ad-ac58-734054b91977"
OREME = "0c456d2d-9548-4a2a-94ef-231d9d890ce2"
# Payload -> its statements' effect, dataset by dataset: id, title, resources, tags, contacts, frequency, period.
PAYLOADS = {
    f"{LIVE}/jeu-00001.ttl": [
        (
            "63450b68-1e99-4e70-aae3-d6f1e47480cd", "Horaires qualité air équipements urbanisme 1",
            1, 6, 2, "monthly", None,
        )
    ],
    "dcat/ckanext-dcat/catalog.rdf": [
        ("https://data.some.org/catalog/datasets/1", "Example dataset 1", 3, 2, 1, None, None),
        ("https://data.some.org/catalog/datasets/2", "Example dataset 2", 2, 3, 1, None, None),
    ],
    "dcat/ckanext-dcat/catalog_with_at_graph.jsonld": [
        (
            "https://ckan.example.org/dataset/d4ce4e6e-ab89-44cb-bf5c-33a162c234de#dataset", "Title dataset",
            1, 0, 1, None, None,
        )
    ],
    "dcat/ckanext-dcat/dataset.rdf": [
        (
            "9df8df51-63db-37a8-e044-0003ba9b0d98", "Zimbabwe Regional Geochemical Survey.",
            1, 5, 3, "daily", "1905-03-01",
        )
    ],
    "dcat/ckanext-dcat/dataset_gob_es.ttl": [
        (
            "https://datos.madrid.es/egob/catalogo/300676-0-deporte-encuesta-escuelas",
            "Estudio de Satisfacción con el Programa de Escuelas Municipales de Promoción Deportiva en centros "
            "escolares",
            1, 3, 1, "annual", None,
        )
    ],
    "dcat/ckanext-dcat/dataset_multilingual.ttl": [
        ("0112cf32-bce0-4071-9504-923375f9f2ad", "Test DCAT dataset", 1, 2, 2, None, None)
    ],
    "dcat/govdata.de/metadata_max.rdf": [
        ("bd2d4fa6-e9ad-470d-888b-5eb1378d39e9", "Naturräume Geest und Marsch", 2, 11, 3, "annual", "2016-01-01")
    ],
    "dcat/opendata.swiss/1894.xml": [
        ("346266@bundesamt-fur-statistik-bfs", "Annuaire statistique de la Suisse 1894", 3, 2, 2, None, "1894-01-01")
    ],
    "dcat/opendata.swiss/catalog.xml": [
        ("346252@bundesamt-fur-statistik-bfs", "Annuaire statistique de la Suisse 1894", 3, 2, 1, None, "1894-01-01"),
        ("346266@bundesamt-fur-statistik-bfs", "Annuaire statistique de la Suisse 1901", 3, 2, 1, None, "1901-01-01"),
    ],
    "dcat/udata/bnodes.jsonld": [
        ("1", "Dataset 1", 2, 6, 2, None, "2016-12-05"),
        ("2", "Dataset 2", 2, 3, 2, None, "2016-01-01"),
        ("3", "Dataset 3", 1, 2, 1, None, None),
    ],
    "dcat/udata/bnodes.xml": [
        ("1", "Dataset 1", 2, 7, 2, None, "2016-01-01"),
        ("2", "Dataset 2", 2, 5, 2, None, "2016-01-01"),
        ("3", "Dataset 3", 1, 2, 1, "daily", "2016-01-01"),
        ("https://data.paris2024.org/api/explore/v2.1/", "Explore API v2", None, 0, 0, None, None),
    ],
    "dcat/udata/catalog.xml": [
        ("1", "Dataset 1", 4, 6, 2, None, "2016-01-01"),
        ("2", "Dataset 2", 2, 3, 2, None, "2016-01-01"),
        ("3", "Dataset 3", 1, 4, 1, "daily", "2016-01-01"),
        ("4", "Dataset 4", 2, 0, 1, None, None),
    ],
    "dcat/udata/datara--5a26b0f6-0ccf-46ad-ac58-734054b91977.rdf.xml": [
        (DATARA, "Campings issus de la BDTopo de Auvergne Rhône-Alpes", 1, 3, 2, None, None)
    ],
    "dcat/udata/flat.jsonld": [
        ("1", "Dataset 1", 2, 6, 2, None, "2016-12-05"),
        ("2", "Dataset 2", 2, 3, 2, None, "2016-01-01"),
        ("3", "Dataset 3", 1, 2, 1, None, None),
    ],
    "dcat/udata/geonetwork.xml": [
        (
            f"{OREME} https://sig.oreme.org/geonetwork/srv/resources{OREME}",
            "Data of type chemistry in Le Gardon basin, from the Observatory of the former mining site of Carnoulès "
            "(TO Carnoules)", 0, 2, 0, "continuous", "2004-11-03",
        )
    ],
    "dcat/udata/nested.jsonld": [("1", "Dataset 1", 1, 6, 2, None, "2016-01-01")],
    "dcat/udata/series.xml": [
        (
            "FR-33071536800297-ATLAS_DCE_ARTOIS_PICARDIE_ETATGLOBAL", "DCE – Bassin Artois-Picardie - Etat global",
            2, 13, 1, "irregular", "2008-01-01",
        )
    ],
    "iso19139-to-dcat/basic_dataset/expected_output.ttl": [
        ("http://www.my-organisation.eu/so/lu/land-use-map", "Land Use map of MyCountry", 2, 1, 1, None, "2019-04-29")
    ],
    "iso19139-to-dcat/geo-bbox-precision/expected_output.ttl": [
        ("http://www.my-organisation.eu/so/lu/land-use-map", "Land Use map of MyCountry", 2, 1, 1, None, "2019-04-29")
    ],
    "iso19139-to-dcat/identifiers-anchor/expected_output.ttl": [
        ("http://www.my-organisation.eu/so/lu/land-use-map", "Land Use map of MyCountry", 2, 1, 1, None, "2019-04-29")
    ],
    "iso19139-to-dcat/network-service/expected_output.ttl": [
        ("123e4567-e89b-12d3-a456-426655440123", "Land Use map of MyCountry", None, 0, 1, None, None)
    ],
}  # fmt: skip


def graph_of(body: str | bytes, **hints) -> Graph:
    return read(body.encode() if isinstance(body, str) else body, **{"url": "http://data.test.org/", **hints})


def records(body: str | bytes, **hints):
    graph = graph_of(body, **hints)
    return [graph.record(one) for one in [*graph.datasets(), *graph.services()]]


def drafts(body: str | bytes, **config):
    instance = backend(DcatBackend, "http://data.test.org/", **config)
    return [instance.map(one) for one in records(body)]


def draft(statements: str, **config):
    """Return the draft of the dataset `:a`, of which these are the statements."""
    return drafts(f"{PREFIXES} :a a dcat:Dataset ; dct:title 'A' ; {statements} .", **config)[0]


@each("path", PAYLOADS)
def test_a_recorded_payload_becomes_the_datasets_that_it_describes(path):
    found = [
        (
            one.remote_id,
            one.title,
            None if isinstance(one, DataserviceDraft) else len(one.resources),
            len(one.tags),
            len(one.contacts),
            getattr(one, "frequency", None),
            one.temporal_start.isoformat() if getattr(one, "temporal_start", None) else None,
        )
        for one in sorted(drafts(fixture(path)), key=lambda one: one.remote_id)
    ]
    assert found == PAYLOADS[path]


def test_a_page_of_a_live_ckan():
    graph = graph_of(fixture(f"{LIVE}/catalog-page1.xml"))
    assert (len(graph.datasets()), graph.total) == (100, 5000)
    found = drafts(fixture(f"{LIVE}/catalog-page1.xml"))
    assert all(one.title and one.modified_at for one in found)
    assert sum(len(one.resources) for one in found) > 200
    assert {role for one in found for role in (c.role for c in one.contacts)} == {"contact", "publisher"}


# --- Forms ---------------------------------------------------------------------------------------------------------

FORMS = {
    "Turtle": ("text/turtle", "a.ttl", PREFIXES + ":a a dcat:Dataset ; dct:title 'Été'@fr ."),
    "N3": (
        "text/n3", "a.n3",
        PREFIXES + ":a a dcat:Dataset ; dct:title 'Été'@fr . { :q dct:title 'Q' } => { :q a :r } .",
    ),
    "N-Triples": (
        "application/n-triples", "a.nt",
        "<http://x.fr/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .\n"
        '<http://x.fr/a> <http://purl.org/dc/terms/title> "\\u00C9t\\u00E9"@fr .\n',
    ),
    "TriG": ("application/trig", "a.trig", PREFIXES + ":g { :a a dcat:Dataset . } :h { :a dct:title 'Été'@fr . }"),
    "JSON-LD": (
        "application/ld+json", "a.jsonld",
        '{"@context": {"dct": "http://purl.org/dc/terms/"}, "@id": "http://x.fr/a", '
        '"@type": "http://www.w3.org/ns/dcat#Dataset", "dct:title": {"@value": "Été", "@language": "fr"}}',
    ),
    "RDF/XML": (
        "application/rdf+xml", "a.rdf",
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dct="http://purl.org/dc/terms/" xmlns:dcat="http://www.w3.org/ns/dcat#"><dcat:Dataset '
        'rdf:about="http://x.fr/a"><dct:title xml:lang="fr">Été</dct:title></dcat:Dataset></rdf:RDF>',
    ),
}  # fmt: skip
RECORD = {"@id": "http://x.fr/a", "@type": ["dcat:Dataset"], "dct:title": [{"@value": "Été", "@language": "fr"}]}


@each("form", FORMS)
def test_a_form_is_told_by_its_type_its_name_or_its_looks(form):
    media_type, name, body = FORMS[form]
    headers = {"Content-Type": media_type}
    for path, answer in (("/c", (200, headers, body.encode())), (f"/{name}", body), ("/c", body)):
        with serve({path: answer}) as url:
            assert read_all(backend(DcatBackend, url + path)) == [RECORD]


@each("form", FORMS)
def test_a_form_is_read_though_the_server_names_another(form):
    body = FORMS[form][2]
    for wrong in ("text/html", "application/json", "application/xml", "text/plain; charset=utf-8"):
        assert records(body, media_type=wrong.partition(";")[0]) == [RECORD]


@each("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings_of_xml_are_read(encoding):
    declared = 'version="1.0"' if encoding.startswith("utf") else f'version="1.0" encoding="{encoding}"'
    body = FORMS["RDF/XML"][2].replace('version="1.0"', declared)
    assert records(body.encode(encoding)) == [RECORD]


def test_the_likeliest_form_comes_first():
    assert candidates(b"@prefix : <a> .", "http://x.fr/c.n3")[0] == "n3"
    assert candidates(b"@prefix : <a> .", "http://x.fr/c", "text/turtle")[0] == "turtle"
    assert candidates(b"<http://a> <http://b> <http://c> .") == ["trig", "n3"]
    assert candidates(b"[ a <http://b> ] .") == ["trig", "n3"]
    assert candidates(b'  [{"@id": "a"}]') == ["json-ld"]
    assert candidates(b"\n<dcat:Catalog ") == ["xml"]


POD = "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld"


@each("context", [POD, [POD], {"@vocab": "http://unused/", "dcat": "http://www.w3.org/ns/dcat#"}])
def test_contexts_that_come_with_the_portal_are_put_in_place(context):
    dataset = {"@type": "dcat:Dataset", "identifier": "1", "title": "Eau", "keyword": ["a", "b"],
               "distribution": [{"@type": "dcat:Distribution", "downloadURL": "http://x.fr/a.csv"}]}  # fmt: skip
    if isinstance(context, dict):
        dataset = {"@context": POD, **dataset}
    body = json.dumps({"@context": context, "@type": "dcat:Catalog", "dcat:dataset": [dataset]})
    (found,) = drafts(body)
    assert (found.remote_id, found.title, found.resources[0].url) == ("1", "Eau", "http://x.fr/a.csv")


@each("context", ["https://semiceu.github.io/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld",
                  "https://www.data.gouv.fr/api/1/site/context.jsonld", "http://schema.org/"])  # fmt: skip
def test_each_known_context_can_be_read(context):
    body = json.dumps({"@context": context, "@id": "http://x.fr/a", "@type": "http://www.w3.org/ns/dcat#Dataset",
                       "title": "T", "name": "T"})  # fmt: skip
    assert drafts(body)[0].title == "T"


def test_a_dataset_in_the_words_of_schema_org():
    body = json.dumps({
        "@context": "https://schema.org/", "@type": "Dataset", "@id": "http://x.fr/a", "name": "Eau",
        "identifier": "i-1", "description": "D", "keywords": ["eau", "lac"], "license": "https://www.etalab.gouv.fr/licence-ouverte",
        "dateModified": "2024-05-01", "temporalCoverage": "2010/2012",
        "publisher": {"name": "Ville", "email": "a@b.fr"},
        "distribution": {"@type": "DataDownload", "contentUrl": "http://x.fr/a.csv", "encodingFormat": "text/csv"},
    })  # fmt: skip
    (found,) = drafts(body)
    assert (found.title, found.remote_id, found.tags, found.temporal_end) == (
        "Eau",
        "i-1",
        ["eau", "lac"],
        date(2012, 12, 31),
    )
    assert (found.resources[0].url, found.resources[0].format, found.contacts[0].name) == (
        "http://x.fr/a.csv",
        "csv",
        "Ville",
    )


def test_a_record_is_the_same_however_the_document_is_written():
    one = (
        ":a a dcat:Dataset ; dct:title 'A' ; dcat:contactPoint [ vcard:fn 'B' ; vcard:hasEmail <mailto:b@c.fr> ], :d ."
    )
    other = """:d vcard:fn 'D' . _:z vcard:hasEmail <mailto:b@c.fr> . :a dcat:contactPoint :d, _:z . _:z vcard:fn 'B' .
        :a dct:title 'A' . :a a dcat:Dataset ."""
    assert records(f"{PREFIXES} {one} :d vcard:fn 'D' .") == records(PREFIXES + other)


def test_bad_xml_that_many_servers_write_is_read_after_all():
    """GeoNetwork gives a property both an address and a text."""
    (found,) = drafts(fixture("dcat/udata/geonetwork.xml"))
    assert found.spatial_geom["coordinates"][0][0][0] == [3.98197778, 44.05310833]
    assert found.temporal_end == date(2005, 3, 30)


# --- Which nodes are records ---------------------------------------------------------------------------------------


def test_what_others_only_mention_is_no_record():
    body = PREFIXES + """:a a dcat:Dataset ; dct:title 'A' ; dct:hasPart :b . :b a dcat:Dataset . :c a dcat:Catalog ;
        dcat:dataset :a, :d, :e . :d dct:title 'listed, without a type' . :e a dcat:Dataset .
        :s a dcat:DataService ; dct:title 'S' ; dcat:servesDataset :f . :f a dcat:Dataset ; dct:identifier 'f' .
        :a dcat:distribution [ dcat:accessURL <http://x.fr/w> ; dcat:accessService :t ] .
        :t a dcat:DataService ; dct:title 'T' ."""  # fmt: skip
    found = [one["@id"] for one in records(body)]
    assert found == [f"http://x.fr/{name}" for name in ("a", "e", "d", "s")]
    instance = backend(DcatBackend, "http://x.fr")
    with pytest.raises(ItemSkipped, match="no title"):
        instance.map(records(body)[1])
    assert instance.map(records(body)[3]).datasets == ["f", "http://x.fr/f"]


def test_dataservices_may_be_left_out():
    body = fixture("dcat/udata/bnodes.xml")
    with serve({"/c": body}) as url:
        assert len(read_all(backend(DcatBackend, f"{url}/c", features={"dataservices": False}))) == 3
        assert len(read_all(backend(DcatBackend, f"{url}/c"))) == 4


@each(
    ("statements", "known"),
    [
        (":a a dcat:Dataset ; dct:identifier 'i'", "i"),
        (":a a dcat:Dataset ; dct:identifier <http://x.fr/i>", "http://x.fr/i"),
        (":a a dcat:Dataset ; dct:title 'A'", "http://x.fr/a"),
        ("[] a dcat:Dataset ; dct:identifier 5", "5"),
        ("[] a dcat:Dataset ; adms:identifier [ skos:notation 'n' ]", "n"),
        ("[] a dcat:Dataset ; foaf:isPrimaryTopicOf [ dct:identifier 'r' ]", "r"),
    ],
)
def test_identity_is_the_identifier_else_the_address(statements, known):
    (record,) = records(f"{PREFIXES} {statements} .")
    assert backend(DcatBackend, "http://x.fr").identify(record) == known


def test_a_blank_node_without_identifier_is_skipped():
    (record,) = records(PREFIXES + "[] a dcat:Dataset ; dct:title 'A' .")
    with pytest.raises(ItemSkipped, match="no identifier"):
        backend(DcatBackend, "http://x.fr").identify(record)


def test_the_page_of_a_record():
    assert draft("dcat:landingPage <http://y.fr/p>").remote_url == "http://y.fr/p"
    assert draft("dct:identifier 'i'").remote_url == "http://x.fr/a"
    prefixed = draft("dct:identifier 'i'", settings={"remote_url_prefix": "https://z.fr/record/"})
    assert prefixed.remote_url == "https://z.fr/record/i"
    assert draft("dct:identifier 'i', 'j' ; adms:identifier [ skos:notation 'k' ]").aliases == ["j", "k"]
