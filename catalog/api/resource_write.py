"""Resources and community resources: adding, changing, ordering, removing."""

from typing import Any

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import json_list, json_object
from catalog.api.forms.resource import CommunityResourceForm, ResourceForm
from catalog.api.ids import read_uuid
from catalog.api.refs import ShapeSerializer
from catalog.api.writing import check_edit, refuse_deleted, service_errors, tell_held
from catalog.documents.shapes import resource as shapes
from catalog.models import CommunityResource, Dataset, Resource
from catalog.models.vocabulary import FileType
from catalog.services import extras, resources
from catalog.services.proposing import gate
from portal.lib.api.errors import BadRequest, FormErrors
from portal.lib.scopes import ORGANIZATION


class ResourceWriteMixin(ApiView):
    """The writes of `ResourceViewSet`."""

    narrow_scopes = frozenset([ORGANIZATION])

    def editable_dataset(self, *, compare: bool = True) -> Dataset:
        """Return the dataset of the path, its row locked, if the caller may edit it."""
        dataset = self.locked(Dataset, compare=compare)
        refuse_deleted(dataset)
        check_edit(self.request.actor, dataset)
        return dataset

    def editable_resource(self) -> Resource:
        """Return the resource of the path, with its dataset's row locked, if the caller may edit it."""
        found = resources.find_in(self.editable_dataset(compare=False), read_uuid(self.kwargs["rid"]))
        if found is None:
            raise Http404
        self.check_if_match(found)
        return found

    @extend_schema(operation_id="create_resource", tags=["datasets"], request=ResourceForm)
    @transaction.atomic
    def create(self, request: Request, key: str) -> Response:
        """Add a remote resource to a dataset, before the others."""
        dataset, data = self.editable_dataset(), json_object(request)
        if data.get("filetype") != FileType.REMOTE:
            raise BadRequest("This endpoint only supports remote resources")
        with service_errors(FormErrors):
            row = resources.create(dataset, ResourceForm.read(data), by=request.user)
        return tell_held(Response(shapes.resource(row), status=status.HTTP_201_CREATED), dataset)

    @extend_schema(operation_id="update_resource", tags=["datasets"], request=ResourceForm)
    @transaction.atomic
    def update(self, request: Request, **kwargs: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        row = self.editable_resource()
        with service_errors(FormErrors):
            resources.update(row, read_partial(json_object(request), row), by=request.user)
        return tell_held(Response(shapes.resource(row)), row.dataset)

    @extend_schema(operation_id="delete_resource", tags=["datasets"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, **kwargs: str) -> Response:
        """Remove a resource, and its file if it is hosted here."""
        row = self.editable_resource()
        resources.delete(row, by=request.user)
        return tell_held(Response(status=status.HTTP_204_NO_CONTENT), row.dataset)

    @extend_schema(
        operation_id="reorder_resources",
        tags=["datasets"],
        request=ResourceForm(many=True),
        responses=ShapeSerializer(many=True),
    )
    @transaction.atomic
    def reorder(self, request: Request, key: str) -> Response:
        """Put the resources of a dataset in the order of the body, which names them all by `{"id": …}`."""
        dataset = self.editable_dataset()
        entries = json_list(request)
        rows = {str(row.pk): row for row in dataset.resources.all()}
        ordered = []
        for entry in entries:
            pk = entry.get("id") if isinstance(entry, dict) else entry
            if not isinstance(pk, str) or pk not in rows:
                raise FormErrors({"resources": [f"Unknown resource: {str(pk)[:64]}"]})
            inline = isinstance(entry, dict) and len(entry) > 1
            ordered.append((pk, read_partial(entry, rows[pk]) if inline else {}))
        with service_errors(FormErrors):
            rows = resources.reorder(dataset, ordered, by=request.user)
        return tell_held(Response([shapes.resource(row) for row in rows]), dataset)


def read_partial(data: dict[str, Any], row: Any, form: type[ResourceForm] = ResourceForm, **context: Any) -> Any:
    """Return the checked values of a body that changes `row`; what a hosted file says of itself is left out unread."""
    if row.filetype == FileType.FILE:
        data = {key: value for key, value in data.items() if key not in resources.HOSTED}
    return form.read(data, partial=True, **context)


class ResourceExtrasMixin(ResourceWriteMixin):
    """Extras of a resource (v2)."""

    @extend_schema(operation_id="update_resource_extras", tags=["datasets"], request=dict, responses={200: dict})
    @transaction.atomic
    def put_extras(self, request: Request, **kwargs: str) -> Response:
        """Set the keys of the body; a key given null is removed, the others stay."""
        row = self.editable_resource()
        if not isinstance(request.data, dict):
            raise BadRequest("Wrong payload format, dict expected")
        with gate.as_proposed(row.dataset, request.user, row):
            wanted = extras.merged(row.extras, request.data)
        found = resources.set_extras(row, wanted, by=request.user)
        return tell_held(Response(found), row.dataset)

    @extend_schema(operation_id="delete_resource_extras", tags=["datasets"], request=list[str], responses={204: None})
    @transaction.atomic
    def delete_extras(self, request: Request, **kwargs: str) -> Response:
        """Remove the keys listed in the body; an unknown one is a 404."""
        row = self.editable_resource()
        if not isinstance(request.data, list) or not all(isinstance(one, str) for one in request.data):
            raise BadRequest("Wrong payload format, list expected")
        if any(name not in row.extras for name in request.data):
            raise Http404
        kept = {name: value for name, value in row.extras.items() if name not in request.data}
        resources.set_extras(row, kept, by=request.user)
        return tell_held(Response(status=status.HTTP_204_NO_CONTENT), row.dataset)


class CommunityResourceWriteMixin(ApiView):
    """The writes of `CommunityResourceViewSet`."""

    narrow_scopes = frozenset([ORGANIZATION])

    def editable(self) -> CommunityResource:
        """Return the community resource of the path, its row locked, if the caller may edit it."""
        rows = CommunityResource.objects.visible_to(self.request.user)
        found = rows.select_for_update(of=("self",)).filter(pk=read_uuid(self.kwargs["rid"])).first()
        if found is None:
            raise Http404
        self.check_if_match(found)
        check_edit(self.request.actor, found)
        return found

    @extend_schema(operation_id="create_community_resource", tags=["datasets"], request=CommunityResourceForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Add a community resource to a dataset."""
        data = json_object(request)
        if data.get("filetype") != FileType.REMOTE:
            raise BadRequest("This endpoint only supports remote community resources")
        with service_errors(FormErrors):
            values = CommunityResourceForm.read(data, user=request.user)
            row = resources.create_community(values, by=request.user, actor=request.actor)
        return Response(shapes.community_resource(row), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="update_community_resource", tags=["datasets"], request=CommunityResourceForm)
    @transaction.atomic
    def update(self, request: Request, rid: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        row = self.editable()
        with service_errors(FormErrors):
            values = read_partial(json_object(request), row, CommunityResourceForm, user=request.user)
            resources.update_community(row, values, by=request.user, actor=request.actor)
        return Response(shapes.community_resource(row))

    @extend_schema(operation_id="delete_community_resource", tags=["datasets"], request=None, responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, rid: str) -> Response:
        """Remove a community resource, and its file if it is hosted here."""
        resources.delete_community(self.editable())
        return Response(status=status.HTTP_204_NO_CONTENT)
