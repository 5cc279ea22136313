"""`manage.py user create`."""

import pytest
from django.core.management import CommandError, call_command

from portal.models import ApiToken, User
from tests.catalog.factories import UserFactory

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
