"""Reuses: creating, changing, deleting, naming what they use, putting forward."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.badges import BadgesMixin
from catalog.api.core import was_deleted
from catalog.api.forms.base import ModelForm, Reference, json_object
from catalog.api.forms.objects import ReuseForm
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
from catalog.models import Reuse
from catalog.services import curation, reuses
from portal.lib.api.errors import ModelErrors
from portal.lib.scopes import ORGANIZATION


class DatasetReferenceForm(ModelForm):
    id = Reference("Dataset", required=True, allow_null=False)


class DataserviceReferenceForm(ModelForm):
    id = Reference("Dataservice", required=True, allow_null=False)


class ReuseWriteMixin(BadgesMixin):
    """The writes of `ReuseViewSet`, which gives `shape`."""

    narrow_scopes = frozenset([ORGANIZATION])

    def editable(self, *, restorable: bool = False) -> Reuse:
        """Return the reuse of the path, its row locked, if the caller may edit it.

        Raises Gone for a deleted one, unless it is `restorable` and the body restores it.
        """
        found = self.locked(Reuse)
        refuse_deleted(found, self.request.data if restorable and was_deleted(found) else None)
        check_edit(self.request.actor, found)
        return found

    @extend_schema(operation_id="create_reuse", tags=["reuses"], request=ReuseForm)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Create a reuse."""
        with service_errors(ModelErrors):
            values = ReuseForm.read(json_object(request), user=request.user)
            reuse = reuses.create(values, by=request.user, actor=request.actor)
        answer = Response(self.shape(reuse), status=status.HTTP_201_CREATED)
        return tell_review(answer, reuse, asked=not values.get("private", False))

    @extend_schema(operation_id="update_reuse", tags=["reuses"], request=ReuseForm)
    @transaction.atomic
    def update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        reuse = self.editable(restorable=True)
        with service_errors(ModelErrors):
            values = ReuseForm.read(sent_back(json_object(request)), partial=True, user=request.user)
            if values.get("deleted") is not None:
                del values["deleted"]
            reuses.update(reuse, values, by=request.user, actor=request.actor)
        return tell_review(Response(self.shape(reuse)), reuse, asked=values.get("private") is False)

    @extend_schema(
        operation_id="delete_reuse", tags=["reuses"], request=None, responses={204: None}, parameters=[NOTICE]
    )
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete a reuse; its owner may restore it."""
        reuse = self.editable()
        send_notice(request, reuse)
        reuses.delete(reuse, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="reuse_add_dataset", tags=["reuses"], request=DatasetReferenceForm)
    @transaction.atomic
    def add_dataset(self, request: Request, key: str) -> Response:
        """Say that the reuse uses a dataset; 200 if it was said already."""
        return self._add("datasets", DatasetReferenceForm)

    @extend_schema(operation_id="reuse_add_dataservice", tags=["reuses"], request=DataserviceReferenceForm)
    @transaction.atomic
    def add_dataservice(self, request: Request, key: str) -> Response:
        """Say that the reuse uses a dataservice; 200 if it was said already."""
        return self._add("dataservices", DataserviceReferenceForm)

    def _add(self, name: str, form: type[ModelForm]) -> Response:
        reuse = self.editable()
        item = form.read(json_object(self.request), user=self.request.user)["id"]
        new = reuses.add(reuse, name, item, by=self.request.user)
        answer = Response(self.shape(reuse), status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)
        return tell_held(answer, reuse)

    @extend_schema(operation_id="feature_reuse", tags=["reuses"], request=None)
    @transaction.atomic
    def feature(self, request: Request, key: str) -> Response:
        """Put a reuse forward."""
        return self._set_featured(featured=True)

    @extend_schema(operation_id="unfeature_reuse", tags=["reuses"], request=None)
    @transaction.atomic
    def unfeature(self, request: Request, key: str) -> Response:
        """Put a reuse forward no more."""
        return self._set_featured(featured=False)

    def _set_featured(self, *, featured: bool) -> Response:
        found = self.locked(Reuse)
        check_sysadmin(self.request.actor)
        refuse_deleted(found)
        (curation.feature if featured else curation.unfeature)(Reuse.objects.filter(pk=found.pk), by=self.request.user)
        found.refresh_from_db()
        return Response(self.shape(found))


def sent_back(data: dict[str, Any]) -> dict[str, Any]:
    """Return a body without v2's links, which stand for the lists where an object was read and is sent back."""
    return {
        key: value
        for key, value in data.items()
        if not (key in ("datasets", "dataservices") and isinstance(value, dict))
    }
