"""`manage.py create_oauth_client`: registers a program that may ask users to act in their name."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portal.lib.scopes import DEFAULT, OAUTH_SCOPES
from portal.models import OAuthClient, User

GRANTS = {
    "authorization_code": OAuthClient.GRANT_AUTHORIZATION_CODE,
    "client_credentials": OAuthClient.GRANT_CLIENT_CREDENTIALS,
    "password": OAuthClient.GRANT_PASSWORD,
}


class Command(BaseCommand):
    help = "Register an OAuth2 client; its id and its secret are printed, the secret this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what users read when they are asked for access")
        parser.add_argument(
            "--redirect-uri", action="append", default=[], help="where users are sent back to; repeatable"
        )
        parser.add_argument("--public", action="store_true", help="a program that can't keep a secret: a page, an app")
        parser.add_argument("--grant", choices=GRANTS, default="authorization_code")
        parser.add_argument("--scope", action="append", choices=OAUTH_SCOPES, help="default if left out; repeatable")
        parser.add_argument("--owner", help="e-mail address of the account that client_credentials acts for")
        parser.add_argument(
            "--trusted", action="store_true", help="users are not asked: a program of the portal itself"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with every reason why the client can't be made."""
        client = OAuthClient(
            name=options["name"],
            redirect_uris=" ".join(options["redirect_uri"]),
            client_type=OAuthClient.CLIENT_PUBLIC if options["public"] else OAuthClient.CLIENT_CONFIDENTIAL,
            authorization_grant_type=GRANTS[options["grant"]],
            scopes=options["scope"] or [DEFAULT],
            user=self._owner(options["owner"]),
            skip_authorization=options["trusted"],
        )
        secret = client.client_secret
        try:
            client.full_clean()
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        client.save()
        self.stdout.write(f"client_id: {client.client_id}")
        if not options["public"]:
            self.stdout.write(f"client_secret: {secret}")

    def _owner(self, email: str | None) -> User | None:
        found = User.objects.active().filter(email=email.strip().lower()).first() if email else None
        if email and found is None:
            raise CommandError(f"No active account has the address {email}.")
        return found
