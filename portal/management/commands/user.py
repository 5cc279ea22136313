"""`manage.py user`: accounts from the command line."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portal.models import ApiToken, User


class Command(BaseCommand):
    """One sub-command an operation; each has its arguments and its method side by side."""

    help = "Manage the accounts of the portal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(title="actions", dest="action", required=True)
        self._add_create(actions.add_parser("create", help="make a confirmed account"))

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


def _reasons(check: Any, *args: Any, **kwargs: Any) -> list[str]:
    """Return the messages of the ValidationError that `check` raises, or none."""
    try:
        check(*args, **kwargs)
    except ValidationError as error:
        return error.messages
    return []
