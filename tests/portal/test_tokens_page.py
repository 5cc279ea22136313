"""`/account/tokens/`: the page where a user makes and revokes her tokens."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.lib.scopes import powers_of
from portal.models import ApiToken
from portal.models.token import looks_like_token
from tests.catalog.factories import MemberFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/account/tokens/"


@pytest.fixture
def user(client):
    found = UserFactory()
    client.force_login(found)
    return found


def shown(response):
    return re.findall(r"udata_[\w-]{64}", response.content.decode())


def test_the_page_is_for_signed_in_users(client):
    response = client.get(PAGE)
    assert (response.status_code, PAGE in response.headers["Location"]) == (302, True)


def test_a_token_is_made_and_shown_once(client, user):
    response = client.post(PAGE, {"name": "laptop", "scope": "read", "days": "365"})
    (plaintext,) = set(shown(response))
    assert "no-store" in response.headers["Cache-Control"]
    row = ApiToken.objects.get()
    assert (row.user, row.name, row.scopes) == (user, "laptop", ["read"])
    assert row.expires_at - timezone.now() > timedelta(days=364)
    assert ApiToken.objects.authenticate(plaintext) == row
    page = client.get(PAGE)
    assert shown(page) == []
    assert row.token_prefix in page.content.decode()


@pytest.mark.parametrize(
    "sent",
    [{"name": ""}, {"scope": "admin"}, {"scope": "write:org:" + "a" * 24}, {"scope": "nonsense"}, {"days": "4000"}],
    ids=str,
)
def test_the_form_makes_nothing_that_it_does_not_offer(client, user, sent):
    response = client.post(PAGE, {"name": "laptop", "scope": "read", "days": "365", **sent})
    assert response.status_code == 400
    assert not ApiToken.objects.exists()


def test_an_editor_may_limit_a_token_to_her_organization(client, user):
    hers, other = OrganizationFactory(), OrganizationFactory()
    MemberFactory(user=user, organization=hers)
    page = client.get(PAGE).content.decode()
    assert f"write:org:{hers.pk}" in page
    assert f"write:org:{other.pk}" not in page
    client.post(PAGE, {"name": "script", "scope": f"write:org:{hers.pk}", "days": ""})
    row = ApiToken.objects.get()
    assert (powers_of(row.scopes).organizations, row.expires_at) == ({hers.pk}, None)


def test_revoking_asks_first_and_then_works_at_once(client, user):
    row, plaintext = ApiToken.objects.issue(user, name="laptop")
    address = f"{PAGE}{row.pk}/revoke/"
    assert "laptop" not in client.get(PAGE + "f" * 24 + "/revoke/").content.decode()
    assert client.get(address).status_code == 200
    assert client.get("/api/1/me/", headers={"X-API-KEY": plaintext}).status_code == 200
    assert client.post(address).status_code == 302
    client.logout()
    assert client.get("/api/1/me/", headers={"X-API-KEY": plaintext}).json()["message"] == "Revoked API token"


def test_nobody_revokes_the_token_of_another(client, user):
    row, _plaintext = ApiToken.objects.issue(UserFactory())
    assert client.post(f"{PAGE}{row.pk}/revoke/").status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None


def test_the_form_needs_a_csrf_token(user):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert strict.post(PAGE, {"name": "laptop", "scope": "read"}).status_code == 403


def test_a_token_carries_a_checksum():
    _row, plaintext = ApiToken.objects.issue(UserFactory())
    assert looks_like_token(plaintext)
    assert not looks_like_token(plaintext[:-1] + ("a" if plaintext[-1] != "a" else "b"))
    assert not looks_like_token("ghp_" + plaintext[6:])
