"""Registration, confirmation, signing in, passwords, addresses, profile: as a browser goes through them."""

from io import BytesIO

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal.models import User
from tests.catalog.factories import UserFactory
from tests.portal.accounts import PASSWORD, link_in

pytestmark = pytest.mark.django_db
LOGIN, SIGNUP = reverse("account_login"), reverse("account_signup")
FORM = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "Ada@Example.org",
    "password1": "Analytical-1843",
    "conditions": "on",
}


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def test_from_registration_to_the_first_sign_in(client):
    assert client.post(SIGNUP, FORM).status_code == 302
    user = User.objects.get(email="ada@example.org")
    assert (user.full_name, user.slug, user.confirmed_at) == ("Ada Lovelace", "ada-lovelace", None)

    sign_in(client, "ada@example.org", FORM["password1"])
    assert "_auth_user_id" not in client.session

    assert len(mail.outbox) == 1  # signing in too soon does not send it again at once
    assert mail.outbox[0].to == ["ada@example.org"]
    page = link_in(mail.outbox[0].body)
    assert client.get(page).status_code == 200  # a scanner of mails that follows links confirms nothing
    user.refresh_from_db()
    assert user.confirmed_at is None
    client.post(page)
    user.refresh_from_db()
    assert user.confirmed_at is not None

    response = sign_in(client, "ADA@example.org", FORM["password1"])
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == user.pk


def test_mails_have_a_text_and_a_page(client):
    client.post(SIGNUP, FORM)
    message = mail.outbox[0]
    page, kind = message.alternatives[0]
    assert kind == "text/html"
    assert 'href="http' in page
    assert link_in(message.body) in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password1": "alllower1"}, "password1"),
        ({"password1": "ALLUPPER1"}, "password1"),
        ({"password1": "NoDigitHere"}, "password1"),
        ({"password1": "Ab1"}, "password1"),
        ({"password1": "Lovelace1"}, "password1"),
        ({"conditions": ""}, "conditions"),
        ({"first_name": " "}, "first_name"),
        ({"email": "not an address"}, "email"),
        ({"last_name": "x" * 256}, "last_name"),
        ({"first_name": "a\x00b"}, "first_name"),
    ],
)
def test_what_a_registration_refuses(client, changes, field):
    response = client.post(SIGNUP, FORM | changes)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not User.objects.exists()


def test_a_program_that_fills_the_hidden_field_in_makes_no_account(client):
    client.post(SIGNUP, FORM | {"company_fax": "0123"})
    assert not User.objects.exists()


def test_nothing_tells_that_an_address_has_an_account(client, django_user_model):
    UserFactory(email="ada@example.org")
    known = client.post(SIGNUP, FORM)
    unknown = client.post(SIGNUP, FORM | {"email": "new@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert "already exists" in mail.outbox[0].subject.lower()
    assert User.objects.filter(email="ada@example.org").count() == 1

    answers = [
        client.post(reverse("account_reset_password"), {"email": email}) for email in ("ada@example.org", "x@y.fr")
    ]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0]["Location"] == answers[1]["Location"]
    pages = [sign_in(client, email, "Wrong-pass1").content.decode() for email in ("ada@example.org", "x@y.fr")]
    assert pages[0].count("are not correct") == pages[1].count("are not correct") == 1


def test_whoever_was_made_confirmed_signs_in_and_whoever_was_not_does_not(client):
    for email, confirmed in [("a@example.org", True), ("b@example.org", False)]:
        user = UserFactory(email=email)
        if not confirmed:
            User.objects.filter(pk=user.pk).update(confirmed_at=None)
        sign_in(client, email)
        assert ("_auth_user_id" in client.session) is confirmed
        client.logout()


def test_the_session_changes_its_key_at_sign_in_and_dies_elsewhere_with_a_new_password(client, client_factory):
    user = UserFactory()
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client, user.email)
    assert client.session.session_key != session.session_key

    other = client_factory()
    sign_in(other, user.email)
    form = {"oldpassword": PASSWORD, "password1": "Different-77x", "password2": "Different-77x"}
    assert client.post(reverse("account_change_password"), form).status_code == 302
    assert client.get(reverse("account-profile")).status_code == 200
    assert other.get(reverse("account-profile")).status_code == 302


@pytest.fixture
def client_factory():
    return Client


def test_a_forgotten_password_is_chosen_anew(client):
    user = UserFactory(email="ada@example.org", confirmed_at=None)
    client.post(reverse("account_reset_password"), {"email": user.email})
    form_page = client.get(link_in(mail.outbox[0].body), follow=True)
    assert form_page.status_code == 200
    assert "key" not in form_page.request["PATH_INFO"].rsplit("-", 1)[1]
    new = "Different-77x"
    client.post(form_page.request["PATH_INFO"], {"password1": new, "password2": new})
    user.refresh_from_db()
    assert user.check_password(new)
    assert user.confirmed_at is not None  # the link came by mail
    assert sign_in(client, user.email, new).status_code == 302


def test_a_password_that_must_change_does_not_open_and_sends_the_mail(client):
    user = UserFactory(password_rotation_demanded="2026-01-01T00:00:00Z")
    response = sign_in(client, user.email)
    assert "security reasons" in response.content.decode()
    assert "_auth_user_id" not in client.session
    page = client.get(link_in(mail.outbox[0].body), follow=True).request["PATH_INFO"]
    client.post(page, {"password1": "Different-77x", "password2": "Different-77x"})
    assert sign_in(client, user.email, "Different-77x").status_code == 302
    assert "_auth_user_id" in client.session


def test_an_address_changes_once_the_new_one_is_confirmed(client):
    user = UserFactory(email="old@example.org")
    sign_in(client, user.email)
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "old@example.org"
    client.post(link_in(mail.outbox[0].body))
    user.refresh_from_db()
    assert user.email == "new@example.org"
    client.logout()
    assert "_auth_user_id" not in (sign_in(client, "old@example.org") and client.session)
    sign_in(client, "new@example.org")
    assert "_auth_user_id" in client.session


def test_an_address_that_an_account_took_meanwhile_is_not_taken_from_it(client):
    user = UserFactory(email="old@example.org")
    sign_in(client, user.email)
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    UserFactory(email="new@example.org")
    assert client.post(link_in(mail.outbox[0].body)).status_code in (200, 302)
    user.refresh_from_db()
    assert user.email == "old@example.org"


def test_an_address_that_an_administrator_took_away_opens_nothing(client):
    user = UserFactory(email="old@example.org")
    sign_in(client, user.email)
    client.logout()
    user.email = "new@example.org"
    user.save()
    sign_in(client, "old@example.org")
    assert "_auth_user_id" not in client.session
    client.post(reverse("account_reset_password"), {"email": "old@example.org"})
    assert "/key/" not in mail.outbox[-1].body


def test_signing_in_leads_back_to_where_one_was_but_never_elsewhere(client):
    user = UserFactory()
    assert sign_in(client, user.email, next="/datasets/")["Location"] == "/datasets/"
    for target in ("https://evil.example", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        client.logout()
        assert sign_in(client, user.email, next=target)["Location"] == "/"


def png(size=(800, 600)):
    content = BytesIO()
    Image.new("RGB", size, "red").save(content, "PNG")
    return SimpleUploadedFile("me.png", content.getvalue(), "image/png")


def test_a_profile_is_changed_and_its_picture_drawn_anew(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    user = UserFactory()
    client.force_login(user)
    form = {"first_name": "Grace", "last_name": "Hopper", "website": "example.org", "about": "Hello", "language": "fr"}
    assert client.post(reverse("account-profile"), form | {"avatar": png()}).status_code == 302
    user.refresh_from_db()
    assert (user.full_name, user.website, user.language) == ("Grace Hopper", "https://example.org", "fr")
    with Image.open(user.avatar.path) as image:
        assert max(image.size) == 500


@pytest.mark.parametrize(
    "content", [b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', b"<html>", b"GIF89a", b""]
)
def test_a_picture_that_is_none_is_refused(client, settings, tmp_path, content):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(UserFactory())
    form = {"first_name": "Grace", "last_name": "Hopper", "avatar": SimpleUploadedFile("x.png", content)}
    response = client.post(reverse("account-profile"), form)
    assert response.status_code == 200
    assert "avatar" in response.context["form"].errors


@pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,x", "x" * 2001])
def test_a_website_is_an_address_of_the_web(client, website):
    client.force_login(UserFactory())
    response = client.post(reverse("account-profile"), {"first_name": "G", "last_name": "H", "website": website})
    assert "website" in response.context["form"].errors


OPEN = ["account_login", "account_signup", "account_reset_password", "account_email_verification_sent"]
OWN = [
    "account-profile",
    "account-security",
    "account-data",
    "account_email",
    "account_change_password",
    "account_logout",
    "mfa_index",
    "usersessions_list",
    "socialaccount_connections",
    "account_reauthenticate",
]


@pytest.mark.parametrize("name", OPEN + OWN)
def test_every_page_is_the_portal_s_without_inline_script_nor_style_and_kept_by_no_search_engine(client, name):
    if name in OWN:
        assert client.get(reverse(name)).status_code in (302, 200)
        client.force_login(UserFactory())
    response = client.get(reverse(name))
    page = response.content.decode()
    assert response.status_code == 200
    assert 'class="p-header"' in page
    assert "noindex" in page
    assert " style=" not in page
    assert page.count("<script") == page.count("<script src=")
    assert "default-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", [name for name in OWN if name != "account_logout"])
def test_one_s_own_pages_ask_to_sign_in(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(LOGIN)
