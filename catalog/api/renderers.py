"""From shapes to the bytes that a client gets: marks filled for the caller, then the mask applied."""

from typing import Any

import orjson

from catalog.documents import marks
from catalog.documents.fill import Filler
from catalog.documents.store import ApiVersion
from catalog.permissions import Actor
from portal.lib.api import masks
from portal.lib.api.errors import BadRequest
from portal.lib.api.renderers import OrderedJSONRenderer, RawJSON, encode_unknown


class V2Renderer(OrderedJSONRenderer):
    """v2: keys in declared order."""

    version: ApiVersion = "v2"
    sort_keys = False

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None:
            return b""
        context = renderer_context or {}
        request = context.get("request")
        body = data if isinstance(data, RawJSON) else marks.dump(data, sort_keys=self.sort_keys).encode()
        actor = getattr(request, "actor", None) or Actor()
        body = Filler(actor, self.version).fill(body)
        mask = getattr(request, "mask", None)
        if mask is not None and context["response"].status_code < 400:
            options = orjson.OPT_SORT_KEYS if self.sort_keys else None
            body = orjson.dumps(masks.apply(mask, orjson.loads(body)), option=options, default=encode_unknown)
        return body + b"\n"


class V1Renderer(V2Renderer):
    """v1: keys sorted."""

    version: ApiVersion = "v1"
    sort_keys = True


def read_mask(text: str | None) -> masks.Mask | None:
    """Return the mask of an `X-Fields` header, or None without one. Raises BadRequest if it can't be read."""
    if not text:
        return None
    try:
        return masks.parse(text)
    except masks.MaskError as error:
        raise BadRequest(str(error)) from error
