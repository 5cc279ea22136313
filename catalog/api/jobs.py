"""Scheduled jobs and their runs, at udata's addresses: for system administrators."""

import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_object
from catalog.api.forms.job import PERIODS, JobForm
from catalog.api.writing import check_sysadmin, service_errors
from catalog.services import jobs
from portal.lib.api.errors import BadRequest, FormErrors, Unavailable
from portal.lib.crontabs import FIELDS, text_of
from portal.lib.jobs import JOBS, ResultsUnavailable, last_run, name_of, state_of

MAX_ID = 2**31 - 1  # of the table
NAMES = {200: {"type": "array", "items": {"type": "string"}}}
STATES = ["STARTED", "PENDING", "RECEIVED", "FAILURE", "SUCCESS", "REVOKED", "RETRY"]


class CrontabSerializer(serializers.Serializer):
    minute = serializers.CharField()
    hour = serializers.CharField()
    day_of_week = serializers.CharField()
    day_of_month = serializers.CharField()
    month_of_year = serializers.CharField()


class IntervalSerializer(serializers.Serializer):
    every = serializers.IntegerField()
    period = serializers.ChoiceField(PERIODS)


class JobSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    task = serializers.CharField(help_text="udata's name of the job, or Celery's of what has none.")
    args = serializers.ListField()
    kwargs = serializers.DictField()
    crontab = CrontabSerializer(allow_null=True)
    interval = IntervalSerializer(allow_null=True)
    schedule = serializers.CharField(help_text="The crontab or the interval, for people.")
    enabled = serializers.BooleanField()
    description = serializers.CharField()
    last_run_at = serializers.DateTimeField(allow_null=True)
    last_run_id = serializers.CharField(allow_null=True, help_text="The last run, as far as it is remembered.")


class TaskSerializer(serializers.Serializer):
    id = serializers.CharField()
    status = serializers.ChoiceField(STATES)
    result = serializers.CharField(allow_null=True)
    exc = serializers.CharField(allow_null=True)
    traceback = serializers.CharField(allow_null=True)


def job_shape(row: PeriodicTask) -> dict[str, Any]:
    """The shape of a scheduled job."""
    crontab, interval = row.crontab, row.interval
    return {
        "id": str(row.pk),
        "name": row.name,
        "task": name_of(row.task),
        "args": _read(row.args, []),
        "kwargs": _read(row.kwargs, {}),
        "crontab": {name: getattr(crontab, name) for name in FIELDS} if crontab else None,
        "interval": {"every": interval.every, "period": interval.period} if interval else None,
        "schedule": text_of(crontab) if crontab else str(row.scheduler or ""),
        "enabled": row.enabled,
        "description": row.description,
        "last_run_at": row.last_run_at,
        "last_run_id": last_run(row.name),
    }


def _read(text: str, empty: Any) -> Any:
    """Return the JSON that a column holds: the administration lets one write anything there."""
    try:
        found = json.loads(text or "null")
    except ValueError:
        return empty
    return found if isinstance(found, type(empty)) else empty


class WorkersView(ApiView):
    """Base of what is for system administrators alone, reading included."""

    permission_classes = [IsAuthenticated]
    filterset_class = None
    pagination_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_sysadmin(request.actor)


class JobViewSet(WorkersView):
    """Scheduled jobs."""

    queryset = PeriodicTask.objects.select_related("crontab", "interval", "solar", "clocked").order_by("name")
    serializer_class = JobSerializer

    def one(self, *, locked: bool = False) -> PeriodicTask:
        """Return the job of the path. Raises Http404."""
        key = self.kwargs["id"]
        if not (key.isascii() and key.isdigit() and int(key[:20]) <= MAX_ID):
            raise Http404
        rows = PeriodicTask.objects.select_for_update(of=("self",)) if locked else self.get_queryset()
        found = rows.filter(pk=int(key)).first()
        if found is None:
            raise Http404
        if locked:
            self.check_if_match(found)
        else:
            self.note(found)
        return found

    def values(self, *, partial: bool = False) -> dict[str, Any]:
        """Return the checked body. Raises BadRequest, FormErrors."""
        data = json_object(self.request)
        if data.get("crontab") is not None and data.get("interval") is not None:
            raise BadRequest("Cannot define both interval and crontab schedule")
        return JobForm.read(data, partial=partial)

    @extend_schema(operation_id="list_jobs", tags=["workers"])
    def list(self, request: Request) -> Response:
        """List all scheduled jobs."""
        return Response([job_shape(row) for row in self.get_queryset()])

    @extend_schema(operation_id="post_jobs_api", tags=["workers"], request=JobForm, responses={201: JobSerializer})
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Schedule a job, by a crontab or by an interval."""
        with service_errors(FormErrors):
            row = jobs.create(self.values())
        return Response(job_shape(row), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="get_jobs_reference_api", tags=["workers"], responses=NAMES)
    def schedulables(self, request: Request) -> Response:
        """List the names of the jobs that can be scheduled."""
        return Response(sorted(JOBS))

    @extend_schema(operation_id="get_job_api", tags=["workers"])
    def retrieve(self, request: Request, id: str) -> Response:
        """Read one scheduled job."""
        return Response(job_shape(self.one()))

    @extend_schema(operation_id="put_job_api", tags=["workers"], request=JobForm)
    @transaction.atomic
    def update(self, request: Request, id: str) -> Response:
        """Change the keys that the body has; a crontab takes the place of an interval, and the other way round."""
        row = self.one(locked=True)
        with service_errors(FormErrors):
            jobs.update(row, self.values(partial=True))
        return Response(job_shape(row))

    @extend_schema(operation_id="delete_job_api", tags=["workers"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, id: str) -> Response:
        """Take a job off the schedule."""
        self.one(locked=True).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class TaskViewSet(WorkersView):
    """Runs of jobs."""

    queryset = PeriodicTask.objects.none()
    serializer_class = TaskSerializer

    @extend_schema(operation_id="get_task_api", tags=["workers"], responses={200: TaskSerializer, 503: None})
    def retrieve(self, request: Request, id: str) -> Response:
        """Read how a run of a job went. One that is not remembered (a week) is told as PENDING."""
        try:
            task_id = str(UUID(id))
        except ValueError:
            raise Http404 from None
        try:
            found = state_of(task_id)
        except ResultsUnavailable as error:
            raise Unavailable(_("The runs of jobs can't be read for the moment.")) from error
        result, failed = found.get("result"), isinstance(found.get("result"), BaseException)
        return Response(
            {
                "id": task_id,
                "status": found["status"],
                "result": None if failed or result is None else str(result),
                "exc": str(result) if failed else None,
                "traceback": found.get("traceback"),
            }
        )
