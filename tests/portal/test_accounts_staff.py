"""The second factor on the pages, and that of the staff in the administration."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.catalog.factories import MemberFactory, UserFactory
from tests.portal.accounts import PASSWORD, code_of, factors, give_second_factor

pytestmark = pytest.mark.django_db
SET_UP = reverse("mfa_activate_totp")


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def _required(settings):
    settings.STAFF_TWO_FACTOR_REQUIRED = True


def addresses_of_the_administration(patterns=None, prefix="admin/"):
    """Give a path of every route of the administration."""
    for pattern in patterns if patterns is not None else admin.site.get_urls():
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses_of_the_administration(pattern.url_patterns, route)
        else:
            route = re.sub(r"\(\?P<url>\.\*\)|\$|\^", "", route)
            route = re.sub(r"\(\?P<\w+>[^)]*\)", "catalog", route)
            yield "/" + re.sub(r"<(?:\w+:)?\w+>", "1", route)


ADDRESSES = sorted(set(addresses_of_the_administration()))
OPEN = {"/admin/login/", "/admin/logout/"}


def test_every_address_of_the_administration_is_found():
    assert len(ADDRESSES) > 100
    assert get_resolver().resolve("/admin/") is not None


@pytest.mark.usefixtures("_required")
def test_without_second_factor_every_address_of_the_administration_leads_to_its_set_up(client):
    client.force_login(UserFactory(admin=True))
    for address in sorted(set(ADDRESSES) - OPEN):
        for method in (client.get, client.post):
            response = method(address)
            assert (response.status_code, response.get("Location")) == (302, SET_UP), address


@pytest.mark.usefixtures("_required")
def test_with_a_second_factor_the_administration_opens(client):
    user = UserFactory(admin=True)
    client.force_login(user)
    give_second_factor(user)
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("_required")
def test_editors_are_not_of_the_staff(client):
    client.force_login(MemberFactory().user)
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("_required")
def test_staff_signs_in_to_the_administration_through_the_second_factor():
    user = UserFactory(admin=True)
    secret = give_second_factor(user)
    doors = [("/admin/login/?next=/admin/", "username"), (reverse("account_login") + "?next=/admin/", "login")]
    for path, name in doors:
        cache.clear()
        browser = Client()
        first = browser.post(path, {name: user.email, "password": PASSWORD, "next": "/admin/"})
        assert first["Location"] == reverse("mfa_authenticate")
        assert browser.get("/admin/").status_code == 302
        assert "_auth_user_id" not in browser.session
        assert browser.post(first["Location"], {"code": "000000"}).status_code == 200
        assert browser.post(first["Location"], {"code": code_of(secret)})["Location"] == "/admin/"
        assert browser.get("/admin/").status_code == 200


def test_an_account_set_up_from_its_pages_and_its_recovery_codes(client):
    user = UserFactory()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    page = client.get(SET_UP)
    secret = page.context["form"].secret
    assert "data:image/svg+xml" in page.content.decode()
    response = client.post(SET_UP, {"code": code_of(secret)}, follow=True)
    assert response.request["PATH_INFO"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<code>(\d+)</code>", response.content.decode())
    assert len(codes) == 10
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in stored

    other = Client()
    other.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in other.session
    other.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert "_auth_user_id" in other.session
    client.post(reverse("mfa_deactivate_totp"))
    assert factors(user) == 0


@pytest.mark.usefixtures("_required")
def test_staff_does_not_remove_the_required_second_factor(client):
    user = UserFactory(admin=True)
    secret = give_second_factor(user)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    client.post(reverse("mfa_deactivate_totp"))
    assert factors(user) == 1


def test_the_old_page_of_the_administration_leads_to_the_portal_s(client):
    assert client.get("/admin/login/?next=/admin/catalog/")["Location"] == "/account/login/?next=%2Fadmin%2Fcatalog%2F"
    assert client.get("/admin/login/?next=https://evil.example")["Location"] == "/account/login/?next=%2Fadmin%2F"
    client.force_login(UserFactory())
    assert client.get("/admin/login/").status_code == 403


def test_the_session_of_the_staff_ends_after_eight_hours_idle_that_of_others_lives_on(client):
    for user, status in [(UserFactory(admin=True), 302), (UserFactory(), 200)]:
        client.force_login(user)
        session = client.session
        session["seen"] -= 8 * 3600 + 60
        session.save()
        assert client.get(reverse("account-profile")).status_code == status


def test_a_visit_renews_a_session_but_not_at_each_request(client):
    client.force_login(UserFactory())
    session = client.session
    session["seen"] -= 3600
    session.save()
    before = client.session["seen"]
    client.get(reverse("account-security"))
    renewed = client.session["seen"]
    assert renewed > before
    client.get(reverse("account-security"))
    assert client.session["seen"] == renewed
