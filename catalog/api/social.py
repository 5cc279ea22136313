"""Transfers, reports, activity and notifications."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_object
from catalog.api.forms.organization import TransferAnswerForm, TransferForm
from catalog.api.forms.social import DismissForm, ReportForm
from catalog.api.ids import read_argument, read_uuid
from catalog.api.membership import SubjectReferenceSerializer
from catalog.api.refs import OrganizationReferenceSerializer, UserReferenceSerializer
from catalog.api.writing import check_sysadmin, refuse_deleted, service_errors
from catalog.documents.shapes import social as shapes
from catalog.models import Activity, Discussion, Notification, Report, Transfer
from catalog.models.activity import ActivityKey
from catalog.models.discussion import SUBJECTS
from catalog.models.report import REPORTABLE
from catalog.models.subject import load_subjects, model_of
from catalog.models.transfer import TransferStatus
from catalog.models.vocabulary import ReportReason
from catalog.permissions import can_give_away
from catalog.services import reports, transfers
from portal.lib.api.errors import BadArguments, BadRequest, ModelErrors

SORTS = ("created", "last_modified", "handled_at")  # of notifications
ABOUT = ("Dataset", "Reuse", "Dataservice", "Organization", "User", "Topic")  # what activities are about


class TransferSerializer(serializers.Serializer):
    id = serializers.CharField()
    user = UserReferenceSerializer(allow_null=True)
    owner = serializers.DictField(allow_null=True)
    recipient = serializers.DictField()
    subject = serializers.DictField()
    comment = serializers.CharField()
    created = serializers.DateTimeField()
    status = serializers.ChoiceField(TransferStatus.values)
    responded = serializers.DateTimeField(allow_null=True)
    reponse_comment = serializers.CharField(allow_null=True)


class ReportSerializer(serializers.Serializer):
    id = serializers.CharField()
    by = UserReferenceSerializer(allow_null=True)
    subject = SubjectReferenceSerializer()
    subject_embed_id = serializers.UUIDField(allow_null=True)
    subject_label = serializers.CharField(allow_null=True)
    subject_deleted_at = serializers.DateTimeField(allow_null=True)
    subject_deleted_by = UserReferenceSerializer(allow_null=True)
    reason = serializers.ChoiceField(ReportReason.values)
    message = serializers.CharField(allow_null=True)
    reported_at = serializers.DateTimeField()
    dismissed_at = serializers.DateTimeField(allow_null=True)
    dismissed_by = UserReferenceSerializer(allow_null=True)
    callbacks_count = serializers.IntegerField(min_value=0)
    self_api_url = serializers.URLField()


class ActivitySerializer(serializers.Serializer):
    actor = UserReferenceSerializer()
    organization = OrganizationReferenceSerializer(allow_null=True)
    related_to = serializers.CharField()
    related_to_id = serializers.CharField()
    related_to_kind = serializers.CharField()
    related_to_url = serializers.URLField()
    created_at = serializers.DateTimeField()
    key = serializers.ChoiceField(ActivityKey.values)
    icon = serializers.CharField()
    changes = serializers.ListField(child=serializers.CharField())
    extras = serializers.DictField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "label": serializers.CharField()}


class NotificationSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    last_modified = serializers.DateTimeField()
    handled_at = serializers.DateTimeField(allow_null=True)
    user = UserReferenceSerializer()
    details = serializers.DictField(help_text="Its keys depend on its `class`.")


class TransferViewSet(ApiView):
    """Transfers that the caller asked for, or may answer."""

    queryset = Transfer.objects.all()
    serializer_class = TransferSerializer
    filterset_class = None
    pagination_class = None

    def shaped(self, rows: list[Transfer]) -> list[dict[str, Any]]:
        subjects = load_subjects(rows)
        return [shapes.transfer(row, subjects) for row in rows]

    @extend_schema(
        operation_id="list_transfers",
        tags=["transfer"],
        parameters=[
            OpenApiParameter("subject", str, description="The id of the object."),
            OpenApiParameter("subject_type", str, description="The class of the object."),
            OpenApiParameter("recipient", str, description="The id of the user or organization that would receive."),
            OpenApiParameter("status", str, enum=TransferStatus.values, description="Only of that status."),
        ],
    )
    def list(self, request: Request) -> Response:
        """List the transfers of an object or to a recipient, among those that concern the caller."""
        subject, recipient = read_argument(request, "subject"), read_argument(request, "recipient")
        if not subject and not recipient:
            raise BadRequest("Please provide at least a `subject` or a `recipient`")
        rows = Transfer.objects.visible_to(request.user)
        if subject:
            rows = rows.filter(subject_id=subject)
        if recipient:
            rows = rows.filter(Q(recipient_user_id=recipient) | Q(recipient_organization_id=recipient))
        if name := read_argument(request, "subject_type"):
            rows = rows.filter(subject_class=name)
        if wanted := read_argument(request, "status"):
            rows = rows.filter(status=wanted)
        return Response(self.shaped([row for row in rows if self._answers(row)]))

    def _answers(self, row: Transfer) -> bool:
        """Whether the caller may answer it or asked for it (udata lists answered ones to nobody else)."""
        pending = row.status == TransferStatus.PENDING
        return pending or row.user_id == self.request.user.pk or self.request.actor.is_sysadmin

    def one(self, rows: QuerySet[Transfer]) -> Transfer:
        found = rows.filter(pk=self.kwargs["id"]).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(operation_id="request_transfer", tags=["transfer"], request=TransferForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Propose to give an object to somebody else."""
        with service_errors(ModelErrors):
            values = TransferForm.read(json_object(request), user=request.user)
            subject = values["subject"]
            refuse_deleted(subject)
            type(subject).objects.select_for_update(of=("self",)).get(pk=subject.pk)
            if not can_give_away(request.actor, subject):
                raise PermissionDenied
            row = transfers.ask(subject, values["recipient"], by=request.user, comment=values["comment"])
        return Response(self.shaped([row])[0], status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="get_transfer", tags=["transfer"])
    def retrieve(self, request: Request, id: str) -> Response:
        """Read a transfer that concerns the caller."""
        return Response(self.shaped([self.one(Transfer.objects.visible_to(request.user))])[0])

    @extend_schema(operation_id="respond_to_transfer", tags=["transfer"], request=TransferAnswerForm)
    @transaction.atomic
    def respond(self, request: Request, id: str) -> Response:
        """Accept or refuse a transfer."""
        visible = self.one(Transfer.objects.visible_to(request.user))
        row = self.one(Transfer.objects.select_for_update(of=("self",)).filter(pk=visible.pk))
        if not transfers.can_answer(request.actor, row):
            raise PermissionDenied
        values = TransferAnswerForm.read(json_object(request))
        accept = values["response"] == "accept"
        transfers.respond(row, accept=accept, comment=values.get("comment", ""), by=request.user)
        return Response(self.shaped([row])[0])


class ReportViewSet(ApiView):
    """Reports: anybody makes one, system administrators read and dismiss them."""

    throttle_scope = "reports"
    queryset = Report.objects.all()
    serializer_class = ReportSerializer
    filterset_class = None

    def get_permissions(self) -> list[Any]:
        return [AllowAny()] if self.action == "create" else [IsAuthenticated()]

    @extend_schema(
        operation_id="list_reports",
        tags=["reports"],
        parameters=[
            OpenApiParameter("handled", bool, description="Dismissed ones, or about something deleted; or the others."),
            OpenApiParameter("subject_type", str, enum=REPORTABLE, description="About objects of that class."),
            OpenApiParameter("sort", str, enum=["reported_at", "-reported_at"], description="The order."),
        ],
    )
    def list(self, request: Request) -> Response:
        """List reports, newest first."""
        check_sysadmin(request.actor)
        rows, handled = Report.objects.all(), request.GET.get("handled", "").lower()
        if handled in ("1", "true", "0", "false"):
            rows = rows.handled() if handled in ("1", "true") else rows.open()
        if name := read_argument(request, "subject_type"):
            rows = rows.filter(subject_class=name)
        rows = rows.order_by(read_sort(request, "reported_at", default="-reported_at"), "id")
        return self.get_paginated_response([shapes.report(row) for row in self.paginate_queryset(rows)])

    @extend_schema(operation_id="create_report", tags=["reports"], request=ReportForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Report what is wrong with an object; no account is needed."""
        values = ReportForm.read(json_object(request), user=request.user)
        by = request.user if request.user.is_authenticated else None
        return Response(shapes.report(reports.create(values, by=by)), status=status.HTTP_201_CREATED)

    def one(self, rows: QuerySet[Report]) -> Report:
        check_sysadmin(self.request.actor)
        found = rows.filter(pk=self.kwargs["id"]).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(operation_id="get_report", tags=["reports"])
    def retrieve(self, request: Request, id: str) -> Response:
        """Read one report."""
        return Response(shapes.report(self.one(Report.objects.all())))

    @extend_schema(operation_id="update_report", tags=["reports"], request=DismissForm)
    @transaction.atomic
    def partial_update(self, request: Request, id: str) -> Response:
        """Dismiss a report; what it held back is done."""
        row = self.one(Report.objects.select_for_update(of=("self",)))
        DismissForm.read(json_object(request))
        reports.dismiss(row, by=request.user)
        return Response(shapes.report(row))


def read_sort(request: Request, *names: str, default: str) -> str:
    """Return the order that the query asks for. Raises BadArguments for one that is not offered."""
    sort = request.GET.get("sort") or default
    if sort.removeprefix("-") not in names:
        raise BadArguments({"sort": f"The value {sort[:32]!r} is not a valid choice for 'sort'."})
    return sort


def readable(rows: QuerySet[Activity], user: Any) -> QuerySet[Activity]:
    """Return the events on what `user` may read: the others are hidden, with what they would tell."""
    condition = Q(pk__in=[])
    for name in ABOUT:
        objects = model_of(name)._default_manager.all()
        objects = objects.visible_to(user) if hasattr(objects, "visible_to") else objects
        key = Cast(OuterRef("subject_id"), model_of(name)._meta.pk)
        condition |= Q(Exists(objects.filter(pk=key)), subject_class=name)
    return rows.filter(condition)


class ActivityViewSet(ApiView):
    """What happened."""

    queryset = Activity.objects.all()
    serializer_class = ActivitySerializer
    filterset_class = None

    @extend_schema(
        operation_id="activity",
        tags=["activity"],
        parameters=[
            OpenApiParameter("user", str, description="By that user."),
            OpenApiParameter("organization", str, description="For that organization."),
            OpenApiParameter("related_to", str, description="On that object."),
        ],
    )
    def list(self, request: Request) -> Response:
        """List what happened to what the caller may read, newest first."""
        rows = readable(Activity.objects.all(), request.user)
        for argument, column in {
            "user": "actor_id",
            "organization": "organization_id",
            "related_to": "subject_id",
        }.items():
            if value := read_argument(request, argument):
                rows = rows.filter(**{column: value})
        page = self.paginate_queryset(rows)
        subjects = load_subjects(page)
        found = [(row, subjects.get((row.subject_class, row.subject_id))) for row in page]
        return self.get_paginated_response([shapes.activity(row, subject) for row, subject in found if subject])


class NotificationViewSet(ApiView):
    """The caller's own notifications."""

    queryset = Notification.objects.all()
    serializer_class = NotificationSerializer
    permission_classes = [IsAuthenticated]
    filterset_class = None

    def shaped(self, rows: list[Notification]) -> list[dict[str, Any]]:
        wanted = {
            name: [row.details[name] for row in rows if name in row.details] for name in ("transfer", "discussion")
        }
        readable = Discussion.objects.visible_to(self.request.user).filter(pk__in=wanted["discussion"])
        whole = readable.select_related(*SUBJECTS.values()).prefetch_related("messages")
        related = shapes.Related(
            transfers=Transfer.objects.in_bulk(wanted["transfer"]),
            discussions={one.pk: one for one in whole},
            actor=self.request.actor,
            made=self.made(rows),
            sources=self.sources(rows),
        )
        return [shapes.notification(row, related) for row in rows]

    def made(self, rows: list[Notification]) -> shapes.Subjects:
        """Return the reuses, dataservices and datasets that these notifications are about, if the caller reads them."""
        wanted = [row.details["subject"] for row in rows if "subject" in row.details]
        wanted += [{"class": "Dataset", "id": row.details["dataset"]} for row in rows if "dataset" in row.details]
        found: shapes.Subjects = {}
        for name in {one["class"] for one in wanted}:
            readable = model_of(name)._default_manager.visible_to(self.request.user)
            ids = [one["id"] for one in wanted if one["class"] == name]
            found |= {(name, one.pk): one for one in readable.filter(pk__in=ids)}
        return found

    def sources(self, rows: list[Notification]) -> dict[str, Any]:
        """Return the shapes of the harvest sources that these notifications are about."""
        ids = [row.details["source"] for row in rows if "source" in row.details]
        load = shapes.LOADERS.get("source")
        return load(ids, self.request.user, self.request.actor) if ids and load else {}

    @extend_schema(
        operation_id="list_notifications",
        tags=["notifications"],
        parameters=[
            OpenApiParameter("handled", bool, description="Those that are handled, or the others."),
            OpenApiParameter("user", str, description="The id of the caller: nobody reads those of others."),
            OpenApiParameter("sort", str, enum=[*SORTS, *(f"-{name}" for name in SORTS)], description="The order."),
        ],
    )
    def list(self, request: Request) -> Response:
        """List the caller's notifications, newest first."""
        rows, handled = Notification.objects.filter(user=request.user.pk), request.GET.get("handled", "").lower()
        if handled in ("1", "true", "0", "false"):
            rows = rows.filter(handled_at__isnull=handled in ("0", "false"))
        if user := read_argument(request, "user"):
            rows = rows.filter(user=user)
        sort = read_sort(request, *SORTS, default="-created").replace("created", "created_at")
        rows = rows.order_by(sort, "id")
        return self.get_paginated_response(self.shaped(self.paginate_queryset(rows)))

    @extend_schema(operation_id="read_notification", tags=["notifications"], request=None)
    @transaction.atomic
    def read(self, request: Request, id: str) -> Response:
        """Mark a notification as handled."""
        rows = Notification.objects.filter(user=request.user.pk, pk=read_uuid(id))
        found = rows.select_for_update(of=("self",)).first()
        if found is None:
            raise Http404
        if found.handled_at is None:
            found.handled_at = found.last_modified = timezone.now()
            found.save(update_fields=["handled_at", "last_modified"])
        return Response(self.shaped([found])[0])
