"""What a scheduled job is made of."""

from django_celery_beat.models import PERIOD_CHOICES
from rest_framework import serializers

from catalog.api.forms.base import Form, RequiredText, Text

MAX_EVERY = 2**31 - 1  # of the column
PERIODS = [value for value, _label in PERIOD_CHOICES]


class CrontabForm(serializers.Serializer):
    minute = serializers.CharField(default="*", max_length=240)
    hour = serializers.CharField(default="*", max_length=96)
    day_of_week = serializers.CharField(default="*", max_length=64)
    day_of_month = serializers.CharField(default="*", max_length=124)
    month_of_year = serializers.CharField(default="*", max_length=64)


class IntervalForm(serializers.Serializer):
    every = serializers.IntegerField(min_value=1, max_value=MAX_EVERY)
    period = serializers.ChoiceField(PERIODS)


class JobForm(Form):
    """Either a crontab or an interval; whichever is null counts as not given."""

    name = RequiredText(max_length=200)
    task = RequiredText(max_length=200)
    args = serializers.ListField(required=False, max_length=20)
    kwargs = serializers.DictField(required=False)
    crontab = CrontabForm(required=False, allow_null=True)
    interval = IntervalForm(required=False, allow_null=True)
    enabled = serializers.BooleanField(required=False)
    description = Text(max_length=2000)
