"""The schedule of periodic jobs: filled where it is empty, and never taken from the administrators' hands."""

from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from portal.tasks import clear_sessions

pytestmark = pytest.mark.django_db


def test_every_job_of_the_settings_exists_and_enters_the_schedule():
    call_command("sync_schedules")
    current_app.loader.import_default_modules()
    assert set(PeriodicTask.objects.values_list("task", flat=True)) == set(settings.SCHEDULES)
    assert set(settings.SCHEDULES) <= set(current_app.tasks)


def test_what_an_administrator_changed_stays():
    call_command("sync_schedules")
    PeriodicTask.objects.filter(task="portal.tasks.clear_sessions").update(enabled=False)
    call_command("sync_schedules")
    assert PeriodicTask.objects.count() == len(settings.SCHEDULES)
    assert not PeriodicTask.objects.get(task="portal.tasks.clear_sessions").enabled


def test_expired_sessions_are_deleted():
    past, future = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    Session.objects.bulk_create(
        [Session(session_key="old", expire_date=past), Session(session_key="new", expire_date=future)]
    )
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
