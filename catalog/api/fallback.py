"""The end of the API's routes: a missing slash is a 308 (method and body kept), anything else a 404 in JSON."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from portal.lib.api.errors import NOT_FOUND, redirect_permanently


@csrf_exempt
def fallback(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer a path of the API that no route knows."""
    if not request.path.endswith("/") and _is_route(f"{request.path}/"):
        query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
        return redirect_permanently(f"{settings.SITE_URL}{request.path}/{query}")
    return JsonResponse({"error": NOT_FOUND, "status": 404}, status=404)


def _is_route(path: str) -> bool:
    try:
        return resolve(path).func is not fallback
    except Resolver404:
        return False
