"""`manage.py demo`: the demonstration catalogue."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from catalog.documents import store
from catalog.models import Dataset
from catalog.services.demo.accounts import ACCOUNTS
from catalog.services.demo.run import load


class Command(BaseCommand):
    """Loads what is missing; a second call changes nothing. Tells where to look and how to sign in."""

    help = "Load the demonstration catalogue: Valmont, an island that does not exist, and its open data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing if there is any dataset")
        parser.add_argument(
            "--with-accounts",
            action="store_true",
            help="make the demonstration accounts, whose passwords are public, even where DEBUG is off",
        )

    def handle(self, *args: Any, if_empty: bool, with_accounts: bool, **options: Any) -> None:
        if if_empty and Dataset.objects.exists():
            self.stdout.write("There are datasets already: the demonstration is not loaded.")
            return
        has_accounts = settings.DEBUG or with_accounts
        added = load(with_accounts=has_accounts)
        store.refresh()
        for kind, number in added.items():
            self.stdout.write(f"{number:>6} {kind}")
        if not added:
            self.stdout.write("Nothing was missing.")
        self.stdout.write(self.style.SUCCESS(f"The catalogue is at {settings.SITE_URL}/"))
        if has_accounts:
            self.stdout.write(f"Administration: {settings.SITE_URL}/admin/")
            for account in ACCOUNTS:
                self.stdout.write(f"  {account.email:<20} {account.password:<20} {account.role}")
        else:
            self.stdout.write(
                "No account was made: their passwords are public. Use --with-accounts on a closed network."
            )
