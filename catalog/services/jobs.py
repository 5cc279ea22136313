"""Scheduling the portal's jobs: rows of django-celery-beat, which its scheduler reads again when one changes."""

import json
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from portal.lib import crontabs
from portal.lib.errors import ServiceError
from portal.lib.jobs import JOBS, misfit

COLUMNS = ("name", "enabled", "description")
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=3660)  # between two runs

type_of_values = dict[str, Any]  # what JobForm gives


@transaction.atomic
def create(values: type_of_values) -> PeriodicTask:
    """Schedule a job. Raises ServiceError, with the field that is wrong."""
    row = PeriodicTask(enabled=False)
    if not (values.get("crontab") or values.get("interval")):
        raise ServiceError(_("A job needs a crontab or an interval."), field="interval")
    return _write(row, values)


@transaction.atomic
def update(row: PeriodicTask, values: type_of_values) -> PeriodicTask:
    """Change what `values` names; its row is locked. Raises ServiceError, with the field that is wrong."""
    return _write(row, values)


def _write(row: PeriodicTask, values: type_of_values) -> PeriodicTask:
    for name in COLUMNS:
        if name in values:
            setattr(row, name, values[name])
    if "task" in values:
        row.task = _task(values["task"], now=row.task)
    _call(row, values)
    _schedule(row, values)
    row.total_run_count = row.total_run_count or 0
    if PeriodicTask.objects.filter(name=row.name).exclude(pk=row.pk).exists():
        raise ServiceError(_("Another job has that name."), field="name")
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else was as quick
        raise ServiceError(_("Another job has that name."), field="name") from error
    return row


def _task(name: str, *, now: str) -> str:
    """Return Celery's name of a job: one of udata's names, or what the row has already."""
    if name == now:
        return name
    if name not in JOBS:
        raise ServiceError(_("Unknown job: %(name)s") % {"name": name[:100]}, field="task")
    return JOBS[name]


def _call(row: PeriodicTask, values: type_of_values) -> None:
    """Put the arguments, checked against what the task takes where it is one of ours."""
    if "args" in values:
        row.args = json.dumps(values["args"])
    if "kwargs" in values:
        row.kwargs = json.dumps(values["kwargs"])
    if row.task in JOBS.values() and (reason := misfit(row.task, json.loads(row.args), json.loads(row.kwargs))):
        raise ServiceError(reason, field="kwargs" if values.get("kwargs") else "args")


def _schedule(row: PeriodicTask, values: type_of_values) -> None:
    """Put the crontab or the interval that was given, in the place of whatever was there."""
    crontab, interval = values.get("crontab"), values.get("interval")
    if not crontab and not interval:
        return
    row.crontab = _crontab(crontab) if crontab else None
    row.interval = _interval(interval) if interval else None
    row.solar = row.clocked = None


def _crontab(fields: dict[str, str]) -> CrontabSchedule:
    """Return the row of a crontab, one for all jobs that have it."""
    try:
        wanted = crontabs.make(**fields)
    except ValidationError as error:
        raise ServiceError(error.messages[0], field="crontab") from error
    known = CrontabSchedule.objects.filter(
        **{name: getattr(wanted, name) for name in crontabs.FIELDS}, timezone=wanted.timezone
    ).first()
    if known is None:
        wanted.save()
    return known or wanted


def _interval(fields: dict[str, Any]) -> IntervalSchedule:
    """Return the row of an interval, one for all jobs that have it."""
    try:
        length = timedelta(**{fields["period"]: fields["every"]})
    except OverflowError:
        length = timedelta.max
    if not SHORTEST <= length <= LONGEST:
        raise ServiceError(_("An interval lasts from one second to ten years."), field="interval")
    known = IntervalSchedule.objects.filter(**fields).order_by("pk").first()
    return known or IntervalSchedule.objects.create(**fields)
