"""Previews of sources; what a run did in numbers; cancelling it, undoing it, answering what it asks."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_object
from catalog.api.writing import check_sysadmin, refuse_deleted, service_errors
from catalog.services import ownership
from harvest import configs, steering
from harvest.api import job_shapes
from harvest.api.jobs import JobViewSet
from harvest.api.sources import HarvestSourceForm
from harvest.models import STATUS_OF, Action, ItemStatus, Job, JobStatus, Source
from harvest.models.source import without_secrets
from harvest.permissions import source_permissions
from harvest.pipeline import undoing
from harvest.pipeline.previewing import Preview, PreviewItem, preview
from portal.lib.api.errors import ModelErrors
from portal.lib.scopes import HARVEST, ORGANIZATION

SECONDS = 10  # after which a preview answers with what it has: somebody waits
COLUMNS = ("name", "url", "backend", "description", "config")


class DifferenceSerializer(serializers.Serializer):
    name = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class PreviewDatasetSerializer(serializers.Serializer):
    id = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    page = serializers.CharField(allow_null=True)


class PreviewItemSerializer(serializers.Serializer):
    remote_id = serializers.CharField(allow_null=True)
    remote_url = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(ItemStatus.values)
    action = serializers.ChoiceField(Action.values)
    dataset = PreviewDatasetSerializer(allow_null=True)
    differences = DifferenceSerializer(many=True)
    logs = job_shapes.LogSerializer(many=True)
    args = serializers.ListField()
    kwargs = serializers.DictField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "errors": job_shapes.ErrorSerializer(many=True)}


class HarvestPreviewSerializer(serializers.Serializer):
    id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField([JobStatus.DONE, JobStatus.DONE_ERRORS, JobStatus.FAILED])
    created = serializers.DateTimeField()
    started = serializers.DateTimeField()
    ended = serializers.DateTimeField()
    items = PreviewItemSerializer(many=True)
    counters = serializers.DictField(child=serializers.IntegerField(), help_text="How many records, by action.")
    total = serializers.IntegerField(allow_null=True, help_text="How many the remote announces.")
    complete = serializers.BooleanField(help_text="Whether the listing was read to its end.")
    missing = serializers.ListField(child=serializers.CharField(), help_text="Titles of what has disappeared.")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "errors": job_shapes.ErrorSerializer(many=True)}


class JobReportSerializer(serializers.Serializer):
    id = serializers.CharField()
    status = serializers.ChoiceField(JobStatus.values)
    counters = serializers.DictField(child=serializers.IntegerField(), help_text="How many records, by action.")
    total = serializers.IntegerField(allow_null=True, help_text="How many the remote announces.")
    complete = serializers.BooleanField(allow_null=True, help_text="Whether the listing was read to its end.")
    held = serializers.IntegerField(help_text="How many objects wait for an administrator's word to be archived.")
    log = serializers.ListField(child=serializers.DictField())
    cancelled = serializers.BooleanField()
    resumed = serializers.IntegerField(help_text="How often another worker took it up.")
    heartbeat_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class UndoneSerializer(serializers.Serializer):
    removed = serializers.IntegerField()
    restored = serializers.IntegerField()
    kept = serializers.ListField(child=serializers.CharField(), help_text="What was left alone, and why.")


class ArchivedSerializer(serializers.Serializer):
    archived = serializers.IntegerField()


def preview_shape(found: Preview, started: datetime, *, trusted: bool) -> dict[str, Any]:
    """The shape of a preview: a job's in udata's manner, with its items inside."""
    at = timezone.now()
    failed = bool(found.counters.get("failed"))
    status = JobStatus.FAILED if found.error else JobStatus.DONE_ERRORS if failed else JobStatus.DONE
    errors = [{"created_at": at, "message": found.error, "details": None}] if found.error else []
    return {
        "id": None,
        "status": status,
        "created": started,
        "started": started,
        "ended": at,
        "errors": errors,
        "items": [_item(one, at, trusted=trusted) for one in found.items],
        "counters": found.counters,
        "total": found.total,
        "complete": found.whole,
        "missing": found.missing,
    }


def _item(one: PreviewItem, at: datetime, *, trusted: bool) -> dict[str, Any]:
    dataset = {
        "id": one.dataset.pk if one.dataset else None,
        "title": one.title,
        "page": one.dataset.get_absolute_url() if one.dataset else None,
    }
    error = {"created_at": at, "message": one.error, "details": (one.details or None) if trusted else None}
    return {
        "remote_id": one.remote_id or None,
        "remote_url": without_secrets(one.url) or None,
        "status": STATUS_OF.get(Action(one.action), ItemStatus.DONE),
        "action": one.action,
        "dataset": dataset if one.title else None,
        "differences": [{"name": d.name, "before": d.before, "after": d.after} for d in one.differences],
        "errors": [error] if one.error else [],
        "logs": [{"level": "warning", "message": message} for message in one.warnings],
        "args": [],
        "kwargs": {},
    }


class PreviewViewSet(ApiView):
    """Previews: the first records of a source, as a run would take them; nothing is written."""

    narrow_scopes = frozenset([HARVEST, ORGANIZATION])
    queryset = Source.objects.all()
    serializer_class = HarvestPreviewSerializer

    @extend_schema(operation_id="preview_harvest_source", tags=["harvest"])
    def preview(self, request: Request, key: str) -> Response:
        """Say what a run would do with the first records of a source."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        source = self.find(self.queryset, key)
        refuse_deleted(source)
        if not source_permissions(request.actor, source)["preview"]:
            raise PermissionDenied
        return self._answer(source, request)

    @extend_schema(operation_id="preview_harvest_source_config", tags=["harvest"], request=HarvestSourceForm)
    def preview_unsaved(self, request: Request) -> Response:
        """Say what a run would do with the first records of a source that is not saved."""
        with service_errors(ModelErrors):
            values = HarvestSourceForm.read(json_object(request), user=request.user)
            configs.check(values["backend"], values.get("config", {}))
            owner = ownership.owner_of_new(request.actor, values, request.user)
        source = Source(**owner, **{name: values[name] for name in COLUMNS if name in values})
        return self._answer(source, request)

    @staticmethod
    def _answer(source: Source, request: Request) -> Response:
        started = timezone.now()
        found = preview(source, limit=settings.HARVEST_PREVIEW_ITEMS, seconds=SECONDS)
        return Response(preview_shape(found, started, trusted=request.actor.is_sysadmin))


class JobActionViewSet(JobViewSet):
    """What may be done about one job."""

    narrow_scopes = frozenset([HARVEST, ORGANIZATION])
    serializer_class = JobReportSerializer

    @extend_schema(operation_id="get_harvest_job_report", tags=["harvest"], responses={200: JobReportSerializer})
    def report(self, request: Request, ident: str) -> Response:
        """Read what a job did so far, in numbers, and its log."""
        return Response(report_shape(self.one()))

    @extend_schema(operation_id="cancel_harvest_job", tags=["harvest"], request=None)
    def cancel(self, request: Request, ident: str) -> Response:
        """End a job after its present batch; what it wrote stays."""
        job = self.one()
        refuse_deleted(job.source)
        if not source_permissions(request.actor, job.source)["run"]:
            raise PermissionDenied
        with service_errors(ModelErrors):
            steering.cancel(job)
        job.refresh_from_db()
        return Response(report_shape(job))

    @extend_schema(operation_id="undo_harvest_job", tags=["harvest"], request=None, responses=UndoneSerializer)
    def undo(self, request: Request, ident: str) -> Response:
        """Take back what a job made, changed and archived, but for what was changed since."""
        job = self.one()
        check_sysadmin(request.actor)
        refuse_deleted(job.source)
        with service_errors(ModelErrors):
            found = undoing.undo(job.pk)
        return Response({"removed": found.removed, "restored": found.restored, "kept": found.kept})

    @extend_schema(operation_id="archive_harvest_job", tags=["harvest"], request=None, responses=ArchivedSerializer)
    def archive(self, request: Request, ident: str) -> Response:
        """Confirm that what disappeared is archived, though it is much."""
        job = self.one()
        check_sysadmin(request.actor)
        refuse_deleted(job.source)
        with service_errors(ModelErrors):
            return Response({"archived": steering.answer_stop(job, go=True)})


def report_shape(job: Job) -> dict[str, Any]:
    """The numbers and the log of a job."""
    names = (
        "status", "counters", "total", "complete", "held", "log", "cancelled", "resumed", "heartbeat_at", "undone_at",
    )  # fmt: skip
    return {"id": job.pk, **{name: getattr(job, name) for name in names}}
