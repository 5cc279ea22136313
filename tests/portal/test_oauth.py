"""The OAuth2 server: each grant from end to end, and each way in which it gives nothing."""

import re
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core import management
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant, RefreshToken

from portal.models import OAuthClient
from portal.oauth import validator
from portal.tasks import clear_oauth_tokens
from tests.catalog.factories import DatasetFactory, MemberFactory, UserFactory
from tests.portal.oauth import (
    CHALLENGE,
    HOME,
    MONTH,
    VERIFIER,
    asking,
    authorize,
    exchange,
    give_token,
    make_client,
    refresh,
    told,
    whoami,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    found = UserFactory()
    client.force_login(found)
    return found


@pytest.fixture
def public():
    return make_client(client_type="public")[0]


# --- The code grant ----------------------------------------------------------------------------------------


def test_the_whole_dance_of_a_public_client(client, user, public):
    page = client.get("/oauth/authorize", asking(public))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Reader" in text
    assert "app.example.org" in text
    assert "form-action 'self' https://app.example.org;" in page.headers["Content-Security-Policy"]
    answer = told(authorize(client, public))
    assert (answer["state"], answer["iss"]) == ("xyz", "http://127.0.0.1:8000")
    response = exchange(client, public, answer["code"])
    body = response.json()
    assert sorted(body) == ["access_token", "expires_in", "refresh_token", "scope", "token_type"]
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", MONTH, "default")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert whoami(body["access_token"]).json()["id"] == user.pk


def test_the_consent_page_is_for_signed_in_users(client, public):
    response = client.get("/oauth/authorize", asking(public))
    assert response.status_code == 302
    assert "/oauth/authorize" in response.headers["Location"]
    assert not response.headers["Location"].startswith("https://app")


def test_the_consent_needs_a_csrf_token(user, public):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert authorize(strict, public).status_code == 403
    assert not Grant.objects.exists()


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=BoUnDaRyStRiNg", "application/x-www-form-urlencoded"])
def test_both_kinds_of_forms_are_read(client, user, public, kind):
    code = told(authorize(client, public))["code"]
    sent = {"grant_type": "authorization_code", "client_id": public.client_id, "code": code, "redirect_uri": HOME}
    sent["code_verifier"] = VERIFIER
    if kind.startswith("multipart"):
        assert client.post("/oauth/token", sent).status_code == 200
    else:
        body = "&".join(f"{name}={value}" for name, value in sent.items())
        assert client.post("/oauth/token/", body, content_type=kind).status_code == 200


def test_json_is_read_too(client, user, public):
    code = told(authorize(client, public))["code"]
    sent = {"grant_type": "authorization_code", "client_id": public.client_id, "code": code, "redirect_uri": HOME}
    response = client.post("/oauth/token", {**sent, "code_verifier": VERIFIER}, content_type="application/json")
    assert response.status_code == 200


@pytest.mark.parametrize("answer", ["decline", "anything"])
def test_a_refusal_is_told_to_the_program(client, user, public, answer):
    assert told(authorize(client, public, answer))["error"] == "access_denied"
    assert not Grant.objects.exists()


def test_a_trusted_client_is_not_asked_about(client, user):
    row, _secret = make_client(client_type="public", skip_authorization=True)
    assert "code" in told(client.get("/oauth/authorize", asking(row)))


@pytest.mark.parametrize(
    "changes", [{"code_challenge": None, "code_challenge_method": None}, {"code_challenge_method": "plain"}], ids=str
)
def test_a_public_client_needs_pkce_with_sha256(client, user, public, changes):
    assert told(authorize(client, public, **changes))["error"] == "invalid_request"


@pytest.mark.parametrize("verifier", ["w" * 50, "", None, CHALLENGE], ids=str)
def test_a_wrong_verifier_gets_nothing(client, user, public, verifier):
    code = told(authorize(client, public))["code"]
    response = exchange(client, public, code, code_verifier=verifier)
    assert (response.status_code, response.json()["error"] in {"invalid_grant", "invalid_request"}) == (400, True)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    "uri",
    [
        HOME + "/",
        HOME + "?next=evil",
        HOME + "/../evil",
        "https://app.example.org.evil.com/back",
        "https://app.example.org@evil.com/back",
        "http://app.example.org/back",
        "https://app.example.org:444/back",
        "https://APP.example.org/back",
        "//evil.com",
        "javascript:alert(1)",
        "",
    ],
)
def test_the_address_must_be_the_registered_one_to_the_letter(client, user, public, uri):
    response = client.get("/oauth/authorize", asking(public, redirect_uri=uri))
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert not re.search('(href|action)="(?!/)[^"]*evil', response.content.decode())


def test_a_code_is_bound_to_its_address_and_its_client(client, user, public):
    other, _secret = make_client(client_type="public", redirect_uris=f"{HOME} https://other.example.org/")
    code = told(authorize(client, public))["code"]
    assert exchange(client, other, code).status_code == 400
    code = told(authorize(client, other))["code"]
    assert exchange(client, other, code, redirect_uri="https://other.example.org/").status_code == 400
    assert not AccessToken.objects.exists()


def test_a_code_works_once(client, user, public):
    code = told(authorize(client, public))["code"]
    assert exchange(client, public, code).status_code == 200
    again = exchange(client, public, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_is_short_lived(client, user, public):
    code = told(authorize(client, public))["code"]
    Grant.objects.update(expires=timezone.now())
    assert exchange(client, public, code).json()["error"] == "invalid_grant"


def test_a_confidential_client_shows_its_secret(client, user):
    row, secret = make_client()
    code = told(authorize(client, row, code_challenge=None, code_challenge_method=None))["code"]
    assert exchange(client, row, code, code_verifier=None).status_code == 401
    assert exchange(client, row, code, code_verifier=None, client_secret="wrong").status_code == 401
    basic = "Basic " + b64encode(f"{row.client_id}:{secret}".encode()).decode()
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": HOME}
    assert client.post("/oauth/token", sent, headers={"Authorization": basic}).status_code == 200


# --- Scopes ------------------------------------------------------------------------------------------------


def test_a_client_asks_for_no_more_than_it_was_given(client, user, public):
    assert told(authorize(client, public, scope="admin"))["error"] == "invalid_scope"
    assert told(authorize(client, public, scope="nonsense"))["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("scope", "own", "others"), [("read", 403, 403), ("write", 200, 403), ("default", 200, 403), ("admin", 200, 200)]
)
def test_scopes_are_enforced(client, scope, own, others):
    admin = UserFactory(admin=True)
    client.force_login(admin)
    row, _secret = make_client(client_type="public", scopes=["default", "read", "write", "admin"])
    token = give_token(client, row, scope=scope)["access_token"]
    mine = DatasetFactory(organization=MemberFactory(user=admin).organization)
    for dataset, status in ((mine, own), (DatasetFactory(), others)):
        response = Client().put(
            f"/api/1/datasets/{dataset.pk}/",
            {"title": "New"},
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert response.status_code == status


def test_a_program_makes_no_api_token(client, user, public):
    token = give_token(client, public)["access_token"]
    response = Client().post(
        "/api/1/me/api_tokens/", {}, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert response.status_code == 403


# --- The life of a token -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda user: AccessToken.objects.update(expires=timezone.now()), "Expired API token"),
        (lambda user: AccessToken.objects.all().delete(), "Invalid API token"),
        (lambda user: type(user).objects.update(is_active=False), "Inactive user"),
        (lambda user: type(user).objects.update(deleted=timezone.now()), "Inactive user"),
    ],
)
def test_a_token_that_opens_nothing_says_why(client, user, public, change, message):
    token = give_token(client, public)["access_token"]
    change(user)
    response = whoami(token)
    assert (response.status_code, response.json()) == (401, {"message": message})
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="uData"'


def test_a_refresh_token_gives_new_tokens_and_is_used_up(client, user, public):
    first = give_token(client, public)
    second = refresh(client, public, first["refresh_token"]).json()
    assert whoami(second["access_token"]).status_code == 200
    assert whoami(first["access_token"]).status_code == 401
    stolen = refresh(client, public, first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert whoami(second["access_token"]).status_code == 401  # one of the two was a thief


def test_a_refresh_asks_for_no_more(client, user, public):
    OAuthClient.objects.update(scopes=["default", "admin"])
    first = give_token(client, public, scope="default")
    assert refresh(client, public, first["refresh_token"], scope="admin").json()["error"] == "invalid_scope"


def test_a_closed_account_is_not_refreshed(client, user, public):
    first = give_token(client, public)
    type(user).objects.update(is_active=False)
    assert refresh(client, public, first["refresh_token"]).status_code == 400


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(client, user, public, kind):
    held = give_token(client, public)
    sent = {"client_id": public.client_id, "token": held[kind]}
    assert client.post("/oauth/revoke", sent).status_code == 200
    assert whoami(held["access_token"]).json() == {"message": "Invalid API token"}
    assert refresh(client, public, held["refresh_token"]).status_code == 400


def test_a_client_revokes_its_own_tokens_only(client, user, public):
    held = give_token(client, public)
    other, secret = make_client()
    sent = {"client_id": other.client_id, "client_secret": secret, "token": held["access_token"]}
    assert client.post("/oauth/revoke", sent).status_code == 200  # RFC 7009: it learns nothing
    assert whoami(held["access_token"]).status_code == 200


def test_the_user_takes_access_back(client, user, public):
    held = give_token(client, public)
    assert "Reader" in client.get("/account/tokens/").content.decode()
    address = f"/account/programs/{public.pk}/revoke/"
    assert "Reader" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    assert whoami(held["access_token"]).status_code == 401
    assert refresh(client, public, held["refresh_token"]).status_code == 400
    assert client.post(address).status_code == 404


def test_nothing_secret_is_kept(client, user, tmp_path):
    row, secret = make_client()
    code = told(authorize(client, row))["code"]
    held = exchange(client, row, code, client_secret=secret).json()
    dump = tmp_path / "dump.json"
    management.call_command("dumpdata", "portal", "oauth2_provider", "sessions", output=str(dump), verbosity=0)
    for text in (held["access_token"], held["refresh_token"], secret):
        assert text not in dump.read_text()


def test_what_is_over_is_cleared(client, user, public):
    give_token(client, public)
    AccessToken.objects.update(expires=timezone.now() - timedelta(days=100))
    clear_oauth_tokens()
    assert not AccessToken.objects.exists()
    assert not RefreshToken.objects.exists()


# --- The other grants --------------------------------------------------------------------------------------


def test_a_client_acts_for_its_owner(client):
    owner = UserFactory()
    row, secret = make_client(authorization_grant_type="client-credentials", user=owner, redirect_uris="")
    sent = {"grant_type": "client_credentials", "client_id": row.client_id, "client_secret": secret}
    body = client.post("/oauth/token", sent).json()
    assert "refresh_token" not in body
    assert whoami(body["access_token"]).json()["id"] == owner.pk
    type(owner).objects.update(is_active=False)
    assert whoami(body["access_token"]).status_code == 401
    assert client.post("/oauth/token", sent).json()["error"] == "unauthorized_client"


def password_grant(client, row, user, password="Passw0rd-test"):  # noqa: S107 - the factory's
    sent = {"grant_type": "password", "client_id": row.client_id, "username": user.email, "password": password}
    return client.post("/oauth/token", sent)


def test_a_password_opens_only_by_a_client_that_has_that_grant(client):
    user = UserFactory()
    code_only, _secret = make_client(client_type="public")
    assert password_grant(client, code_only, user).json()["error"] == "unauthorized_client"
    row, _secret = make_client(client_type="public", authorization_grant_type="password")
    assert password_grant(client, row, user, "wrong").json()["error"] == "invalid_grant"
    assert whoami(password_grant(client, row, user).json()["access_token"]).json()["id"] == user.pk


@pytest.mark.parametrize(
    "state",
    [{"is_active": False}, {"deleted": timezone.now()}, {"confirmed_at": None}],
    ids=lambda state: next(iter(state)),
)
def test_a_password_does_not_open_a_closed_account(client, state):
    row, _secret = make_client(client_type="public", authorization_grant_type="password")
    assert password_grant(client, row, UserFactory(**state)).status_code == 400


def test_a_password_alone_does_not_open_an_account_with_a_second_factor(client, monkeypatch):
    row, _secret = make_client(client_type="public", authorization_grant_type="password")
    monkeypatch.setattr(validator, "has_second_factor", lambda user: True)
    assert password_grant(client, row, UserFactory()).json()["error"] == "invalid_grant"


def test_guesses_are_counted(client, settings):
    settings.API_RATES = {"login": "3/hour"}
    row, _secret = make_client(client_type="public", authorization_grant_type="password")
    user = UserFactory()
    codes = [password_grant(client, row, user, f"wrong {number}").status_code for number in range(4)]
    assert codes == [400, 400, 400, 429]
