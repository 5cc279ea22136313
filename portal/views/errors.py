"""What a reader sees when something is wrong: a page, or JSON below `/api/`."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, _("This request makes no sense to the portal."))


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, _("You may not see this page."))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, _("There is nothing at this address."))


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database, the session or anything else that may be what failed."""
    if _wants_json(request):
        return JsonResponse({"message": "Internal Server Error"}, status=500)
    return HttpResponse(loader.get_template("portal/500.html").render(), status=500)


def _answer(request: HttpRequest, status: int, message: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"message": message}, status=status)
    return render(request, f"portal/{status}.html", {"noindex": True}, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
