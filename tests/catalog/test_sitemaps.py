"""Sitemaps: what is public, once, in files of a bounded size."""

from xml.etree import ElementTree

import pytest
from django.utils import timezone

from catalog.views import sitemaps
from harvest.models import Source
from tests.catalog.factories import DatasetFactory, OrganizationFactory, PostFactory, ReuseFactory

SPACE = {"s": sitemaps.NAMESPACE}


def locations(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # read to its end, it is closed
    tree = ElementTree.fromstring(body)  # noqa: S314 - our own
    assert all(len(one) == 2 and one.find("s:lastmod", SPACE).text for one in tree)
    return [one.find("s:loc", SPACE).text for one in tree]


@pytest.fixture
def catalogue(db):
    return [DatasetFactory(), DatasetFactory(), ReuseFactory(), PostFactory(), OrganizationFactory()]


def test_every_public_object_is_in_a_file_of_the_index(client, catalogue, settings):
    hidden = [
        DatasetFactory(private=True),
        DatasetFactory(archived=timezone.now()),
        DatasetFactory(deleted=timezone.now()),
    ]
    files = locations(client, "/sitemap.xml")
    found = [address for file in files for address in locations(client, file.removeprefix(settings.SITE_URL))]
    assert len(found) == len(set(found))
    wanted = {f"{settings.SITE_URL}{one.get_absolute_url()}" for one in catalogue}
    assert wanted <= set(found)
    assert not {f"{settings.SITE_URL}{one.get_absolute_url()}" for one in hidden} & set(found)
    for address in found:
        assert client.get(address.removeprefix(settings.SITE_URL)).status_code == 200


def test_a_long_list_is_cut_into_files(client, db, settings, monkeypatch):
    monkeypatch.setattr(sitemaps, "SIZE", 2)
    made = {f"{settings.SITE_URL}{DatasetFactory().get_absolute_url()}" for _n in range(5)}
    files = [file for file in locations(client, "/sitemap.xml") if "datasets" in file]
    assert [file.rpartition("/")[2] for file in files] == [f"sitemap-datasets-{page}.xml" for page in (1, 2, 3)]
    parts = [locations(client, file.removeprefix(settings.SITE_URL)) for file in files]
    assert [len(part) for part in parts] == [2, 2, 1]
    assert {address for part in parts for address in part} == made


@pytest.mark.parametrize("name", ["datasets-0", "datasets-2", "nothing-1"])
def test_there_is_no_other_file(client, catalogue, name):
    assert client.get(f"/sitemap-{name}.xml").status_code == 404


def test_a_file_is_read_again_when_the_catalogue_changed(client, catalogue):
    first = client.get("/sitemap-datasets-1.xml")
    list(first.streaming_content)
    tag = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    assert client.get("/sitemap-datasets-1.xml", **tag).status_code == 304
    DatasetFactory()
    changed = client.get("/sitemap-datasets-1.xml", **tag)
    list(changed.streaming_content)
    assert changed.status_code == 200


def test_tags_territories_and_sources_are_in_it(client, db, settings):
    shown, hidden = DatasetFactory(tags=["eau"]), DatasetFactory(tags=["secret"], private=True)
    shown.spatial_zones.set(["fr:region:53"])
    hidden.spatial_zones.set(["fr:region:11"])
    Source.objects.create(name="Ville", url="https://h.example.org/", backend="dcat")
    Source.objects.create(name="Gone", url="https://h.example.org/", backend="dcat", deleted=timezone.now())
    files = locations(client, "/sitemap.xml")
    found = {address for file in files for address in locations(client, file.removeprefix(settings.SITE_URL))}
    paths = {address.removeprefix(settings.SITE_URL) for address in found}
    assert {one for one in paths if one.startswith(("/tags/", "/territories/", "/harvest/"))} == {
        "/tags/eau/",
        "/territories/fr:region/53/",
        "/harvest/ville/",
    }
    assert all(client.get(one).status_code == 200 for one in paths)


def test_robots_are_told_of_it(client, db, settings):
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize("size", [1, 6])
def test_a_file_costs_the_same_queries_at_any_length(client, db, size, django_assert_num_queries):
    for _n in range(size):
        DatasetFactory()
    with django_assert_num_queries(2):
        answer = client.get("/sitemap-datasets-1.xml")
        list(answer.streaming_content)
