"""A name for each request: in its answer, on the page of an error and in the log, so that each leads to the others."""

import logging
import re
from contextvars import ContextVar
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

HEADER = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")

NONE = "-"  # the name of what no request asked for
current: ContextVar[str] = ContextVar("request_id", default=NONE)


def name_of(request: HttpRequest) -> str:
    """Return the name that a proxy of ours gave the request (TRUST_PROXY), or a new one."""
    given = request.headers.get(HEADER, "") if settings.TRUST_PROXY else ""
    return given if SANE.fullmatch(given) else uuid4().hex[:16]


class RequestIdFilter(logging.Filter):
    """Gives each record of the log the name of the request that it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        named = getattr(getattr(record, "request", None), "request_id", "")
        record.request_id = named or current.get()
        return True
