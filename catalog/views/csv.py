"""The live dumps: `/datasets.csv` and its kin, for the site and for each organization."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from catalog.exports.base import Export
from catalog.exports.freshness import freshness
from catalog.exports.registry import EXPORTS, ORGANIZATION_DUMPS
from catalog.exports.stream import ENCODINGS, Dump, TooManyDumps, open_source
from catalog.models import Dataset, Discussion, Organization, SlugHistory
from portal.lib.api.errors import BadArguments, BadRequest, redirect_permanently
from portal.lib.api.filters import raise_for
from portal.lib.errors import LoginRequired
from portal.lib.ids import is_object_id

RETRY_SECONDS = 10
VOLATILE_ARGUMENTS = ("last_update_range", "q")  # their answer changes with the clock, or with the search index


@csrf_exempt  # so that a POST is told 405, as anywhere in the API
@require_safe
def site_dump(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send one of the site's dumps, with the filters and the sort of the query."""
    export = EXPORTS[name]
    return answer(request, export, export.objects(), base=name)


@csrf_exempt  # so that a POST is told 405, as anywhere in the API
@require_safe
def organization_dump(request: HttpRequest, key: str, name: str) -> HttpResponseBase:
    """Send a dump of one organization's listed objects (drafts and archives left out, whoever asks)."""
    organization = Organization.objects.filter(**{"pk" if is_object_id(key) else "slug": key}).first()
    if organization is None:
        return moved_organization(request, key)
    if organization.deleted:
        return JsonResponse({"message": "Organization has been deleted"}, status=410)
    export = EXPORTS[ORGANIZATION_DUMPS[name]]
    return answer(request, export, objects_of(organization, export), base=f"{organization.slug}-{name}")


def moved_organization(request: HttpRequest, key: str) -> HttpResponse:
    """Redirect from an old slug. Raises Http404 for an unknown one."""
    current = SlugHistory.objects.find(Organization, key)
    slug = Organization.objects.filter(pk=current).values_list("slug", flat=True).first() if current else None
    if slug is None:
        raise Http404
    before, _key, name = request.path.rpartition(f"/{key}/")
    query = request.META.get("QUERY_STRING")
    return redirect_permanently(f"{before}/{slug}/{name}" + (f"?{query}" if query else ""))


def objects_of(organization: Organization, export: Export) -> QuerySet:
    """Return what the organization's file of that kind is about; discussions are those on its datasets."""
    if export.name == "discussions":
        listed = Dataset.objects.listed().filter(organization=organization).values("pk")
        return Discussion.objects.filter(dataset__in=listed).order_by()
    return export.objects().listed().filter(organization=organization)


def answer(request: HttpRequest, export: Export, objects: QuerySet, *, base: str) -> HttpResponseBase:
    """Filter `objects` by the query and send their rows; 304 where nothing changed, 503 where too many dumps run."""
    try:
        objects = filtered(request, export, objects)
    except BadArguments as error:
        return JsonResponse({"errors": error.errors, "message": str(error.detail)}, status=400)
    except BadRequest as error:
        return JsonResponse({"message": str(error.detail)}, status=400)
    except LoginRequired:
        return JsonResponse({"message": _("The dumps hold public objects only: drop that filter.")}, status=401)
    encoding = choose_encoding(request.headers.get("Accept-Encoding", ""))
    volatile = not request.GET.keys().isdisjoint(VOLATILE_ARGUMENTS)
    state = freshness(export, request.get_full_path(), encoding, volatile=volatile)
    unchanged = get_conditional_response(request, etag=state.etag, last_modified=int(state.changed.timestamp()))
    response = unchanged or body(request, export, objects, encoding)
    response["ETag"] = state.etag
    response["Last-Modified"] = http_date(state.announced.timestamp())
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept-Encoding"])
    if response.status_code == 200:
        response["Content-Disposition"] = f"attachment; filename={base}-{timezone.now():%Y-%m-%d-%H-%M}.csv"
    return response


def filtered(request: HttpRequest, export: Export, objects: QuerySet) -> QuerySet:
    """Apply the arguments of the list to `objects`, as an anonymous reader. Raises what a bad argument deserves."""
    if export.filterset is None or request.GET.keys().isdisjoint(export.filterset.base_filters):
        return objects
    request.user = AnonymousUser()  # a dump is the same for everybody, so that it can be cached
    filterset = export.filterset(request.GET, queryset=objects, request=request)
    if not filterset.is_valid():
        raise_for(filterset)
    return filterset.qs


def body(request: HttpRequest, export: Export, objects: QuerySet, encoding: str) -> HttpResponseBase:
    response: HttpResponseBase
    if request.method == "HEAD":
        response = StreamingHttpResponse([], content_type="text/csv; charset=utf-8")  # of unknown length, as for GET
    else:
        try:
            source = open_source(export.lines(objects))
        except TooManyDumps:
            message = _("Too many dumps are being sent; try again in %(seconds)s seconds.") % {"seconds": RETRY_SECONDS}
            return JsonResponse({"message": message}, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
        dump = Dump(export.header(), source, encoding)
        response = StreamingHttpResponse(dump, content_type="text/csv; charset=utf-8")
    response["X-Accel-Buffering"] = "no"
    if encoding != "identity":
        response["Content-Encoding"] = encoding
    return response


def choose_encoding(header: str) -> str:
    """Return the best encoding that an `Accept-Encoding` header allows: zstd, gzip or identity (RFC 9110 §12.5.3)."""
    weights: dict[str, float] = {}
    for item in header.lower().split(",")[:20]:
        name, _semicolon, parameter = item.strip().partition(";")
        try:
            weights[name.strip()] = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weights[name.strip()] = 0
    anything = weights.get("*", 0)
    candidates = [(weights.get(name, anything if name != "identity" else 0.001), name) for name in ENCODINGS]
    return max(candidates, key=lambda candidate: candidate[0])[1]
