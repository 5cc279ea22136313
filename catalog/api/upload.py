"""Uploading files, whole or in chunks: udata's dialect, `{"success": …, "error": …, "message": …}`."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.ids import read_uuid
from catalog.api.resource import CommunityResourceSerializer, ResourceSerializer
from catalog.api.resource_write import CommunityResourceWriteMixin, ResourceWriteMixin
from catalog.api.uploading import UploadDialect, UploadRefused
from catalog.api.writing import refuse_deleted, tell_held
from catalog.documents.shapes import resource as shapes
from catalog.models import CommunityResource, Dataset, Resource
from catalog.models.resource import FileModel
from catalog.models.vocabulary import FileType
from catalog.services import uploads
from portal.lib.api.errors import BadRequest
from portal.lib.errors import ServiceError


class UploadForm(serializers.Serializer):
    """A file; or one part of it, with its place; or, without a file, the word that all parts were sent."""

    file = serializers.FileField(required=False)
    uuid = serializers.UUIDField(required=False)
    filename = serializers.CharField(required=False)
    partindex = serializers.IntegerField(required=False)
    partbyteoffset = serializers.IntegerField(required=False)
    totalparts = serializers.IntegerField(required=False)
    chunksize = serializers.IntegerField(required=False)


# udata's words, without a space between the sentences.
NOT_ALLOWED = "This file type is not allowed.The allowed file type list is available at "


class PageRefused(APIException):
    status_code = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE


class UploadView(UploadDialect, ApiView):
    """What the upload routes share."""

    throttle_scope = "uploads"
    parser_classes = [MultiPartParser, FormParser]
    filterset_class = None
    pagination_class = None

    def number(self, name: str) -> int:
        text = str(self.request.data.get(name, ""))
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise UploadRefused(f"Invalid parameter {name}")
        return int(text)

    def receive(self, folder: str) -> uploads.Stored | None:
        """Keep the uploaded file and return it, or None where it was one part among others."""
        data, file = self.request.data, self.request.FILES.get("file")
        owner, upload = self.request.user.pk, str(data.get("uuid", ""))
        try:
            if self.has_parts and file is not None:
                if data.get("filename"):  # refused at the first part, not after the last
                    uploads.neutral_name(str(data["filename"]))
                uploads.keep_part(owner, upload, self.number("partindex"), self.number("totalparts"), file.chunks())
                return None
            if self.has_parts:
                blocks: Iterable[bytes] = uploads.joined(owner, upload, self.number("totalparts"))
                try:
                    return uploads.store(blocks, str(data.get("filename", "")), folder=folder)
                finally:
                    uploads.drop_parts(owner, upload)
            if file is None:
                raise UploadRefused("Missing file parameter")
            return uploads.store(file.chunks(uploads.BLOCK), file.name or "", folder=folder)
        except uploads.HtmlRefused as error:
            raise PageRefused(str(error.message)) from error
        except uploads.NotAllowed as error:
            raise BadRequest(f"{NOT_ALLOWED}{settings.SITE_URL}/api/1/datasets/extensions/") from error
        except ServiceError as error:
            raise UploadRefused(str(error.message)) from error

    @property
    def has_parts(self) -> bool:
        """Whether the file comes in parts: a single one is a whole file (udata)."""
        return "totalparts" in self.request.data and self.number("totalparts") != 1

    def part_kept(self) -> Response:
        return Response({"success": True, "error": None, "message": ""})


class DatasetUploadViewSet(ResourceWriteMixin, UploadView):
    """Files of datasets. The file is received before the row is locked: an upload may take an hour."""

    queryset = Resource.objects.all()
    serializer_class = ResourceSerializer

    def checked_dataset(self) -> Dataset:
        with transaction.atomic():
            return self.editable_dataset()

    @extend_schema(
        operation_id="upload_new_dataset_resource", tags=["datasets"], request={"multipart/form-data": UploadForm}
    )
    def create(self, request: Request, key: str) -> Response:
        """Upload a file as a new resource of a dataset, before the others."""
        stored = self.receive(self.checked_dataset().slug)
        if stored is None:
            return self.part_kept()
        with uploads.written(stored):
            dataset = self.editable_dataset()
            row = uploads.add(dataset, stored, by=request.user)
        answer = Response({**shapes.resource(row), "success": True}, status=status.HTTP_201_CREATED)
        return tell_held(answer, dataset)

    @extend_schema(
        operation_id="upload_dataset_resource", tags=["datasets"], request={"multipart/form-data": UploadForm}
    )
    def update(self, request: Request, **kwargs: str) -> Response:
        """Upload a file in the place of that of a hosted resource."""
        with transaction.atomic():
            row = self.editable_resource()
        refuse_remote(row)
        stored = self.receive(row.dataset.slug)
        if stored is None:
            return self.part_kept()
        with uploads.written(stored):
            row = self.editable_resource()
            refuse_remote(row)
            uploads.renew(row, stored, by=request.user)
        return tell_held(Response({**shapes.resource(row), "success": True}), row.dataset)


class CommunityUploadViewSet(CommunityResourceWriteMixin, UploadView):
    """Files of community resources."""

    narrow_scopes = frozenset()  # what is made here belongs to the caller herself

    queryset = CommunityResource.objects.all()
    serializer_class = CommunityResourceSerializer

    @extend_schema(
        operation_id="upload_new_community_resource", tags=["datasets"], request={"multipart/form-data": UploadForm}
    )
    def create(self, request: Request, key: str) -> Response:
        """Upload a file as a new community resource of a dataset."""
        dataset = self.find(Dataset, key)
        refuse_deleted(dataset)
        stored = self.receive(dataset.slug)
        if stored is None:
            return self.part_kept()
        with uploads.written(stored):
            row = self._add(dataset, stored)
        return Response({**shapes.community_resource(row), "success": True}, status=status.HTTP_201_CREATED)

    def _add(self, dataset: Dataset, stored: uploads.Stored) -> CommunityResource:
        row = CommunityResource(dataset=dataset, owner=self.request.user, title=stored.title)
        uploads.fill(row, stored)
        row.save(force_insert=True)
        return row

    @extend_schema(
        operation_id="upload_community_resource", tags=["datasets"], request={"multipart/form-data": UploadForm}
    )
    def update(self, request: Request, rid: str) -> Response:
        """Upload a file in the place of that of a hosted community resource."""
        with transaction.atomic():
            row = self.editable()
        refuse_remote(row)
        stored = self.receive(row.dataset.slug if row.dataset else str(read_uuid(rid)))
        if stored is None:
            return self.part_kept()
        with uploads.written(stored):
            row = self.editable()
            uploads.replace(row, stored)
        return Response({**shapes.community_resource(row), "success": True})


def refuse_remote(row: FileModel) -> None:
    """Raise BadRequest for a resource that is elsewhere, and Http404 for none."""
    if row is None:
        raise Http404
    if row.filetype != FileType.FILE:
        raise BadRequest("This endpoint only supports hosted resources")
