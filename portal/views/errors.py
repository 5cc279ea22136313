"""What a reader sees when something is wrong: a page, or JSON below `/api/`."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from catalog.views.nearest import nearest, words_of


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, _("This request makes no sense to the portal."))


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, _("You may not see this page."))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _wants_json(request):
        return _answer(request, 404, _("There is nothing at this address."))
    near = {"nearest": nearest(request), "words": words_of(request.path)}
    return _answer(request, 404, "", **near)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database, the session or anything else that may be what failed."""
    if _wants_json(request):
        return JsonResponse({"message": "Internal Server Error"}, status=500)
    context = {"request_id": getattr(request, "request_id", "")}
    return HttpResponse(loader.get_template("portal/500.html").render(context), status=500)


def _answer(request: HttpRequest, status: int, message: str, **context: Any) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"message": message}, status=status)
    return render(request, f"portal/{status}.html", {"noindex": True, **context}, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
