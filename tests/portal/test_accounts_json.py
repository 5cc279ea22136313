"""The session routes for programs, in udata's dialect (api.md §10, recordings 153 and 154)."""

import json

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.core.cache import cache
from django.test import Client

from portal.models import User
from tests.catalog.factories import UserFactory
from tests.portal.accounts import PASSWORD, code_of, factors, give_second_factor, link_in

pytestmark = pytest.mark.django_db
NEW = "Different-77x"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


class Program(Client):
    """A client that checks CSRF as a server does, keeps cookies and sends the token it was given last."""

    def __init__(self, **options):
        super().__init__(enforce_csrf_checks=True, **options)
        self.token = None

    def send(self, path, body=None, *, token=True):
        headers = {"accept": "application/json"}
        if token and self.token:
            headers["X-CSRFToken"] = self.token
        answer = self.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)
        self.token = answer.json()["response"].get("csrf_token", self.token)
        return answer

    def start(self):
        self.token = self.get("/get-csrf").json()["response"]["csrf_token"]
        return self

    @property
    def is_in(self):
        return "_auth_user_id" in self.session


@pytest.fixture
def program():
    return Program()


def signed_in(user):
    client = Program().start()
    assert client.send("/login/", {"email": user.email, "password": PASSWORD}).status_code == 200
    return client


def response_of(answer):
    return answer.json()["response"]


def test_the_recorded_answers(program):
    UserFactory(email="n@b.fr")
    answer = program.send("/login/", {"email": "n@b.fr", "password": "zz"})
    told = ["Invalid password"]
    body = {"meta": {"code": 400}, "response": {"errors": told, "field_errors": {"password": told}}}
    assert (answer.status_code, answer.json()) == (400, body)
    csrf = program.get("/get-csrf")
    assert csrf.status_code == 200
    assert list(csrf.json()) == ["response"]
    assert list(csrf.json()["response"]) == ["csrf_token"]


def test_an_unknown_address_gets_the_answer_of_a_wrong_password(program):
    UserFactory(email="n@b.fr")
    known = program.send("/login/", {"email": "n@b.fr", "password": "zz"})
    unknown = program.send("/login/", {"email": "nobody@b.fr", "password": "zz"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


def test_signing_in_and_out(program):
    user = UserFactory()
    answer = program.start().send("/login/", {"email": user.email.upper(), "password": PASSWORD})
    body = answer.json()
    assert body["meta"] == {"code": 200}
    assert body["response"] | {"csrf_token": "x"} == {"csrf_token": "x", "tf_required": False, "user": {}}
    assert program.is_in
    assert program.get("/api/1/me/").status_code == 200
    assert program.send("/logout/").status_code == 200
    assert not program.is_in


def test_a_program_without_cookies_needs_no_token_one_with_cookies_does():
    user = UserFactory()
    credentials = {"email": user.email, "password": PASSWORD}
    assert Program().send("/login/", credentials).status_code == 200
    with_cookie = Program().start()
    refused = with_cookie.send("/login/", credentials, token=False)
    assert refused.status_code == 400
    assert response_of(refused)["errors"] == ["The CSRF token is missing."]
    assert with_cookie.send("/login/", credentials | {"csrf_token": "x" * 32}, token=False).status_code == 400
    in_body = credentials | {"csrf_token": with_cookie.token}
    assert with_cookie.send("/login/", in_body, token=False).status_code == 200
    assert with_cookie.send("/logout/", token=False).status_code == 400
    assert with_cookie.is_in


def test_a_foreign_page_signs_nobody_in_nor_out():
    user = UserFactory()
    foreign = {"origin": "https://evil.example", "accept": "application/json"}
    answer = Client(enforce_csrf_checks=True).post(
        "/login/", {"email": user.email, "password": PASSWORD}, headers=foreign
    )
    assert answer.status_code == 400
    assert "sessionid" not in answer.cookies


def test_requests_of_programs_leave_the_check_of_others_in_place():
    """The shape of CKAN's CVE-2026-41255: an exempt request must not exempt the next one."""
    user = UserFactory()
    browser = signed_in(user)
    for _ in range(20):
        Program().send("/login/", {"email": "x@y.fr", "password": "x"}) if _ < 3 else Program().start()
        assert browser.send("/change/", {"password": "x"}, token=False).status_code == 400
    assert browser.post("/account/profile/", {"first_name": "M"}).status_code == 403


BAD_BODIES = [
    b"{",
    b"[]",
    b"1",
    b'"text"',
    b"null",
    b"\xff\xfe",
    b'{"email": "\\u0000"}',
    b'{"email": 1}',
    b'{"email": {"$gt": ""}}',
    b'{"email": ["a"]}',
    b'{"email": "a@b.fr", "password": true}',
    b'{"email": "a@b.fr", "password": "x", "remember": "maybe"}',
    b'{"email": "\\ud800", "password": "x"}',
    b"[" * 5000,
    b'{"email": "' + b"x" * 5000 + b'"}',
    b"",
]
ROUTES = [
    "/login/",
    "/logout/",
    "/register/",
    "/confirm/",
    "/confirm/x",
    "/reset/",
    "/reset/x-y",
    "/change/",
    "/change-email",
    "/confirm-change-email/x",
    "/verify",
    "/tf-setup",
    "/tf-validate",
    "/tf-rescue",
]


@pytest.mark.parametrize("route", ROUTES)
def test_a_bad_body_is_told_in_the_dialect(route):
    user = UserFactory()
    for client in (Program(), signed_in(user)):
        for body in BAD_BODIES:
            headers = {"accept": "application/json", "X-CSRFToken": client.token or ""}
            answer = client.post(route, body, content_type="application/json", headers=headers)
            assert answer.status_code < 500, body
            assert answer.json()["meta"]["code"] == answer.status_code, body
            client.token = answer.json()["response"].get("csrf_token", client.token)


@pytest.mark.parametrize("route", [*ROUTES, "/get-csrf"])
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_no_method_fails(client, route, method):
    for headers in ({"accept": "application/json"}, {"accept": "text/html"}):
        assert getattr(client, method)(route, headers=headers).status_code < 500


@pytest.mark.parametrize(("route", "page"), [("/login/", "/account/login/"), ("/register", "/account/signup/")])
def test_a_browser_is_led_to_the_page(client, route, page):
    answer = client.get(f"{route}?next=/datasets/", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Location"]) == (302, f"{page}?next=%2Fdatasets%2F")


def test_from_registration_to_signing_in(program):
    body = {
        "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "password": NEW,
        "password_confirm": NEW, "accept_conditions": True,
    }  # fmt: skip
    first = program.start().send("/register/", body)
    assert first.status_code == 200
    assert not program.is_in
    again = Program().send("/register/", body)
    assert again.json() | {"response": {}} == first.json() | {"response": {}}
    assert User.objects.count() == 1

    credentials = {"email": body["email"], "password": NEW}
    waiting = Program().send("/login/", credentials)
    assert response_of(waiting)["field_errors"] == {"email": ["Email requires confirmation."]}
    token = link_in(mail.outbox[0].body).rstrip("/").rsplit("/", 1)[1]
    led = Client().get(f"/confirm/{token}")
    assert led["Location"].startswith("/account/confirm-email/")
    assert Program().send(f"/confirm/{token}").status_code == 200
    assert Program().send(f"/confirm/{token}").status_code == 400
    assert Program().send("/login/", credentials).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"accept_conditions": False}, "accept_conditions"),
        ({"password_confirm": "other"}, "password_confirm"),
        ({"password": "short", "password_confirm": "short"}, "password"),
        ({"email": "no"}, "email"),
        ({"first_name": None}, "first_name"),
        ({"last_name": 3}, "last_name"),
    ],
)
def test_what_a_registration_refuses(program, changes, field):
    body = {
        "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "password": NEW,
        "password_confirm": NEW, "accept_conditions": True,
    }  # fmt: skip
    answer = program.send("/register/", body | changes)
    assert answer.status_code == 400
    assert list(response_of(answer)["field_errors"]) == [field]
    assert not User.objects.exists()


def test_confirmation_is_sent_again_to_who_waits_for_it_and_nobody_learns_who(program):
    UserFactory(email="waits@example.org", confirmed_at=None)
    UserFactory(email="done@example.org")
    answers = [
        program.send("/confirm/", {"email": f"{name}@example.org"}).json()["meta"]
        for name in ("waits", "done", "nobody")
    ]
    assert answers == [{"code": 200}] * 3
    assert [message.to for message in mail.outbox] == [["waits@example.org"]]


def test_a_forgotten_password_is_chosen_anew(program):
    user = UserFactory()
    assert program.send("/reset/", {"email": user.email}).json()["meta"] == {"code": 200}
    assert Program().send("/reset/", {"email": "nobody@b.fr"}).json()["meta"] == {"code": 200}
    token = link_in(mail.outbox[0].body).rstrip("/").rsplit("/", 1)[1]
    weak = Program().send(f"/reset/{token}", {"password": "weak", "password_confirm": "weak"})
    assert "password" in response_of(weak)["field_errors"]
    body = {"password": NEW, "password_confirm": NEW}
    assert Program().send(f"/reset/{token}", body).status_code == 200
    assert Program().send(f"/reset/{token}", body).status_code == 400
    assert Program().send("/login/", {"email": user.email, "password": NEW}).status_code == 200


def test_a_new_password_ends_the_other_sessions():
    user = UserFactory()
    here, there = signed_in(user), signed_in(user)
    body = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert response_of(here.send("/change/", body | {"password": "no"}))["field_errors"].keys() == {"password"}
    assert here.send("/change/", body).status_code == 200
    assert here.get("/api/1/me/").status_code == 200
    assert there.get("/api/1/me/").status_code == 401


@pytest.mark.parametrize("route", ["/change/", "/change-email", "/verify", "/tf-setup"])
def test_what_needs_a_session_says_so(route):
    assert Program().send(route).status_code == 401


def test_an_old_session_gives_its_password_again_before_something_sensitive():
    user = UserFactory()
    client = signed_in(user)
    grow_old(client)
    for route, body in [("/change-email", {"email": "new@example.org"}), ("/tf-setup", {"setup": "authenticator"})]:
        stale = client.send(route, body)
        assert stale.status_code == 401
        assert response_of(stale)["reauth_required"] is True
    wrong = client.send("/verify", {"password": "no"})
    assert response_of(wrong)["field_errors"] == {"password": ["Invalid password"]}
    assert client.send("/verify", {"password": PASSWORD}).status_code == 200
    assert client.send("/change-email", {"email": "new@example.org"}).status_code == 200
    assert mail.outbox[0].to == ["new@example.org"]


def grow_old(client):
    """Make the session's password an hour old."""
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [record | {"at": record["at"] - 3600} for record in records]
    session.save()


def test_a_second_factor_is_set_up_asked_for_and_removed():
    user = UserFactory()
    client = signed_in(user)
    details = response_of(client.send("/tf-setup", {"setup": "authenticator"}))
    assert details["tf_state"] == "validating_profile"
    wrong = client.send("/tf-validate", {"code": "000000"})
    assert response_of(wrong)["field_errors"] == {"code": ["Invalid code"]}
    done = response_of(client.send("/tf-validate", {"code": code_of(details["tf_authr_key"])}))
    assert len(done["recovery_codes"]) == 10
    assert factors(user) == 2

    other = Program().start()
    asked = response_of(other.send("/login/", {"email": user.email, "password": PASSWORD}))
    assert (asked["tf_required"], asked["tf_state"], asked["tf_primary_method"]) == (True, "ready", "authenticator")
    assert not other.is_in
    assert other.get("/api/1/me/").status_code == 401
    assert other.send("/tf-validate", {"code": code_of(details["tf_authr_key"])}).status_code == 200
    assert other.is_in

    with_paper = Program().start()
    with_paper.send("/login/", {"email": user.email, "password": PASSWORD})
    assert response_of(with_paper.send("/tf-rescue", {"help_setup": "recovery_code"}))["tf_state"] == "ready"
    assert with_paper.send("/tf-validate", {"code": done["recovery_codes"][0]}).status_code == 200
    assert with_paper.is_in

    assert client.send("/tf-setup", {"setup": "disable"}).status_code == 200
    assert factors(user) == 0


def test_a_code_opens_once():
    user = UserFactory()
    code = code_of(give_second_factor(user))
    clients = [Program().start() for _ in range(2)]
    for client in clients:
        client.send("/login/", {"email": user.email, "password": PASSWORD})
    assert clients[0].send("/tf-validate", {"code": code}).status_code == 200
    assert clients[1].send("/tf-validate", {"code": code}).status_code == 400


def test_five_wrong_codes_close_the_door_to_a_right_one():
    user = UserFactory()
    give_second_factor(user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    client = Program().start()
    client.send("/login/", {"email": user.email, "password": PASSWORD})
    for _ in range(5):
        assert response_of(client.send("/tf-validate", {"code": "000000"}))["errors"] == ["Invalid code"]
    refused = client.send("/tf-validate", {"code": codes[0]})
    assert refused.status_code == 400
    assert response_of(refused)["errors"] != ["Invalid code"]
    assert not client.is_in


def test_a_lost_telephone_is_told_to_the_operator_after_the_right_password_only(settings):
    settings.TWO_FACTOR_RESCUE_EMAIL = "help@example.org"
    user = UserFactory()
    give_second_factor(user)
    client = Program().start()
    assert client.send("/tf-rescue", {"help_setup": "lost_device"}).status_code == 401
    client.send("/login/", {"email": user.email, "password": PASSWORD})
    assert client.send("/tf-rescue", {"help_setup": "lost_device"}).status_code == 200
    assert mail.outbox[0].to == ["help@example.org"]
    assert user.email in mail.outbox[0].body
    assert not client.is_in


def test_staff_without_a_second_factor_is_told_to_set_it_up(settings):
    settings.STAFF_TWO_FACTOR_REQUIRED = True
    user = UserFactory(admin=True)
    answer = response_of(Program().start().send("/login/", {"email": user.email, "password": PASSWORD}))
    assert (answer["tf_required"], answer["tf_state"]) == (True, "setup_from_login")


def test_a_password_that_must_change_is_told_and_mailed(program):
    user = UserFactory(password_rotation_demanded="2026-01-01T00:00:00Z")
    answer = program.send("/login/", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 400
    assert "security reasons" in response_of(answer)["errors"][0]
    assert len(mail.outbox) == 1


def test_a_closed_account_does_not_open(program):
    user = UserFactory(is_active=False)
    answer = program.send("/login/", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 400
    assert not program.is_in


def test_the_rate_of_passwords_is_counted(settings, program):
    settings.API_RATES = {"login": "2/minute"}
    statuses = [program.send("/reset/", {"email": "nobody@b.fr"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
