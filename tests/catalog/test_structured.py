"""Objects in the words of schema.org, as Google asks for them."""

import json
import re
from datetime import date, datetime

import pytest
from django.core.management import call_command

from catalog.models import Dataset
from catalog.models.vocabulary import OrganizationBadgeKind
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
)

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
FORMS = r"text/turtle|application/ld\+json|application/rdf\+xml"
DAY = r"\d{4}-\d{2}-\d{2}"


def things(client, address):
    """Return what a page says, by type."""
    found = SCRIPT.findall(client.get(address).content.decode())
    assert len(found) == 1
    document = json.loads(found[0])
    assert document["@context"] == "https://schema.org"
    return {one["@type"]: one for one in document["@graph"]}


def check_dataset(said):
    """Google's fields: https://developers.google.com/search/docs/appearance/structured-data/dataset"""
    assert len(said["name"]) > 0
    assert 50 <= len(said["description"]) <= 5000
    assert re.match(r"https?://", said["url"])
    assert len(said["distribution"]) <= 50 if "distribution" in said else True
    for one in said.get("distribution", []):
        assert re.match(r"https?://", one["contentUrl"])
    for name in ("dateCreated", "datePublished", "dateModified"):
        assert datetime.fromisoformat(said[name]).tzinfo
    if "temporalCoverage" in said:
        assert re.fullmatch(rf"{DAY}/({DAY}|\.\.)", said["temporalCoverage"])
    if "license" in said:
        assert re.match(r"https?://", said["license"]) or said["license"]
    assert said["includedInDataCatalog"]["@type"] == "DataCatalog"
    assert said.get("creator", {"@type": "Person"})["@type"] in ("Organization", "Person")
    assert all(value not in (None, "", []) for value in said.values())


@pytest.mark.slow
@pytest.mark.once
def test_each_dataset_of_the_demonstration_has_what_google_asks_for(client, db):
    call_command("demo", verbosity=0)
    slugs = list(Dataset.objects.listed().values_list("slug", flat=True))
    assert len(slugs) > 200
    for slug in slugs:
        check_dataset(things(client, f"/datasets/{slug}/")["Dataset"])


def test_a_dataset_says_what_it_knows(client, db):
    found = DatasetFactory(
        title="Air", description="x", temporal_start=date(2020, 1, 1), organization=OrganizationFactory()
    )
    ResourceFactory(
        dataset=found, format="csv", mime="text/csv", filesize=120, checksum_type="sha256", checksum_value="ab"
    )
    said = things(client, found.get_absolute_url())
    check_dataset(said["Dataset"])
    assert "“Air”" in said["Dataset"]["description"]
    assert said["Dataset"]["temporalCoverage"] == "2020-01-01/.."
    assert said["Dataset"]["publisher"]["name"] == found.organization.name
    file = said["Dataset"]["distribution"][0]
    assert (file["encodingFormat"], file["contentSize"], file["sha256"]) == ("text/csv", "120 B", "ab")
    assert [step["position"] for step in said["BreadcrumbList"]["itemListElement"]] == [1, 2, 3]


def test_a_dataset_with_thousands_of_files_names_those_of_its_first_page(client, db):
    found = DatasetFactory()
    for _n in range(22):
        ResourceFactory(dataset=found)
    assert len(things(client, found.get_absolute_url())["Dataset"]["distribution"]) == 20


def test_a_text_cannot_end_the_script(client, db):
    found = DatasetFactory(title="</script><script>alert(1)</script><!-- & ")
    page = client.get(found.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert things(client, found.get_absolute_url())["Dataset"]["name"].startswith("</script><script>")


def test_other_objects_are_described_as_well(client, db):
    organization = OrganizationFactory()
    organization.badges.create(kind=OrganizationBadgeKind.PUBLIC_SERVICE)
    dataset = DatasetFactory(organization=organization)
    reuse = ReuseFactory(type="application")
    reuse.datasets.add(dataset)
    assert things(client, organization.get_absolute_url())["GovernmentOrganization"]["name"] == organization.name
    based = things(client, reuse.get_absolute_url())["SoftwareApplication"]["isBasedOn"]
    assert [address.rpartition("/datasets/")[2] for address in based] == [f"{dataset.slug}/"]
    assert things(client, DataserviceFactory().get_absolute_url())["WebAPI"]["url"]
    assert things(client, PostFactory().get_absolute_url())["NewsArticle"]["datePublished"]


def test_the_home_page_describes_the_site_and_its_search(client, db):
    said = things(client, "/")
    assert said["WebSite"]["potentialAction"]["target"]["urlTemplate"].endswith("/search/?q={query}")
    assert said["DataCatalog"]["name"] == said["WebSite"]["name"]


def test_the_forms_of_rdf_are_linked_and_answer(client, db):
    page = client.get(DatasetFactory().get_absolute_url()).content.decode()
    found = re.findall(rf'<link rel="alternate" type="({FORMS})" href="[^"]*?(/api[^"]*)"', page)
    assert len(found) == 3
    for _kind, address in found:
        assert client.get(address).status_code == 200
