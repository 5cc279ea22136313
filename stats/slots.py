"""What statistics put into the pages of objects: a chart of the last year, and the way to the whole."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.services.files import FOLLOWED
from portal.lib.slots import slot
from stats import series
from stats.kinds import Span, Target
from stats.series import Question
from stats.views import charts_of

SHOWN = {
    Target.DATASET: ["views", "downloads"],
    Target.ORGANIZATION: ["dataset_views", "downloads"],
    Target.REUSE: ["views"],
    Target.DATASERVICE: ["views"],
}


def part(request: HttpRequest | None, target: Target, found: Any, name: str = "") -> str:
    """Return the part of the page of `found`; `name` is that of the route of its whole statistics."""
    charts = charts_of(series.read(Question(target, found.pk, Span.MONTH)), Span.MONTH, SHOWN[target])
    context = {
        "charts": charts if any(chart.total for chart in charts) else [],
        "more_url": reverse(name, args=[found.slug]) if name else "",
    }
    return render_to_string("stats/parts/object.html", context, request)


@slot("dataset.statistics")
def dataset_statistics(request: HttpRequest | None, dataset: Any) -> str:
    return part(request, Target.DATASET, dataset, "stats-dataset")


@slot("organization.statistics")
def organization_statistics(request: HttpRequest | None, organization: Any) -> str:
    return part(request, Target.ORGANIZATION, organization, "stats-organization")


@slot("dataservice.statistics")
def dataservice_statistics(request: HttpRequest | None, dataservice: Any) -> str:
    return part(request, Target.DATASERVICE, dataservice)


@slot("reuse.statistics")
def reuse_statistics(request: HttpRequest | None, reuse: Any) -> str:
    """The same, and what tells the portal that a reader follows the link, where the page has one."""
    if not reuse.url.lower().startswith(FOLLOWED):
        return part(request, Target.REUSE, reuse)
    context = {"target": reuse.url, "report": reverse("stats-outlink", args=[reuse.slug])}
    return part(request, Target.REUSE, reuse) + render_to_string("stats/parts/outlink.html", context, request)


@slot("home.statistics")
def home_statistics(request: HttpRequest | None) -> str:
    return render_to_string("stats/parts/home.html", {}, request)
