"""`manage.py user`: create, set-admin, token, unset-two-factor."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from portal.models import ApiToken, User
from tests.catalog.factories import UserFactory
from tests.portal.accounts import factors, give_second_factor

pytestmark = pytest.mark.django_db


PASSWORD = "Analytical-Engine-1843"


def create(email="ada@example.org", *flags, password=PASSWORD):
    call_command(
        "user", "create", email, "--first-name", "Ada", "--last-name", "Lovelace", "--password", password, *flags
    )
    return User.objects.get(email=email.lower())


def test_an_account_is_made_confirmed_and_can_sign_in(client):
    user = create("Ada@Example.org")
    assert (user.email, user.full_name) == ("ada@example.org", "Ada Lovelace")
    assert user.confirmed_at is not None
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert client.login(username="ada@example.org", password=PASSWORD)


def test_an_administrator_is_made_on_demand():
    user = create("ada@example.org", "--admin")
    assert user.is_staff
    assert user.is_superuser


def test_a_token_stands_alone_on_the_last_line(capsys):
    user = create("ada@example.org", "--token")
    plaintext = capsys.readouterr().out.splitlines()[-1]
    assert ApiToken.objects.authenticate(plaintext).user == user


def test_no_token_is_made_unless_asked():
    create()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("TAKEN@example.org", PASSWORD, "already exists"),
        ("not an address", PASSWORD, "valid email"),
        ("new@example.org", "short", "too short"),
        ("new@example.org", "password", "too common"),
        ("new@example.org", "Lovelace", "too similar"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_reason(email, password, reason):
    UserFactory(email="taken@example.org")
    with pytest.raises(CommandError, match=reason):
        create(email, password=password)
    assert User.objects.count() == 1


def test_every_reason_is_told_at_once():
    with pytest.raises(CommandError, match=r"(?s)valid email.*too short"):
        create("not an address", password="short")


def test_a_password_left_out_is_asked_for(monkeypatch, client):
    monkeypatch.setattr("portal.management.commands.user.getpass", lambda: PASSWORD)
    call_command("user", "create", "ada@example.org", "--first-name", "Ada", "--last-name", "Lovelace")
    assert client.login(username="ada@example.org", password=PASSWORD)


def test_powers_are_given_and_taken(capsys):
    user = UserFactory(email="ada@example.org")
    for flags, powerful in (([], True), (["--remove"], False)):
        call_command("user", "set-admin", "ADA@example.org", *flags)
        user.refresh_from_db()
        assert (user.is_staff, user.is_superuser) == (powerful, powerful)
    assert "no system administrator any more" in capsys.readouterr().out


def test_a_token_is_printed_alone(capsys):
    user = UserFactory(email="ada@example.org")
    call_command("user", "token", "ada@example.org", "--name", "Night job", "--days", "30")
    (plaintext,) = capsys.readouterr().out.splitlines()
    row = ApiToken.objects.authenticate(plaintext)
    assert (row.user, row.name) == (user, "Night job")
    assert row.expires_at - row.created_at <= timedelta(days=30)
    call_command("user", "token", "ada@example.org")
    assert ApiToken.objects.authenticate(capsys.readouterr().out.strip()).expires_at is None


@pytest.mark.parametrize("days", ["0", "-1", "36501"])
def test_a_token_ends_in_a_sane_time(days):
    UserFactory(email="ada@example.org")
    with pytest.raises(CommandError, match="from 1 to 36500"):
        call_command("user", "token", "ada@example.org", "--days", days)
    assert not ApiToken.objects.exists()


def test_a_lost_second_factor_is_removed_and_the_account_signed_out(client, capsys):
    user = UserFactory(email="ada@example.org")
    client.post("/login/", {"email": user.email, "password": "Passw0rd-test"}, content_type="application/json")
    assert client.get("/api/1/me/").status_code == 200
    give_second_factor(user)
    call_command("user", "unset-two-factor", "ada@example.org")
    assert factors(user) == 0
    assert client.get("/api/1/me/").status_code == 401
    with pytest.raises(CommandError, match="no second factor"):
        call_command("user", "unset-two-factor", "ada@example.org")


@pytest.mark.parametrize("action", ["set-admin", "token", "unset-two-factor"])
def test_an_account_that_is_not_there_is_told(action):
    UserFactory(email="gone@example.org", is_active=False)
    for email in ("nobody@example.org", "gone@example.org"):
        with pytest.raises(CommandError, match="No active account"):
            call_command("user", action, email)
