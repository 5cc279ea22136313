"""Avatars drawn from an identifier, for users without a picture."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from catalog.api.core import ApiView
from portal.lib import identicon

MAX_SIZE = 512  # pixels
MAX_IDENTIFIER = 255  # characters
FOREVER = "public, max-age=31536000, immutable"  # one year: a drawing never changes


class AvatarViewSet(ApiView):
    filterset_class = None
    serializer_class = None

    @extend_schema(
        operation_id="avatars",
        tags=["avatars"],
        parameters=[
            OpenApiParameter("identifier", str, OpenApiParameter.PATH, description="Any text."),
            OpenApiParameter(
                "size",
                {"type": "integer", "minimum": 1, "maximum": MAX_SIZE},
                OpenApiParameter.PATH,
                description="In pixels.",
            ),
        ],
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )
    def retrieve(self, request: Request, identifier: str, size: int) -> HttpResponseBase:
        """Read the avatar drawn from an identifier: always the same for the same one."""
        if not 1 <= size <= MAX_SIZE or len(identifier) > MAX_IDENTIFIER:
            raise Http404
        etag = f'"{identicon.digest(identifier).hex()[:32]}-{size}"'
        response = get_conditional_response(request._request, etag=etag)
        if response is None:
            response = HttpResponse(identicon.draw(identifier, size), content_type="image/png")
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = FOREVER
        return response
