"""`manage.py stats`: the steps of the statistics, one by one, from the terminal."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stats import accesslog, checking, loader, retention, rollup
from stats.kinds import Span


def as_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("a day is YYYY-MM-DD") from error


class Command(BaseCommand):
    """Each action is a method `do_…`; all may be run at any time, beside the scheduler."""

    help = "Statistics: load what came in, roll it up, check the tables, forget what is old, import an access log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("load", help="load the spool of this host")
        rollup = actions.add_parser("rollup", help="count the periods that changed, and the counters of objects")
        rollup.add_argument("--since", type=as_day, metavar="YYYY-MM-DD", help="count all anew from that day on")
        actions.add_parser("check", help="compare the tables with each other, and say what waits")
        actions.add_parser("purge", help="forget what is older than it may be kept")
        log = actions.add_parser("import-log", help="count the files that a proxy sent, from its access log")
        log.add_argument("files", metavar="FILE", type=Path, nargs="+")
        log.add_argument("--everything", action="store_true", help="pages and API too: for STATS_ENABLED=off")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        names = {"since", "files", "everything"} & options.keys()
        getattr(self, f"do_{action.replace('-', '_')}")(**{name: options[name] for name in names})

    def do_load(self) -> None:
        loaded = loader.load()
        self.stdout.write(f"loaded={loaded.rows} files={loaded.files}")

    def do_rollup(self, *, since: date | None) -> None:
        if since is not None:
            self.stdout.write(f"again={rollup.mark_since(since)}")
        periods = rollup.roll_up()
        self.stdout.write(f"periods={periods} counters={rollup.roll_up([Span.COUNTERS])}")

    def do_check(self) -> None:
        for gauge in checking.gauges():
            self.stdout.write(f"{gauge.name} {gauge.value:g}")
        problems = checking.check()
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError("The tables do not agree. Try: manage.py stats rollup --since YYYY-MM-DD")

    def do_purge(self) -> None:
        self.stdout.write(retention.purge().summary())

    def do_import_log(self, *, files: list[Path], everything: bool) -> None:
        for path in files:
            try:
                self.stdout.write(f"{path}: {accesslog.import_log(path, everything=everything)}")
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}") from error
