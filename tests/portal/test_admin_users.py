"""Accounts in the administration: made with an e-mail address, and no power given by those who lack it."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from portal.models import User
from tests.catalog import factories

pytestmark = pytest.mark.django_db
LIST = reverse("admin:portal_user_changelist")
NO_MEMBERSHIP = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}


@pytest.fixture
def manager(client):
    """A member of the staff who may change accounts, signed in."""
    user = factories.UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user", "add_user"]))
    client.force_login(user)
    return user


def page(user, name="change"):
    return reverse(f"admin:portal_user_{name}", args=[user.pk])


def form_of(user, **changes):
    return {
        "email": user.email, "first_name": user.first_name, "last_name": user.last_name, "is_active": "on",
        **NO_MEMBERSHIP, **changes,
    }  # fmt: skip


def test_an_account_is_made_with_an_e_mail_address_in_lower_case(admin_client):
    form = {
        "email": "Ada@Example.org", "first_name": "Ada", "last_name": "Lovelace", "usable_password": "true",
        "password1": "Analytical-9", "password2": "Analytical-9",
    }  # fmt: skip
    assert admin_client.post(reverse("admin:portal_user_add"), form).status_code == 302
    user = User.objects.get(email="ada@example.org")
    assert user.check_password("Analytical-9")
    assert user.confirmed_at
    assert user.slug == "ada-lovelace"


def test_two_accounts_can_t_share_an_address_by_spelling_it_otherwise(admin_client):
    user = factories.UserFactory(email="ada@example.org")
    other = factories.UserFactory()
    assert admin_client.post(page(other), form_of(other, email="ADA@example.org")).status_code == 200
    assert admin_client.post(page(user), form_of(user, about="Hello")).status_code == 302


def test_an_account_without_address_stays_without(admin_client):
    user = factories.UserFactory(email=None)
    assert admin_client.post(page(user), form_of(user, email="", about="Hello")).status_code == 302
    user.refresh_from_db()
    assert (user.email, user.about) == (None, "Hello")


def test_a_manager_of_accounts_gives_no_powers(client, manager):
    user = factories.UserFactory()
    forged = {"is_staff": "on", "is_superuser": "on", "user_permissions": [Permission.objects.first().pk]}
    assert client.post(page(user), form_of(user, about="Hello", **forged)).status_code == 302
    user.refresh_from_db()
    assert (user.about, user.is_staff, user.is_superuser) == ("Hello", False, False)
    assert not user.user_permissions.exists()


def test_a_manager_of_accounts_does_not_touch_those_who_have_powers(client, manager):
    boss = factories.UserFactory(admin=True)
    assert client.post(page(boss), form_of(boss, email="mine@example.org")).status_code == 403
    secret = {"password1": "Analytical-9", "password2": "Analytical-9", "usable_password": "true"}
    assert client.post(reverse("admin:auth_user_password_change", args=[boss.pk]), secret).status_code == 403
    client.post(LIST, {"action": "deactivate", "_selected_action": [boss.pk]})
    boss.refresh_from_db()
    assert boss.is_active
    assert boss.check_password("Passw0rd-test")


def test_accounts_are_deactivated_and_activated_never_deleted(admin_client, admin_user):
    user = factories.UserFactory()
    admin_client.post(LIST, {"action": "deactivate", "_selected_action": [user.pk, admin_user.pk]})
    assert list(User.objects.filter(is_active=True)) == [admin_user]
    admin_client.post(LIST, {"action": "activate", "_selected_action": [user.pk]})
    assert User.objects.filter(is_active=True).count() == 2
    assert admin_client.post(page(user, "delete"), {"post": "yes"}).status_code == 403


def test_a_deleted_account_is_not_brought_to_life_again(admin_client):
    user = factories.UserFactory(is_active=False, deleted="2026-01-01T00:00:00Z")
    admin_client.post(LIST, {"action": "activate", "_selected_action": [user.pk]})
    user.refresh_from_db()
    assert not user.is_active


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("x.png", b"<html><script>alert(1)</script></html>"),
        ("x.gif", b"GIF89a"),
    ],
)
def test_an_avatar_is_a_raster_image(admin_client, settings, tmp_path, name, content):
    settings.MEDIA_ROOT = tmp_path
    user = factories.UserFactory()
    response = admin_client.post(page(user), form_of(user, avatar=SimpleUploadedFile(name, content)))
    assert response.status_code == 200
    assert "avatar" in response.context["adminform"].errors


def test_an_avatar_is_drawn_anew_whatever_its_name_and_can_be_taken_away(
    admin_client, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path / "media"
    Image.new("RGB", (900, 600)).save(tmp_path / "large.png")
    content = (tmp_path / "large.png").read_bytes()
    user = factories.UserFactory()
    admin_client.post(page(user), form_of(user, avatar=SimpleUploadedFile("x.html", content)))
    user.refresh_from_db()
    assert user.avatar.name.endswith(".png")
    with Image.open(user.avatar.path) as image:
        assert image.size == (500, 333)
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(page(user), form_of(user, **{"avatar-clear": "on"}))
    user.refresh_from_db()
    assert not user.avatar
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_no_picture_is_left_behind_if_the_form_cannot_be_saved(admin_client, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    Image.new("RGB", (4, 4)).save(tmp_path / "small.png")
    upload = SimpleUploadedFile("x.png", (tmp_path / "small.png").read_bytes())
    user = factories.UserFactory()

    def fail(*args, **kwargs):
        raise RuntimeError("no database")

    monkeypatch.setattr("portal.admin.user.UserAdmin.log_change", fail)
    admin_client.raise_request_exception = False
    assert admin_client.post(page(user), form_of(user, avatar=upload)).status_code == 500
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
