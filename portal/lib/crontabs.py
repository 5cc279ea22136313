"""Crontabs: five fields, checked as both the database's form and the scheduler that runs them read them."""

from typing import Any

from celery.schedules import ParseException
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django_celery_beat.models import CrontabSchedule

FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


def parse(text: str) -> CrontabSchedule:
    """Return the schedule (not saved) of a crontab such as `0 3 * * 1-5`. Raises ValidationError."""
    parts = text.split()
    if len(parts) != len(FIELDS):
        raise ValidationError(_("A crontab has five fields: minute, hour, day of month, month, day of week."))
    return make(**dict(zip(FIELDS, parts, strict=True)))


def make(**fields: Any) -> CrontabSchedule:
    """Return the schedule (not saved) of these fields; those not given are `*`. Raises ValidationError."""
    crontab = CrontabSchedule(**fields, timezone=settings.CELERY_TIMEZONE)
    try:
        crontab.clean_fields()
        crontab.schedule.remaining_estimate(timezone.now())
    except ValidationError as error:
        raise ValidationError(_("Invalid crontab: %(reason)s") % {"reason": " ".join(error.messages)}) from error
    except (ParseException, ValueError, TypeError, KeyError) as error:
        raise ValidationError(_("Invalid crontab: %(reason)s") % {"reason": error}) from error
    except RuntimeError as error:  # 31 February
        raise ValidationError(_("That moment never comes.")) from error
    return crontab


def text_of(crontab: CrontabSchedule) -> str:
    """Return the five fields in one text."""
    return " ".join(str(getattr(crontab, name)).replace(" ", "") or "*" for name in FIELDS)
