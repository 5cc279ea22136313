"""`manage.py sync_schedules`: the periodic jobs of `settings.SCHEDULES`, written where they are missing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django_celery_beat.models import CrontabSchedule, PeriodicTask

FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


class Command(BaseCommand):
    """Creates what is missing and touches nothing else: the administrators' own schedules survive every upgrade."""

    help = "Add the portal's periodic jobs to the schedule, where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        known = set(PeriodicTask.objects.values_list("name", flat=True))
        for task, crontab in settings.SCHEDULES.items():
            if task in known:
                continue
            schedule, _ = CrontabSchedule.objects.get_or_create(
                **dict(zip(FIELDS, crontab.split(), strict=True)), timezone=settings.CELERY_TIMEZONE
            )
            PeriodicTask.objects.create(name=task, task=task, crontab=schedule)
            self.stdout.write(f"Scheduled {task} at {crontab!r}.")
