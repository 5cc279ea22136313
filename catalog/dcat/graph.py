"""Objects of the catalogue as RDF statements. Texts and addresses come from anybody: both are made safe first."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.encoding import iri_to_uri
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from catalog.dcat.vocabulary import (
    ACCESS_RIGHTS,
    ADMS,
    DCAT,
    DCATAP,
    DCTERMS,
    DUBLIN_CORE,
    EU_FREQUENCY,
    EUROPEAN,
    FOAF,
    FREQ,
    GEODCAT,
    HVD_LEGISLATION,
    PREFIXES,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    SPDX,
    VCARD,
)
from catalog.models import ContactPoint, Dataservice, Dataset, License, Organization, Resource
from catalog.models.vocabulary import ContactRole, DatasetBadgeKind, Frequency
from portal.lib.text import fit_for_xml
from portal.models import User

NOT_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f]")
IS_IRI = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\s]+")


def new_graph() -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def text(value: Any) -> Literal | None:
    """Return a literal without the characters that no XML may hold, or None for an empty text."""
    clean = fit_for_xml(str(value)) if value else ""
    return Literal(clean) if clean else None


def iri(value: str | None) -> URIRef | None:
    """Return an address that every form of RDF can write, or None for what is no address."""
    clean = NOT_IRI.sub(lambda match: f"%{ord(match[0]):02X}", iri_to_uri((value or "").strip()))
    return URIRef(clean) if IS_IRI.fullmatch(clean) else None


def moment(value: datetime | None) -> Literal | None:
    """Return a dateTime in UTC without its zone, as udata writes them."""
    return Literal(value.astimezone(UTC).replace(tzinfo=None), datatype=XSD.dateTime) if value else None


def local(path: str) -> URIRef:
    return URIRef(f"{settings.SITE_URL}{path}")


def add(graph: Graph, subject: Node, predicate: URIRef, value: Node | None) -> None:
    """State it, unless there is nothing to say."""
    if value is not None:
        graph.add((subject, predicate, value))


def license_node(license: License | None) -> Node | None:
    if license is None:
        return None
    return iri(license.url) or text(license.title)


def publisher(graph: Graph, owner: Organization | User | None) -> Node | None:
    """State who publishes; return the node."""
    if owner is None:
        return None
    organization = isinstance(owner, Organization)
    node = local(f"/{'organizations' if organization else 'users'}/{owner.pk}")
    name = text(owner.name if organization else owner.full_name)
    graph.add((node, RDF.type, FOAF.Organization if organization else FOAF.Person))
    add(graph, node, FOAF.name, name)
    add(graph, node, RDFS.label, name)
    if organization:
        add(graph, node, SKOS.altLabel, text(owner.acronym))
        add(graph, node, FOAF.homepage, iri(owner.url))
    return node


def contact(graph: Graph, subject: URIRef, item: ContactPoint) -> None:
    """State a contact point: a vCard for role contact, an agent in its role for the others."""
    if item.role == ContactRole.CONTACT:
        node: Node = BNode()
        graph.add((node, RDF.type, VCARD.Kind))
        add(graph, node, VCARD.fn, text(item.name))
        add(graph, node, VCARD.hasEmail, iri(f"mailto:{item.email}") if item.email else None)
        add(graph, node, VCARD.hasUrl, iri(item.contact_form))
        graph.add((subject, DCAT.contactPoint, node))
        return
    predicates = {ContactRole.CREATOR: DCTERMS.creator, ContactRole.PUBLISHER: DCTERMS.publisher}
    node = BNode()
    graph.add((node, RDF.type, FOAF.Agent))
    add(graph, node, FOAF.name, text(item.name))
    add(graph, node, FOAF.mbox, iri(f"mailto:{item.email}") if item.email else None)
    graph.add((subject, predicates.get(item.role, GEODCAT[item.role]), node))


def owner_of(item: Any) -> Organization | User | None:
    return item.organization or item.owner


def frequency(value: str) -> URIRef | None:
    if value == Frequency.UNKNOWN:
        return None
    return FREQ[value] if value in DUBLIN_CORE else EU_FREQUENCY[EUROPEAN[Frequency(value)]]


def is_hvd(item: Any) -> bool:
    return any(badge.kind == DatasetBadgeKind.HVD for badge in item.badges.all())


def dataset_iri(item: Dataset) -> URIRef:
    return iri((item.harvest or {}).get("uri")) or local(f"/datasets/{item.pk}")


def add_dataset(graph: Graph, item: Dataset, resources: Iterable[Resource], site_title: str = "") -> URIRef:
    """State a dataset with its distributions; return its address.

    Needs owner, organization and licence joined; badges, tags, zones and contact points prefetched.
    """
    node, origin = dataset_iri(item), item.harvest or {}
    own = local(f"/datasets/{item.pk}")
    graph.add((node, RDF.type, DCAT.Dataset))
    if node != own:
        _add_portal_identifier(graph, node, own, site_title)
    add(graph, node, DCTERMS.identifier, text(origin.get("dct_identifier") or item.pk))
    add(graph, node, DCTERMS.title, text(item.title))
    add(graph, node, SKOS.altLabel, text(item.acronym))
    add(graph, node, DCTERMS.description, text(item.description))
    add(graph, node, DCTERMS.created, moment(item.created_at))
    add(graph, node, DCTERMS.issued, moment(item.created_at))
    add(graph, node, DCTERMS.modified, moment(item.last_modified))
    add(graph, node, DCAT.landingPage, iri(origin.get("remote_url")) or local(f"/datasets/{item.slug}"))
    for tag in item.tags.all():
        add(graph, node, DCAT.keyword, text(tag.name))
    add(graph, node, DCTERMS.accrualPeriodicity, frequency(item.frequency))
    add(graph, node, DCTERMS.conformsTo, iri(item.schema_url))
    _add_coverage(graph, node, item)
    _add_access(graph, node, item)
    _add_people(graph, node, item)
    hvd = is_hvd(item)
    if hvd:
        graph.add((node, DCATAP.applicableLegislation, URIRef(HVD_LEGISLATION)))
    for resource in resources:
        graph.add((node, DCAT.distribution, add_distribution(graph, item, resource, hvd=hvd)))
    return node


def _add_portal_identifier(graph: Graph, node: URIRef, own: URIRef, site_title: str) -> None:
    """A dataset known elsewhere keeps its address there; the portal's own stands in an adms:identifier."""
    identifier = BNode()
    graph.add((node, ADMS.identifier, identifier))
    graph.add((identifier, RDF.type, ADMS.Identifier))
    graph.add((identifier, SKOS.notation, Literal(str(own), datatype=XSD.anyURI)))
    add(graph, identifier, DCTERMS.creator, text(site_title))


def _add_coverage(graph: Graph, node: URIRef, item: Dataset) -> None:
    if item.temporal_start:
        period = BNode()
        graph.add((node, DCTERMS.temporal, period))
        graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        graph.add((period, SCHEMA.startDate, Literal(item.temporal_start)))
        if item.temporal_end:
            graph.add((period, SCHEMA.endDate, Literal(item.temporal_end)))
    for zone in item.spatial_zones.all():
        if place := iri(zone.uri):
            graph.add((node, DCTERMS.spatial, place))


def _add_access(graph: Graph, node: URIRef, item: Dataset | Dataservice) -> None:
    rights = URIRef(ACCESS_RIGHTS[item.access_type])
    graph.add((node, DCTERMS.accessRights, rights))
    graph.add((rights, RDF.type, DCTERMS.RightsStatement))
    if item.access_type_reason:
        reason = BNode()
        graph.add((node, DCTERMS.accessRights, reason))
        graph.add((reason, RDF.type, DCTERMS.RightsStatement))
        add(graph, reason, RDFS.label, text(item.access_type_reason))


def _add_people(graph: Graph, node: URIRef, item: Dataset | Dataservice) -> None:
    """State the publisher and the contacts; a contact in the role of publisher takes the owner's place."""
    contacts = list(item.contact_points.all())
    owner = publisher(graph, owner_of(item))
    named = any(one.role == ContactRole.PUBLISHER for one in contacts)
    add(graph, node, GEODCAT.distributor if named else DCTERMS.publisher, owner)
    for one in contacts:
        contact(graph, node, one)


def add_distribution(graph: Graph, dataset: Dataset, item: Resource, *, hvd: bool = False) -> URIRef:
    """State one resource of a dataset; return its address."""
    node = local(f"/datasets/{dataset.pk}?resource_id={item.pk}")
    graph.add((node, RDF.type, DCAT.Distribution))
    add(graph, node, DCTERMS.identifier, text(item.pk))
    add(graph, node, DCTERMS.title, text(item.title))
    add(graph, node, DCTERMS.description, text(item.description))
    add(graph, node, DCTERMS.issued, moment(item.created_at))
    add(graph, node, DCTERMS.modified, moment(item.last_modified))
    graph.add((node, DCAT.accessURL, local(f"/api/1/datasets/r/{item.pk}")))
    address = item.file.url if item.file else item.url
    add(graph, node, DCAT.downloadURL, local(address) if address.startswith("/") else iri(address))
    add(graph, node, DCTERMS.license, license_node(dataset.license))
    add(graph, node, DCTERMS.rights, text(dataset.access_type_reason))
    if item.filesize is not None:
        graph.add((node, DCAT.byteSize, Literal(item.filesize)))
    add(graph, node, DCAT.mediaType, text(item.mime))
    add(graph, node, DCTERMS.format, text(item.format))
    if item.checksum_type:
        checksum = BNode()
        graph.add((node, SPDX.checksum, checksum))
        graph.add((checksum, RDF.type, SPDX.Checksum))
        graph.add((checksum, SPDX.algorithm, SPDX[f"checksumAlgorithm_{item.checksum_type}"]))
        add(graph, checksum, SPDX.checksumValue, text(item.checksum_value))
    if hvd:
        graph.add((node, DCATAP.applicableLegislation, URIRef(HVD_LEGISLATION)))
    return node


def add_dataservice(graph: Graph, item: Dataservice, datasets: Iterable[Dataset]) -> URIRef:
    """State a dataservice and the datasets that it serves; return its address. Needs what `add_dataset` needs."""
    node = iri((item.harvest or {}).get("uri")) or local(f"/dataservices/{item.pk}")
    graph.add((node, RDF.type, DCAT.DataService))
    add(graph, node, DCTERMS.identifier, text(item.pk))
    add(graph, node, DCTERMS.title, text(item.title))
    add(graph, node, DCTERMS.description, text(item.description))
    add(graph, node, DCTERMS.created, moment(item.created_at))
    add(graph, node, DCTERMS.issued, moment(item.created_at))
    add(graph, node, DCTERMS.modified, moment(item.metadata_modified_at))
    graph.add((node, DCAT.landingPage, local(f"/dataservices/{item.slug}")))
    add(graph, node, DCAT.endpointURL, iri(item.base_api_url))
    add(graph, node, DCAT.endpointDescription, iri(item.machine_documentation_url))
    add(graph, node, DCTERMS.license, license_node(item.license))
    for tag in item.tags.all():
        add(graph, node, DCAT.keyword, text(tag.name))
    for dataset in datasets:
        graph.add((node, DCAT.servesDataset, dataset_iri(dataset)))
    _add_people(graph, node, item)
    if is_hvd(item):
        graph.add((node, DCATAP.applicableLegislation, URIRef(HVD_LEGISLATION)))
    return node
