"""The captcha of the French State, through the portal: its account stays here."""

import re

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from catalog.api.core import ApiView, V2Mixin
from catalog.models import Site
from catalog.services import captcha
from portal.lib.api.errors import BadArguments, Unavailable

ARGUMENTS = {
    "get": "What is wanted: `image` or `sound`.",
    "c": "The kind of captcha: `captchaFR`, `alphabetiqueCaptchaFR`…",
    "t": "The moment or the id that a sound is asked with.",
}
KINDS = ("application/json", "image/png", "audio/x-wav")
WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


class CaptchaViewSet(V2Mixin, ApiView):
    queryset = Site.objects.none()
    serializer_class = None
    filterset_class = None
    pagination_class = None

    @extend_schema(
        operation_id="captchetat",
        tags=["captchetat"],
        parameters=[OpenApiParameter(name, str, description=text) for name, text in ARGUMENTS.items()],
        responses={(200, kind): OpenApiTypes.BINARY for kind in KINDS} | {404: None, 503: None},
    )
    def retrieve(self, request: Request) -> HttpResponse:
        """Read a piece of a captcha: a picture or a sound. 404 where the portal has none."""
        if not captcha.is_configured():
            raise Http404
        given = {name: request.GET[name] for name in ARGUMENTS if request.GET.get(name)}
        wrong = {name: ARGUMENTS[name] for name, text in given.items() if not WORD.fullmatch(text)}
        if wrong:
            raise BadArguments(wrong)
        try:
            piece = captcha.fetch(given)
        except captcha.CaptchaUnavailable as error:
            raise Unavailable(str(error.message)) from error
        return HttpResponse(piece.content, content_type=piece.media_type, headers=HEADERS)
