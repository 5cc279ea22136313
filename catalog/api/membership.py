"""Members of organizations: requests, invitations, roles, assignments; the invitations of the caller."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_list, json_object
from catalog.api.forms.organization import AssignmentsForm, InvitationForm, ReasonForm, RoleForm
from catalog.api.ids import read_argument, read_uuid
from catalog.api.organization import MemberSerializer, MemberUserSerializer
from catalog.api.refs import OrganizationReferenceSerializer, UserReferenceSerializer
from catalog.api.writing import refuse_deleted, service_errors
from catalog.documents.shapes import membership as shapes
from catalog.documents.shapes.organization import member as member_shape
from catalog.models import Assignment, Member, MembershipRequest, Organization
from catalog.models.membership import MembershipKind, MembershipStatus
from catalog.models.vocabulary import MemberRole
from catalog.permissions import SAFE_METHODS, can_administer
from catalog.services import membership
from portal.lib.api.errors import BadRequest, ModelErrors
from portal.lib.ids import is_object_id
from portal.models import User

NOT_A_REQUEST = "Use the cancel endpoint for invitations"  # udata's words


class SubjectReferenceSerializer(serializers.Serializer):
    id = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "class": serializers.CharField()}


class MembershipRequestSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(MembershipKind.values)
    status = serializers.ChoiceField(MembershipStatus.values)
    user = MemberUserSerializer(allow_null=True)
    email = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(MemberRole.values)
    comment = serializers.CharField(allow_null=True)
    assignments = SubjectReferenceSerializer(many=True)
    created = serializers.DateTimeField()


class InvitationSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    organization = OrganizationReferenceSerializer()
    role = serializers.ChoiceField(MemberRole.values)
    comment = serializers.CharField(allow_null=True)
    assignments = SubjectReferenceSerializer(many=True)
    created = serializers.DateTimeField()


class AssignmentSerializer(serializers.Serializer):
    id = serializers.CharField()
    user = UserReferenceSerializer()
    organization = OrganizationReferenceSerializer()
    subject = SubjectReferenceSerializer()
    created_at = serializers.DateTimeField()


class OrganizationPartView(ApiView):
    """What hangs on an organization."""

    queryset = Organization.objects.all()
    filterset_class = None
    pagination_class = None

    def living(self) -> Organization:
        """Return the organization of the path; a deleted one is 410, whoever asks. Writes lock its row: of two that
        ask, invite or leave at once, the second sees what the first did.
        """
        reads = self.request.method in SAFE_METHODS
        organization = self.find(Organization, self.kwargs["key"]) if reads else self.locked(compare=False)
        refuse_deleted(organization)
        return organization

    def administered(self) -> Organization:
        """Return the organization of the path if the caller administers it."""
        organization = self.living()
        if not can_administer(self.request.actor, organization.pk):
            raise PermissionDenied
        return organization


class MembershipViewSet(OrganizationPartView):
    """Requests to join, and invitations."""

    serializer_class = MembershipRequestSerializer
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="list_membership_requests",
        tags=["organizations"],
        parameters=[
            OpenApiParameter(
                "status", str, enum=MembershipStatus.values, description="If provided, only of that status."
            ),
            OpenApiParameter("user", str, description="Only of that user."),
        ],
    )
    def list(self, request: Request, key: str) -> Response:
        """List the requests and invitations of an organization; of one's own, anybody those of the caller."""
        mine = read_argument(request, "user") == request.user.pk
        rows = (self.living() if mine else self.administered()).membership_requests.select_related("user")
        return Response([shapes.membership_request(row) for row in self._wanted(rows, request)])

    @staticmethod
    def _wanted(rows: QuerySet[MembershipRequest], request: Request) -> QuerySet[MembershipRequest]:
        wanted, user = read_argument(request, "status"), read_argument(request, "user")
        if wanted and wanted not in MembershipStatus.values:
            raise BadRequest(f"Unknown status {wanted[:32]}")
        rows = rows.filter(status=wanted) if wanted else rows
        return rows.filter(user_id=user) if user else rows

    @extend_schema(
        operation_id="membership_request",
        tags=["organizations"],
        request=ReasonForm,
        responses={200: MembershipRequestSerializer, 201: MembershipRequestSerializer},
    )
    @transaction.atomic
    def create(self, request: Request, key: str) -> Response:
        """Ask to join an organization; 200 if the caller asked already."""
        organization = self.living()
        with service_errors(ModelErrors):
            comment = ReasonForm.read(json_object(request)).get("comment", "")
            row, made = membership.ask(organization, by=request.user, comment=comment)
        return Response(shapes.membership_request(row), status=201 if made else 200)

    def asked(self) -> MembershipRequest:
        """Return the request of the path, its row locked, if the caller administers the organization."""
        organization = self.administered()
        rows = organization.membership_requests.select_for_update(of=("self",)).select_related("user", "created_by")
        found = rows.filter(pk=read_uuid(self.kwargs["id"])).first()
        if found is None:
            raise Http404
        found.organization = organization
        return found

    @extend_schema(
        operation_id="accept_membership",
        tags=["organizations"],
        request=None,
        responses={200: MemberSerializer, 409: MemberSerializer},
    )
    @transaction.atomic
    def accept(self, request: Request, key: str, id: str) -> Response:
        """Accept a request to join; 409 if it was handled already."""
        row = self.asked()
        if row.kind == MembershipKind.INVITATION:
            raise BadRequest(NOT_A_REQUEST)
        try:
            found, code = membership.accept(row, by=request.user), status.HTTP_200_OK
        except membership.AlreadyHandled:
            found, code = Member.objects.filter(organization=row.organization, user=row.user).first(), 409
        if found is None:
            return Response({"message": "This request was already handled"}, status=409)
        return Response(member_shape(found, trusted=False), status=code)

    @extend_schema(
        operation_id="refuse_membership",
        tags=["organizations"],
        request=ReasonForm,
        responses={200: dict, 409: MembershipRequestSerializer},
    )
    @transaction.atomic
    def refuse(self, request: Request, key: str, id: str) -> Response:
        """Refuse a request to join, with a reason; 409 if it was handled already."""
        row = self.asked()
        if row.kind == MembershipKind.INVITATION:
            raise BadRequest(NOT_A_REQUEST)
        with service_errors(ModelErrors):
            comment = ReasonForm.read(json_object(request)).get("comment", "")
            try:
                membership.refuse(row, by=request.user, comment=comment)
            except membership.AlreadyHandled:
                return Response(shapes.membership_request(row), status=409)
        return Response({})

    @extend_schema(operation_id="cancel_membership", tags=["organizations"], request=None, responses={200: dict})
    @transaction.atomic
    def cancel(self, request: Request, key: str, id: str) -> Response:
        """Take an invitation back."""
        row = self.asked()
        try:
            membership.cancel(row, by=request.user)
        except membership.AlreadyHandled as error:
            raise BadRequest("Only pending invitations can be canceled") from error
        return Response({})


class MemberViewSet(OrganizationPartView):
    """Members, by the id or slug of the user."""

    serializer_class = MemberSerializer
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="invite_organization_member",
        tags=["organizations"],
        request=InvitationForm,
        responses={201: MembershipRequestSerializer},
    )
    @transaction.atomic
    def create(self, request: Request, key: str) -> Response:
        """Invite a user, or an e-mail address, to the organization."""
        organization = self.administered()
        with service_errors(ModelErrors):
            wanted = membership.Invitation(**InvitationForm.read(json_object(request), user=request.user))
            row = membership.invite(organization, wanted, by=request.user)
        return Response(shapes.membership_request(row), status=status.HTTP_201_CREATED)

    def member(self, organization: Organization) -> Member:
        """Return the member of the path. Raises Http404."""
        key = self.kwargs["user"]
        rows = organization.members.select_for_update(of=("self",)).select_related("user")
        found = rows.filter(**{"user_id" if is_object_id(key) else "user__slug": key}).first()
        if found is None:
            raise Http404
        found.organization = organization
        return found

    @extend_schema(operation_id="update_organization_member", tags=["organizations"], request=RoleForm)
    @transaction.atomic
    def update(self, request: Request, key: str, user: str) -> Response:
        """Give a member another role."""
        found = self.member(self.administered())
        with service_errors(ModelErrors):
            membership.set_role(found, RoleForm.read(json_object(request))["role"], by=request.user)
        return Response(member_shape(found, trusted=True))

    @extend_schema(
        operation_id="delete_organization_member", tags=["organizations"], request=None, responses={204: None}
    )
    @transaction.atomic
    def destroy(self, request: Request, key: str, user: str) -> Response:
        """Remove a member; one may leave by oneself."""
        organization = self.living()
        leaves = user in (request.user.pk, request.user.slug)
        if not (
            can_administer(request.actor, organization.pk) or (leaves and request.actor.is_member(organization.pk))
        ):
            raise PermissionDenied
        with service_errors(ModelErrors):
            membership.remove(self.member(organization), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="list_organization_assignments",
        tags=["organizations"],
        responses=AssignmentSerializer(many=True),
    )
    def assignments(self, request: Request, key: str) -> Response:
        """List what the partial editors of an organization may edit."""
        rows = Assignment.objects.filter(organization=self.administered())
        return Response([shapes.assignment(row) for row in rows])

    @extend_schema(
        operation_id="sync_member_assignments",
        tags=["organizations"],
        request=SubjectReferenceSerializer(many=True),
        responses=AssignmentSerializer(many=True),
    )
    @transaction.atomic
    def assign(self, request: Request, key: str, user: str) -> Response:
        """Make the objects that a partial editor may edit those of the body."""
        organization = self.administered()
        found = self.member(organization)
        with service_errors(ModelErrors):
            values = AssignmentsForm.read({"assignments": json_list(request)}, user=request.user)
            rows = membership.assign(organization, found.user, values.get("assignments", []))
        return Response([shapes.assignment(row) for row in rows])


class MyInvitationsViewSet(ApiView):
    """The invitations of the caller."""

    queryset = MembershipRequest.objects.none()
    serializer_class = InvitationSerializer
    permission_classes = [IsAuthenticated]
    filterset_class = None
    pagination_class = None

    def mine(self) -> QuerySet[MembershipRequest]:
        user: User = self.request.user
        rows = MembershipRequest.objects.filter(kind=MembershipKind.INVITATION, user=user)
        return rows.filter(organization__deleted=None)

    @extend_schema(operation_id="list_my_org_invitations", tags=["me"])
    def list(self, request: Request) -> Response:
        """List the organizations that invite the caller."""
        return Response([shapes.invitation(row) for row in self.mine().pending()])

    @extend_schema(operation_id="accept_org_invitation", tags=["me"], request=None, responses={200: dict})
    @transaction.atomic
    def accept(self, request: Request, id: str) -> Response:
        """Join the organization."""
        return self._answer(membership.accept, id, "Invitation accepted")

    @extend_schema(operation_id="refuse_org_invitation", tags=["me"], request=None, responses={200: dict})
    @transaction.atomic
    def refuse(self, request: Request, id: str) -> Response:
        """Decline the invitation."""
        return self._answer(membership.refuse, id, "Invitation refused")

    def _answer(self, act: Any, pk: str, message: str) -> Response:
        rows = self.mine().select_for_update(of=("self",)).select_related("organization", "user", "created_by")
        found = rows.filter(pk=read_uuid(pk)).first()
        if found is None:
            raise Http404
        try:
            act(found, by=self.request.user)
        except membership.AlreadyHandled as error:
            raise BadRequest("Invitation is not pending") from error
        return Response({"message": message})
