"""`manage.py serve`: the whole portal in one terminal, for development and for small installations."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.services.demo.accounts import ACCOUNTS
from portal.lib.processes import Program, Supervisor, port_answers, try_port
from portal.models import User

ROOT_IS_USUAL = "ignore:You're running the worker with superuser privileges"  # in a developer's container
CELERY = (sys.executable, "-W", ROOT_IS_USUAL, "-m", "celery", "--quiet", "-A", "portal")
PLACES = {"catalogue": "/datasets/", "API": "/api/", "dumps": "/datasets.csv", "administration": "/admin/"}
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")  # one worker has nobody to talk to


class Command(BaseCommand):
    """Runs the processes of compose.yaml, smaller: web server, worker and scheduler. One Ctrl-C ends them all.

    The default is one web process: without Redis each process has a cache of its own (docs/adr/0007).
    """

    help = "Serve the portal with its background worker and scheduler, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="default: PORT, or 8000")
        parser.add_argument("--workers", type=int, default=1, help="web processes (default: 1)")
        parser.add_argument("--threads", type=int, default=6, help="requests at once in each (default: 6)")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        try:
            try_port(host, port)
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port}: {error.strerror}. Stop what is there, or choose another port: "
                f"make run PORT={port + 1}"
            ) from error
        supervisor = Supervisor(
            programs(host, port, options["workers"], options["threads"]),
            directory=settings.BASE_DIR,
            environment={**os.environ, "PORT": str(port)},
            report=self.stderr.write,
        )
        code = supervisor.run(
            ready=lambda: port_answers(host, port), when_ready=lambda: self.welcome(f"http://{host}:{port}")
        )
        if code:
            sys.exit(code)

    def welcome(self, address: str) -> None:
        """Say where to go, and how to sign in if the demonstration's accounts are here."""
        self.stdout.write(f"\nThe portal is on {address}/")
        for label, path in PLACES.items():
            self.stdout.write(f"  {label:<16}{address}{path}")
        addresses = [account.email for account in ACCOUNTS]
        known = set(User.objects.active().filter(email__in=addresses).values_list("email", flat=True))
        shown = [account for account in ACCOUNTS if account.email in known]
        if shown:
            self.stdout.write("Demonstration accounts (address, password, role):")
        for account in shown:
            self.stdout.write(f"  {account.email:<20} {account.password:<20} {account.role}")
        self.stdout.write("Ctrl-C stops it.\n")


def programs(host: str, port: int, workers: int, threads: int) -> list[Program]:
    """Return the programs of a portal: web server, worker, scheduler, indexer of the search."""
    level = ("--loglevel", "WARNING")
    web = (sys.executable, "-m", "granian", "portal.wsgi:application", "--interface", "wsgi")
    web += ("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads))
    web += ("--workers-kill-timeout", "8", "--log-level", "error")
    return [
        Program("web server", web),
        Program("worker", (*CELERY, "worker", "--pool", "threads", "--concurrency", "4", *ALONE, *level)),
        Program("scheduler", (*CELERY, "beat", "--pidfile", "", *level)),
        Program("search indexer", (sys.executable, "manage.py", "search", "index", "--follow")),
    ]
