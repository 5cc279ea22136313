"""Organizations: creating, changing, deleting; extras."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.badges import BadgesMixin
from catalog.api.core import was_deleted
from catalog.api.forms.base import json_object
from catalog.api.forms.organization import OrganizationForm
from catalog.api.writing import NOTICE, refuse_deleted, send_notice, service_errors
from catalog.models import Organization
from catalog.permissions import Actor, can_act_in_person, can_administer
from catalog.services import extras, organizations
from portal.lib.api.errors import BadRequest, Gone, ModelErrors
from portal.lib.scopes import ORGANIZATION


class OrganizationWriteMixin(BadgesMixin):
    """The writes of `OrganizationViewSet`, which gives `shape`."""

    narrow_scopes = frozenset([ORGANIZATION])

    def find(self, rows, key: str) -> Organization:
        """Find as ever; an organization that is deleted is also seen by its administrators, who may restore it."""
        try:
            return super().find(rows, key)
        except Gone:
            found = Organization.objects.filter(members__user=self.request.user.pk, members__role="admin")
            mine = found.filter(pk=key).first() or found.filter(slug=key).first()
            if mine is None or self.request.method in ("GET", "HEAD"):
                raise
            return mine

    def administered(self) -> Organization:
        """Return the organization of the path, its row locked, if the caller administers it."""
        organization = self.locked(Organization)
        if was_deleted(organization) and self.request.method != "PUT":
            refuse_deleted(organization)
        if not can_administer(self.request.actor, organization.pk):
            refuse_deleted(organization)
            raise PermissionDenied
        return organization

    @extend_schema(operation_id="create_organization", tags=["organizations"], request=OrganizationForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Create an organization; the caller becomes its administrator."""
        if not can_act_in_person(request.actor):
            raise PermissionDenied
        with service_errors(ModelErrors):
            made = organizations.create(OrganizationForm.read(json_object(request)), by=request.user)
        request._request.actor = Actor.of(request.user)  # she has a role more
        return Response(self.shape(self.get_queryset().get(pk=made.pk)), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="update_organization", tags=["organizations"], request=OrganizationForm)
    @transaction.atomic
    def update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        organization, data = self.administered(), json_object(request)
        refuse_deleted(organization, data)
        with service_errors(ModelErrors):
            values = OrganizationForm.read(data, partial=True)
            if values.get("deleted") is not None:
                del values["deleted"]
            organizations.update(organization, values, by=request.user)
        return Response(self.shape(self.get_queryset().get(pk=organization.pk)))

    @extend_schema(
        operation_id="delete_organization",
        tags=["organizations"],
        request=None,
        responses={204: None},
        parameters=[NOTICE],
    )
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete an organization; its administrators may restore it."""
        organization = self.administered()
        send_notice(request, organization)
        organizations.delete(organization, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class OrganizationExtrasMixin(OrganizationWriteMixin):
    """Extras of an organization (v2)."""

    @extend_schema(
        operation_id="update_organization_extras", tags=["organizations"], request=dict, responses={200: dict}
    )
    @transaction.atomic
    def put_extras(self, request: Request, key: str) -> Response:
        """Set the keys of the body; a key given null is removed, the others stay."""
        organization = self.administered()
        refuse_deleted(organization)
        if not isinstance(request.data, dict):
            raise BadRequest("Wrong payload format, dict expected")
        found = extras.merged(organization.extras, request.data)
        with service_errors(ModelErrors):
            organizations.update(organization, {"extras": found}, by=request.user)
        return Response(found)

    @extend_schema(
        operation_id="delete_organization_extras", tags=["organizations"], request=list[str], responses={204: None}
    )
    @transaction.atomic
    def delete_extras(self, request: Request, key: str) -> Response:
        """Remove the keys listed in the body; those that are not there are ignored."""
        organization = self.administered()
        if not isinstance(request.data, list) or not all(isinstance(one, str) for one in request.data):
            raise BadRequest("Wrong payload format, list expected")
        found = {name: value for name, value in organization.extras.items() if name not in request.data}
        organizations.update(organization, {"extras": found}, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
