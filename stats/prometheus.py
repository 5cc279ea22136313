"""`/metrics`: what operators watch, in the text form of Prometheus. Opened by a token, or to networks of theirs."""

import hmac
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.lib.clients import address_of
from stats import checking
from stats.checking import Gauge

FORM = "text/plain; version=0.0.4; charset=utf-8"


@never_cache
@require_safe
def gauges(request: HttpRequest) -> HttpResponse:
    """Answer the gauges. Raises Http404 for whoever is no operator."""
    if not may_read(request):
        raise Http404
    return HttpResponse("".join(map(as_text, checking.gauges())), content_type=FORM)


def may_read(request: HttpRequest) -> bool:
    """Tell whether the request has the token, or comes from a network that needs none."""
    token = settings.STATS_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    networks = settings.STATS_METRICS_NETWORKS
    if not networks:
        return False
    address = ip_address(address_of(request))
    return any(address in ip_network(network) for network in networks)


def as_text(gauge: Gauge) -> str:
    lines = (
        f"# HELP {gauge.name} {gauge.help}",
        f"# TYPE {gauge.name} {gauge.kind}",
        f"{gauge.name} {gauge.value:.15g}",
    )
    return "".join(f"{line}\n" for line in lines)
