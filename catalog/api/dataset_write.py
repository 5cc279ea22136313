"""Datasets: creating, changing, deleting, putting forward; extras."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.badges import BadgesMixin
from catalog.api.core import ApiView
from catalog.api.forms.base import json_object
from catalog.api.forms.dataset import DatasetForm
from catalog.api.forms.resource import ResourceForm
from catalog.api.resource_write import read_partial
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
from catalog.models import Dataset, Resource
from catalog.services import curation, datasets, extras, resources
from catalog.services.proposing import gate
from portal.lib.api.errors import BadRequest, FormErrors
from portal.lib.api.renderers import RawJSON
from portal.lib.scopes import ORGANIZATION

DOCUMENT = "A dataset, as GET gives it; unknown and read-only keys are ignored."


class DatasetWriteMixin(BadgesMixin):
    """The writes of `DatasetViewSet`, which gives `bodies`."""

    narrow_scopes = frozenset([ORGANIZATION])

    def answer(self, dataset: Dataset, code: int = status.HTTP_200_OK) -> Response:
        """Return the dataset's document as it is now."""
        return Response(RawJSON(self.bodies(Dataset.objects.filter(pk=dataset.pk))[0]), status=code)

    @extend_schema(operation_id="create_dataset", tags=["datasets"], request=DatasetForm, description=DOCUMENT)
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Create a dataset."""
        data = json_object(request)
        with service_errors(FormErrors):
            values = DatasetForm.read(data, user=request.user)
            files = _resource_forms(data)
            dataset = datasets.create(values, by=request.user, actor=request.actor)
            if files:
                resources.create_many(dataset, files, by=request.user)
        answer = self.answer(dataset, status.HTTP_201_CREATED)
        return tell_review(answer, dataset, asked=not values.get("private", False))

    @extend_schema(operation_id="update_dataset", tags=["datasets"], request=DatasetForm, description=DOCUMENT)
    @transaction.atomic
    def update(self, request: Request, key: str) -> Response:
        """Change the keys that the body has; the others stay as they are."""
        dataset = self.locked()
        data = json_object(request)
        refuse_deleted(dataset, data)
        check_edit(request.actor, dataset)
        with service_errors(FormErrors):
            values = DatasetForm.read(data, partial=True, user=request.user)
            if values.get("deleted") is not None:  # only restoring is done here: DELETE deletes
                del values["deleted"]
            files = _resource_forms(data, known={str(row.pk): row for row in dataset.resources.all()})
            datasets.update(dataset, values, by=request.user, actor=request.actor)
            if files is not None:
                resources.replace_all(dataset, files, by=request.user)
        return tell_review(self.answer(dataset), dataset, asked=values.get("private") is False)

    @extend_schema(
        operation_id="delete_dataset",
        tags=["datasets"],
        request=None,
        responses={204: None},
        parameters=[NOTICE],
    )
    @transaction.atomic
    def destroy(self, request: Request, key: str) -> Response:
        """Delete a dataset; its owner may restore it."""
        dataset = self.locked()
        refuse_deleted(dataset)
        check_edit(request.actor, dataset)
        send_notice(request, dataset)
        datasets.delete(dataset, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="feature_dataset", tags=["datasets"], request=None)
    @transaction.atomic
    def feature(self, request: Request, key: str) -> Response:
        """Put a dataset forward."""
        return self._set_featured(request, featured=True)

    @extend_schema(operation_id="unfeature_dataset", tags=["datasets"], request=None)
    @transaction.atomic
    def unfeature(self, request: Request, key: str) -> Response:
        """Put a dataset forward no more."""
        return self._set_featured(request, featured=False)

    def _set_featured(self, request: Request, *, featured: bool) -> Response:
        dataset = self.locked()
        check_sysadmin(request.actor)
        refuse_deleted(dataset)
        chosen = Dataset.objects.filter(pk=dataset.pk)
        (curation.feature if featured else curation.unfeature)(chosen, by=request.user)
        return self.answer(dataset)


def _resource_forms(data: dict[str, Any], known: dict[str, Resource] | None = None) -> list[dict[str, Any]] | None:
    """Return the checked resources inside a dataset, or None if it names none. Raises FormErrors.

    Those that the dataset has already (`known`, by id) keep what their entry does not name.
    """
    entries = data.get("resources")
    if entries is None or isinstance(entries, dict):  # v2's link, sent back by a client that read it
        return None
    if not isinstance(entries, list):
        raise FormErrors({"resources": ["Expected a list."]})
    errors: list[dict[str, Any]] = [{} for _entry in entries]
    values = []
    for rank, entry in enumerate(entries):
        given = str(entry.get("id")) if isinstance(entry, dict) else ""
        row = (known or {}).get(given)
        try:
            found = read_partial(entry, row) if row else ResourceForm.read(entry if isinstance(entry, dict) else {})
            values.append({**found, "id": given} if row else found)
        except FormErrors as error:
            errors[rank] = error.errors
    if any(errors):
        raise FormErrors({"resources": errors})
    return values


class DatasetExtrasMixin(ApiView):
    """Extras of a dataset (v2)."""

    @extend_schema(operation_id="update_dataset_extras", tags=["datasets"], request=dict, responses={200: dict})
    @transaction.atomic
    def put_extras(self, request: Request, key: str) -> Response:
        """Set the keys of the body; a key given null is removed, the others stay."""
        dataset = self._editable(request)
        if not isinstance(request.data, dict):
            raise BadRequest("Wrong payload format, dict expected")
        with service_errors(FormErrors):
            with gate.as_proposed(dataset, request.user):
                found = extras.merged(dataset.extras, request.data)
            return tell_held(Response(datasets.set_extras(dataset, found, by=request.user)), dataset)

    @extend_schema(operation_id="delete_dataset_extras", tags=["datasets"], request=list[str], responses={204: None})
    @transaction.atomic
    def delete_extras(self, request: Request, key: str) -> Response:
        """Remove the keys listed in the body; those that are not there are ignored."""
        dataset = self._editable(request)
        if not isinstance(request.data, list) or not all(isinstance(one, str) for one in request.data):
            raise BadRequest("Wrong payload format, list expected")
        with gate.as_proposed(dataset, request.user):
            found = {name: value for name, value in dataset.extras.items() if name not in request.data}
        datasets.set_extras(dataset, found, by=request.user)
        return tell_held(Response(status=status.HTTP_204_NO_CONTENT), dataset)

    def _editable(self, request: Request) -> Dataset:
        dataset = self.locked()
        refuse_deleted(dataset)
        check_edit(request.actor, dataset)
        return dataset
