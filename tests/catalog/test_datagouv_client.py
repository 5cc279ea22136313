"""The published client of data.gouv.fr (`datagouv-client` on PyPI) does its work on this portal, unchanged."""

from types import SimpleNamespace

import niquests
import pytest

from catalog.models import Dataset, Organization, Resource, Topic
from portal.models import ApiToken
from tests.catalog.factories import UserFactory

datagouv = pytest.importorskip("datagouv")

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    # The client leaves the files that it sends, and its connections, to the collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """The client asks five times whatever the error; without the seconds that it waits in between."""
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture
def client(live_server, settings, tmp_path):
    """The client with its base address set to a running portal, and a token of a plain user."""
    settings.SITE_URL = live_server.url  # the links in answers lead back to it
    settings.MEDIA_ROOT = tmp_path / "media"
    _token, plaintext = ApiToken.objects.issue(UserFactory(), name="client")
    client = datagouv.Client(environment="dev", api_key=plaintext, verbose=False)
    client.base_url = live_server.url
    yield client
    client.session.close()


def test_a_publisher_automates_all_of_it(client, tmp_path):
    organization = client.create_organization({"name": "Ville de Test", "description": "Publie ses données."})
    dataset = organization.create_dataset({"title": "Arbres", "description": "Les arbres.", "tags": ["arbres"]})
    assert Dataset.objects.get(pk=dataset.id).organization_id == organization.id

    remote = dataset.create_remote({"title": "Distant", "url": "https://example.org/arbres.csv", "format": "csv"})
    file = tmp_path / "Arbres remarquables.csv"
    file.write_text("id,espèce\n1,chêne\n", encoding="utf-8")
    static = dataset.create_static(str(file), {"title": "Déposé"})
    told = (static.title, static.filetype, static.format, static.filesize)
    assert told == ("Déposé", "file", "csv", file.stat().st_size)
    assert niquests.get(static.url).text == file.read_text(encoding="utf-8")
    static.update({"title": "Déposé deux fois"}, file_to_upload=str(file))
    assert static.title == "Déposé deux fois"

    dataset.update({"title": "Arbres remarquables", "frequency": "monthly"})
    assert (dataset.title, dataset.frequency, dataset.tags) == ("Arbres remarquables", "monthly", ["arbres"])
    dataset.update_extras({"cle": "valeur", "autre": 1})
    dataset.delete_extras(["autre"])
    assert dataset.extras == {"cle": "valeur"}
    remote.update_extras({"check:available": True})
    assert remote.extras == {"check:available": True}

    dataset.refresh()
    dataset.sort_resources("title.asc")
    dataset.refresh()
    assert [resource.title for resource in dataset.resources] == ["Distant", "Déposé deux fois"]
    assert client.resource(static.id).dataset_id == dataset.id
    community = client.create_remote_resource(
        {"title": "Carte", "url": "https://example.org/carte", "type": "other"}, dataset.id, is_communautary=True
    )
    assert community.title == "Carte"

    remote.delete()
    assert Resource.objects.filter(dataset=dataset.id).count() == 1
    dataset.delete()
    assert Dataset.objects.get(pk=dataset.id).deleted


def test_what_was_uploaded_is_read_back_and_removed(client, tmp_path):
    organization = client.create_organization({"name": "Ville de Test", "description": "Publie ses données."})
    dataset = organization.create_dataset({"title": "Arbres", "description": "Les arbres."})
    file = tmp_path / "arbres.csv"
    file.write_text("id\n1\n", encoding="utf-8")
    static = dataset.create_static(str(file), {"title": "Déposé"})
    static.update({"description": "Relevé"})
    assert (static.description, static.title) == ("Relevé", "Déposé")
    assert static.download(tmp_path / "back.csv").read_bytes() == file.read_bytes()
    static.delete()
    assert not [one for one in (tmp_path / "media").rglob("*") if one.is_file()]
    organization.update({"name": "Ville"})
    assert organization.name == "Ville"
    organization.delete()
    assert Organization.objects.get(pk=organization.id).deleted


def test_lists_are_followed_to_their_end(client):
    organization = client.create_organization({"name": "Région", "description": "Publie."})
    made = {organization.create_dataset({"title": f"Jeu {n}", "description": "d"}).id for n in range(7)}
    listed = client.get_all_from_api_query("api/1/datasets/?page_size=3&sort=title", mask="data{id,title}")
    assert {item["id"] for item in listed} == made
    assert {dataset.id for dataset in organization.datasets} == made
    through_v2 = client.get_all_from_api_query(f"api/2/datasets/?organization={organization.id}&page_size=2")
    assert {item["id"] for item in through_v2} == made


def test_a_topic_and_its_elements(client):
    dataset = client.create_dataset({"title": "Sol", "description": "d"})
    topic = client.create_topic(
        {
            "name": "Environnement",
            "description": "Un thème",
            "tags": ["environnement"],
            "elements": [{"title": "Sol", "element": {"class": "Dataset", "id": dataset.id}}, {"title": "À venir"}],
        }
    )
    assert [element["title"] for element in topic.elements] == ["Sol", "À venir"]
    topic.update({"name": "Environnement et climat", "tags": ["climat"]})
    assert (topic.name, topic.tags) == ("Environnement et climat", ["climat"])
    elements = f"{topic.uri}elements/"  # which the client reads; its session writes them
    (air,) = client.session.post(elements, json=[{"title": "Air", "tags": ["air"]}]).json()
    assert client.session.put(f"{elements}{air['id']}/", json={"title": "Ciel"}).json()["tags"] == ["air"]
    topic.refresh(include_elements=True)
    assert [element["title"] for element in topic.elements] == ["Sol", "À venir", "Ciel"]
    assert client.session.delete(f"{elements}{air['id']}/").status_code == 204
    assert client.session.delete(elements).status_code == 204
    topic.refresh(include_elements=True)
    assert list(topic.elements) == []
    topic.delete()
    assert not Topic.objects.exists()


def test_errors_reach_the_client_with_their_reason(client):
    with pytest.raises(Exception, match="This field is required"):
        client.create_dataset({"title": "Sans description"})
    stranger = ApiToken.objects.issue(UserFactory(), name="stranger")[1]
    dataset = client.create_dataset({"title": "À moi", "description": "d"})
    dataset._client.session.headers.update({"X-API-KEY": stranger})
    with pytest.raises(Exception, match="do not have the permission"):
        dataset.update({"title": "À toi"})
    assert Dataset.objects.get(pk=dataset.id).title == "À moi"
