"""Recognizing what is at an address."""

import json

import pytest

from harvest.backends import backends
from harvest.backends.base import Backend
from harvest.detection import detect
from harvest.errors import HarvestError
from tests.harvest.fixtures import serve

CKAN = json.dumps({"success": True, "result": {"count": 3, "results": []}})
LIST = json.dumps({"success": True, "result": [["one"]]})
EXPLORE = json.dumps({"total_count": 2, "results": []})
SEARCH = json.dumps({"nhits": 2, "datasets": []})
UDATA = json.dumps({"id": "site", "title": "Portail", "metrics": {}})
DATA_JSON = json.dumps({"dataset": []})
CSW = b'<csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"/>'
TURTLE = (200, {"Content-Type": "text/turtle; charset=utf-8"}, b"")


def usable(name):
    kind = backends().get(name)
    return kind is not None and kind.pages is not Backend.pages


@pytest.mark.parametrize(
    ("path", "routes", "name"),
    [
        ("", {"/api/3/action/package_search": CKAN}, "ckan"),
        ("/data", {"/data/api/3/action/package_search": CKAN}, "ckan"),
        ("", {"/api/3/action/package_list": LIST}, "dkan"),
        ("", {"/api/explore/v2.1/catalog/datasets": EXPLORE}, "ods"),
        ("", {"/api/datasets/1.0/search/": SEARCH}, "ods"),
        ("", {"/api/1/site/": UDATA}, "udata"),
        ("", {"/data.json": DATA_JSON}, "data-json"),
        ("/csw?x=1", {"/csw": CSW}, "csw-iso-19139"),
        ("/feed", {"/feed": TURTLE}, "dcat"),
        ("/catalog.ttl", {}, "dcat"),
    ],
)
def test_a_catalogue_is_recognized(path, routes, name):
    if not usable(name):
        pytest.skip(f"{name} is not here")
    with serve(routes) as url:
        assert detect(url + path) == name


def test_what_is_no_catalogue_is_not_recognized():
    with serve({"/": "<html>", "/api/3/action/package_search": '{"success": false}'}) as url:
        assert detect(url) == ""


def test_an_address_that_does_not_answer_is_an_error():
    with pytest.raises(HarvestError):
        detect("http://127.0.0.1:9/")


def test_private_addresses_are_not_asked(settings):
    settings.OUTBOUND_ALLOWED_HOSTS = []
    with serve({"/api/3/action/package_search": CKAN}) as url, pytest.raises(HarvestError):
        detect(url)
