"""Records of ISO 19139 field by field."""

from datetime import UTC, date, datetime

import pytest

from harvest.iso.record import draft_of
from tests.harvest.backends.iso_records import (
    LIMITS,
    USES,
    anchor,
    box,
    coded,
    dated,
    distance,
    distribution,
    free,
    iso,
    keywords,
    legal,
    locale,
    maintained,
    named,
    online,
    party,
    period,
    scale,
    span,
    within,
    words,
)

GEMET = words("GEMET - INSPIRE themes, version 1.0")
ELSE = party("Else", "b@x.fr", "pointOfContact", "contact")
INSTANT = "<gml:TimeInstant><gml:timePosition>{}</gml:timePosition></gml:TimeInstant>"
BEGUN = f"<gml:TimePeriod><gml:begin>{INSTANT.format(2014)}</gml:begin></gml:TimePeriod>"


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        (iso(citation=named(words("X1"))), "identifier", "X1"),
        (iso(citation=named(words("X1"), "https://a.example.org/ns")), "identifier", "https://a.example.org/ns/X1"),
        (iso(citation=named(words("X1"), "https://a.example.org/ns/")), "uri", "https://a.example.org/ns/X1"),
        (iso(citation=named(words("X1"), "ANZLIC")), "identifier", "X1"),
        (iso(citation=named(words("X1"), "org/")), "identifier", "org/X1"),
        (iso(citation=named(anchor("https://a.example.org/id/1", "one"))), "uri", "https://a.example.org/id/1"),
        (iso(citation=named(words("https://a.example.org/1"), "https://b.example.org")), "uri", "https://a.example.org/1"),
        (iso(citation=named(words("X1")) + named(words("X2"))), "aliases", ["X1", "X2"]),
        (iso(citation=named(words("rec-1"))), "aliases", []),
        (iso(citation=f"<gmd:alternateTitle>{words('BDTOPO')}</gmd:alternateTitle>"), "acronym", "BDTOPO"),
        (iso(citation=f"<gmd:alternateTitle>{words('Another title')}</gmd:alternateTitle>"), "acronym", ""),
        (iso(title=words("Eau &amp;amp; <![CDATA[<b>forêts</b>]]>")), "title", "Eau & forêts"),
        (iso(within("abstract", words("&lt;p&gt;Un &lt;b&gt;mot&lt;/b&gt;&lt;/p&gt;"))), "description", "Un **mot**"),
        (iso(citation=dated("creation", "2012") + dated("creation", "2010-02")), "created_at", utc(2010, 2, 1)),
        (iso(citation=dated("publication", "2012-01-02")), "issued_at", utc(2012, 1, 2)),
        (iso(citation=dated("revision", "2012-01-02") + dated("revision", "2013")), "modified_at", utc(2013, 1, 1)),
        (iso(citation=dated("revision", "bientôt")), "modified_at", None),
        (iso(keywords(words("Eau"), words("Mer; Océan"), words("a"))), "tags", ["eau", "mer", "ocean"]),
        (iso(keywords(words("Hydrography"), thesaurus=GEMET)), "tags", ["hydrography", "inspire"]),
        (iso(keywords(anchor("http://inspire.ec.europa.eu/theme/hy", "Hydrographie"))), "badges", ["inspire"]),
        (iso(keywords(thesaurus=GEMET)), "badges", []),
        (iso(keywords(anchor("http://data.europa.eu/bna/c_b79e35eb", "X y z"))), "tags", ["hvd", "mobilite", "x-y-z"]),
        (iso(within("topicCategory/MD_TopicCategoryCode", "inlandWaters")), "extras",
         {"topic_category": ["inlandWaters"]}),
        (iso(distance("2,5", "m") + distance(1, "km") + scale(5000)), "extras", {"spatial_resolution": "1000 m"}),
        (iso(distance(1, "degree") + scale(5000) + scale(25000)), "extras", {"spatial_resolution": "1/25000"}),
        (iso(scale("many") + scale(0) + scale("nan") + scale("inf")), "extras", {}),
        (iso(maintained("unknown", "P1Y")), "frequency", "unknown"),
        (iso(maintained("periodic", "P1Y")), "frequency", "annual"),
        (iso(maintained("x", "P1M")), "frequency", "monthly"),
        (iso(maintained("whenever")), "frequency", None),
        (iso(period(span("2010", "2012-06"))), "temporal_end", date(2012, 6, 30)),
        (iso(period(span("2010", "", 'indeterminatePosition="now"'))), "temporal_end", None),
        (iso(period(span("2010", "2011")) + period(span("2005", "2006"))), "temporal_start", date(2005, 1, 1)),
        (iso(period(span("2010", "2011")) + period(span("2005", "2006"))), "temporal_end", date(2011, 12, 31)),
        (iso(period(INSTANT.format("2014-07"))), "temporal_end", date(2014, 7, 31)),
        (iso(period(BEGUN)), "temporal_start", date(2014, 1, 1)),
        (iso(period(span("soon", "later"))), "temporal_start", None),
        (iso(box(200, 201, 1, 2)), "spatial_geom", None),
        (iso(box("NaN", 1, 1, 2)), "spatial_geom", None),
        (iso(box("1e400", 1, 1, 2)), "spatial_geom", None),
        (iso(party("Agence", "a@x.example.org", "owner"), head=ELSE), "contacts",
         [("rightsHolder", "Agence", "a@x.example.org")]),
        (iso(head=ELSE), "contacts", [("contact", "Else", "b@x.fr")]),
        (iso(party("A", "none", "author") + party("B", "b@x.fr", "funder")), "contacts", [("creator", "A", "")]),
        (iso(party("A", "none", "pointOfContact")), "contacts", [("publisher", "A", "")]),
        (iso(head=within("hierarchyLevel", coded("MD_ScopeCode", "series"))), "title", "Titre"),
        (iso(head=within("hierarchyLevel", coded("MD_ScopeCode", "dataset")) * 2), "title", "Titre"),
    ],
)  # fmt: skip
def test_a_field_of_a_record(record, field, value):
    found = getattr(draft_of(record), field)
    if field == "contacts":
        found = [(one.role, one.name, one.email) for one in found]
    assert found == value


@pytest.mark.parametrize(
    ("code", "frequency"),
    [
        ("continual", "continuous"), ("daily", "daily"), ("weekly", "weekly"), ("fortnightly", "biweekly"),
        ("monthly", "monthly"), ("quarterly", "quarterly"), ("biannually", "semiannual"), ("annually", "annual"),
        ("asNeeded", "irregular"), ("irregular", "irregular"), ("notPlanned", "notPlanned"), ("unknown", "unknown"),
        ("biennially", "biennial"), ("semimonthly", "semimonthly"),
    ],
)  # fmt: skip
def test_every_frequency_of_iso_is_known(code, frequency):
    assert draft_of(iso(maintained(code))).frequency == frequency


def test_boxes_are_merged_and_those_that_cross_the_date_line_are_cut():
    draft = draft_of(iso(box(1, 2, 3, 4) + box(1, 2, 3, 4) + box("5,5", 6, 7, 8) + box(170, -170, -10, 10)))
    assert len(draft.spatial_geom["coordinates"]) == 4
    assert draft.spatial_geom["coordinates"][1][0][0] == [5.5, 7.0]


@pytest.mark.parametrize(
    ("main", "title", "said"),
    [
        ("ger", free("Wasser", FR="Eau", EN="Water"), "Eau"),
        ("fre", free("Eau", FR="autre", EN="Water"), "Eau"),
        ("eng", free("Water", L1="Eau"), "Eau"),
        ("ger", free("Wasser", EN="Water"), "Wasser"),
        ("ger", free("", EN="Water", IT="Acqua"), "Water"),
        ("ger", free("", IT="Acqua"), "Acqua"),
        ("", free("Water", FRE="Eau"), "Eau"),
        ("eng", anchor("https://a.example.org", "Water"), "Water"),
    ],
)
def test_french_goes_first_then_the_language_of_the_record(main, title, said):
    head = f"<gmd:language>{coded('LanguageCode', main)}</gmd:language>" if main else ""
    head += locale("FR", "fre") + locale("EN", "eng") + locale("IT", "ita") + locale("L1", "fra")
    assert draft_of(iso(title=title, head=head)).title == said


# --- Online resources ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "kind", "form"),
    [
        (("https://x.example.org/a.zip", "WWW:DOWNLOAD-1.0-http--download"), "main", "zip"),
        (("https://x.example.org/a.zip", "WWW:LINK-1.0-http--link"), "main", "zip"),
        (("https://x.example.org/a.csv",), "main", "csv"),
        (("https://x.example.org/get?id=1", "WWW:DOWNLOAD-1.0-http--download"), "main", ""),
        (("https://x.example.org/get?id=1", "", "", "download"), "main", ""),
        (("https://x.example.org/a.pdf", "WWW:LINK"), "documentation", "pdf"),
        (("https://x.example.org/a.pdf", "", "", "download"), "main", "pdf"),
        (("https://x.example.org/a.html", "WWW:DOWNLOAD"), "documentation", "html"),
        (("https://x.example.org/page", "WWW:LINK-1.0-http--link"), "documentation", "html"),
        (("https://x.example.org/page", "", "", "information"), "documentation", "html"),
        (("https://x.example.org/page",), "documentation", "html"),
        (("https://x.example.org", "WWW:DOWNLOAD"), "documentation", "html"),
        (("https://x.example.org/gs", "OGC:WMS", "layer"), "api", "wms"),
        (("https://x.example.org/gs", "OGC:WMS-1.3.0-http-get-map"), "api", "wms"),
        (("https://x.example.org/gs", "OGC:WFS", "", "download"), "api", "wfs"),
        (("https://x.example.org/gs", "OGC:WMTS"), "api", "wmts"),
        (("https://x.example.org/gs", "ESRI:REST"), "api", "arcgis rest"),
        (("https://x.example.org/gs", "OGC Web Map Service WMS"), "api", "wms"),
        (("https://x.example.org/gs/wfs?request=GetCapabilities",), "api", "wfs"),
        (("https://x.example.org/gs?service=WCS",), "api", "wcs"),
        (("https://x.example.org/gs/wfs?request=GetFeature&outputFormat=shape-zip", "OGC:WFS"), "main", "shp"),
        (("https://x.example.org/gs/wms?request=GetLegendGraphic", "image/png"), "documentation", "html"),
        (("ftp://x.example.org/a.7z", "ftp"), "main", "7z"),
    ],
)  # fmt: skip
def test_files_services_and_pages_are_told_apart(link, kind, form):
    resource = draft_of(iso(more=online(*link))).resources[0]
    assert (resource.type, resource.format) == (kind, form)


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("https://x.example.org/csw?request=GetRecordById&id=1", "WWW:DOWNLOAD"),
        ("https://x.example.org/srv/fre/catalog.search#/metadata/1", ""),
        ("https://x.example.org/r/1", "WWW:LINK-1.0-http--metadata-URL"),
    ],
)
def test_a_view_of_the_record_is_no_resource(url, protocol):
    draft = draft_of(iso(more=online(url, protocol)))
    assert draft.resources == []
    assert draft.remote_url == ("" if "GetRecordById" in url else url)


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "file:///etc/passwd", "C:\\data\\a.shp", "a.zip", "http://"]
)
def test_an_address_that_cannot_be_used_is_left_out_with_a_warning(url):
    draft = draft_of(iso(more=online(url, "WWW:DOWNLOAD")))
    assert draft.resources == []
    assert len(draft.warnings) == 1


def test_layers_of_one_service_are_told_apart_by_their_names():
    line = online("https://x.example.org/wms", "OGC:WMS", "ns:layer_{}", "", "Couche {}")
    inner = line.partition("<gmd:MD_DigitalTransferOptions>")[2].partition("</gmd:MD_DigitalTransferOptions>")[0]
    many = "".join(inner.replace("{}", str(number)) for number in (1, 2, 2))
    found = draft_of(iso(more=distribution(many))).resources
    assert [(one.title, one.same_url, one.extras) for one in found] == [
        ("Couche 1", True, {"layer": "ns:layer_1"}),
        ("Couche 2", True, {"layer": "ns:layer_2"}),
    ]


def test_the_format_and_the_size_of_a_distribution_are_those_of_its_one_file():
    form = within("distributionFormat/MD_Format/name", words("ESRI Shapefile (SHP)"))
    line = online("https://x.example.org/get?id=1", "WWW:DOWNLOAD")
    inner = line.partition("<gmd:MD_DigitalTransferOptions>")[2].partition("</gmd:MD_DigitalTransferOptions>")[0]
    size = "<gmd:transferSize><gco:Real>1.5</gco:Real></gmd:transferSize>"
    found = draft_of(iso(more=distribution(size + inner, form))).resources[0]
    assert (found.format, found.filesize) == ("shp", 1_500_000)


# --- Conditions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraints", "licenses", "access"),
    [
        (legal(use="otherRestrictions", others=(anchor("https://www.etalab.gouv.fr/licence", "Licence Ouverte"),)),
         ["https://www.etalab.gouv.fr/licence", "Licence Ouverte"], ""),
        (legal(limits=(words("Licence Ouverte 1.0 https://www.data.gouv.fr/lo."),)),
         ["https://www.data.gouv.fr/lo", "Licence Ouverte 1.0 https://www.data.gouv.fr/lo."], ""),
        (legal(use="license", limits=(words("ODbL"),), others=(words("CC BY"),)), ["ODbL", "CC BY"], ""),
        (legal(access="otherRestrictions", others=(anchor(f"{LIMITS}noLimitations", "None"),)), [], "open"),
        (legal(access="otherRestrictions", others=(words("Pas de restriction d'accès public"),)), [], "open"),
        (legal(use="otherRestrictions", others=(anchor(f"{USES}noConditionsApply", "No conditions"),)), [], ""),
        (legal(limits=(words("Aucune condition ne s'applique"),)), [], ""),
        (legal(access="confidential"), [], "restricted"),
        (legal(access="license"), [], ""),
    ],
)  # fmt: skip
def test_licences_and_access(constraints, licenses, access):
    draft = draft_of(iso(constraints))
    assert draft.licenses == licenses
    assert draft.access_type == access


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (anchor(f"{LIMITS}INSPIRE_Directive_Article13_1a"), "confidentiality_of_proceedings_of_public_authorities"),
        (anchor(f"{LIMITS}INSPIRE_Directive_Article13_1h", "x"), "protection_of_environment"),
        (words("L124-4-I-1 du code de l'environnement (Directive 2007/2/CE (INSPIRE), Article 13.1.f)"),
         "confidentiality_of_personal_data"),
        (words("Article 13(1)(e) of Directive 2007/2/EC"), "intellectual_property_rights"),
        (words("article 13 1 b"), "international_relations_public_security_or_national_defence"),
    ],
)  # fmt: skip
def test_grounds_of_inspire_restrict_the_access(statement, reason):
    draft = draft_of(iso(legal(access="otherRestrictions", others=(statement,))))
    assert (draft.access_type, draft.access_type_reason_category) == ("restricted", reason)
