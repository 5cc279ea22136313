"""`manage.py import_udata`: the catalogue of a udata fixture file."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.documents import store
from catalog.services.udata_import import reader
from catalog.services.udata_import.run import run


class Command(BaseCommand):
    """Reads the file, writes what it can and reports the rest. Importing the same file again changes nothing."""

    help = "Import a udata fixture file (results.json): ids, slugs, dates and relations are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="path or http(s) address of the file")
        parser.add_argument("--strict", action="store_true", help="end with status 1 if any record was refused")

    def handle(self, *args: Any, source: str, strict: bool, **options: Any) -> None:
        try:
            fixture = reader.read(source)
        except reader.UnreadableSource as error:
            raise CommandError(error.message) from error
        report = run(fixture, progress=self.progress)
        store.refresh()
        if options["verbosity"] > 0:
            for remark in report.incomplete:
                self.stderr.write(f"Left out of {remark}")
        for remark in report.refused:
            self.stderr.write(f"Refused {remark}")
        self.stdout.write("\n".join(report.summary()))
        if report.is_empty:
            raise CommandError("No record could be read.")
        if strict and report.refused:
            raise CommandError(f"Records refused: {len(report.refused)}.")

    def progress(self, done: int, total: int, title: str) -> None:
        self.stdout.write(f"[{done}/{total}] {title}")
