"""What the API says of jobs and of their items."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from rest_framework import serializers

from catalog.api.refs import DataserviceReferenceSerializer, DatasetReferenceSerializer, ReferenceSerializer
from catalog.documents.shapes.common import dataset_reference, link
from catalog.documents.shapes.dataservice import reference as dataservice_reference
from catalog.models import Dataservice, Dataset
from catalog.models.base import type_of_user
from catalog.permissions import Actor
from harvest.models import ItemStatus, Job, JobItem, JobStatus
from harvest.models.source import without_secret_addresses, without_secrets

ITEMS = "/api/1/harvest/job/{}/items/?page=1&page_size=20"
TYPES = {"dataset": "dataset_id", "dataservice": "dataservice_id"}


class ErrorSerializer(serializers.Serializer):
    created_at = serializers.DateTimeField(allow_null=True)
    message = serializers.CharField(allow_null=True)
    details = serializers.CharField(allow_null=True, help_text="For system administrators.")


class LogSerializer(serializers.Serializer):
    level = serializers.CharField(allow_null=True)
    message = serializers.CharField(allow_null=True)


class SourceReferenceSerializer(ReferenceSerializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.ChoiceField(["HarvestSource"])}


class ItemsLinkSerializer(serializers.Serializer):
    rel = serializers.CharField()
    href = serializers.URLField()
    type = serializers.CharField()
    total = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())
    by_type = serializers.DictField(child=serializers.IntegerField())


class HarvestJobSerializer(serializers.Serializer):
    id = serializers.CharField()
    source = SourceReferenceSerializer()
    status = serializers.ChoiceField(JobStatus.values)
    created = serializers.DateTimeField()
    started = serializers.DateTimeField(allow_null=True)
    ended = serializers.DateTimeField(allow_null=True)
    items = ItemsLinkSerializer(help_text="Where the items are read, and how many there are.")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "errors": ErrorSerializer(many=True)}


class HarvestItemSerializer(serializers.Serializer):
    remote_id = serializers.CharField(allow_null=True)
    remote_url = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(ItemStatus.values)
    created = serializers.DateTimeField()
    started = serializers.DateTimeField(allow_null=True)
    ended = serializers.DateTimeField(allow_null=True)
    dataset = DatasetReferenceSerializer(allow_null=True)
    dataservice = DataserviceReferenceSerializer(allow_null=True)
    logs = LogSerializer(many=True)
    args = serializers.ListField()
    kwargs = serializers.DictField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "errors": ErrorSerializer(many=True)}


def jobs(rows: Iterable[Job], actor: Actor) -> list[dict[str, Any]]:
    """The shapes of jobs; one query more, whatever their number."""
    rows = list(rows)
    found = counts_of([row.pk for row in rows])
    return [_job(row, found[row.pk], actor) for row in rows]


def job(row: Job | None, actor: Actor) -> dict[str, Any] | None:
    """The shape of one job, if there is one."""
    return jobs([row], actor)[0] if row else None


def counts_of(ids: list[str]) -> dict[str, Counter[str]]:
    """Return, by job, the number of items of each status and of each type."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    counted = {f"{name}s": Count(column) for name, column in TYPES.items()}
    rows = JobItem.objects.filter(job__in=ids).order_by().values("job_id", "status").annotate(n=Count("pk"), **counted)
    for row in rows:
        numbers = found[row["job_id"]]
        numbers[row["status"]] += row["n"]
        for name in TYPES:
            numbers[name] += row[f"{name}s"]
    return found


def _job(row: Job, counts: Counter[str], actor: Actor) -> dict[str, Any]:
    by_status = {str(status): counts[status] for status in ItemStatus.values}
    items = link(ITEMS.format(row.pk), sum(by_status.values()))
    return {
        "id": row.pk,
        "source": {"class": "HarvestSource", "id": row.source_id},
        "status": row.status,
        "created": row.created,
        "started": row.started,
        "ended": row.ended,
        "errors": _errors(row.errors, actor),
        "items": {**items, "by_status": by_status, "by_type": {name: counts[name] for name in TYPES}},
    }


def items(rows: list[JobItem], user: type_of_user, actor: Actor) -> list[dict[str, Any]]:
    """The shapes of items; they name the objects that the caller may read. Two queries more, whatever their number."""
    datasets = Dataset.objects.visible_to(user).in_bulk({row.dataset_id for row in rows} - {None})
    dataservices = Dataservice.objects.visible_to(user).in_bulk({row.dataservice_id for row in rows} - {None})
    return [_item(row, datasets.get(row.dataset_id), dataservices.get(row.dataservice_id), actor) for row in rows]


def _item(row: JobItem, dataset: Dataset | None, dataservice: Dataservice | None, actor: Actor) -> dict[str, Any]:
    return {
        "remote_id": row.remote_id or None,
        "remote_url": without_secrets(row.remote_url) or None,
        "status": row.status,
        "created": row.created,
        "started": row.started,
        "ended": row.ended,
        "dataset": dataset_reference(dataset) if dataset else None,
        "dataservice": dataservice_reference(dataservice) if dataservice else None,
        "errors": _errors(row.errors, actor),
        "logs": [{"level": one.get("level"), "message": one.get("message")} for one in row.logs],
        "args": row.args,
        "kwargs": row.kwargs,
    }


def message_of(error: dict[str, Any]) -> str | None:
    """Return what an error says to everybody: no secret of an address in it."""
    message = error.get("message")
    return without_secret_addresses(message) if isinstance(message, str) else None


def _errors(errors: list[dict[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """The shapes of errors; their details (paths, addresses) are for system administrators."""
    return [
        {
            "created_at": one.get("created_at"),
            "message": message_of(one),
            "details": one.get("details") if actor.is_sysadmin else None,
        }
        for one in errors
    ]
