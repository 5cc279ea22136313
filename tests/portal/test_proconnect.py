"""udata's addresses of the State's sign-in, and of its captcha."""

import json

import pytest
from django.core.cache import cache

from catalog.services import captcha
from portal.lib.http import Limits
from tests.catalog.factories import UserFactory
from tests.portal.canary import Canary

pytestmark = pytest.mark.django_db

BASE = "/api/1/proconnect/"
CAPTCHA = "/api/2/captchetat/"


@pytest.fixture
def issuer(settings):
    settings.OIDC_ISSUER = "https://proconnect.example.org"
    settings.SITE_URL = "http://testserver"


@pytest.mark.parametrize("end", ["login/", "auth", "logout", "logout_oauth"])
def test_there_is_nothing_where_it_is_not_set_up(api, end):
    answer = api.get(BASE + end)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/json")
    assert "message" in answer.json()


def test_signing_in_goes_to_the_portals_own_page(api, issuer):
    answer = api.get(f"{BASE}login/?next=/datasets/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/account/oidc/oidc/login/?next=%2Fdatasets%2F"


OUTSIDE = [
    "https://evil.example/", "//evil.example/", "///evil.example/", "\\\\evil.example", "/\\evil.example", "http:evil",
    "javascript:alert(1)", "data:text/html,a", "http://testserver@evil.example/", "http://testserver.evil.example/",
    "https:///evil.example", "\thttps://evil.example", " //evil.example",
    "http://127.0.0.1:8000.evil.example/", "ftp://testserver/", "",
]  # fmt: skip


@pytest.mark.parametrize("end", ["login/", "logout"])
@pytest.mark.parametrize("wanted", OUTSIDE)
def test_nobody_is_led_out_of_the_portal(api, issuer, end, wanted):
    location = api.get(BASE + end, {"next": wanted}).headers["Location"]
    assert location in {"/account/oidc/oidc/login/", "/account/logout/"}


def test_an_address_of_the_portal_is_kept(api, issuer):
    assert api.get(f"{BASE}login/", {"next": "http://testserver/x"}).headers["Location"].endswith(
        "?next=http%3A%2F%2Ftestserver%2Fx")  # fmt: skip


def test_what_the_provider_answers_reaches_the_portals_own_page(api, issuer):
    query = {"code": "c&d", "state": "s", "next": "https://evil.example/", "error": "x y"}
    location = api.get(f"{BASE}auth", query).headers["Location"]
    assert location == "/account/oidc/oidc/login/callback/?code=c%26d&state=s&error=x+y"


def test_no_session_ends_by_a_get(client, issuer):
    user = UserFactory()
    client.force_login(user)
    for end in ("logout", "logout_oauth"):
        assert client.get(BASE + end).headers["Location"] == "/account/logout/"
    assert client.session["_auth_user_id"] == user.pk
    client.logout()
    assert client.get(f"{BASE}logout_oauth").headers["Location"] == "/"


# --- The captcha -------------------------------------------------------------------------------------------


@pytest.fixture
def service(settings, monkeypatch):
    """A service of ours: it counts its tokens, and answers with what `reply` holds."""
    reply = {"status": "200 OK", "type": "image/png", "body": b"\x89PNG", "tokens": 0, "life": 3600}

    def script(visitor, path):
        if path == captcha.TOKEN_PATH:
            reply["tokens"] += 1
            body = json.dumps({"access_token": f"t{reply['tokens']}", "expires_in": reply["life"]}).encode()
            status, kind = "200 OK", "application/json"
        else:
            status, kind, body = reply["status"], reply["type"], reply["body"]
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        visitor.sendall(head.encode() + body)

    canary = Canary(script)
    settings.CAPTCHETAT_BASE_URL, settings.CAPTCHETAT_OAUTH_BASE_URL = f"{canary.url}/v2", canary.url
    settings.CAPTCHETAT_CLIENT_ID, settings.CAPTCHETAT_CLIENT_SECRET = "portal", "s3cret"
    limits = Limits(size=1000, seconds=2, redirects=0, ports=frozenset([canary.port]), private=True)
    monkeypatch.setattr(captcha, "LIMITS", limits)
    cache.delete(captcha.KEY)
    reply["canary"] = canary
    yield reply
    cache.delete(captcha.KEY)
    canary.listener.close()


def test_there_is_no_captcha_where_it_is_not_set_up(api, settings):
    settings.CAPTCHETAT_BASE_URL = "https://captcha.example.org"
    answer = api.get(CAPTCHA, {"get": "image", "c": "captchaFR"})
    assert answer.status_code == 404
    assert "message" in answer.json()


def test_a_picture_comes_through_the_portal(api, service):
    answer = api.get(CAPTCHA, {"get": "image", "c": "captchaFR", "secret": "x"})
    assert (answer.status_code, answer.content) == (200, b"\x89PNG")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    token, picture = service["canary"].requests
    assert token.startswith("POST /api/oauth/token ")
    assert picture.startswith("GET /v2/simple-captcha-endpoint?get=image&c=captchaFR HTTP")
    assert "Authorization: Bearer t1" in picture
    api.get(CAPTCHA, {"get": "sound", "c": "captchaFR", "t": "12"})
    assert service["tokens"] == 1  # kept


def test_a_token_taken_back_is_asked_for_anew_once(api, service):
    service["status"] = "401 Unauthorized"
    assert api.get(CAPTCHA, {"get": "image"}).status_code == 503
    assert service["tokens"] == 2


@pytest.mark.parametrize(
    "change",
    [{"status": "500 Oops"}, {"status": "302 Found"}, {"type": "text/html", "body": b"<script>"}, {"body": b"a" * 1001},
     {"type": "image/svg+xml"}],
)  # fmt: skip
def test_what_is_no_captcha_is_not_sent_on(api, service, change):
    service.update(change)
    answer = api.get(CAPTCHA, {"get": "image"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "script" not in answer.content.decode()
    assert "s3cret" not in answer.content.decode()


def test_a_service_that_is_down_is_told(api, service):
    service["canary"].listener.close()
    assert api.get(CAPTCHA, {"get": "image"}).status_code == 503


@pytest.mark.parametrize("given", [{"get": "../x"}, {"c": "a&b"}, {"t": "a" * 65}, {"get": "\x00"}, {"c": "é"}])
def test_odd_arguments_are_refused(api, service, given):
    answer = api.get(CAPTCHA, given)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(given)
    assert service["canary"].visits == 0
