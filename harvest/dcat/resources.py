"""Distributions, and parts that are no datasets, as resources."""

import re
from collections import Counter
from typing import Any

from harvest.dcat.node import Node
from harvest.dcat.vocabulary import TYPES, last_part, service_in
from harvest.drafts import DatasetDraft, ResourceDraft
from harvest.mapping import dates, files, formats
from harvest.mapping.text import markdown, text, title
from harvest.mapping.urls import MAX_RESOURCE_URL, web_address

DOWNLOADS = ("dcat:downloadURL", "schema:contentUrl")
ACCESSES = ("dcat:accessURL", "schema:url")
PROTOCOLS = ("geodcat:serviceProtocol", "geodcat:serviceType", "dct:conformsTo", "dct:type")
MAX_ID = 500
SHARED = frozenset(["wms", "wfs", "wmts"])  # one address for all layers
NOT_SCHEMAS = re.compile(
    r"(opengis\.net/(def/)?(crs|serviceType)|opengeospatial\.org/standards|/eli/|inspire\.ec\.europa\.eu|eur-lex\."
    r"|epsg|spatialreference\.org|iso\.org/standard|data\.europa\.eu/930|w3\.org/TR/vocab-dcat)",
    re.IGNORECASE,
)


def resources_of(draft: DatasetDraft, node: Node) -> list[ResourceDraft]:
    """Return the resources of a dataset. A distribution without an address is left out, with a warning."""
    made = [_resource(draft, one) for one in distributions_of(node)]
    made += [_part(one) for one in node.nodes("dct:hasPart") if set(one.data) - {"@id", "dct:identifier"}]
    found = [one for one in made if one is not None]
    times = Counter(one.remote_id for one in found)
    for one in found:
        if times[one.remote_id] > 1:  # the identifier of the dataset, given to each of its files
            one.remote_id = ""
    return found


def distributions_of(node: Node) -> list[Node]:
    """Return the distributions; `dcat:distributions` is a common slip."""
    return node.nodes("dcat:distribution", "dcat:distributions", "schema:distribution")


def _resource(draft: DatasetDraft, node: Node) -> ResourceDraft | None:
    download, access = _address(node, DOWNLOADS), _address(node, ACCESSES)
    services = node.nodes("dcat:accessService")
    ends = [found for one in services if (found := _address(one, ("dcat:endpointURL", "dcat:endpointDescription")))]
    address = download or access or next(iter(ends), "")
    if not address:
        called = node.text("dct:title", "schema:name") or node.iri
        draft.warn(f"Distribution left out, it has no address: {text(called, 200) or '∅'}")
        return None
    service = _service(node, services, address)
    kinds = [TYPES.get(last_part(word).lower(), "") for word in node.words("dct:type")]
    kind = next((one for one in kinds if one), "main")
    if services or (service and not download):
        kind = "api"
    return _filled(node, address, service, kind)


def _part(node: Node) -> ResourceDraft | None:
    """Return what is part of a dataset without being a dataset or a distribution of it."""
    address = _address(node, DOWNLOADS) or _address(node, ACCESSES) or web_address(node.iri, limit=MAX_RESOURCE_URL)
    return _filled(node, address, "", "other") if address else None


def _filled(node: Node, address: str, service: str, kind: str) -> ResourceDraft:
    mime = next((found for word in _media_types(node) if (found := formats.mime_of(word))), "")
    said = [word for word in _formats(node) if word]
    form = service or next((found for word in said if (found := formats.format_of(word))), "")
    form = form or formats.format_of("", mime, address)
    checksum = next(iter(node.nodes("spdx:checksum")), Node(None))
    digest = checksum.word("spdx:checksumValue")
    algorithm, value = files.checksum(digest, _algorithm(checksum)) if digest else ("", "")
    schema = schema_of(node)
    return ResourceDraft(
        url=address,
        title=title(node.text("dct:title", "schema:name")) or _name_of(address, form),
        description=markdown(node.text("dct:description", "schema:description", "dct:abstract")),
        remote_id=_remote_id(node),
        format=form,
        mime=mime,
        type=kind,
        filesize=files.size(_whole(node.word("dcat:byteSize", "schema:contentSize"))),
        checksum_type=algorithm,
        checksum_value=value,
        uri=node.iri,
        created_at=dates.moment(node.text("dct:issued", "dct:created", "schema:datePublished")),
        modified_at=dates.moment(node.text("dct:modified", "schema:dateModified")),
        same_url=service in SHARED,
        **schema,
    )


def _address(node: Node, names: tuple[str, ...]) -> str:
    """Return the first usable address under these properties."""
    words = [*node.words(*names)]
    return next((found for word in words if (found := web_address(word, limit=MAX_RESOURCE_URL))), "")


def _service(node: Node, services: list[Node], address: str) -> str:
    """Return which geographic service a distribution is of: as its service, its standard or its address says."""
    words = [word for one in (*services, node) for word in one.words(*PROTOCOLS)]
    return service_in(words) or service_in(node.words("dct:format")) or formats.service_of(address)


def _formats(node: Node) -> list[str]:
    """Return what is said of the format: texts, terms' addresses, else what the term is called."""
    found = []
    for value in node.values("dct:format", "schema:encodingFormat", "schema:fileFormat"):
        one = Node(value)
        if not one.data or "@value" in one.data:
            found.append(text(value))
            continue
        label = one.label() or one.word("rdf:value")
        is_term = "/file-type/" in one.iri or "/media-types/" in one.iri
        found += [one.iri, label] if is_term else [label]
    return found + [word for word in node.literals("dcat:mediaType") if not formats.mime_of(word)]


def _media_types(node: Node) -> list[str]:
    """Return what may be the media type: said as such, or in place of the format."""
    inner = [word for one in node.nodes("dct:format", "dcat:mediaType") for word in one.literals("rdf:value", *_TYPED)]
    return [*node.words("dcat:mediaType", "schema:encodingFormat"), *node.words("dct:format"), *inner]


_TYPED = ("rdfs:label", "dct:title", "skos:notation")


def _algorithm(checksum: Node) -> str:
    """Return the name of the algorithm: `…#checksumAlgorithm_sha256`, `…/hashAlgorithms/sha/256`."""
    word = checksum.word("spdx:algorithm")
    family = re.search(r"/sha/?(\d+)/?\Z|/md/?(5)/?\Z", word)
    return (f"sha{family[1]}" if family[1] else "md5") if family else word


def _remote_id(node: Node) -> str:
    """Return what a distribution is known by: its identifier, else its address as a node."""
    return next((one for one in (node.word("dct:identifier"), node.iri) if 0 < len(one) <= MAX_ID), "")


def _whole(value: str) -> Any:
    """Return a number of bytes, which DCAT has as a decimal: `685246.0`, `1.2E6`."""
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if 0 <= number < 2**63 else None


def schema_of(node: Node) -> dict[str, Any]:
    """Return the schema that the data conform to: the first standard with an address that is a schema's, or a name.

    Reference systems, regulations, standards of services and of metadata are none.
    """
    for one in node.nodes("dct:conformsTo"):
        address = web_address(one.iri)
        kinds = " ".join(one.words("dct:type"))
        if address and not NOT_SCHEMAS.search(address) and "SpatialReferenceSystem" not in kinds:
            return {"schema_url": address, "schema_version": one.text("owl:versionInfo", "dcat:version")[:32]}
    for word in node.literals("dct:conformsTo"):
        address = web_address(word)
        if address and not NOT_SCHEMAS.search(address):
            return {"schema_url": address}
    return {}


def _name_of(address: str, form: str) -> str:
    """Return a title for a resource without one: the name of its file, else its format."""
    path = re.split(r"[?#]", address, maxsplit=1)[0].rstrip("/")
    name = title(path.rpartition("/")[2]) if path.count("/") > 2 else ""
    if formats.extension_of(path) and name:
        return name
    return f"{form} resource" if form else name or address[:350]
