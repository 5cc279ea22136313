"""A page of the catalogue, of the whole portal or of one organization, and single objects: ready RDF documents."""

from collections import defaultdict
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from rdflib import BNode, Graph, Literal, URIRef

from catalog.dcat import graph as nodes
from catalog.dcat.vocabulary import CONTEXT, DCAT, DCTERMS, FOAF, HYDRA, RDF, Format
from catalog.models import Dataservice, Dataset, Organization, Resource

JOINED = ["owner", "organization", "license"]
DATASET_RELATED = ["badges", "tags", "spatial_zones", "contact_points"]
DATASERVICE_RELATED = ["badges", "tags", "contact_points"]


class Links(NamedTuple):
    """The addresses of the pages around one: of this page, and of the others where there are any."""

    this: str
    first: str
    last: str
    next: str | None
    previous: str | None


def dataset_document(dataset: Dataset, site_title: str) -> Graph:
    """Return the statements on one dataset."""
    graph = nodes.new_graph()
    _add_datasets(graph, [dataset.pk], site_title)
    return graph


def dataservice_document(dataservice: Dataservice) -> Graph:
    """Return the statements on one dataservice."""
    graph = nodes.new_graph()
    _add_dataservices(graph, Dataservice.objects.filter(pk=dataservice.pk))
    return graph


def catalog_page(
    ids: list[str], *, total: int, links: Links, title: str, organization: Organization | None = None
) -> Graph:
    """Return a page of the catalogue: these datasets, and the dataservices that serve one of them (hydra pages)."""
    graph = nodes.new_graph()
    path = f"/api/1/organizations/{organization.pk}/catalog" if organization else "/api/1/site/catalog"
    catalog, view = nodes.local(path), URIRef(links.this)
    graph.add((catalog, RDF.type, DCAT.Catalog))
    graph.add((catalog, RDF.type, HYDRA.Collection))
    nodes.add(graph, catalog, DCTERMS.title, nodes.text(title))
    nodes.add(graph, catalog, DCTERMS.description, nodes.text(title))
    graph.add((catalog, DCTERMS.language, Literal(get_language() or settings.LANGUAGE_CODE)))
    graph.add((catalog, FOAF.homepage, URIRef(settings.SITE_URL)))
    graph.add((catalog, DCTERMS.publisher, nodes.publisher(graph, organization) or _portal(graph, title)))
    for node in _add_datasets(graph, ids, title):
        graph.add((catalog, DCAT.dataset, node))
    served = Dataservice.objects.listed().filter(datasets__in=ids).distinct()
    for node in _add_dataservices(graph, served):
        graph.add((catalog, DCAT.service, node))
    graph.add((catalog, HYDRA.totalItems, Literal(total)))
    graph.add((catalog, HYDRA.view, view))
    graph.add((view, RDF.type, HYDRA.PartialCollectionView))
    for name in ("first", "last", "next", "previous"):
        if address := getattr(links, name):
            graph.add((view, HYDRA[name], URIRef(address)))
    return graph


def _portal(graph: Graph, title: str) -> BNode:
    node = BNode()
    graph.add((node, RDF.type, FOAF.Agent))
    nodes.add(graph, node, FOAF.name, nodes.text(title))
    return node


def _add_datasets(graph: Graph, ids: list[str], site_title: str) -> list[URIRef]:
    """State these datasets, in a constant number of queries."""
    resources: dict[str, list[Resource]] = defaultdict(list)
    for resource in Resource.objects.filter(dataset__in=ids):
        resources[resource.dataset_id].append(resource)
    rows = Dataset.objects.filter(pk__in=ids).select_related(*JOINED).prefetch_related(*DATASET_RELATED)
    return [nodes.add_dataset(graph, row, resources[row.pk], site_title) for row in rows]


def _add_dataservices(graph: Graph, rows: QuerySet[Dataservice]) -> list[URIRef]:
    whole = list(rows.select_related(*JOINED).prefetch_related(*DATASERVICE_RELATED))
    served: dict[str, list[Dataset]] = defaultdict(list)
    through = Dataservice.datasets.through.objects.filter(
        dataservice__in=whole, dataset__in=Dataset.objects.listed().values("pk")
    )
    for link in through.select_related("dataset"):
        served[link.dataservice_id].append(link.dataset)
    return [nodes.add_dataservice(graph, row, served[row.pk]) for row in whole]


def serialize(graph: Graph, form: Format) -> bytes:
    """Return the graph as the bytes of that form of RDF."""
    if form.name == "json-ld":
        return graph.serialize(format="json-ld", context=CONTEXT, indent=2, sort_keys=True, encoding="utf-8")
    return graph.serialize(format=form.name, encoding="utf-8")
