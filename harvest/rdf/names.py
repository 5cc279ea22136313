"""Terms of the vocabularies that catalogues use, in short: `dct:title` for `http://purl.org/dc/terms/title`."""

from functools import lru_cache

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDF_TYPE = f"{RDF}type"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geodcat": "http://data.europa.eu/930/",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "scv": "http://purl.org/NET/scovo#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "time": "http://www.w3.org/2006/time#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
BY_NAMESPACE = {namespace: prefix for prefix, namespace in PREFIXES.items()}


@lru_cache(maxsize=10_000)
def short(iri: str) -> str:
    """Return a term in short, or as it is if its vocabulary is not known. `https:` is read as `http:`."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    namespace = iri[:cut]
    if namespace.startswith("https:"):
        namespace = f"http:{namespace[6:]}"
    prefix = BY_NAMESPACE.get(namespace)
    return f"{prefix}:{iri[cut:]}" if prefix and cut < len(iri) else iri


def full(name: str) -> str:
    """Return the address of a term in short."""
    prefix, _colon, local = name.partition(":")
    return f"{PREFIXES[prefix]}{local}"
