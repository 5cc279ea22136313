"""`manage.py harvest`: sources and their runs from the terminal."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q
from tqdm import tqdm

from catalog.models import Organization
from harvest import attaching, configs, jobs, services
from harvest.backends import backends
from harvest.models import ENDED, Job, JobStatus, Source, Validation
from harvest.pipeline import previewing, reports, runner, undoing
from portal.lib.errors import ServiceError

WAIT = 0.5  # seconds between two looks at a run that another worker does
SHOWN = 200  # items of a preview


class Command(BaseCommand):
    """Each action is a method `do_…`; the last line on the standard output is for programs."""

    help = "Harvest remote catalogues: list, create, validate, preview, run, schedule, purge, undo, attach."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="the sources, with their state")
        create = actions.add_parser("create", help="propose a source; prints its slug")
        create.add_argument("name")
        create.add_argument("url")
        create.add_argument("backend", help=f"one of {', '.join(backends())}")
        create.add_argument("--organization", help="slug or id of the organization that owns what is harvested")
        create.add_argument("--filter", action="append", default=[], metavar="KEY=VALUE", help="KEY!=VALUE excludes")
        create.add_argument("--feature", action="append", default=[], metavar="KEY")
        create.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE")
        for name, text in (
            ("validate", "accept a source and schedule it"), ("run", "harvest a source now, to the end"),
            ("unschedule", "take a source off the schedule"),
        ):  # fmt: skip
            actions.add_parser(name, help=text).add_argument("source", metavar="SLUG")
        preview = actions.add_parser("preview", help="say what a run would do; nothing is written")
        preview.add_argument("source", metavar="SLUG")
        preview.add_argument("--limit", type=int, help="read so many records only")
        schedule = actions.add_parser("schedule", help="harvest a source at the times of a crontab (UTC)")
        schedule.add_argument("source", metavar="SLUG")
        schedule.add_argument("crontab", metavar="CRON", nargs="+")
        purge = actions.add_parser("purge", help="remove a source for good")
        purge.add_argument("source", metavar="SLUG")
        purge.add_argument("--datasets", choices=jobs.Fate.values, default=str(jobs.Fate.ARCHIVE))
        actions.add_parser("undo", help="undo what a job did").add_argument("job", metavar="JOB")
        attach = actions.add_parser("attach", help="say which dataset is which record: local;remote")
        attach.add_argument("file", metavar="CSV", type=Path)
        attach.add_argument("--source", metavar="SLUG")
        attach.add_argument("--domain", default="")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        names = {"source", "name", "url", "backend", "organization", "filter", "feature", "setting", "limit", "crontab",
                 "datasets", "job", "file", "domain"}  # fmt: skip
        try:
            getattr(self, f"do_{action}")(**{name: options[name] for name in names & options.keys()})
        except ServiceError as error:
            raise CommandError(str(error.message)) from error
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error

    # --- Sources -------------------------------------------------------------------------------------------------

    def do_list(self) -> None:
        sources = list(Source.objects.listed())
        newest = Job.objects.newest_of(sources)
        for source in sources:
            job = newest.get(source.pk)
            ran = f"{job.status} {job.created:%Y-%m-%d %H:%M}" if job else "never"
            state = source.validation if source.active else f"{source.validation}, paused"
            health = f", {source.health}" if source.health else ""
            self.stdout.write(f"{source.slug}  {source.backend}  {state}{health}  {source.schedule or '-'}  {ran}")
            self.stdout.write(f"    {source.public_url}")

    def do_create(self, **options: Any) -> None:
        if options["backend"] not in backends():
            raise CommandError(f"Unknown backend; there are {', '.join(backends())}.")
        config = self._config(options)
        configs.check(options["backend"], config)
        organization = self._organization(options["organization"]) if options["organization"] else None
        source = Source(
            name=options["name"], url=options["url"].strip(), backend=options["backend"], config=config,
            organization=organization,
        )  # fmt: skip
        source.full_clean(exclude=["slug"])
        source.save()
        if organization is None:
            self.stderr.write("Nobody owns what this source harvests: give --organization for an owner.")
        self.stdout.write(source.slug)

    @staticmethod
    def _config(options: dict[str, Any]) -> dict[str, Any]:
        filters = []
        for text in options["filter"]:
            key, sign, value = text.partition("=")
            if not sign:
                raise CommandError(f"A filter is KEY=VALUE: {text}")
            excludes = key.endswith("!")
            filters.append({"key": key.rstrip("!"), "value": value, **({"type": "exclude"} if excludes else {})})
        settings = [dict(zip(("key", "value"), text.split("=", 1), strict=False)) for text in options["setting"]]
        return {"filters": filters, "features": dict.fromkeys(options["feature"], True), "extra_configs": settings}

    @staticmethod
    def _organization(key: str) -> Organization:
        found = Organization.objects.filter(Q(pk=key) | Q(slug=key), deleted=None).first()
        if found is None:
            raise CommandError(f"There is no organization {key}.")
        return found

    @staticmethod
    def _source(key: str) -> Source:
        found = Source.objects.filter(Q(pk=key) | Q(slug=key)).first()
        if found is None:
            raise CommandError(f"There is no source {key}. See: manage.py harvest list")
        return found

    @transaction.atomic
    def do_validate(self, *, source: str) -> None:
        found = self._source(source)
        services.validate(found, state=Validation.ACCEPTED, comment="", by=None, launch=False)
        self.stdout.write(f"{found.slug} is accepted, and runs at {found.schedule}.")

    @transaction.atomic
    def do_schedule(self, *, source: str, crontab: list[str]) -> None:
        found = self._source(source)
        jobs.schedule(found, " ".join(crontab))
        self.stdout.write(f"{found.slug} runs at {found.schedule}, next on {found.next_run_at:%Y-%m-%d %H:%M} UTC.")

    @transaction.atomic
    def do_unschedule(self, *, source: str) -> None:
        found = self._source(source)
        jobs.unschedule(found)
        self.stdout.write(f"{found.slug} runs when it is asked to.")

    def do_purge(self, *, source: str, datasets: str) -> None:
        found = self._source(source)
        if found.deleted is None:
            services.delete(found)
        jobs.purge_one(found.pk, datasets)
        self.stdout.write(f"{found.slug} is gone.")

    # --- Runs ------------------------------------------------------------------------------------------------------

    def do_preview(self, *, source: str, limit: int | None) -> None:
        found = previewing.preview(self._source(source), limit=limit, shown=SHOWN)
        if found.error:
            self.stderr.write(found.error)
        for item in found.items:
            if item.action != "unchanged":
                self.stdout.write(f"{item.action:<10} {item.remote_id}  {item.title}  {item.error}".rstrip())
            for one in item.differences:
                if item.action != "created":
                    self.stdout.write(f"    {one.name}: {one.before!r} → {one.after!r}")
        if found.missing:
            self.stdout.write(f"{len(found.missing)} objects have disappeared from the remote.")
        self._numbers(found.counters)
        if found.error:
            raise CommandError("The listing could not be read whole.")

    def do_run(self, *, source: str) -> None:
        job = jobs.take_or_follow(self._source(source))
        with tqdm(total=job.total, unit=" records", file=sys.stderr, disable=None) as bar:
            ended = runner.run(job.pk, progress=lambda now: self._show(bar, now)) or self._follow(job, bar)
        for error in ended.errors:
            self.stderr.write(error["message"])
        self.stdout.write(f"job {ended.pk}: {ended.status}")
        self._numbers(ended.counters)
        if ended.status == JobStatus.FAILED:
            raise CommandError("The run failed.")

    def _numbers(self, counters: dict[str, int]) -> None:
        if counters.get("skipped"):
            self.stdout.write(f"{counters['skipped']} skipped")
        self.stdout.write(reports.summary(counters))

    @staticmethod
    def _show(bar: tqdm, job: Job) -> None:
        bar.total = job.total
        bar.update(sum(job.counters.values()) - bar.n)

    def _follow(self, job: Job, bar: tqdm) -> Job:
        """Wait for the end of a run that another worker does."""
        while True:
            job.refresh_from_db()
            self._show(bar, job)
            if job.status in ENDED:
                return job
            time.sleep(WAIT)
            taken = runner.run(job.pk, progress=lambda now: self._show(bar, now))  # if that worker died
            if taken is not None:
                return taken

    def do_undo(self, *, job: str) -> None:
        with tqdm(unit=" objects", file=sys.stderr, disable=None) as bar:
            result = undoing.undo(job, progress=bar.update)
        for line in result.kept:
            self.stderr.write(line)
        self.stdout.write(f"removed={result.removed} restored={result.restored} kept={len(result.kept)}")

    def do_attach(self, *, file: Path, source: str | None, domain: str) -> None:
        if not source and not domain:
            raise CommandError("Give --source or --domain.")
        found = self._source(source) if source else None
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                done, errors = attaching.attach(attaching.read(lines), source=found, domain=domain)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        for error in errors:
            self.stderr.write(error)
        self.stdout.write(f"attached={done} failed={len(errors)}")
