"""The pages of the statistics: of the portal, of an organization, of a dataset; and how they are made."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import date as date_text
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from catalog.models import Dataset, Organization, Reuse
from catalog.services import search_misses
from catalog.views.objects import ObjectPage
from portal.lib import charts
from stats import agents, searches, series
from stats.kinds import Kind, Span, Target
from stats.middleware import OPT_OUT
from stats.series import Point, Question

PERIODS: dict[str, tuple[Span, str | Promise]] = {
    "month": (Span.MONTH, _("By month")),
    "day": (Span.DAY, _("By day")),
    "hour": (Span.HOUR, _("By hour")),
}
FORMATS = {Span.HOUR: "j M H:i", Span.DAY: "j M", Span.MONTH: "M Y"}
TITLES: dict[str, str | Promise] = {
    "views": _("Views"),
    "dataset_views": _("Views of datasets"),
    "reuse_views": _("Views of reuses"),
    "dataservice_views": _("Views of dataservices"),
    "downloads": _("Downloads of files"),
    "dumps": _("Downloads of dumps"),
    "api_calls": _("API calls"),
    "outlinks": _("Visits of reuses"),
    "searches": _("Searches"),
    "previews": _("Previews of files"),
    "visitors": _("Visitor-days"),
}
OPT_OUT_AGE = 13 * 30 * 24 * 3600  # seconds: thirteen months (CNIL)
TOP = 10
DAYS = 30  # of the lists of what is most used


class Ranked(NamedTuple):
    """A line of a list of what is most used."""

    label: str
    address: str
    number: int


class AudienceMixin:
    """What each page of audience has: its charts, its period, its downloads."""

    request: HttpRequest
    shown: tuple[str, ...] = ()  # columns that have a chart; the others are in the table of totals
    spans = ("month", "day", "hour")

    def period(self) -> str:
        """Return the granularity that is asked for; an unknown one is that by month."""
        asked = self.request.GET.get("granularity", "month")
        return asked if asked in self.spans else "month"

    def audience(self, target: Target, ref: str, api: str) -> dict[str, Any]:
        """Return what the template of an audience shows."""
        period = self.period()
        span = PERIODS[period][0]
        points = series.read(Question(target, ref, span))
        totals = series.totals(points)
        return {
            "charts": charts_of(points, span, [name for name in self.shown if name in totals]),
            "figures": [(TITLES[name], number) for name, number in totals.items()],
            "periods": [(name, PERIODS[name][1], name == period) for name in self.spans],
            "counted_at": series.counted_until(),
            "json_url": f"{api}/?granularity={period}",
            "csv_url": f"{api}.csv?granularity={period}",
        }


def charts_of(points: list[Point], span: Span, names: list[str]) -> list[charts.Chart]:
    """Return a chart of each of these columns: bars for months, a line where there are many periods."""
    draw = charts.bars if span == Span.MONTH else charts.line
    labels = [label_of(point.start, span) for point in points]
    return [
        draw(
            f"chart-{name.replace('_', '-')}", TITLES[name], TITLES[name],
            list(zip(labels, (point.numbers[name] for point in points), strict=True)),
        )
        for name in names
    ]  # fmt: skip


def label_of(start: Any, span: Span) -> str:
    """Return the name of a period in the reader's language."""
    return date_text(timezone.localtime(start) if span == Span.HOUR else start, FORMATS[span])


class SitePage(AudienceMixin, TemplateView):
    template_name = "stats/site.html"
    shown = ("dataset_views", "downloads", "visitors", "searches", "api_calls")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            **self.audience(Target.SITE, "", "/api/stats/1/site"),
            datasets=ranked(Dataset, series.top(Target.DATASET, Kind.VIEW, days=DAYS, limit=TOP * 2)),
            downloads=ranked(Dataset, series.top(Target.DATASET, Kind.DOWNLOAD, days=DAYS, limit=TOP * 2)),
            reuses=ranked(Reuse, series.top(Target.REUSE, Kind.VIEW, days=DAYS, limit=TOP * 2)),
            searches=searches.top(days=DAYS, limit=TOP),
            misses=searches.without_result(search_misses.top(days=DAYS, limit=200), days=DAYS, limit=TOP),
            canonical_url=f"{settings.SITE_URL}{self.request.path}",
            days=DAYS,
            **context,
        )


def ranked(model: type[Model], rows: list[series.Top]) -> list[Ranked]:
    """Return the lines of a list, without what is not listed any more; one query."""
    found = {one.pk: one for one in model.objects.listed().filter(pk__in=[row.ref for row in rows])}
    lines = [(found[row.ref], row.number) for row in rows if row.ref in found]
    return [Ranked(str(one), one.get_absolute_url(), number) for one, number in lines][:TOP]


class ObjectAudience(AudienceMixin, ObjectPage):
    """The audience of one object, for whoever may see the object."""

    template_name = "stats/object.html"
    target: Target

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = context["found"]
        context = super().get_context_data(**context)
        context |= self.audience(self.target, found.pk, f"/api/stats/1/{self.api_name}/{found.slug}")
        context |= {"canonical_url": f"{settings.SITE_URL}{self.request.path}", "label": str(found), "structured": None}
        return context | {"list_url": self.list_url(), "list_label": self.list_label, "api_url": context["json_url"]}


class DatasetPage(ObjectAudience):
    model = Dataset
    context_name = "dataset"
    api_name = "datasets"
    list_label = _("Datasets")
    target = Target.DATASET
    shown = ("views", "downloads", "api_calls", "previews")


class OrganizationPage(ObjectAudience):
    model = Organization
    context_name = "organization"
    api_name = "organizations"
    list_label = _("Organizations")
    target = Target.ORGANIZATION
    spans = ("month", "day")
    shown = ("dataset_views", "downloads", "reuse_views", "dataservice_views")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = Q(target__organization_ref=context["found"].pk) | Q(target__parent__organization_ref=context["found"].pk)
        context = super().get_context_data(**context)
        views = series.top(Target.DATASET, Kind.VIEW, days=DAYS, limit=TOP * 2, within=mine)
        downloads = series.top(Target.DATASET, Kind.DOWNLOAD, days=DAYS, limit=TOP * 2, within=mine)
        return context | {"datasets": ranked(Dataset, views), "downloads": ranked(Dataset, downloads), "days": DAYS}


class MethodPage(TemplateView):
    """What is counted and how, what is kept and how long, and the way out."""

    template_name = "stats/method.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            robots=agents.LISTS,
            raw_days=settings.STATS_RAW_DAYS,
            hour_days=settings.STATS_HOUR_DAYS,
            day_months=settings.STATS_DAY_MONTHS,
            least=settings.STATS_LEAST_VISITORS,
            matomo=bool(settings.STATS_MATOMO_URL and settings.STATS_MATOMO_PUSH),
            opted_out=self.request.COOKIES.get(OPT_OUT) == "1",
            canonical_url=f"{settings.SITE_URL}{self.request.path}",
            **context,
        )


@csrf_exempt  # its token would be a cookie, and these pages set none; the worst a stranger could do is not to count us
@require_POST
def opt_out(request: HttpRequest) -> HttpResponse:
    """Set the cookie of those who are not to be counted, or delete it."""
    response = redirect("stats-method")
    if request.POST.get("counted") == "yes":
        response.delete_cookie(OPT_OUT)
    else:
        response.set_cookie(
            OPT_OUT, "1", max_age=OPT_OUT_AGE, secure=settings.SECURE, httponly=True, samesite="Lax"
        )  # fmt: skip
    return response


@csrf_exempt  # sent by `navigator.sendBeacon`, and changes nothing but a count
@require_POST
def outlink(request: HttpRequest, key: str) -> HttpResponse:
    """Note that a reader follows the link of a reuse (the middleware counts it). Raises Http404."""
    if not Reuse.objects.public().filter(slug=key).exists():
        raise Http404
    return HttpResponse(status=204)
