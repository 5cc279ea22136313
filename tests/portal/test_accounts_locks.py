"""Guessing passwords is stopped: one account from one address, one address, one account from anywhere."""

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.accounts.locks import ACCOUNT_LIMIT, ADDRESS_LIMIT
from tests.catalog.factories import UserFactory
from tests.portal.accounts import PASSWORD, link_in

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
WRONG = "Wrong-1234"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def guess(email, address="10.0.0.1", password=WRONG, path=LOGIN, **more):
    name = "username" if path == reverse("admin:login") else "login"
    return Client(REMOTE_ADDR=address).post(path, {name: email, "password": password}, **more)


def guess_json(email, address="10.0.0.1", password=WRONG):
    return Client(REMOTE_ADDR=address).post(
        "/login/", {"email": email, "password": password}, content_type="application/json"
    )


@pytest.mark.parametrize("path", [LOGIN, reverse("admin:login")])
def test_five_wrong_passwords_lock_the_account_for_that_address_only(path):
    user = UserFactory(admin=True)
    for _ in range(4):
        assert guess(user.email, path=path).status_code == 200
    locked = guess(user.email, path=path)
    assert locked.status_code == 429
    assert locked["Retry-After"] == "3600"
    assert "Too many wrong passwords" in locked.content.decode()
    assert guess(user.email, password=PASSWORD, path=path).status_code == 429
    assert guess(user.email.upper(), password=PASSWORD, path=path).status_code == 429
    assert guess(user.email, password=PASSWORD, address="10.0.0.2", path=path).status_code == 302


def test_the_lock_is_told_in_the_dialect_and_holds_on_every_way_in():
    user = UserFactory(admin=True)
    for _ in range(5):
        answer = guess_json(user.email)
    assert answer.status_code == 429
    assert answer.json()["meta"] == {"code": 429}
    assert answer.json()["response"]["errors"]
    assert guess(user.email, password=PASSWORD).status_code == 429
    assert guess(user.email, password=PASSWORD, path=reverse("admin:login")).status_code == 429


def test_a_crowd_of_machines_locks_the_account():
    user = UserFactory()
    statuses = [guess_json(user.email, address=f"10.0.{n}.1").status_code for n in range(ACCOUNT_LIMIT)]
    assert statuses == [400] * (ACCOUNT_LIMIT - 1) + [429]
    assert guess_json(user.email, "10.9.9.9", PASSWORD).status_code == 429


def test_one_address_that_tries_many_accounts_is_locked():
    user = UserFactory()
    statuses = [guess_json(f"nobody{n}@example.org").status_code for n in range(ADDRESS_LIMIT)]
    assert statuses[-1] == 429
    assert guess_json(user.email, password=PASSWORD).status_code == 429
    assert guess_json(user.email, "10.0.0.2", PASSWORD).status_code == 200


def test_addresses_of_one_ipv6_network_are_one_client():
    for n in range(5):
        answer = guess_json("ada@example.org", f"2001:db8:1:2::{n}")
    assert answer.status_code == 429


def test_signing_in_to_one_s_own_account_does_not_wipe_what_one_tried_on_others():
    mine, other = UserFactory(), UserFactory()
    for _ in range(4):
        guess_json(other.email)
    assert guess_json(mine.email, password=PASSWORD).status_code == 200
    assert guess_json(other.email).status_code == 429


def test_a_success_forgets_one_s_own_mistakes():
    user = UserFactory()
    for _ in range(2):
        for _ in range(4):
            assert guess_json(user.email).status_code == 400
        assert guess_json(user.email, password=PASSWORD).status_code == 200


def test_a_new_password_by_mail_opens_a_locked_account(client):
    user = UserFactory()
    for _ in range(5):
        guess_json(user.email)
    client.post(reverse("account_reset_password"), {"email": user.email})
    page = client.get(link_in(mail.outbox[0].body), follow=True).request["PATH_INFO"]
    client.post(page, {"password1": "Different-77x", "password2": "Different-77x"})
    assert guess_json(user.email, password="Different-77x").status_code == 200


def test_a_password_asked_for_again_is_counted_too(client):
    user = UserFactory()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    for _ in range(5):
        answer = client.post(reverse("account_reauthenticate"), {"password": "Wrong-1234"})
    assert answer.status_code == 429


def test_no_password_is_kept_of_a_failure():
    UserFactory(email="ada@example.org")
    guess("ada@example.org", password="My-Real-Password-1")
    guess_json("ada@example.org", password="My-Real-Password-1")
    for attempt in AccessAttempt.objects.all():
        assert "My-Real-Password-1" not in f"{attempt.get_data}{attempt.post_data}{attempt.path_info}"


def test_a_forged_forwarded_address_does_not_help():
    for n in range(5):
        answer = guess("ada@example.org", headers={"x-forwarded-for": f"192.0.2.{n}"})
    assert answer.status_code == 429
