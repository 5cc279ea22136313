"""Contact points."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.contact_write import ContactPointWriteMixin
from catalog.api.refs import ContactPointSerializer, LabelSerializer
from catalog.documents.shapes.common import contact_point
from catalog.models import ContactPoint
from catalog.models.vocabulary import ContactRole


class ContactPointViewSet(ContactPointWriteMixin):
    """Contact points: whoever may read an object reads whom to write to, so that each is open to all."""

    queryset = ContactPoint.objects.all()
    serializer_class = ContactPointSerializer
    filterset_class = None

    def get_object(self) -> ContactPoint:
        """Return the contact point of the path, which has no slug. Raises Http404."""
        found = self.get_queryset().filter(pk=self.kwargs["key"]).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(operation_id="get_contact_point", tags=["contacts"])
    def retrieve(self, request: Request, key: str) -> Response:
        """Read one contact point."""
        return Response(contact_point(self.get_object()))

    @extend_schema(operation_id="contact_point_roles", tags=["contacts"], responses=LabelSerializer(many=True))
    def roles(self, request: Request) -> Response:
        """List the capacities in which one may be written to."""
        return Response([{"id": role.value, "label": str(role.label)} for role in ContactRole])
