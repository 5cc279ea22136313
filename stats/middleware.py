"""Counting requests: one line in a file for each that counts, and nothing that could fail a page.

What counts, and why (docs/statistics.md): reads that were answered, asked for by somebody.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from catalog.models import Dataservice, Dataset, Organization, Resource, Reuse
from catalog.models.base import is_sysadmin, owned_by
from portal.lib.clients import address_of
from portal.lib.ids import is_object_id
from stats.agents import agent_of
from stats.kinds import Agent, Kind, Target
from stats.recognition import Hit, hit_of
from stats.spool import spool
from stats.visitors import salts, visitor_of

log = logging.getLogger(__name__)

OPT_OUT = "stats_optout"  # the only cookie, set by the reader's own click
PREFETCH = ("Sec-Purpose", "Purpose", "X-Moz")
REDIRECTS = frozenset([302, 303])
OWNED = {Target.DATASET: Dataset, Target.REUSE: Reuse, Target.DATASERVICE: Dataservice}


class StatsMiddleware:
    """Stands outside of all that may still change an answer's status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if settings.STATS_ENABLED:
            try:
                count(request, response)
            except Exception:  # whatever it was, the answer is worth more
                log.exception("a request is not counted")
        return response


def count(request: HttpRequest, response: HttpResponseBase) -> None:
    """Write a line for a request that counts."""
    if not may_count(request):
        return
    hit = hit_of(request)
    if hit is None or not counts(hit, request, response):
        return
    user_agent = request.headers.get("User-Agent", "")
    agent = Agent.INTERNAL if is_own(request, hit) else agent_of(user_agent)
    spool.write(line(hit, agent, int(time.time() * 1000), visitor(request, user_agent)))


def may_count(request: HttpRequest) -> bool:
    """Tell whether a request is one that somebody made: no preparation of a browser, no refusal to be counted."""
    if request.COOKIES.get(OPT_OUT) == "1":
        return False
    headers = request.headers
    return not any("prefetch" in headers.get(name, "") or "preview" in headers.get(name, "") for name in PREFETCH)


def counts(hit: Hit, request: HttpRequest, response: HttpResponseBase) -> bool:
    """Tell whether such an answer counts.

    200 does; 206 if it begins at the first byte (what follows is the same download); 302 and 303 for the permanent
    link of a file; 304 for what is looked at, not for a download, of which nothing was sent.
    """
    if hit.kind == Kind.OUTLINK:
        return request.method == "POST" and response.status_code == 204
    if request.method != "GET":
        return False
    status = response.status_code
    if status == 206:
        return request.headers.get("Range", "").replace(" ", "").startswith("bytes=0-")
    if status in REDIRECTS:
        return hit.kind == Kind.DOWNLOAD and hit.target == Target.RESOURCE
    return status == 200 or (status == 304 and hit.kind != Kind.DOWNLOAD)


def is_own(request: HttpRequest, hit: Hit) -> bool:
    """Tell whether the reader is of the portal's team or owns the object: nobody counts for her own page."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return False
    if user.is_staff and is_sysadmin(user):
        return True
    if hit.target == Target.RESOURCE and not hit.key.startswith("file:"):
        return Resource.objects.filter(pk=hit.key, dataset__in=Dataset.objects.filter(owned_by(user))).exists()
    by_key = {"pk" if is_object_id(hit.key) else "slug": hit.key}
    if hit.target == Target.ORGANIZATION:
        return Organization.objects.filter(members__user_id=user.pk, **by_key).exists()
    model = OWNED.get(hit.target)
    return model is not None and model._base_manager.filter(owned_by(user), **by_key).exists()


def visitor(request: HttpRequest, user_agent: str) -> bytes | None:
    """Return what tells this visitor from others today, or None for who asks not to be followed (DNT, GPC)."""
    headers = request.headers
    if headers.get("DNT") == "1" or headers.get("Sec-GPC") == "1":
        return None
    salt = salts.of(timezone.localdate())
    return visitor_of(salt, address_of(request), user_agent) if salt else None


def line(hit: Hit, agent: int, at: int, visitor: bytes | None) -> bytes:
    """Return a hit as a line of the spool. `at` is in milliseconds since 1970."""
    values: dict[str, Any] = {"t": at, "k": hit.kind.value, "c": hit.channel.value, "a": int(agent)}
    if hit.target:
        values |= {"o": hit.target.value, "r": hit.key}
    if visitor:
        values["v"] = visitor.hex()
    if hit.term:
        values["q"] = hit.term
    return orjson.dumps(values)
