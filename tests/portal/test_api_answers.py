"""What every answer of the API has: problems for who asks, other sites' scripts, the read-only mode."""

import pytest
from django.http import HttpResponse
from django.test import Client

from portal.lib.api.middleware import ApiMiddleware
from tests.catalog.factories import DatasetFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/api/1/datasets/"
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"), [("/api/1/datasets/none/", 404), ("/api/1/nothing/", 404), (f"{URL}?page=x", 400)]
)
def test_who_asks_for_a_problem_gets_one(api, path, status):
    response = api.get(path, headers={"accept": f"application/json, {PROBLEM}"})
    assert response.status_code == status
    assert response["Content-Type"] == PROBLEM
    problem = response.json()
    assert (problem["type"], problem["status"], problem["instance"]) == ("about:blank", status, path)
    assert problem["title"]
    assert problem["detail"]
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", f"application/json, {PROBLEM};q=0.5", f"{PROBLEM};q=0"])
def test_everybody_else_gets_udatas_dialect(api, accept):
    response = api.get("/api/1/datasets/none/", headers={"accept": accept})
    assert response["Content-Type"] == "application/json"
    assert list(response.json()) == ["message"]


def test_a_problem_keeps_the_errors_of_each_field(api):
    api.force_authenticate(UserFactory())
    problem = api.post(URL, {}, format="json", headers={"accept": PROBLEM}).json()
    assert problem["status"] == 400
    assert set(problem["errors"]) == {"title", "description"}


def test_who_prefers_problems_still_gets_plain_answers(api):
    assert api.get(URL, headers={"accept": PROBLEM})["Content-Type"] == "application/json"


def test_a_crash_is_told_in_json_without_its_causes(monkeypatch, settings):
    def crash(*_arguments, **_more):
        raise RuntimeError("secret")

    monkeypatch.setattr("catalog.api.dataset.DatasetViewSet.list", crash)
    client = Client(raise_request_exception=False)
    response = client.get(URL)
    assert response.status_code == 500
    assert response.json() == {"message": "Internal Server Error"}
    problem = client.get(URL, headers={"accept": PROBLEM})
    assert problem["Content-Type"] == PROBLEM
    assert problem.json()["title"] == "Internal Server Error"
    assert problem["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "null", "https://trusted.example.evil.example", "http://trusted.example",
        "https://trusted.example:8443", "https://sub.trusted.example", "https://trusted.examplE",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
def test_any_site_may_read_and_none_may_act_as_its_reader(api, settings, origin, method):
    settings.CORS_ALLOWED_ORIGINS = ["https://trusted.example"]
    response = api.generic(method, URL, headers={"origin": origin})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert "Origin" in response["Vary"]


def test_a_site_that_the_operator_lists_may_act_as_its_reader(api, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://trusted.example"]
    for origin in ["https://trusted.example", settings.SITE_URL]:
        response = api.get(URL, headers={"origin": origin})
        assert response["Access-Control-Allow-Origin"] == origin
        assert response["Access-Control-Allow-Credentials"] == "true"
        assert {"ETag", "Link", "Location"} <= set(response["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.parametrize("path", [URL, "/api/1/nothing/", "/api/2/datasets/x/extras/", "/api/1/datasets"])
def test_a_preflight_is_answered_on_any_route(api, path, django_assert_num_queries):
    asked = {"origin": "https://a.example", "access-control-request-method": "PUT"}
    with django_assert_num_queries(0):
        response = api.options(path, headers=asked)
    assert (response.status_code, response.content) == (204, b"")
    assert "PUT" in response["Access-Control-Allow-Methods"]
    assert {"X-API-KEY", "X-Fields", "If-Match"} <= set(response["Access-Control-Allow-Headers"].split(", "))


def test_pages_say_nothing_to_other_sites(client):
    assert "Access-Control-Allow-Origin" not in client.get("/datasets/")


def test_in_read_only_mode_administrators_alone_write(api, settings):
    settings.READ_ONLY_MODE = True
    dataset = DatasetFactory()
    body = {"title": "Trees", "description": "Of the streets"}
    assert api.get(URL).status_code == 200
    assert api.post(URL, body, format="json").status_code == 401
    api.force_authenticate(UserFactory())
    for send, path in [(api.post, URL), (api.put, f"{URL}{dataset.pk}/"), (api.delete, f"{URL}{dataset.pk}/")]:
        assert send(path, body, format="json").status_code == 423
    api.force_authenticate(UserFactory(admin=True))
    assert api.post(URL, body, format="json").status_code == 201


def test_an_answer_that_is_not_json_is_left_as_it_is(rf):
    answer = HttpResponse("<p>No</p>", status=404)
    request = rf.get("/api/", headers={"accept": PROBLEM})
    assert ApiMiddleware(lambda _request: answer)(request).content == b"<p>No</p>"
