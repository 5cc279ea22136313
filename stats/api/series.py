"""`/api/stats/1/…`: the audience of the portal, or of one of its objects, by hour, day or month; JSON or CSV."""

import csv
import io
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.resource import any_resource
from catalog.models import Dataservice, Dataset, Organization, Reuse
from portal.lib.api.conditional import VARY, is_identified
from portal.lib.api.errors import BadArguments
from stats.kinds import Agent, Channel, Span, Target
from stats.periods import day_of
from stats.series import COLUMNS, GRANULARITIES, Point, Question, counted_until, periods_between, read

TARGETS: dict[str, tuple[Target, type[Model]]] = {
    "datasets": (Target.DATASET, Dataset),
    "organizations": (Target.ORGANIZATION, Organization),
    "reuses": (Target.REUSE, Reuse),
    "dataservices": (Target.DATASERVICE, Dataservice),
}
KINDS = (*TARGETS, "resources")
AGENTS = {"human": Agent.HUMAN, "machine": Agent.MACHINE, "robot": Agent.ROBOT}
CHANNELS = {channel.name.lower(): channel for channel in Channel}
PAGE, MAX_PAGE = 50, 1000  # periods
FIRST_YEAR, LAST_YEAR = 1990, 2200  # of the days that may be asked for
FRESH = 300  # seconds that an answer may be kept
ARGUMENTS = ("granularity", "from", "to", "agent", "channel", "page_size", "cursor", "format", "lang")


class SeriesViewSet(ApiView):
    """Whoever may read an object may read its audience."""

    queryset = Dataset.objects.none()
    serializer_class = None
    filterset_class = None

    @extend_schema(exclude=True)
    def site(self, request: Request, **kwargs: str) -> HttpResponseBase:
        """Read the audience of the portal."""
        return self._answer(Target.SITE, "", f"{settings.SITE_URL}/")

    @extend_schema(exclude=True)
    def retrieve(self, request: Request, kind: str, key: str, **kwargs: str) -> HttpResponseBase:
        """Read the audience of one object, known by its slug or id."""
        if kind == "resources":
            found = any_resource(key, request.user)
            return self._answer(Target.RESOURCE, str(found.pk), f"{settings.SITE_URL}/datasets/r/{found.pk}")
        target, model = TARGETS[kind]
        found = self.find(model, key)
        return self._answer(target, found.pk, f"{settings.SITE_URL}{found.get_absolute_url()}")

    def _answer(self, target: Target, ref: str, page: str) -> HttpResponseBase:
        arguments = self.request.GET
        question = read_question(target, ref, arguments)
        if wants_csv(self.request, self.kwargs):
            response: HttpResponseBase = as_csv(read(question), question)
        else:
            size, rest = cut(question, arguments)
            points = read(Question(target, ref, question.span, tuple(rest[:size]), question.agents, question.channels))
            response = Response(
                {
                    "object": {"class": target.name.title(), "id": ref or None, "page": page},
                    "granularity": arguments.get("granularity", "month"),
                    "counted_at": counted_until(),
                    "data": [{"period": label(point, question.span), **point.numbers} for point in points],
                    "next_page": following(self.request, rest, size, question.span),
                }
            )
        if not is_identified(self.request):
            patch_cache_control(response, public=True, max_age=FRESH)
            patch_vary_headers(response, [*VARY, "Accept"])
        return response


def read_question(target: Target, ref: str, arguments: QueryDict) -> Question:
    """Return what the query string asks. Raises BadArguments, with all that is wrong."""
    errors = {name: _("Unknown argument.") for name in arguments if name not in ARGUMENTS}
    span = GRANULARITIES.get(arguments.get("granularity", "month"))
    if span is None or (span == Span.HOUR and target == Target.ORGANIZATION):
        errors["granularity"] = _("One of %(names)s.") % {"names": ", ".join(allowed(target))}
        span = Span.MONTH
    agents = several(arguments, "agent", AGENTS, errors)
    channels = several(arguments, "channel", CHANNELS, errors)
    if channels and target == Target.ORGANIZATION:
        errors["channel"] = _("Organizations are not counted by channel.")
    first, last = (as_date(arguments, name, errors) for name in ("from", "to"))
    starts: list[Any] = []
    if (first or last) and not errors:
        try:
            starts = periods_between(span, *ends(span, first, last))
        except ValueError:
            errors["from"] = _("These are no periods, or too many.")
    if errors:
        raise BadArguments(errors)
    return Question(target, ref, span, tuple(starts), agents, channels)


def allowed(target: Target) -> list[str]:
    return [name for name, span in GRANULARITIES.items() if target != Target.ORGANIZATION or span != Span.HOUR]


def ends(span: Span, first: date | None, last: date | None) -> tuple[date, date]:
    """Return both ends: the last one is today, the first one as far before as usual."""
    usual = Question(Target.SITE, "", span).periods()[0]
    return first or (day_of(usual) if span == Span.HOUR else usual), last or day_of(counted_now())


def counted_now() -> Any:
    return Question(Target.SITE, "", Span.HOUR).periods()[-1]


def several(arguments: QueryDict, name: str, known: dict[str, Any], errors: dict[str, str]) -> tuple[Any, ...]:
    """Return the values of an argument that takes several, separated by commas."""
    asked = [one for text in arguments.getlist(name) for one in text.split(",") if one]
    if set(asked) - known.keys():
        errors[name] = _("One or more of %(names)s.") % {"names": ", ".join(known)}
        return ()
    return tuple(dict.fromkeys(known[one] for one in asked))


def as_date(arguments: QueryDict, name: str, errors: dict[str, str]) -> date | None:
    text = arguments.get(name)
    if not text:
        return None
    try:
        found = date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        errors[name] = _("A day is written YYYY-MM-DD, a month YYYY-MM.")
        return None
    return found


def cut(question: Question, arguments: QueryDict) -> tuple[int, list[Any]]:
    """Return the size of a page, and the periods from the cursor on. Raises BadArguments."""
    text = arguments.get("page_size", str(PAGE))
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MAX_PAGE):
        raise BadArguments({"page_size": _("From 1 to %(most)s.") % {"most": MAX_PAGE}})
    periods, cursor = question.periods(), arguments.get("cursor")
    if not cursor:
        return int(text), periods
    labels = [label(Point(one, {}), question.span) for one in periods]
    if cursor not in labels:
        raise BadArguments({"cursor": _("Take the address that next_page gave.")})
    return int(text), periods[labels.index(cursor) :]


def following(request: Request, periods: list[Any], size: int, span: Span) -> str | None:
    if len(periods) <= size:
        return None
    kept = [(name, value) for name, values in request.GET.lists() for value in values if name != "cursor"]
    query = urlencode([*kept, ("cursor", label(Point(periods[size], {}), span))])
    return f"{settings.SITE_URL}{request.path}?{query}"


def label(point: Point, span: Span) -> str:
    return point.label[:7] if span == Span.MONTH else point.label


def wants_csv(request: Request, parts: dict[str, Any]) -> bool:
    accepted = request.headers.get("Accept", "")
    return bool(parts.get("csv")) or request.GET.get("format") == "csv" or accepted.startswith("text/csv")


def as_csv(points: list[Point], question: Question) -> HttpResponse:
    """Return all points as a file, one line a period."""
    target, ref = question.target, question.ref
    columns = [*COLUMNS[target], *(["visitors"] if points and "visitors" in points[0].numbers else [])]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["period", *columns])
    for point in points:
        writer.writerow([label(point, question.span), *(point.numbers.get(name, 0) for name in columns)])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{target.name.lower()}{f"-{ref}" if ref else ""}.csv"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
