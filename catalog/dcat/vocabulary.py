"""Namespaces, formats of RDF, and the words of Dublin Core and of the European authority lists."""

from typing import Any, NamedTuple

from rdflib import RDF, RDFS, Namespace
from rdflib.namespace import DCAT, DCTERMS, FOAF, ORG, SKOS

from catalog.models.vocabulary import AccessType, Frequency

__all__ = ["DCAT", "DCTERMS", "FOAF", "ORG", "RDF", "RDFS", "SKOS"]

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
FREQ = Namespace("http://purl.org/cld/freq/")
EU = "http://publications.europa.eu/resource/authority/"
EU_FREQUENCY = Namespace(f"{EU}frequency/")
GEODCAT = Namespace("http://data.europa.eu/930/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SCHEMA = Namespace("http://schema.org/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

PREFIXES = {
    "adms": ADMS, "dcat": DCAT, "dcatap": DCATAP, "dct": DCTERMS, "foaf": FOAF, "freq": FREQ, "geodcatap": GEODCAT,
    "hydra": HYDRA, "org": ORG, "rdfs": RDFS, "schema": SCHEMA, "skos": SKOS, "spdx": SPDX, "vcard": VCARD,
}  # fmt: skip

# The regulation on high-value datasets, (EU) 2023/138.
HVD_LEGISLATION = "http://data.europa.eu/eli/reg_impl/2023/138/oj"


class Format(NamedTuple):
    """A form of RDF: rdflib's name, and the media type that udata sends."""

    name: str
    media_type: str


FORMATS: dict[str, Format] = {
    "json": Format("json-ld", "application/ld+json"),
    "jsonld": Format("json-ld", "application/ld+json"),
    "ttl": Format("turtle", "application/x-turtle"),
    "xml": Format("xml", "application/rdf+xml"),
    "rdf": Format("xml", "application/rdf+xml"),
    "owl": Format("xml", "application/rdf+xml"),
    "n3": Format("n3", "text/n3"),
    "nt": Format("nt", "application/n-triples"),
    "trig": Format("trig", "application/trig"),
}
DEFAULT_EXTENSION = "json"
# Media types that a reader may ask for, with the extension that answers.
NEGOTIATED = {
    "application/ld+json": "json",
    "application/json": "json",
    "application/rdf+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/turtle": "ttl",
    "application/x-turtle": "ttl",
    "text/n3": "n3",
    "application/n-triples": "nt",
    "application/trig": "trig",
}

# Frequencies that Dublin Core's list has (its names are ours, http://purl.org/cld/freq/); the others are European.
DUBLIN_CORE = {
    Frequency.CONTINUOUS, Frequency.DAILY, Frequency.THREE_TIMES_A_WEEK, Frequency.SEMIWEEKLY, Frequency.WEEKLY,
    Frequency.BIWEEKLY, Frequency.THREE_TIMES_A_MONTH, Frequency.SEMIMONTHLY, Frequency.MONTHLY, Frequency.BIMONTHLY,
    Frequency.QUARTERLY, Frequency.THREE_TIMES_A_YEAR, Frequency.SEMIANNUAL, Frequency.ANNUAL, Frequency.BIENNIAL,
    Frequency.TRIENNIAL, Frequency.IRREGULAR,
}  # fmt: skip
EUROPEAN = {
    Frequency.ONE_MINUTE: "1MIN", Frequency.FIVE_MINUTES: "5MIN", Frequency.TEN_MINUTES: "10MIN",
    Frequency.FIFTEEN_MINUTES: "15MIN", Frequency.THIRTY_MINUTES: "30MIN", Frequency.HOURLY: "HOURLY",
    Frequency.BIHOURLY: "BIHOURLY", Frequency.TRIHOURLY: "TRIHOURLY", Frequency.TWELVE_HOURS: "12HRS",
    Frequency.SEVERAL_TIMES_A_DAY: "CONT", Frequency.THREE_TIMES_A_DAY: "TRIDAILY", Frequency.SEMIDAILY: "DAILY_2",
    Frequency.FIVE_TIMES_A_WEEK: "WEEKLY_5", Frequency.QUADRENNIAL: "QUADRENNIAL",
    Frequency.QUINQUENNIAL: "QUINQUENNIAL", Frequency.DECENNIAL: "DECENNIAL", Frequency.BIDECENNIAL: "BIDECENNIAL",
    Frequency.TRIDECENNIAL: "TRIDECENNIAL", Frequency.PUNCTUAL: "AS_NEEDED", Frequency.NEVER: "NEVER",
    Frequency.NOT_PLANNED: "NOT_PLANNED", Frequency.OTHER: "OTHER",
}  # fmt: skip

ACCESS_RIGHTS = {
    AccessType.OPEN: f"{EU}access-right/PUBLIC",
    AccessType.OPEN_WITH_ACCOUNT: f"{EU}access-right/RESTRICTED",
    AccessType.RESTRICTED: f"{EU}access-right/NON_PUBLIC",
}


def _id(name: str) -> dict[str, str]:
    return {"@id": name, "@type": "@id"}


def _moment(name: str) -> dict[str, str]:
    return {"@id": name, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}


# The JSON-LD context, also published at /api/1/site/context.jsonld: udata's terms, so that its readers find theirs.
CONTEXT: dict[str, Any] = dict(
    sorted(
        {
            "@vocab": str(DCAT),
            "dcat": str(DCAT), "dct": str(DCTERMS), "foaf": str(FOAF), "freq": str(FREQ), "hydra": str(HYDRA),
            "org": str(ORG), "rdfs": str(RDFS), "schema": str(SCHEMA), "skos": str(SKOS), "spdx": str(SPDX),
            "vcard": str(VCARD),
            "accessURL": _id("dcat:accessURL"),
            "accrualPeriodicity": "dct:accrualPeriodicity",
            "algorithm": _id("spdx:algorithm"),
            "checksum": "spdx:checksum",
            "checksumValue": "spdx:checksumValue",
            "dataset": _id("dcat:dataset"),
            "description": "dct:description",
            "distribution": _id("dcat:distribution"),
            "downloadURL": _id("dcat:downloadURL"),
            "endDate": "schema:endDate",
            "first": _id("hydra:first"),
            "fn": "vcard:fn",
            "format": "dct:format",
            "hasEmail": "vcard:email",
            "homepage": _id("foaf:homepage"),
            "identifier": "dct:identifier",
            "issued": _moment("dct:issued"),
            "label": "rdfs:label",
            "language": "dct:language",
            "last": _id("hydra:last"),
            "license": "dct:license",
            "modified": _moment("dct:modified"),
            "name": "foaf:name",
            "next": _id("hydra:next"),
            "previous": _id("hydra:previous"),
            "publisher": _id("dct:publisher"),
            "rights": "dct:rights",
            "spatial": "dct:spatial",
            "startDate": "schema:startDate",
            "subOrganizationOf": "org:subOrganizationOf",
            "temporal": "dct:temporal",
            "title": "dct:title",
            "totalItems": "hydra:totalItems",
            "view": _id("hydra:view"),
        }.items()
    )
)  # fmt: skip
