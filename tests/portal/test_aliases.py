"""Addresses of other languages and of older portals, and what programs look for at the root."""

import re
from xml.etree import ElementTree

import pytest
from django.urls import resolve

from portal.views.aliases import ALIASES

VALUES = {
    "key": "air-quality",
    "resource": "00000000-0000-4000-8000-000000000000",
    "extension": "ttl",
    "kind": "reuses",
    "level": "fr:region",
    "code": "53",
}


def example(address):
    """Return an address that the route of an alias matches."""
    return "/" + re.sub(r"<\w+:(\w+)>", lambda match: VALUES[match[1]], address)


@pytest.mark.parametrize(("address", "target"), ALIASES, ids=[target + " " + address for address, target in ALIASES])
def test_an_alias_leads_to_a_page_and_keeps_the_query(client, db, address, target):
    answer = client.get(f"{example(address)}?q=a%20b")
    assert (answer.status_code, answer["Location"]) == (301, target.format(**VALUES) + "?q=a%20b")
    assert client.get(example(address))["Location"] == target.format(**VALUES)
    assert resolve(target.format(**VALUES)).func.__module__ != "portal.views.aliases"


@pytest.mark.parametrize("path", ["/dataset/%2F%2Fevil.example", "/dataset/..%2F..", "/dataset/a%0d%0aSet-Cookie:x"])
def test_an_alias_stays_on_the_site(client, db, path):
    answer = client.get(path)
    assert answer.status_code in (301, 404)
    assert answer.get("Location", "/").startswith("/")
    assert not answer.get("Location", "/").startswith("//")
    assert "Set-Cookie" not in answer.headers


def test_the_address_of_udata_leads_to_the_object(client, db):
    assert client.get("/fr/jeux-de-donnees/")["Location"] == "/jeux-de-donnees/"


def test_browsers_are_told_how_to_search(client, db, settings):
    answer = client.get("/opensearch.xml")
    assert answer["Content-Type"] == "application/opensearchdescription+xml"
    tree = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    addresses = [one.get("template") for one in tree if one.tag.endswith("Url")]
    assert addresses[0] == f"{settings.SITE_URL}/search/?q={{searchTerms}}"
    assert 'type="application/opensearchdescription+xml"' in client.get("/").content.decode()


def test_whom_to_tell_of_a_hole_is_said_where_it_is_set(client, db, settings):
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "security@example.org"
    body = client.get("/.well-known/security.txt").content.decode()
    assert body.startswith("Contact: mailto:security@example.org\n")
    assert re.search(r"^Expires: \d{4}-\d{2}-\d{2}T00:00:00Z$", body, re.MULTILINE)
