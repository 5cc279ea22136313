"""The catalogue in RDF: every form says the same, pages lead to each other, hidden objects stay hidden."""

import pytest
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, Namespace, URIRef

from catalog.models import ContactPoint, DatasetBadge
from tests.catalog.factories import DataserviceFactory, DatasetFactory, LicenseFactory, ResourceFactory

pytestmark = pytest.mark.django_db

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
PARSERS = {"json": "json-ld", "jsonld": "json-ld", "ttl": "turtle", "xml": "xml", "rdf": "xml", "n3": "n3", "nt": "nt"}


def parsed(api, path, extension):
    answer = api.get(f"{path}.{extension}")
    assert answer.status_code == 200, answer.content
    return Graph().parse(data=answer.content, format=PARSERS[extension])


@pytest.fixture
def dataset():
    dataset = DatasetFactory(
        title="Ärbres <&>", license=LicenseFactory(id="free", url="https://lov2.example.org/"), tags=["eau"]
    )
    ResourceFactory(dataset=dataset, url="https://example.org/a b<c>.csv", description="")
    dataset.contact_points.add(ContactPoint.objects.create(name="C", email="c@example.org", role="contact"))
    return dataset


@pytest.mark.parametrize("extension", PARSERS)
def test_each_form_says_it(api, dataset, extension):
    graph = parsed(api, f"/api/1/datasets/{dataset.pk}/rdf", extension)
    node = graph.value(predicate=RDF.type, object=DCAT.Dataset)
    assert str(node).endswith(f"/datasets/{dataset.pk}")
    assert graph.value(node, DCTERMS.title) == Literal("Ärbres <&>")
    file = graph.value(node, DCAT.distribution)
    assert graph.value(file, DCAT.downloadURL) == URIRef("https://example.org/a%20b%3Cc%3E.csv")
    assert graph.value(file, DCTERMS.license) == URIRef("https://lov2.example.org/")
    assert graph.value(file, DCTERMS.description) is None  # udata writes the word "None"


@pytest.mark.parametrize("text", ["\x01\x02", "]]>", "\ud7ff\ufffe", '"""', "<script>", "\\u0000"])
def test_hostile_texts_leave_every_form_valid(api, text):
    dataset = DatasetFactory(title=f"t{text}", description=text, harvest={"uri": f"urn:x:{text}"})
    for extension in PARSERS:
        assert parsed(api, f"/api/1/datasets/{dataset.pk}/rdf", extension)


def test_the_pages_of_the_catalogue_lead_to_each_other(api):
    made = DatasetFactory.create_batch(5)
    DatasetFactory(draft=True)
    service = DataserviceFactory()
    service.datasets.set(made)
    seen, address = set(), "/api/1/site/catalog.ttl?page=1&page_size=2"
    while address:
        graph = Graph().parse(data=api.get(address).content, format="turtle")
        catalog = graph.value(predicate=RDF.type, object=DCAT.Catalog)
        assert graph.value(catalog, HYDRA.totalItems) == Literal(5)
        seen |= set(graph.objects(catalog, DCAT.dataset))
        address = graph.value(graph.value(catalog, HYDRA.view), HYDRA.next)
    assert len(seen) == 5


def test_negotiation(api, dataset):
    answer = api.get("/api/1/site/catalog?tag=eau", headers={"accept": "text/turtle;q=0.5, application/rdf+xml"})
    assert answer.status_code == 302
    assert "/api/1/site/catalog.xml?page=1&page_size=100&tag=eau" in answer["Location"]
    assert api.get(f"/api/1/datasets/{dataset.pk}/rdf")["Location"].endswith("/rdf.json")
    assert api.get("/api/1/site/data.ttl")["Location"].endswith("catalog.ttl?page=1&page_size=100")
    assert api.get("/api/1/site/context.jsonld").json()["@context"]["dct"] == str(DCTERMS)


@pytest.mark.parametrize(("state", "status"), [("draft", 404), ("gone", 410)])
def test_hidden_datasets_are_hidden(api, state, status):
    dataset = DatasetFactory(**{state: True})
    assert api.get(f"/api/1/datasets/{dataset.pk}/rdf").status_code == status
    assert api.get(f"/api/1/datasets/{dataset.pk}/rdf.ttl").status_code == status
    assert api.get("/api/1/datasets/x/rdf.zzz").status_code == 404


def test_a_high_value_dataset_names_the_law(api, dataset):
    DatasetBadge.objects.create(dataset=dataset, kind="hvd")
    assert b"http://data.europa.eu/eli/reg_impl/2023/138/oj" in api.get(f"/api/1/datasets/{dataset.pk}/rdf.ttl").content


def test_the_number_of_queries_does_not_grow(api, django_assert_max_num_queries):
    for item in DatasetFactory.create_batch(3):
        ResourceFactory.create_batch(2, dataset=item)
    api.get("/api/1/site/catalog.ttl")
    with django_assert_max_num_queries(14):
        api.get("/api/1/site/catalog.ttl")
