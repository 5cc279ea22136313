"""Dataservices: creating, changing, deleting, naming what they serve, putting forward."""

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView, was_deleted
from catalog.api.forms.base import ModelForm, References, json_list, json_object
from catalog.api.forms.objects import DataserviceForm
from catalog.api.reuse_write import sent_back
from catalog.api.writing import (
    NOTICE,
    check_edit,
    check_sysadmin,
    refuse_deleted,
    send_notice,
    service_errors,
    tell_held,
    tell_review,
)
from catalog.models import Dataservice, Dataset
from catalog.services import curation, dataservices
from catalog.services.proposing import gate
from portal.lib.api.errors import ModelErrors
from portal.lib.ids import is_object_id
from portal.lib.scopes import ORGANIZATION


class ServedForm(ModelForm):
    datasets = References("Dataset", required=True)


class DataserviceWriteMixin(ApiView):
    """The writes of `DataserviceViewSet`, which gives `shape`."""

    narrow_scopes = frozenset([ORGANIZATION])

    def editable(self, *, restorable: bool = False) -> Dataservice:
        """Return the dataservice of the path, its row locked, if the caller may edit it.

        Raises Gone for a deleted one, unless it is `restorable` and the body restores it.
        """
        found = self.locked(Dataservice)
        body = self.request.data if restorable and was_deleted(found) else None
        refuse_deleted(found, body, column="deleted_at")
        check_edit(self.request.actor, found)
        return found

    @extend_schema(operation_id="create_dataservice", tags=["dataservices"], request=DataserviceForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Create a dataservice."""
        with service_errors(ModelErrors):
            values = DataserviceForm.read(json_object(request), user=request.user)
            item = dataservices.create(values, by=request.user, actor=request.actor)
        answer = Response(self.shape(item), status=status.HTTP_201_CREATED)
        return tell_review(answer, item, asked=not values.get("private", False))

    @extend_schema(operation_id="update_dataservice", tags=["dataservices"], request=DataserviceForm)
    @transaction.atomic
    def partial_update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        item = self.editable(restorable=True)
        with service_errors(ModelErrors):
            values = DataserviceForm.read(sent_back(json_object(request)), partial=True, user=request.user)
            if values.get("deleted_at") is not None:
                del values["deleted_at"]
            dataservices.update(item, values, by=request.user, actor=request.actor)
        return tell_review(Response(self.shape(item)), item, asked=values.get("private") is False)

    @extend_schema(
        operation_id="delete_dataservice",
        tags=["dataservices"],
        request=None,
        responses={204: None},
        parameters=[NOTICE],
    )
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete a dataservice; its owner may restore it."""
        item = self.editable()
        send_notice(request, item)
        dataservices.delete(item, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="dataservice_datasets_create", tags=["dataservices"], request=list[dict])
    @transaction.atomic
    def add_datasets(self, request: Request, key: str) -> Response:
        """Say that the dataservice serves the datasets of the body: `[{"id": …}]`."""
        item = self.editable()
        wanted = ServedForm.read({"datasets": json_list(request)}, user=request.user)["datasets"]
        with gate.as_proposed(item, request.user):
            served = [*item.datasets.all(), *wanted]
        dataservices.update(item, {"datasets": served}, by=request.user, actor=request.actor)
        return tell_held(Response(self.shape(item), status=status.HTTP_201_CREATED), item)

    @extend_schema(
        operation_id="dataservice_dataset_delete", tags=["dataservices"], request=None, responses={204: None}
    )
    @transaction.atomic
    def remove_dataset(self, request: Request, key: str, dataset: str) -> Response:
        """Say no more that the dataservice serves a dataset (one that the caller may read)."""
        item = self.editable()
        rows = item.datasets.all() & Dataset.objects.visible_to(request.user)
        found = rows.filter(**{"pk" if is_object_id(dataset) else "slug": dataset}).first()
        if found is None:
            raise Http404
        dataservices.remove(item, found, by=request.user)
        return tell_held(Response(status=status.HTTP_204_NO_CONTENT), item)

    @extend_schema(operation_id="feature_dataservice", tags=["dataservices"], request=None)
    @transaction.atomic
    def feature(self, request: Request, key: str) -> Response:
        """Put a dataservice forward."""
        return self._set_featured(featured=True)

    @extend_schema(operation_id="unfeature_dataservice", tags=["dataservices"], request=None)
    @transaction.atomic
    def unfeature(self, request: Request, key: str) -> Response:
        """Put a dataservice forward no more."""
        return self._set_featured(featured=False)

    def _set_featured(self, *, featured: bool) -> Response:
        found = self.locked(Dataservice)
        check_sysadmin(self.request.actor)
        refuse_deleted(found, column="deleted_at")
        rows = Dataservice.objects.filter(pk=found.pk)
        (curation.feature if featured else curation.unfeature)(rows, by=self.request.user)
        found.refresh_from_db()
        return Response(self.shape(found))
