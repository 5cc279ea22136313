"""JSON as udata writes it: v1 sorts keys, v2 keeps the declared order and ends with a newline."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


class RawJSON(bytes):
    """JSON made beforehand; renderers send it as it is."""


def encode_unknown(value: Any) -> Any:
    """Encode what orjson doesn't know: kinds of text and of mapping. Raises TypeError for anything else."""
    if isinstance(value, Promise | str):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


class OrderedJSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if isinstance(data, RawJSON):
            return bytes(data)
        if data is None:
            return b""
        return orjson.dumps(data, default=encode_unknown, option=self.options)


class SortedJSONRenderer(OrderedJSONRenderer):
    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
