"""`manage.py generate_catalog`: a large made-up catalogue, for benches and trials at scale."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.documents import store
from catalog.models import DatasetDocument
from catalog.services.synthetic.run import generate
from catalog.services.synthetic.shapes import Size
from catalog.services.synthetic.writers import analyze
from portal.lib.errors import ServiceError

INTERVAL = 2  # seconds between two lines of progress


def number(text: str) -> int:
    """Return a number given as `75000` or `75_000`. Raises ArgumentTypeError for anything else, or below 0."""
    if not text.replace("_", "").isdecimal():
        raise ArgumentTypeError(f"{text!r} is not a number.")
    return int(text)


class Command(BaseCommand):
    """Adds to what there is. The same numbers and seed always make the same catalogue, once."""

    help = "Add a synthetic catalogue of any size: realistic in its proportions, meaningless in its words."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--datasets", type=number, required=True)
        parser.add_argument("--resources", type=number, help="5 a dataset by default")
        parser.add_argument("--organizations", type=number, help="one for 12 datasets by default")
        parser.add_argument("--reuses", type=number, help="one for 15 datasets by default")
        parser.add_argument("--users", type=number, help="one for 10 datasets by default")
        parser.add_argument("--seed", type=number, default=1)
        parser.add_argument(
            "--no-documents", action="store_false", dest="documents", help="leave API documents to the first readers"
        )

    def handle(self, *args: Any, datasets: int, seed: int, **options: Any) -> None:
        defaults = {
            "resources": 5 * datasets,
            "organizations": datasets // 12 + 1,
            "reuses": datasets // 15,
            "users": datasets // 10 + 1,
        }
        given = {name: options[name] for name in defaults if options[name] is not None}
        self.size = Size(datasets=datasets, seed=seed, **(defaults | given))
        self.started = self.told = time.monotonic()
        try:
            written = generate(self.size, self.progress)
        except ServiceError as error:
            raise CommandError(str(error.message)) from error
        for table, rows in written.items():
            self.stdout.write(f"{rows:>12,} {table}")
        seconds = time.monotonic() - self.started
        total = written.total()
        self.stdout.write(self.style.SUCCESS(f"{total:,} rows in {seconds:.0f} s ({total / seconds:,.0f} a second)."))
        if options["documents"]:
            started = time.monotonic()
            built = store.refresh()
            analyze({DatasetDocument._meta.db_table})
            self.stdout.write(f"{built:,} API documents in {time.monotonic() - started:.0f} s.")

    def progress(self, datasets: int, rows: int) -> None:
        """Tell every other second how far it is and how long it takes still."""
        now = time.monotonic()
        if now - self.told < INTERVAL:
            return
        self.told = now
        elapsed = now - self.started
        left = elapsed / datasets * (self.size.datasets - datasets) if datasets else 0
        self.stdout.write(
            f"{datasets:,} of {self.size.datasets:,} datasets, {rows:,} rows, {rows / elapsed:,.0f} a second, "
            f"{left:.0f} s left"
        )
