"""`manage.py search`: the index of the search, its process, its proof."""

import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.search import rebuild as building
from catalog.search import service
from catalog.search.backends.base import IndexMissing
from catalog.search.engine import engine
from catalog.search.follower import Follower
from catalog.search.schema import KINDS
from catalog.search.shown import titles
from portal.lib.errors import ServiceError

SETTLE = 3.0  # seconds that the indexer has to catch up


class Command(BaseCommand):
    """Actions: `index` applies what changed (and goes on with `--follow`), `rebuild`, `check`, `query`."""

    help = "The search index: follow the changes, rebuild it, prove it right, ask it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        index = actions.add_parser("index", help="apply what changed since the last commit")
        index.add_argument("--follow", action="store_true", help="go on until SIGTERM: the production process")
        actions.add_parser("rebuild", help="build a new index beside the live one, then swap")
        check = actions.add_parser("check", help="compare ids and versions with the database, and mend")
        check.add_argument("--no-mend", action="store_false", dest="mend", help="only tell; status 1 if they differ")
        ask = actions.add_parser("query", help="search from the terminal")
        ask.add_argument("text")
        ask.add_argument("--kind", choices=KINDS, default="dataset")
        ask.add_argument("--explain", action="store_true", help="say why the first result is the first")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        getattr(self, f"do_{action}")(**options)

    def do_index(self, *, follow: bool, **options: Any) -> None:
        follower = Follower(engine())
        if not follow:
            if not follower.turn():
                raise CommandError("The index could not be brought up to date; the log says why.")
            if follower.indexer is None:
                self.stdout.write("Another process keeps the index up to date.")
            follower.close()
            return
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        follower.run(stopping.wait)

    def do_rebuild(self, **options: Any) -> None:
        started = self.told = time.monotonic()
        self.done = 0
        try:
            total = building.rebuild(engine(), self.progress)
        except BlockingIOError as error:
            raise CommandError("Somebody else is rebuilding the index.") from error
        self.stdout.write(self.style.SUCCESS(f"{total:,} objects in {time.monotonic() - started:.1f} s."))

    def progress(self, kind: str, number: int) -> None:
        self.done += number
        if time.monotonic() - self.told > 2:
            self.told = time.monotonic()
            self.stdout.write(f"{self.done:,} objects ({kind})")

    def do_check(self, *, mend: bool, **options: Any) -> None:
        try:
            found = building.check(engine(), settle=self.settle)
            if found and mend:
                self.report(found)
                building.mend(found)
                self.settle()
                found = building.check(engine(), settle=self.settle)
        except IndexMissing as error:
            raise CommandError(f"{error} (`manage.py search rebuild` makes one).") from error
        self.report(found)
        if found:
            raise CommandError("The index differs from the database.")

    def settle(self) -> None:
        """Apply what is noted, here or, where a process follows already, by giving it time."""
        follower = Follower(engine())
        try:
            follower.turn()
            if follower.indexer is None:
                time.sleep(SETTLE)
        finally:
            follower.close()

    def report(self, found: building.Differences) -> None:
        self.stdout.write(
            f"{found.checked:,} objects checked: {len(found.wrong)} missing or old, "
            f"{len(found.superfluous)} that should not be there."
        )
        for uid in found.uids[:20]:
            self.stdout.write(f"  {uid}")

    def do_query(self, text: str, *, kind: str, explain: bool, **options: Any) -> None:
        try:
            hits = service.search(kind, text, options=service.Options(facets=True))
        except (service.SearchUnavailable, ServiceError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{hits.total:,} found in {hits.took_ms} ms. {hits.relaxed} {hits.suggestion}".rstrip(" ."))
        names = titles(kind, hits.ids)
        for pk in hits.ids:
            self.stdout.write(f"  {pk}  {names.get(pk, '')}")
        for name, buckets in hits.facets.items():
            line = ", ".join(f"{bucket['name']} {bucket['count']}" for bucket in buckets[:6])
            self.stdout.write(f"  {name}: {line}")
        if explain and hits.ids:
            self.stdout.write(str(service.explain(kind, text, hits.ids[0])))
