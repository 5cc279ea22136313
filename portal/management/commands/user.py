"""`manage.py user`: accounts from the command line."""

from argparse import ArgumentParser
from datetime import timedelta
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portal.models import ApiToken, User
from portal.services.account import unset_two_factor

MAX_DAYS = 36_500  # a hundred years


class Command(BaseCommand):
    """One sub-command an operation; each has its arguments and its method side by side."""

    help = "Manage the accounts of the portal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(title="actions", dest="action", required=True)
        self._add_create(actions.add_parser("create", help="make a confirmed account"))
        self._add_set_admin(actions.add_parser("set-admin", help="make a system administrator, or no longer"))
        self._add_token(actions.add_parser("token", help="make an API token"))
        self._add_unset(actions.add_parser("unset-two-factor", help="remove a lost second factor"))

    def handle(self, *args: Any, run: Any, **options: Any) -> None:
        run(**options)

    def _add_create(self, parser: ArgumentParser) -> None:
        parser.set_defaults(run=self.create)
        parser.add_argument("email")
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--password", help="asked for on the terminal if left out, which keeps it out of `ps`")
        parser.add_argument("--admin", action="store_true", help="make a system administrator")
        parser.add_argument("--token", action="store_true", help="print an API token alone on the last line")

    @transaction.atomic
    def create(self, *, email: str, password: str | None, admin: bool, token: bool, **options: Any) -> None:
        """Make a confirmed account. Raises CommandError with every reason why it can't be made."""
        user = User(
            email=email,
            first_name=options["first_name"],
            last_name=options["last_name"],
            is_staff=admin,
            is_superuser=admin,
            confirmed_at=timezone.now(),
        )
        password = getpass() if password is None else password
        reasons = [
            *_reasons(user.full_clean, exclude=["slug", "password"]),
            *_reasons(validate_password, password, user),
        ]
        if reasons:
            raise CommandError("\n".join(reasons))
        user.set_password(password)
        user.save()
        self.stdout.write(self.style.SUCCESS(f"Account {user.email} made: {user.get_absolute_url()}"))
        if token:
            _row, plaintext = ApiToken.objects.issue(user, name="manage.py user create")
            self.stdout.write(plaintext)

    def _add_set_admin(self, parser: ArgumentParser) -> None:
        parser.set_defaults(run=self.set_admin)
        parser.add_argument("email")
        parser.add_argument("--remove", action="store_true", help="take the powers away")

    def set_admin(self, *, email: str, remove: bool, **options: Any) -> None:
        """Give an account all powers, or take them away. Raises CommandError for an unknown account."""
        user = _account(email)
        user.is_staff = user.is_superuser = not remove
        user.save(update_fields=["is_staff", "is_superuser"])
        told = "is no system administrator any more" if remove else "is a system administrator"
        self.stdout.write(self.style.SUCCESS(f"{user.email} {told}."))

    def _add_token(self, parser: ArgumentParser) -> None:
        parser.set_defaults(run=self.token)
        parser.add_argument("email")
        parser.add_argument("--name", default="manage.py user token", help="what its owner reads in her list")
        parser.add_argument("--days", type=int, help="days until it expires; never if left out")

    def token(self, *, email: str, name: str, days: int | None, **options: Any) -> None:
        """Print a new API token of an account, alone on one line. Raises CommandError for an unknown account."""
        if days is not None and not 0 < days <= MAX_DAYS:
            raise CommandError(f"--days is a number from 1 to {MAX_DAYS}.")
        expiry = None if days is None else timezone.now() + timedelta(days=days)
        _row, plaintext = ApiToken.objects.issue(_account(email), name=name, expires_at=expiry)
        self.stdout.write(plaintext)

    def _add_unset(self, parser: ArgumentParser) -> None:
        parser.set_defaults(run=self.unset_two_factor)
        parser.add_argument("email")

    def unset_two_factor(self, *, email: str, **options: Any) -> None:
        """Remove the second factor of an account and sign it out. Raises CommandError if there is none."""
        user = _account(email)
        if not unset_two_factor(user):
            raise CommandError(f"{user.email} has no second factor.")
        self.stdout.write(self.style.SUCCESS(f"{user.email} signs in with the password alone, until set up again."))


def _account(email: str) -> User:
    """Return the account of that address. Raises CommandError."""
    user = User.objects.active().filter(email=email.strip().lower()).first()
    if user is None:
        raise CommandError(f"No active account has the address {email}.")
    return user


def _reasons(check: Any, *args: Any, **kwargs: Any) -> list[str]:
    """Return the messages of the ValidationError that `check` raises, or none."""
    try:
        check(*args, **kwargs)
    except ValidationError as error:
        return error.messages
    return []
