"""Contact points: making, changing, deleting."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_object
from catalog.api.forms.social import ContactPointForm
from catalog.api.writing import check_edit, service_errors
from catalog.documents.shapes.common import contact_point
from catalog.models import ContactPoint
from catalog.services import contacts
from portal.lib.api.errors import ModelErrors
from portal.lib.scopes import ORGANIZATION


class ContactPointWriteMixin(ApiView):
    """The writes of `ContactPointViewSet`."""

    narrow_scopes = frozenset([ORGANIZATION])

    def editable(self) -> ContactPoint:
        """Return the contact point of the path, its row locked, if the caller may edit it."""
        found = self.locked(ContactPoint)
        check_edit(self.request.actor, found)
        return found

    @extend_schema(operation_id="create_contact_point", tags=["contacts"], request=ContactPointForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Make a contact point; 200 with the one that says the same, if there is one."""
        with service_errors(ModelErrors):
            values = ContactPointForm.read(json_object(request), user=request.user)
            row, new = contacts.get_or_create(values, by=request.user, actor=request.actor)
        return Response(contact_point(row), status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)

    @extend_schema(operation_id="update_contact_point", tags=["contacts"], request=ContactPointForm)
    @transaction.atomic
    def update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        row = self.editable()
        with service_errors(ModelErrors):
            values = ContactPointForm.read(json_object(request), partial=True, user=request.user, item=row)
            contacts.update(row, values, actor=request.actor)
        return Response(contact_point(row))

    @extend_schema(operation_id="delete_contact_point", tags=["contacts"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete a contact point."""
        self.editable().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
