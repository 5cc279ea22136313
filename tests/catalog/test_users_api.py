"""Accounts written by system administrators, and one's own (`/me/`)."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from catalog.models import Member
from portal.models import ApiToken, User
from tests.catalog.factories import DiscussionFactory, MemberFactory, MessageFactory, UserFactory
from tests.portal.accounts import PASSWORD, link_in
from tests.portal.oauth import make_client

pytestmark = pytest.mark.django_db

BODY = {"email": "Grace@Example.org", "first_name": "Grace", "last_name": "Hopper"}
LIST = "/api/1/users/"


@pytest.fixture
def sysadmin(api):
    """A client that speaks for a system administrator, its `user`."""
    api.user = UserFactory(admin=True)
    api.force_login(api.user)
    return api


def path(user: User, part="") -> str:
    return f"{LIST}{user.slug}/{part}"


def sign_in(client, user: User, password=PASSWORD):
    return client.post("/login/", {"email": user.email, "password": password}, content_type="application/json")


# --- Making --------------------------------------------------------------------------------------------------


def test_an_account_is_made_without_password_and_its_owner_chooses_one(
    sysadmin, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = sysadmin.post(LIST, BODY | {"about": "Compilers", "website": "https://example.org/"}, format="json")
    assert answer.status_code == 201
    body = answer.json()
    assert (body["email"], body["first_name"], body["about"]) == ("grace@example.org", "Grace", "Compilers")
    assert (body["roles"], body["active"], body["organizations"]) == ([], True, [])
    user = User.objects.get(pk=body["id"])
    assert not user.has_usable_password()
    assert user.confirmed_at is None
    (letter,) = mail.outbox
    assert letter.to == ["grace@example.org"]
    page = client.get(link_in(letter.body), follow=True).request["PATH_INFO"]
    client.post(page, {"password1": "Different-77x", "password2": "Different-77x"})
    user.refresh_from_db()
    assert user.confirmed_at is not None
    assert sign_in(Client(), user, "Different-77x").status_code == 200


def test_no_mail_goes_if_the_account_is_not_made(sysadmin, django_capture_on_commit_callbacks):
    UserFactory(email="grace@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        answer = sysadmin.post(LIST, BODY, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"email": "An account has this address already."}
    assert not mail.outbox
    assert User.objects.count() == 2


def test_a_mail_that_cannot_be_sent_does_not_undo_the_account(
    sysadmin, settings, django_capture_on_commit_callbacks, caplog
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.nothing.EmailBackend"
    with django_capture_on_commit_callbacks(execute=True):
        assert sysadmin.post(LIST, BODY, format="json").status_code == 201
    assert User.objects.filter(email="grace@example.org").exists()
    assert "send_reset" in caplog.text or "on_commit" in caplog.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": None}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "x" * 250 + "@example.org"}, "email"),
        ({"email": "a@deleted"}, "email"),
        ({"email": ["a@example.org"]}, "email"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": "  "}, "first_name"),
        ({"last_name": "x" * 256}, "last_name"),
        ({"last_name": {"a": 1}}, "last_name"),
        ({"website": "javascript:alert(1)"}, "website"),
    ],
)
def test_what_is_wrong_is_told_by_field(sysadmin, change, field):
    answer = sysadmin.post(LIST, BODY | change, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    other = UserFactory()
    answer = sysadmin.put(path(other), change, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert User.objects.count() == 2


def test_missing_fields_are_told_together(sysadmin):
    answer = sysadmin.post(LIST, {}, format="json")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"email", "first_name", "last_name"}


POWERS = {
    "id": "0" * 24, "slug": "chosen", "roles": ["admin"], "is_superuser": True, "is_staff": True, "active": False,
    "is_active": False, "password": "x", "confirmed_at": "2020-01-01T00:00:00Z", "deleted": "2020-01-01T00:00:00Z",
    "since": "2020-01-01T00:00:00Z", "metrics": {"followers": 9}, "avatar_url": "https://example.org/x.png",
    "extras": {"a": 1}, "password_rotation_demanded": "2020-01-01T00:00:00Z",
}  # fmt: skip


def test_powers_and_states_are_not_given_this_way(sysadmin):
    made = sysadmin.post(LIST, BODY | POWERS, format="json").json()
    other = UserFactory()
    before = User.objects.filter(pk=other.pk).values().get()
    assert sysadmin.put(path(other), POWERS, format="json").status_code == 200
    assert User.objects.filter(pk=other.pk).values().get() == before
    user = User.objects.get(pk=made["id"])
    assert (user.is_superuser, user.is_staff, user.is_active, user.deleted) == (False, False, True, None)
    assert (user.pk != "0" * 24, user.slug, user.extras) == (True, "grace-hopper", {})


# --- Changing ------------------------------------------------------------------------------------------------


def test_an_account_is_changed_by_the_keys_of_the_body(sysadmin):
    user = UserFactory(about="Before", website="https://example.org/")
    answer = sysadmin.put(path(user), {"first_name": "Augusta", "email": "NEW@example.org"}, format="json")
    assert answer.status_code == 200
    user.refresh_from_db()
    assert (user.first_name, user.email, user.about) == ("Augusta", "new@example.org", "Before")
    assert (answer.json()["email"], answer.json()["slug"]) == ("new@example.org", user.slug)


def test_what_was_read_can_be_sent_back(sysadmin):
    imported = UserFactory(email=None)
    for user in (imported, UserFactory()):
        before = User.objects.filter(pk=user.pk).values().get()
        assert sysadmin.put(path(user), sysadmin.get(path(user)).json(), format="json").status_code == 200
        assert User.objects.filter(pk=user.pk).values().get() == before


def test_an_address_is_one_accounts_whatever_its_spelling(sysadmin):
    UserFactory(email="ada@example.org")
    user = UserFactory()
    answer = sysadmin.put(path(user), {"email": "ADA@Example.org"}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["email"])
    assert sysadmin.put(path(user), {"email": user.email.upper()}, format="json").status_code == 200


def test_a_stale_if_match_is_refused(sysadmin):
    user = UserFactory()
    etag = sysadmin.get(path(user))["ETag"]
    headers = {"if-match": etag}
    assert sysadmin.put(path(user), {"about": "One"}, format="json", headers=headers).status_code == 200
    assert sysadmin.put(path(user), {"about": "Two"}, format="json", headers=headers).status_code == 412
    assert sysadmin.delete(path(user), headers=headers).status_code == 412


# --- Deleting ------------------------------------------------------------------------------------------------


def test_an_account_is_deleted_and_its_owner_told(sysadmin, django_capture_on_commit_callbacks):
    user = UserFactory(email="ada@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        assert sysadmin.delete(path(user)).status_code == 204
    user.refresh_from_db()
    assert (user.full_name, user.is_active, user.email) == ("DELETED", False, f"{user.pk}@deleted")
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    for again in (sysadmin.delete, sysadmin.put, sysadmin.post):
        target = path(user, "rotate_password/") if again == sysadmin.post else path(user)
        assert again(target, {}, format="json").status_code == 410


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("no_mail=true", None),
        ("no_mail=false", "is deleted"),
        ("send_legal_notice=true", "contest this decision"),
        ("send_legal_notice=true&no_mail=true", "contest this decision"),
    ],
)
def test_which_mail_goes_is_asked(sysadmin, django_capture_on_commit_callbacks, query, words):
    with django_capture_on_commit_callbacks(execute=True):
        assert sysadmin.delete(f"{path(UserFactory())}?{query}").status_code == 204
    assert len(mail.outbox) == (1 if words else 0)
    assert not words or words in mail.outbox[0].body


def test_comments_go_if_that_is_asked(sysadmin):
    for query, left in (("", "A question."), ("?delete_comments=true", "DELETED")):
        discussion = DiscussionFactory()
        message = MessageFactory(discussion=discussion)
        MessageFactory(discussion=discussion)
        assert sysadmin.delete(f"{path(message.posted_by)}{query}").status_code == 204
        message.refresh_from_db()
        assert message.content == left


def test_ones_own_account_is_not_deleted_there(sysadmin):
    answer = sysadmin.delete(path(sysadmin.user))
    assert answer.status_code == 403
    assert "/me/" in answer.json()["message"]
    sysadmin.user.refresh_from_db()
    assert sysadmin.user.deleted is None


def test_the_last_administrator_of_an_organization_can_be_deleted(sysadmin):
    """Nobody is kept against her will: the organization is told (`departures`)."""
    member = MemberFactory(role="admin")
    assert sysadmin.delete(path(member.user)).status_code == 204
    assert not Member.objects.exists()


# --- Forced change of the password -------------------------------------------------------------------------------


def test_a_password_that_must_change_opens_nothing_until_it_is_changed(
    sysadmin, client, django_capture_on_commit_callbacks
):
    user = UserFactory()
    assert sign_in(client, user).status_code == 200
    assert client.get("/api/1/me/").status_code == 200
    assert sysadmin.post(path(user, "rotate_password/")).status_code == 204
    assert client.get("/api/1/me/").status_code == 401
    assert sysadmin.get(path(user)).json()["password_rotation_demanded"] is not None
    answer = sign_in(client, user)
    assert answer.status_code == 400
    assert "security reasons" in answer.json()["response"]["errors"][0]
    page = client.get(link_in(mail.outbox[-1].body), follow=True).request["PATH_INFO"]
    client.post(page, {"password1": "Different-77x", "password2": "Different-77x"})
    assert sign_in(Client(), user, "Different-77x").status_code == 200
    body = sysadmin.get(path(user)).json()
    assert body["password_rotation_demanded"] is None
    assert body["password_rotation_performed"] is not None


def test_nor_does_it_open_by_a_program_that_asks_for_passwords(sysadmin, client):
    user = UserFactory()
    row, _secret = make_client(client_type="public", authorization_grant_type="password")
    sent = {"grant_type": "password", "client_id": row.client_id, "username": user.email, "password": PASSWORD}
    assert client.post("/oauth/token", sent).status_code == 200
    sysadmin.post(path(user, "rotate_password/"))
    assert client.post("/oauth/token", sent).json()["error"] == "invalid_grant"


# --- Who -----------------------------------------------------------------------------------------------------


def test_only_system_administrators_write_accounts(api):
    user = UserFactory()
    calls = [
        ("post", LIST), ("put", path(user)), ("delete", path(user)), ("post", path(user, "rotate_password/")),
        ("put", f"{LIST}nobody/"), ("delete", f"{LIST}nobody/"),
    ]  # fmt: skip
    powerless = ApiToken.objects.issue(UserFactory(admin=True), name="t", scopes=["write"])[1]
    before = list(User.objects.values().order_by("pk"))
    for method, address in calls:
        api.logout()
        assert getattr(api, method)(address, BODY, format="json").status_code == 401
        headers = {"X-API-KEY": powerless}
        assert getattr(api, method)(address, BODY, format="json", headers=headers).status_code == 403
        for person in (user, MemberFactory(role="admin").user):
            api.force_login(person)
            assert getattr(api, method)(address, BODY, format="json").status_code == 403
    kept = {row["pk"] if "pk" in row else row["id"] for row in before}
    after = [row for row in User.objects.values().order_by("pk") if row["id"] in kept]
    for rows in (before, after):
        for row in rows:
            row.pop("last_login")
    assert after == before


def test_an_account_that_is_not_active_is_for_administrators(api):
    user = UserFactory(is_active=False)
    assert api.get(path(user)).status_code == 410
    api.force_login(UserFactory(admin=True))
    assert api.get(path(user)).json()["active"] is False
    assert api.get(f"{LIST}{'0' * 24}/").status_code == 404


# --- One's own -------------------------------------------------------------------------------------------------


def test_a_profile_is_changed_and_its_address_is_not(api):
    user = UserFactory(email="ada@example.org")
    api.force_login(user)
    body = api.get("/api/1/me/").json()
    assert api.put("/api/1/me/", body | {"about": "Notes"}, format="json").json()["about"] == "Notes"
    for address in ("other@example.org", "", 5, ["ada@example.org"]):
        answer = api.put("/api/1/me/", {"email": address, "about": "Changed"}, format="json")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["email"])
    assert api.put("/api/1/me/", {"email": "ADA@example.org", "roles": ["admin"]}, format="json").status_code == 200
    user.refresh_from_db()
    assert (user.email, user.about, user.is_superuser) == ("ada@example.org", "Notes", False)


def test_a_stale_profile_is_refused(api):
    api.force_login(UserFactory())
    headers = {"if-match": api.get("/api/1/me/")["ETag"]}
    assert api.put("/api/1/me/", {"about": "One"}, format="json", headers=headers).status_code == 200
    assert api.put("/api/1/me/", {"about": "Two"}, format="json", headers=headers).status_code == 412


def test_a_person_deletes_her_account_and_is_out(api, django_capture_on_commit_callbacks):
    user = UserFactory(email="ada@example.org")
    assert sign_in(api, user).status_code == 200
    _row, key = ApiToken.objects.issue(user, name="t")
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete("/api/1/me/").status_code == 204
    user.refresh_from_db()
    assert (user.deleted is not None, user.full_name) == (True, "DELETED")
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    assert api.get("/api/1/me/").status_code == 401
    assert api.get("/api/1/me/", headers={"X-API-KEY": key}).status_code == 401
    assert sign_in(Client(), user).status_code == 400


def test_a_program_deletes_the_account_it_speaks_for(api):
    user = UserFactory()
    _row, key = ApiToken.objects.issue(user, name="t")
    assert api.delete("/api/1/me/", headers={"X-API-KEY": key}).status_code == 204
    user.refresh_from_db()
    assert user.deleted is not None


@pytest.mark.parametrize("scope", ["read", "harvest"])
def test_a_token_without_the_scope_deletes_nothing(api, scope):
    user = UserFactory()
    _row, key = ApiToken.objects.issue(user, name="t", scopes=[scope])
    assert api.delete("/api/1/me/", headers={"X-API-KEY": key}).status_code == 403
    user.refresh_from_db()
    assert user.deleted is None


def test_the_portal_may_refuse_it(api, settings):
    settings.DELETE_ME = False
    user = UserFactory()
    api.force_login(user)
    answer = api.delete("/api/1/me/")
    assert answer.status_code == 403
    assert "page of your account" in answer.json()["message"]
    user.refresh_from_db()
    assert user.deleted is None
    assert api.get(reverse("v1-users")).status_code == 403
