"""What other sites show of an object: embeds, oEmbed, pictures, citations."""

import json
import re
from io import BytesIO
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from django.utils import timezone
from PIL import Image

from catalog.views import shared
from portal.lib import share_image
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    OrganizationFactory,
    ResourceFactory,
    ReuseFactory,
)

pytestmark = pytest.mark.django_db
KINDS = ["datasets", "reuses", "dataservices", "organizations"]
SITE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _no_pictures_kept():
    caches["pages"].clear()


@pytest.fixture
def found() -> dict:
    """One public object of each kind."""
    organization = OrganizationFactory(name="City <b>&")
    dataset = DatasetFactory(title="Trees & <i>leaves</i>", organization=organization)
    ResourceFactory(dataset=dataset, format="csv")
    return {
        "datasets": dataset,
        "reuses": ReuseFactory(title="A map"),
        "dataservices": DataserviceFactory(title="An endpoint"),
        "organizations": organization,
    }


def embed_of(item) -> str:
    return f"/embed{item.get_absolute_url()}"


def ask(client, **arguments):
    return client.get(f"/oembed?{urlencode(arguments)}")


# --- Embeds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_any_site_may_frame_an_embed_and_nothing_else(client, found, kind):
    page = client.get(found[kind].get_absolute_url())
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    answer = client.get(embed_of(found[kind]))
    assert answer.status_code == 200
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    body = answer.content.decode()
    assert '<base target="_blank">' in body
    assert "noindex" in body
    assert "<script" not in body
    assert f'href="{found[kind].get_absolute_url()}"' in body


def test_an_embed_shows_its_owner_no_more_than_others(admin_client):
    assert admin_client.get(embed_of(DatasetFactory(private=True))).status_code == 404
    gone = admin_client.get(embed_of(DatasetFactory(deleted=timezone.now())))
    assert gone.status_code == 410
    assert "frame-ancestors *" in gone["Content-Security-Policy"]
    assert "This page was deleted" in gone.content.decode()


def test_an_embed_is_light_or_dark_as_asked(client, found):
    address = embed_of(found["datasets"])
    assert 'data-theme="dark"' in client.get(f"{address}?theme=dark").content.decode()
    assert "data-theme=" not in client.get(f'{address}?theme="><script>').content.decode()


def test_an_embed_by_id_leads_to_the_name(client, found):
    answer = client.get(f"/embed/datasets/{found['datasets'].pk}/")
    assert (answer.status_code, answer["Location"]) == (302, embed_of(found["datasets"]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_how_to_show_it_elsewhere(client, found, kind):
    body = client.get(found[kind].get_absolute_url()).content.decode()
    assert f"&lt;iframe src=&quot;{SITE}{embed_of(found[kind])}&quot;" in body
    assert f'property="og:image" content="{SITE}{found[kind].get_absolute_url()}picture.png"' in body
    (address,) = re.findall(r'type="application/json\+oembed" href="([^"]+)"', body)
    assert client.get(address.replace("&amp;", "&")).json()["title"] == str(found[kind])


def test_a_draft_is_not_shown_elsewhere(admin_client):
    body = admin_client.get(DatasetFactory(private=True).get_absolute_url()).content.decode()
    assert "iframe" not in body
    assert "oembed" not in body
    assert "og:image" not in body


# --- oEmbed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_oembed_describes_the_embed_of_a_page(client, found, kind):
    answer = ask(client, url=f"{SITE}{found[kind].get_absolute_url()}")
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    fields = answer.json()
    assert (fields["version"], fields["type"], fields["title"]) == ("1.0", "rich", str(found[kind]))
    frame = ElementTree.fromstring(fields["html"].replace("></iframe>", "/>"))  # noqa: S314 - our own
    assert frame.get("src") == f"{SITE}{embed_of(found[kind])}"
    assert (int(frame.get("width")), int(frame.get("height"))) == (fields["width"], fields["height"])
    assert frame.get("title") == str(found[kind])
    assert client.get(fields["thumbnail_url"].removeprefix(SITE))["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    "path", ["/fr/datasets/trees/", "/datasets/trees", "/datasets/Trees/", "/embed/datasets/trees/"]
)
def test_oembed_knows_the_other_addresses_of_an_object(client, path):
    DatasetFactory(title="Trees")
    assert ask(client, url=f"{SITE}{path}").json()["title"] == "Trees"


def test_oembed_obeys_the_size_asked_for(client, found):
    fields = ask(client, url=f"{SITE}{found['datasets'].get_absolute_url()}", maxwidth=400, maxheight=200).json()
    assert (fields["width"], fields["height"]) == (400, 200)
    assert 'width="400" height="200"' in fields["html"]
    assert "thumbnail_url" not in fields


def test_oembed_speaks_xml(client, found):
    answer = ask(client, url=f"{SITE}{found['datasets'].get_absolute_url()}", format="xml")
    assert answer["Content-Type"] == "text/xml"
    tree = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    assert (tree.tag, tree.findtext("type"), tree.findtext("title")) == ("oembed", "rich", "Trees & <i>leaves</i>")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({}, 400),
        ({"url": f"{SITE}/datasets/nowhere/"}, 404),
        ({"url": "http://elsewhere.example/datasets/trees/"}, 404),
        ({"url": "http://[::1"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": f"{SITE}/datasets/"}, 404),
        ({"url": f"{SITE}/admin/"}, 404),
        ({"url": f"{SITE}/datasets/a%00b/"}, 404),
        ({"url": f"{SITE}/datasets/trees/", "format": "yaml"}, 501),
        ({"url": f"{SITE}/datasets/trees/", "maxwidth": "-1"}, 400),
        ({"url": f"{SITE}/datasets/trees/", "maxheight": "9" * 5000}, 400),
    ],
)
def test_oembed_refuses_what_makes_no_sense(client, arguments, status):
    answer = ask(client, **arguments)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_oembed_tells_nobody_of_a_draft(admin_client):
    draft = DatasetFactory(private=True)
    assert ask(admin_client, url=f"{SITE}{draft.get_absolute_url()}").status_code == 404


# --- Pictures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_of_an_object_has_the_size_of_opengraph(client, found, kind):
    answer = client.get(f"{found[kind].get_absolute_url()}picture.png")
    assert answer["Content-Type"] == "image/png"
    assert Image.open(BytesIO(answer.content)).size == (1200, 630)
    assert len(answer.content) < 200_000
    again = client.get(f"{found[kind].get_absolute_url()}picture.png", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_picture_is_drawn_once_for_each_state(client, found, monkeypatch):
    drawn = []
    monkeypatch.setattr(shared, "draw", lambda card: drawn.append(card.title) or b"png")
    dataset = found["datasets"]
    for _number in range(2):
        client.get(f"{dataset.get_absolute_url()}picture.png")
    type(dataset).objects.filter(pk=dataset.pk).update(title="Bushes")
    client.get(f"{dataset.get_absolute_url()}picture.png")
    assert drawn == ["Trees & <i>leaves</i>", "Bushes"]


@pytest.mark.parametrize("title", ["", "a", "Mot " * 200, "x" * 5000, "\x00\n\u202e\ud83d", "المدينة 数据"])
def test_any_title_can_be_drawn(title):
    picture = share_image.draw(share_image.Card(site=title, kind="", title=title, by=title, facts=(title,), share=0.01))
    assert Image.open(BytesIO(picture)).size == (1200, 630)


# --- Citations ---------------------------------------------------------------------------------------------


def test_a_dataset_is_cited_in_bibtex(client):
    dataset = DatasetFactory(title="Trees {50%} & \\input{x}\nof_all", organization__name="City")
    answer = client.get(f"{dataset.get_absolute_url()}citation.bib")
    assert answer["Content-Type"].startswith("application/x-bibtex")
    assert answer["Content-Disposition"] == f'attachment; filename="{dataset.slug}.bib"'
    text = answer.content.decode()
    assert text.startswith(f"@misc{{{dataset.slug},\n")
    assert r"title = {{Trees \{50\%\} \& \textbackslash{}input\{x\} of\_all}}," in text
    assert "author = {{City}}," in text
    assert f"url = {{{SITE}/datasets/{dataset.pk}/}}," in text


@pytest.mark.parametrize("kind", ["datasets", "reuses", "dataservices"])
def test_an_object_is_cited_in_csl_json(client, found, kind):
    answer = client.get(f"{found[kind].get_absolute_url()}citation.json")
    (item,) = json.loads(answer.content)
    assert item["title"] == str(found[kind])
    assert item["URL"] == f"{SITE}/{kind}/{found[kind].pk}/"
    assert [type(part) for part in item["issued"]["date-parts"][0]] == [int, int, int]
    assert item["type"] in {"dataset", "webpage", "software"}


def test_the_page_has_a_citation_for_people(client):
    dataset = DatasetFactory(title="Trees", organization__name="City", last_update="2024-05-06T12:00:00Z")
    assert "City (2024). Trees [dataset]. " in client.get(dataset.get_absolute_url()).content.decode()


def test_a_draft_is_cited_by_its_owners_alone(client, admin_client):
    draft = DatasetFactory(private=True)
    assert client.get(f"{draft.get_absolute_url()}citation.bib").status_code == 404
    assert admin_client.get(f"{draft.get_absolute_url()}citation.bib").status_code == 200
