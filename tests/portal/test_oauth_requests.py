"""The OAuth2 server: bad requests, what programs read of it, and how administrators make and end clients."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from oauth2_provider.models import AccessToken

from portal.models import OAuthClient
from tests.catalog.factories import UserFactory
from tests.portal.oauth import HOME, asking, authorize, exchange, give_token, make_client, refresh, told, whoami

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    found = UserFactory()
    client.force_login(found)
    return found


@pytest.fixture
def public():
    return make_client(client_type="public")[0]


# --- Bad requests ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"grant_type": "authorization_code", "client_id": "unknown", "code": "x"}, "application/json"),
        ({"grant_type": "authorization_code", "client_id": "nul\x00", "code": "x"}, "application/json"),
        ({"grant_type": "password", "client_id": "x", "username": "\ud800", "password": "x"}, "application/json"),
        ({"grant_type": "refresh_token", "client_id": "x", "refresh_token": ["a"]}, "application/json"),
        ({"grant_type": {"a": 1}}, "application/json"),
        ([1], "application/json"),
        ("{", "application/json"),
        ("[" * 20_000, "application/json"),
        ("", "application/json"),
        ("grant_type=authorization_code&client_id=%00&code=%00", "application/x-www-form-urlencoded"),
        ("grant_type=%zz&client_id=%e9", "application/x-www-form-urlencoded"),
        ("grant_type=client_credentials&client_id=unknown&client_secret=x", "application/x-www-form-urlencoded"),
        ("", "application/x-www-form-urlencoded"),
        ("<x/>", "application/xml"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("address", ["/oauth/token", "/oauth/revoke"])
def test_a_bad_body_is_refused_in_the_words_of_the_standard(client, address, body, kind):
    content = body if isinstance(body, str) else json.dumps(body)
    response = client.post(address, content, content_type=kind)
    assert response.status_code in (400, 401)
    assert isinstance(response.json()["error"], str)


def test_an_unknown_client_is_named_so(client):
    body = {"grant_type": "authorization_code", "client_id": "unknown", "code": "x"}
    response = client.post("/oauth/token", body, content_type="application/json")
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_tokens_are_asked_for_by_post(client, method):
    assert getattr(client, method)("/oauth/token").status_code == 405


@pytest.mark.parametrize("query", ["a=%zz", "a=%00", "client_id=%c3%28"])
def test_a_strange_address_is_no_crash(client, user, query):
    assert client.get(f"/oauth/authorize?{query}").status_code == 400
    assert client.post(f"/oauth/token?{query}", {"grant_type": "refresh_token"}).status_code in (400, 401)
    assert client.get(f"/oauth/client_info?{query}").status_code == 404
    assert client.get(f"/oauth/error?{query}").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [{"code_challenge": "c" * 129}, {"nonce": "n" * 256}, {"client_id": "unknown"}, {"state": "%00"}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_request_that_nobody_can_be_told_of_shows_a_page(client, user, public, changes):
    query = "&".join(f"{name}={value}" for name, value in asking(public, **changes).items())
    response = client.get(f"/oauth/authorize?{query}")
    assert (response.status_code, "Location" in response.headers) == (400, False)


@pytest.mark.parametrize("kind", ["token", "id_token", "code token", "none"])
def test_only_codes_are_given_out_by_the_page(client, user, public, kind):
    response = client.get("/oauth/authorize", asking(public, response_type=kind))
    assert "access_token" not in response.headers.get("Location", "")
    assert not AccessToken.objects.exists()
    assert response.status_code in (302, 400)


def test_the_error_page_shows_no_text_of_its_address(client):
    page = client.get("/oauth/error", {"error": "<b>access_denied", "error_description": "Call 0800 123"})
    text = page.content.decode()
    assert (page.status_code, "Call 0800" in text, "<b>" in text) == (200, False, False)


# --- What programs and administrators read -----------------------------------------------------------------


def test_a_front_reads_what_its_consent_page_shows(client, public):
    body = client.get("/oauth/client_info", {"client_id": public.client_id}).json()
    assert body == {"client": {"id": public.client_id, "name": "Reader"}, "scopes": ["default"]}
    assert client.get("/oauth/client_info", {"client_id": "unknown"}).status_code == 404


def test_the_metadata_say_what_the_server_does(client):
    body = client.get("/.well-known/oauth-authorization-server").json()
    assert body["issuer"] == "http://127.0.0.1:8000"
    assert body["token_endpoint"] == "http://127.0.0.1:8000/oauth/token"
    assert body["response_types_supported"] == ["code"]
    assert body["code_challenge_methods_supported"] == ["S256"]
    assert body["scopes_supported"] == ["admin", "default", "read", "write"]
    assert "none" in body["token_endpoint_auth_methods_supported"]


def test_the_pages_of_other_sites_may_ask(client):
    response = client.options("/oauth/token")
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Access-Control-Allow-Credentials" not in response.headers


def run(*arguments):
    out = StringIO()
    call_command("create_oauth_client", *arguments, stdout=out)
    return dict(line.split(": ", 1) for line in out.getvalue().splitlines())


def test_the_command_makes_a_client(client, user):
    made = run("Front", "--redirect-uri", HOME, "--scope", "default", "--scope", "admin")
    row = OAuthClient.objects.get(client_id=made["client_id"])
    assert (row.name, row.scopes, row.client_type) == ("Front", ["default", "admin"], "confidential")
    code = told(authorize(client, row))["code"]
    assert exchange(client, row, code, client_secret=made["client_secret"]).status_code == 200
    assert list(run("App", "--redirect-uri", "http://127.0.0.1:8123/back", "--public")) == ["client_id"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--redirect-uri", "http://app.example.org/"],
        ["--redirect-uri", "javascript:alert(1)"],
        ["--redirect-uri", "https://app.example.org/#fragment"],
        ["--redirect-uri", "https://*.example.org/"],
        [],
        ["--grant", "client_credentials"],
        ["--grant", "client_credentials", "--owner", "nobody@example.org"],
    ],
    ids=" ".join,
)
def test_the_command_refuses_a_dangerous_client(arguments):
    with pytest.raises(CommandError):
        run("Front", *arguments)
    assert not OAuthClient.objects.exists()


ADMIN = "/admin/portal/oauthclient/"


def test_an_administrator_makes_a_client_and_sees_its_secret_once(client):
    client.force_login(UserFactory(admin=True))
    form = {"name": "Front", "client_type": "confidential", "authorization_grant_type": "authorization-code"}
    sent = {**form, "redirect_uris": HOME, "scopes": ["default"]}
    page = client.post(f"{ADMIN}add/", sent, follow=True).content.decode()
    row = OAuthClient.objects.get()
    assert row.client_secret not in page
    assert "will not be shown again" in page
    assert "will not be shown again" not in client.get(ADMIN).content.decode()


def test_an_administrator_ends_a_program(client, user, public):
    held = give_token(client, public)
    client.force_login(UserFactory(admin=True))
    address = "/admin/oauth2_provider/accesstoken/"
    assert client.get(address).status_code == 200
    sent = {"action": "revoke", "_selected_action": [AccessToken.objects.get().pk]}
    assert client.post(address, sent).status_code == 302
    assert whoami(held["access_token"]).status_code == 401
    assert refresh(client, public, held["refresh_token"]).status_code == 400


@pytest.mark.parametrize("address", [ADMIN, f"{ADMIN}add/", "/admin/oauth2_provider/accesstoken/"])
def test_staff_without_full_powers_see_no_client(client, address):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(address).status_code in (302, 403)
