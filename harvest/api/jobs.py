"""Runs of sources: their jobs, what became of each item, asking for one, scheduling them."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.writing import check_sysadmin, refuse_deleted
from catalog.filters.base import FilterSet
from harvest import jobs
from harvest.api import job_shapes
from harvest.api.sources import HarvestSourceSerializer, shape_one
from harvest.models import ItemStatus, Job, JobItem, Source
from harvest.permissions import source_permissions
from portal.lib.api.errors import BadRequest
from portal.lib.ids import is_object_id
from portal.lib.scopes import HARVEST, ORGANIZATION

CRONTAB = {"application/json": {"type": "string", "examples": ["0 0 * * *"]}}
ITEMS = {200: job_shapes.HarvestItemSerializer(many=True), 410: None}
MAX_CRONTAB = 500  # characters


class SourceJobsViewSet(ApiView):
    """Jobs of a source."""

    queryset = Source.objects.all()
    serializer_class = job_shapes.HarvestJobSerializer
    filterset_class = None

    @extend_schema(operation_id="list_harvest_jobs", tags=["harvest"])
    def list(self, request: Request, key: str) -> Response:
        """List the jobs of a source, newest first."""
        source = self.find(self.queryset, key)
        page = self.paginate_queryset(source.jobs.order_by("-created", "pk"))
        return self.get_paginated_response(job_shapes.jobs(page, request.actor))


class ItemFilter(FilterSet):
    status = django_filters.ChoiceFilter(choices=ItemStatus.choices, help_text="What became of the item.")

    class Meta:
        model = JobItem
        fields: list[str] = []


class JobViewSet(ApiView):
    """One job, and its items."""

    queryset = Job.objects.all()
    serializer_class = job_shapes.HarvestJobSerializer
    filterset_class = None

    def one(self) -> Job:
        """Return the job of the path, if the caller may read its source. Raises Http404, Gone."""
        key = self.kwargs["ident"]
        found = Job.objects.filter(pk=key).first() if is_object_id(key) else None
        if found is None:
            raise Http404
        self.find(Source, found.source_id)
        return found

    @extend_schema(
        operation_id="get_harvest_job", tags=["harvest"], responses={200: job_shapes.HarvestJobSerializer, 410: None}
    )
    def retrieve(self, request: Request, ident: str) -> Response:
        """Read one job."""
        return Response(job_shapes.job(self.one(), request.actor))


class JobItemViewSet(JobViewSet):
    """The items of a job."""

    serializer_class = job_shapes.HarvestItemSerializer
    filterset_class = ItemFilter

    @extend_schema(operation_id="list_harvest_job_items", tags=["harvest"], responses=ITEMS)
    def list(self, request: Request, ident: str) -> Response:
        """List what a job found, in the order in which it did."""
        rows = self.filter_queryset(JobItem.objects.filter(job=self.one()).order_by("pk"))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(job_shapes.items(page, request.user, request.actor))


class SourceRunViewSet(ApiView):
    """Running sources, now or regularly."""

    narrow_scopes = frozenset([HARVEST, ORGANIZATION])
    queryset = Source.objects.all()
    serializer_class = HarvestSourceSerializer

    @extend_schema(operation_id="run_harvest_source", tags=["harvest"], request=None)
    @transaction.atomic
    def run(self, request: Request, key: str) -> Response:
        """Ask for a run of a source now; it waits for a worker. HARVEST_ENABLE_MANUAL_RUN lets publishers do it."""
        source = self.locked()
        refuse_deleted(source)
        if not source_permissions(request.actor, source)["run"]:
            raise PermissionDenied
        jobs.ask_run(source, actor=request.actor)
        return Response(shape_one(source, request.actor))

    @extend_schema(operation_id="schedule_harvest_source", tags=["harvest"], request=CRONTAB)
    @transaction.atomic
    def schedule(self, request: Request, key: str) -> Response:
        """Say when a source is harvested, by a crontab in UTC."""
        source = self.locked()
        check_sysadmin(request.actor)
        refuse_deleted(source)
        crontab = request.data
        if not isinstance(crontab, str) or len(crontab) > MAX_CRONTAB:
            raise BadRequest('Expecting a crontab as a JSON string: "0 0 * * *"')
        jobs.schedule(source, crontab)
        return Response(shape_one(source, request.actor))

    @extend_schema(operation_id="unschedule_harvest_source", tags=["harvest"], request=None, responses={204: None})
    @transaction.atomic
    def unschedule(self, request: Request, key: str) -> Response:
        """Take a source off the schedule."""
        source = self.locked()
        check_sysadmin(request.actor)
        refuse_deleted(source)
        jobs.unschedule(source)
        return Response(status=status.HTTP_204_NO_CONTENT)
