"""Pictures of organizations, reuses, posts, charts and accounts: sent as a file, or cropped anew.

The file is checked and drawn anew (`portal.lib.pictures`); refusals speak the dialect of uploads.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.uploading import UploadDialect, UploadRefused
from catalog.api.writing import check_edit, check_sysadmin, refuse_deleted, tell_held
from catalog.documents.shapes.common import media_address
from catalog.models import Organization, Post, Reuse, Visualization
from catalog.permissions import can_administer
from catalog.services import pictures
from portal.lib.pictures import MAX_BYTES, Box, DrawnPicture, drawn, read_box, undone_on_failure
from portal.lib.scopes import ORGANIZATION
from portal.models import User

AROUND = 100_000  # bytes of a request beside its file


class PictureForm(serializers.Serializer):
    file = serializers.FileField(required=False, help_text="A PNG, JPEG, GIF or WebP image of 5 MB at most.")
    bbox = serializers.CharField(required=False, help_text="What is shown of it, in pixels: `x1,y1,x2,y2`.")


class UploadedPictureSerializer(serializers.Serializer):
    image = serializers.URLField()
    success = serializers.BooleanField()


SENT = {"request": {"multipart/form-data": PictureForm}, "responses": {200: UploadedPictureSerializer}}


class PictureView(UploadDialect, ApiView):
    """`column` of the object that `editable` gives."""

    throttle_scope = "uploads"
    parser_classes = [MultiPartParser, FormParser]
    serializer_class = UploadedPictureSerializer
    permission_classes = [IsAuthenticated]
    filterset_class = None
    pagination_class = None
    column = "image"

    def editable(self) -> Model:
        """Return the object, its row locked, if the caller may change its picture."""
        raise NotImplementedError

    def keep(self) -> Response:
        """Keep the file of the request, or crop the picture that is there; drawing takes a while, and locks nothing."""
        with transaction.atomic():
            self.editable()
        try:
            self.check_length()
            box = read_box(str(self.request.data.get("bbox", "")))
            picture = self.drawn(box)
            with undone_on_failure(), transaction.atomic():
                item = self.editable()
                if picture is None:
                    pictures.crop(item, self.column, box, by=self.request.user)
                else:
                    pictures.put(item, self.column, picture, by=self.request.user)
        except ValidationError as error:
            raise UploadRefused(" ".join(error.messages)) from error
        image = getattr(item, self.column)  # of a reuse without one that waits for a curator, none
        return tell_held(Response({"image": media_address(image.url) if image else None, "success": True}), item)

    def check_length(self) -> None:
        """Raise UploadRefused for a body that is too long, before it is received."""
        length = str(self.request.META.get("CONTENT_LENGTH") or "0")
        if length.isdigit() and int(length) > MAX_BYTES + AROUND:
            raise UploadRefused(_("The image is larger than 5 MB."))

    def drawn(self, box: Box | None) -> DrawnPicture | None:
        """Return the picture that was sent, drawn anew; None where a PUT only crops. Raises ValidationError."""
        file = self.request.FILES.get("file")
        if file is not None:
            return drawn(file, self.queryset.model._meta.get_field(self.column).kind, box)
        if self.request.method == "PUT" and box is not None:
            return None
        raise UploadRefused("Missing file parameter")


class LogoViewSet(PictureView):
    queryset = Organization.objects.all()
    narrow_scopes = frozenset([ORGANIZATION])
    column = "logo"

    def editable(self) -> Organization:
        organization = self.locked(Organization)
        refuse_deleted(organization)
        if not can_administer(self.request.actor, organization.pk):
            raise PermissionDenied
        return organization

    @extend_schema(operation_id="organization_logo", tags=["organizations"], **SENT)
    def create(self, request: Request, key: str) -> Response:
        """Send the logo of an organization."""
        return self.keep()

    @extend_schema(operation_id="resize_organization_logo", tags=["organizations"], **SENT)
    def update(self, request: Request, key: str) -> Response:
        """Crop the logo of an organization anew."""
        return self.keep()


class ReuseImageViewSet(PictureView):
    queryset = Reuse.objects.all()
    narrow_scopes = frozenset([ORGANIZATION])

    def editable(self) -> Any:
        item = self.locked(self.queryset.model)
        refuse_deleted(item)
        check_edit(self.request.actor, item)
        return item

    @extend_schema(operation_id="reuse_image", tags=["reuses"], **SENT)
    def create(self, request: Request, key: str) -> Response:
        """Send the image of a reuse."""
        return self.keep()


class VisualizationImageViewSet(ReuseImageViewSet):
    queryset = Visualization.objects.all()

    @extend_schema(operation_id="visualization_image", tags=["visualizations"], **SENT)
    def create(self, request: Request, key: str) -> Response:
        """Send the image of a chart."""
        return self.keep()


class PostImageViewSet(PictureView):
    queryset = Post.objects.all()

    def editable(self) -> Post:
        post = self.locked(Post)
        check_sysadmin(self.request.actor)
        return post

    @extend_schema(operation_id="post_image", tags=["posts"], **SENT)
    def create(self, request: Request, key: str) -> Response:
        """Send the image of a post."""
        return self.keep()

    @extend_schema(operation_id="resize_post_image", tags=["posts"], **SENT)
    def update(self, request: Request, key: str) -> Response:
        """Crop the image of a post anew."""
        return self.keep()


class UserAvatarViewSet(PictureView):
    queryset = User.objects.all()
    column = "avatar"

    def editable(self) -> User:
        check_sysadmin(self.request.actor)
        user = self.locked(User)
        refuse_deleted(user)
        return user

    @extend_schema(operation_id="user_avatar", tags=["users"], **SENT)
    def create(self, request: Request, key: str) -> Response:
        """Send the picture of an account (system administrators)."""
        return self.keep()


class MyAvatarViewSet(UserAvatarViewSet):
    def editable(self) -> User:
        return User.objects.select_for_update(of=("self",)).get(pk=self.request.user.pk)

    @extend_schema(operation_id="my_avatar", tags=["me"], **SENT)
    def create(self, request: Request) -> Response:
        """Send the caller's own picture."""
        return self.keep()
